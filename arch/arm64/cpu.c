/* SPDX-License-Identifier: BSD-3-Clause */
#include <arch/arm64.h>
#include <ukaslr/arch.h>
#include <ukaslr/machine.h>
#include <ukaslr/stack_guard.h>

/* moved_entry has set the vectors, and runs on SP_EL0; exceptions take SP_EL1. */
void arch_init(vaddr_t trap_stack_top)
{
	__asm__ volatile("msr spsel, #1\n\t"
			 "mov sp, %0\n\t"
			 "msr spsel, #0"
			 :
			 : "r"(trap_stack_top.va));
	__asm__ volatile("msr tpidr_el1, %0" : : "r"(&__stack_chk_guard));
}

void arch_map_console(struct machine *m)
{
	const bool ring = PLATFORM_XEN && m->uart == UART_XEN_RING;
	struct pagetable pt;

	__asm__ volatile("mrs %0, ttbr1_el1" : "=r"(pt.root.pa));
	pt.levels = arch_pt_levels();
	pt.max_leaf = 0;
	pt.lower_half = false;
	table_pool_attach(&m->uart_tables, &pt);
	pt.ops.edit = arch_edit_tables;
	/* -EEXIST: what was interrupted had come that far. After any other error writing faults. */
	pt_map(&pt, VADDR(m->uart_base & -PAGE_SIZE), m->uart_page, PAGE_SIZE,
	       ring ? PT_WRITE : PT_WRITE | PT_DEVICE);
}

void arch_flush_tlb(void)
{
	__asm__ volatile("tlbi vmalle1\n\tdsb nsh\n\tisb" : : : "memory");
}

/*
 * TTBR0_EL1's walks are off but for edits. A translation that is cached outlives
 * that (Arm ARM D8.13), so it is invalidated.
 */
void arch_edit_tables(bool begin)
{
	uint64_t tcr;

	__asm__ volatile("mrs %0, tcr_el1" : "=r"(tcr));
	tcr = begin ? tcr & ~(uint64_t)TCR_EPD0 : tcr | TCR_EPD0;
	__asm__ volatile("msr tcr_el1, %0\n\tisb" : : "r"(tcr) : "memory");
	if (!begin)
		arch_flush_tlb();
}
