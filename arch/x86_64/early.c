/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The early side of ukaslr/arch.h
 */
#include <arch/trap.h>
#include <arch/x86.h>
#include <ukaslr/arch.h>
#include <ukaslr/console.h>

static struct idt_gate early_idt[NR_EARLY_TRAPS];

paddr_t arch_pt_root(void)
{
	uint64_t cr3;

	__asm__ volatile("movq %%cr3, %0" : "=r"(cr3));
	return PADDR(cr3);
}

unsigned arch_pt_levels(void)
{
	uint64_t cr4;

	__asm__ volatile("movq %%cr4, %0" : "=r"(cr4));
	return cr4 & CR4_LA57 ? 5 : 4;
}

void arch_early_traps(void)
{
	idt_load(early_idt, NR_EARLY_TRAPS, 0);
}

/* The PC's first serial port. */
void arch_fallback_console(void)
{
	console_init(UART_NS16550, COM1);
}

/* The write to CR3 in arch_enter() serialises, as Intel SDM vol. 3, 12.6 asks for. */
void arch_sync_code(const void *start, uint64_t len)
{
	(void)start;
	(void)len;
}
