/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef UKASLR_PANIC_H
#define UKASLR_PANIC_H

/*
 * The two ways in which things end badly. Both print one line and stop the
 * machine with STATUS_STOP, in the early phase as in normal boot.
 */

#include <ukaslr/shutdown.h>

/* A broken promise inside the image: "panic: <message>". Takes printf's formats. */
_Noreturn void panic(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* The boot cannot go on, and it is not our fault: "ukaslr: stop: <message>". */
_Noreturn void boot_stop(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* The boot goes on, but someone should know: "ukaslr: warning: <message>". */
void boot_warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif /* UKASLR_PANIC_H */
