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

/* The entry code has set VBAR_EL1 already: the vectors are position independent. */
void arch_early_traps(void)
{
}

void arch_fallback_console(void)
{
	console_init(UART_PL011, FALLBACK_PL011);
}

/* Zeroes entries [first, end) of the early tables, counted through all of them. */
static void wipe(uint64_t first, uint64_t end)
{
	memset((pte_t *)(void *)early_root + first, 0, (end - first) * sizeof(pte_t));
}

/*
 * What stays are the entries on the way to the image: of each level but -1, which says
 * nothing, as many as there are tables or blocks below. They lie in a row, in the first
 * of the level's two tables, and in the second if the image goes on there (head.S).
 */
void arch_shrink_identity(paddr_t root, uint32_t used)
{
	const uint64_t base = IMAGE_ADDR(__base_addr), last = IMAGE_ADDR(__early_end) - 1;
	const unsigned top = used > EARLY_TABLES_USED ? 3 : 1;
	uint64_t table = 0;
	unsigned level;

	(void)root; /* it has a register of its own */
	for (level = 1; level <= top; level++, table += 2 * PT_ENTRIES) {
		const unsigned shift = PT_LEVEL_SHIFT(level), above = PT_LEVEL_SHIFT(level + 1);
		const uint64_t first = table + (base >> shift) % PT_ENTRIES;
		const uint64_t end = first + (last >> shift) - (base >> shift) + 1;
		const uint64_t tables = (last >> above) - (base >> above) + 1;

		wipe(table, first);
		wipe(end, table + tables * PT_ENTRIES);
	}
	wipe(EARLY_TABLES_USED * PT_ENTRIES, used * PT_ENTRIES);
}

/*
 * Arm ARM B2.4.4: data to the point of unification, line by line; arch_enter() then
 * invalidates the I-cache. The first is not needed if CTR_EL0.IDC says so, or CLIDR_EL1
 * that no cache is before that point (as is said at CTR_EL0.IDC).
 */
void arch_sync_code(const void *start, uint64_t len)
{
	uint64_t ctr, clidr, line, at = (uintptr_t)start, end = at + len;

	__asm__ volatile("mrs %0, ctr_el0" : "=r"(ctr));
	__asm__ volatile("mrs %0, clidr_el1" : "=r"(clidr));
	line = 4ull << (ctr >> CTR_DMINLINE_BIT & 0xf);
	if (!(ctr & CTR_IDC) && (clidr & CLIDR_LOU)) {
		at &= -line;
		/* Eight lines a turn; seven too many do no harm */
		do
			__asm__ volatile(".rept 8\n\t"
					 "dc cvau, %0\n\tadd %0, %0, %1\n\t"
					 ".endr"
					 : "+r"(at)
					 : "r"(line)
					 : "memory");
		while (at < end);
	}
	__asm__ volatile("dsb ish" : : : "memory");
}
