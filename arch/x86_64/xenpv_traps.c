/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Xen PV: who handles exceptions (arch-x86/xen.h, struct trap_info)
 *
 * Xen calls the handler on the stack that is in use: one that has overflowed
 * cannot be reported, and Xen ends the domain as crashed.
 */
#include <arch/trap.h>
#include <arch/xenpv.h>
#include <ukaslr/xenpv.h>

extern const char trap_stubs[];

struct trap_info {
	uint8_t vector;
	uint8_t flags; /* 1:0 lowest ring that may raise it by instruction, 2 mask events */
	uint16_t cs;
	uint64_t address; /* 0 ends the table */
};

#define FLAGS_BREAKPOINT 3
#define FLAGS_MASK	 4

void xenpv_set_traps(void)
{
	struct trap_info table[NR_TRAPS + 1];
	uint8_t i;

	for (i = 0; i < NR_TRAPS; i++) {
		table[i].vector = i;
		table[i].flags = FLAGS_MASK | FLAGS_BREAKPOINT;
		table[i].cs = XENPV_CODE_SELECTOR;
		table[i].address = (uintptr_t)trap_stubs + i * TRAP_STUB_SIZE;
	}
	table[NR_TRAPS].address = 0;
	/* It has no reason to refuse; if it does, its console says where the domain crashed. */
	if (xen_hypercall(XEN_SET_TRAP_TABLE, (uintptr_t)table, 0, 0, 0))
		__builtin_trap();
}
