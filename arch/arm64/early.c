/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The early side of ukaslr/arch.h
 */
#include <arch/arm64.h>
#include <ukaslr/arch.h>
#include <ukaslr/console.h>
#include <ukaslr/physmem.h>

paddr_t arch_pt_root(void)
{
	uint64_t ttbr0;

	__asm__ volatile("mrs %0, ttbr0_el1" : "=r"(ttbr0));
	return PADDR(ttbr0);
}

unsigned arch_pt_levels(void)
{
	uint64_t tcr;

	__asm__ volatile("mrs %0, tcr_el1" : "=r"(tcr));
	return tcr >> TCR_DS_BIT & 1 ? 5 : 4;
}

/* The entry code has set VBAR_EL1 already: the vectors are position independent. */
void arch_early_traps(void)
{
}

void arch_fallback_console(void)
{
	if (physmem_device(PADDR(FALLBACK_PL011), 4096))
		console_init(UART_PL011, FALLBACK_PL011);
}

/*
 * Arm ARM B2.4.4: data to the point of unification, line by line; arch_enter()
 * then invalidates the I-cache. CTR_EL0.IDC says that the first is not needed.
 */
void arch_sync_code(const void *start, uint64_t len)
{
	uint64_t ctr, line, at = (uintptr_t)start, end = at + len;

	__asm__ volatile("mrs %0, ctr_el0" : "=r"(ctr));
	line = 4ull << (ctr >> CTR_DMINLINE_BIT & 0xf);
	if (!(ctr >> CTR_IDC_BIT & 1)) {
		/* Four lines a turn; three too many do no harm */
		for (at &= -line; at < end; at += line)
			__asm__ volatile("dc cvau, %0\n\tadd %0, %0, %1\n\t"
					 "dc cvau, %0\n\tadd %0, %0, %1\n\t"
					 "dc cvau, %0\n\tadd %0, %0, %1\n\t"
					 "dc cvau, %0"
					 : "+r"(at)
					 : "r"(line)
					 : "memory");
	}
	__asm__ volatile("dsb ish" : : : "memory");
}
