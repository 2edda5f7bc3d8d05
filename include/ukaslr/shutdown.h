/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef UKASLR_SHUTDOWN_H
#define UKASLR_SHUTDOWN_H

/*
 * The end of a machine, and its exit status where the platform carries one
 *
 *	x86_64  status 0: ACPI power-off. Else QEMU's isa-debug-exit when it is
 *	        there (QEMU then exits with 2 * status + 1), else ACPI power-off.
 *	arm64   semihosting SYS_EXIT_EXTENDED when it answers (QEMU exits with
 *	        status), else PSCI SYSTEM_OFF.
 *	Xen     SCHEDOP_shutdown, which the toolstack hears of: status 0: poweroff,
 *	        else crash. On arm64 semihosting comes first here, too.
 *
 * If none of these works, the processor sleeps for good with interrupts off.
 */

/* What a fault, a panic and a refused boot report. */
#define STATUS_STOP 99

#ifndef __ASSEMBLER__

/* The machine starts anew, without a status. Never returns; in normal boot. */
_Noreturn void restart(void);

/*
 * Never returns; usable in the early phase as well. Where a status can be told, its
 * low 7 bits are; to Xen any but 0 is a crash.
 */
_Noreturn void shutdown(int status);

#endif /* !__ASSEMBLER__ */

#endif /* UKASLR_SHUTDOWN_H */
