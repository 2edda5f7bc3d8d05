/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The early side of ukaslr/arch.h
 */
#include <string.h>
#include <arch/arm64.h>
#include <arch/pte.h>
#include <ukaslr/arch.h>
#include <ukaslr/console.h>
#include <ukaslr/image.h>
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

/* Zeroes entries [first, end) of the early tables, counted through all of them. */
static void wipe(uint64_t first, uint64_t end)
{
	memset((pte_t *)(void *)early_root + first, 0, (end - first) * sizeof(pte_t));
}

/* The entry that decides about an address in table number n, at a level. */
static uint64_t entry(uint64_t n, uint64_t address, unsigned level)
{
	return n * PT_ENTRIES + (address >> PT_LEVEL_SHIFT(level)) % PT_ENTRIES;
}

/*
 * What stays: the entry or two in L0 and L1 that lead to the image's, and those
 * that map it. An image across a GiB goes on in the second L2, and one across
 * 512 GiB gets there by the second L1. The L-1 table says nothing.
 */
void arch_shrink_identity(paddr_t root, uint32_t used)
{
	enum { L0 = 1, L1, L2, SECOND_L2, SECOND_L1 };
	const uint64_t base = IMAGE_ADDR(__base_addr), last = IMAGE_ADDR(__early_end) - 1;

	(void)root; /* it has a register of its own */
	wipe(L0 * PT_ENTRIES, entry(L0, base, 3));
	wipe(entry(L0, last, 3) + 1, entry(L1, base, 2));
	if ((base ^ last) >> PT_LEVEL_SHIFT(2)) {
		wipe(entry(L2, base, 1) & -(uint64_t)PT_ENTRIES, entry(L2, base, 1));
		wipe(entry(SECOND_L2, last, 1) + 1, SECOND_L1 * PT_ENTRIES);
		if ((base ^ last) >> PT_LEVEL_SHIFT(3))
			wipe(SECOND_L1 * PT_ENTRIES + 1, EARLY_TABLES_USED * PT_ENTRIES);
		else
			wipe(entry(L1, last, 2) + 1, L2 * PT_ENTRIES);
	} else {
		wipe(entry(L1, base, 2) + 1, entry(L2, base, 1));
		wipe(entry(L2, last, 1) + 1, SECOND_L2 * PT_ENTRIES);
	}
	wipe(EARLY_TABLES_USED * PT_ENTRIES, used * PT_ENTRIES);
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
