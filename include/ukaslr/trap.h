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

/*
 * Prints "fault: <kind> at <app>+0x<offset>" and, when has_target, what the
 * access was aimed at (", target: <app>+0x..", ", target: the null page", ", target:
 * outside of the image"), then stops with STATUS_STOP. A fault inside of a report
 * stops at once.
 */
_Noreturn void trap_report(const char *kind, uint64_t pc, bool has_target, uint64_t target);

#endif /* UKASLR_TRAP_H */
