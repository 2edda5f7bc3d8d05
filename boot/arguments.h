/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef BOOT_ARGUMENTS_H
#define BOOT_ARGUMENTS_H

/*
 * The command line in the early phase: read once for the boot's options, and once more
 * for main's arguments, after which no seed is left in what the loader wrote.
 */

#include <ukaslr/bootinfo.h>
#include <ukaslr/cmdline.h>

/* Fills *o; stops the boot if the text cannot be reached, or an option is wrong. */
void arguments_read(struct cmdline_options *o, const struct bootinfo *bi);

/* Bytes that arguments_write() will write: argv with its final NULL, then the strings. */
uint64_t arguments_len(const struct cmdline_options *o);

/* Writes them to `to`, which will be mapped at `va`, and wipes the loader's text. */
void arguments_write(char *to, vaddr_t va, const struct cmdline_options *o,
		     const struct bootinfo *bi);

#endif /* BOOT_ARGUMENTS_H */
