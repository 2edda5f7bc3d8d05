/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef UKASLR_TRAP_H
#define UKASLR_TRAP_H

/*
 * Fault reports
 *
 * A report names places by their offset in the image, never by address: whoever
 * reads the console learns where to look in the ELF, not where the image is.
 */

#include <stdbool.h>
#include <stdint.h>

/* What the processor says of an exception; addresses as they were when it came. */
struct trap {
	const char *kind;
	uint64_t pc, sp;
	uint64_t link; /* arm64: x30; 0 on x86_64, whose calls leave the address on the stack */
	bool has_target;
	uint64_t target; /* what the access was aimed at */
};

/*
 * Prints "fault: <kind> at <app>+0x<offset>" and, when has_target, what the
 * access was aimed at (", target: <app>+0x..", ", target: the null page", ", target:
 * outside of the image"); then a line for each word of the stack, from sp on, that may be
 * a return address: "  stack+0x<distance from sp>: <app>+0x<offset>", and for the link
 * register "  link: ...". Some of these are left over from calls that have returned:
 * symbolize(1) finds out which. Then stops with STATUS_STOP. A fault inside of a
 * report stops at once.
 */
_Noreturn void trap_report(const struct trap *t);

#endif /* UKASLR_TRAP_H */
