/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The early side of ukaslr/arch.h
 */
#include <arch/pte.h>
#include <arch/trap.h>
#include <arch/x86.h>
#include <ukaslr/arch.h>
#include <ukaslr/console.h>
#include <ukaslr/image.h>

static struct idt_gate early_idt[NR_TRAPS];

void arch_early_traps(void)
{
	idt_load(early_idt, 0);
}

/* The PC's first serial port. */
void arch_fallback_console(void)
{
	console_init(UART_NS16550, COM1);
}

/* Zeroes n entries, and returns what is behind them. */
static pte_t *wipe(pte_t *entry, uint64_t n)
{
	__asm__ volatile("rep stosq" : "+D"(entry), "+c"(n) : "a"(0) : "memory");
	return entry;
}

/*
 * What stays: the first entries of PML5 and PML4, four of the PDPT, and those of
 * the row that map the image. The final root borrows the entry for the lowest
 * addresses, so that both worlds are there for the few instructions that need both.
 */
void arch_shrink_identity(paddr_t root, uint32_t used)
{
	const uint64_t base = IMAGE_ADDR(__base_addr), start = EARLY_ROW_START(base);
	pte_t *const table = (pte_t *)(void *)early_root;
	pte_t *const row = table + EARLY_ROW_PAGE * PT_ENTRIES;
	pte_t *const first = row + ((base - start) >> PT_LEVEL_SHIFT(1));
	pte_t *const behind =
		row + ((IMAGE_ADDR(__early_end) - 1 - start) >> PT_LEVEL_SHIFT(1)) + 1;
	pte_t *at;

	*(pte_t *)(uintptr_t)root.pa = *(const pte_t *)(uintptr_t)arch_pt_root().pa;
	at = wipe(table + 1, PT_ENTRIES - 1);
	at = wipe(at + 1, PT_ENTRIES - 1 + (start >> PT_LEVEL_SHIFT(2))) + EARLY_ROW_PAGES;
	wipe(at, (uint64_t)(first - at));
	wipe(behind, (uint64_t)(table + used * PT_ENTRIES - behind));
}
