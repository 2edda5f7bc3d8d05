/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The early side of ukaslr/arch.h
 */
#include <string.h>
#include <arch/pte.h>
#include <arch/trap.h>
#include <arch/x86.h>
#include <ukaslr/arch.h>
#include <ukaslr/console.h>
#include <ukaslr/image.h>

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

/* Zeroes entries [first, end) of the early tables, counted through all of them. */
static void wipe(uint64_t first, uint64_t end)
{
	memset((pte_t *)(void *)early_root + first, 0, (end - first) * sizeof(pte_t));
}

/*
 * What stays: the first entries of PML5 and PML4, four of the PDPT, and those of
 * the row that map the image. The final root borrows the entry for the lowest
 * addresses, so that both worlds are there for the few instructions that need both.
 */
void arch_shrink_identity(paddr_t root, uint32_t used)
{
	const uint64_t base = IMAGE_ADDR(__base_addr), start = EARLY_ROW_START(base);
	const uint64_t pml4 = PT_ENTRIES, pdpt = 2 * PT_ENTRIES + (start >> PT_LEVEL_SHIFT(2));
	const uint64_t row = EARLY_ROW_PAGE * PT_ENTRIES;

	*(pte_t *)(uintptr_t)root.pa = *(const pte_t *)(uintptr_t)arch_pt_root().pa;
	wipe(1, pml4);
	wipe(pml4 + 1, pdpt);
	wipe(pdpt + EARLY_ROW_PAGES, row + ((base - start) >> PT_LEVEL_SHIFT(1)));
	wipe(row + ((IMAGE_ADDR(__early_end) - 1 - start) >> PT_LEVEL_SHIFT(1)) + 1,
	     used * PT_ENTRIES);
}

/* The write to CR3 in arch_enter() serialises, as Intel SDM vol. 3, 12.6 asks for. */
void arch_sync_code(const void *start, uint64_t len)
{
	(void)start;
	(void)len;
}
