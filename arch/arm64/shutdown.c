/* SPDX-License-Identifier: BSD-3-Clause */
#include <arch/firmware.h>
#include <ukaslr/machine.h>
#include <ukaslr/shutdown.h>

/* Semihosting SYS_EXIT_EXTENDED and its reason for a normal end */
#define SYS_EXIT_EXTENDED	    0x20
#define ADP_Stopped_ApplicationExit 0x20026

/* PSCI (Arm DEN0022) SYSTEM_OFF and SYSTEM_RESET */
#define PSCI_SYSTEM_OFF		    0x84000008
#define PSCI_SYSTEM_RESET	    0x84000009

static inline __attribute__((always_inline)) _Noreturn void end(uint64_t psci_function)
{
	uint64_t answer[4];

	/* Without a device tree the conduit is unknown: try what may answer. */
	if (machine()->psci != PSCI_SMC)
		firmware_hvc(psci_function, 0, answer);
	if (machine()->psci != PSCI_HVC)
		firmware_smc(psci_function, 0, answer);
	for (;;)
		__asm__ volatile("msr daifset, #15\n\twfi");
}

void shutdown(int status)
{
	const uint64_t exit_block[2] = {ADP_Stopped_ApplicationExit, (uint64_t)(status & 0x7f)};

	firmware_semihosting(SYS_EXIT_EXTENDED, exit_block);
	if (status && on_xen())
		xen_shutdown(XEN_CRASH);
	end(PSCI_SYSTEM_OFF);
}

void restart(void)
{
	end(PSCI_SYSTEM_RESET);
}
