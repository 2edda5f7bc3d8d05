/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef BOOT_ENTROPY_GATHER_H
#define BOOT_ENTROPY_GATHER_H

#include <ukaslr/bootinfo.h>
#include <ukaslr/cmdline.h>
#include <ukaslr/entropy.h>

/*
 * Fills the generator with what the loader, the processor and the command line
 * give, and wipes the loader's seeds. With kaslr.seed= that seed is all there is,
 * and with kaslr=off there is nothing. Warns, or stops under kaslr=strict, when
 * fewer than ENTROPY_STRICT_BITS are credited.
 */
void entropy_gather(struct entropy *e, struct bootinfo *bi, const struct cmdline_options *options);

/* The end of the report: how many bits, from which sources. */
void entropy_report(const struct entropy *e);

#endif /* BOOT_ENTROPY_GATHER_H */
