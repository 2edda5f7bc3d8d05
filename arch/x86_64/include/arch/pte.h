/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef ARCH_PTE_H
#define ARCH_PTE_H

/*
 * How x86_64 encodes page-table entries; both architectures have this contract
 *
 * Intel SDM vol. 3A, 4.5 "4-level paging and 5-level paging", tables 4-15 to
 * 4-20. Levels count down to 0 as in <ukaslr/pagetable.h>: 0 is the manual's
 * page table, 1 the page directory, 2 the page-directory-pointer table, 3 the
 * PML4 table and 4 the PML5 table.
 *
 * EFER.NXE must be set: every mapping without PT_EXEC has the XD bit. Accessed
 * and dirty are set beforehand, so that the processor never writes to a table.
 * Mappings are the supervisor's (U/S = 0) and not global: a new CR3 drops them.
 */

#include <stdbool.h>
#include <stdint.h>
#include <ukaslr/addr.h>
#include <ukaslr/pagetable.h>

#define PTE_P	 (1ull << 0)  /* present */
#define PTE_RW	 (1ull << 1)  /* writes allowed */
#define PTE_A	 (1ull << 5)  /* accessed */
#define PTE_D	 (1ull << 6)  /* dirty */
#define PTE_PS	 (1ull << 7)  /* levels 1 and 2: maps a page; level 0: the PAT bit, 0 */
#define PTE_XD	 (1ull << 63) /* execute disable */

/*
 * Bits 51:12. Above MAXPHYADDR they are reserved, but that is for the memory
 * map to know. Bit 12 of a large page is its PAT bit; no large page is placed
 * where it would be set.
 */
#define PTE_ADDR 0x000ffffffffff000ull

/* Bits of a virtual address that these levels translate. */
static inline unsigned pt_va_bits(unsigned levels)
{
	return PT_LEVEL_SHIFT(levels); /* 48, 57 */
}

/* Bits of a physical address that an entry holds. */
static inline unsigned pt_pa_bits(unsigned levels)
{
	(void)levels;
	return 52;
}

/*
 * The canonical address with the low bits of va: the highest translated bit is
 * repeated above (SDM vol. 1, 3.3.7.1). One tree holds both halves here.
 */
static inline uint64_t pt_canonical(const struct pagetable *pt, uint64_t va)
{
	unsigned unused = 64 - pt_va_bits(pt->levels);

	return (uint64_t)((int64_t)(va << unused) >> unused);
}

/* Bits in which the addresses of a half of the address space differ; the tree holds both halves. */
static inline unsigned pt_half_bits(unsigned levels)
{
	return pt_va_bits(levels) - 1;
}

/* All bits as those above are in the half that an address belongs to. */
static inline uint64_t pt_half(const struct pagetable *pt, uint64_t va)
{
	(void)pt;
	return -(va >> 63);
}

/* The page number to take table indices from: bits above the highest index do no harm. */
static inline uint64_t pt_page_number(const struct pagetable *pt, vaddr_t va)
{
	(void)pt;
	return va.va >> PT_PAGE_SHIFT;
}

static inline bool pte_present(pte_t pte)
{
	return pte & PTE_P;
}

/*
 * Does this present entry map memory? If not, it leads to a table. Of the level
 * it matters only whether it is 0, here and below.
 */
static inline bool pte_is_leaf(pte_t pte, unsigned level)
{
	return level == 0 || (pte & PTE_PS);
}

/* What a present entry points to, a table or mapped memory. */
static inline paddr_t pte_paddr(unsigned levels, pte_t pte)
{
	(void)levels;
	return PADDR(pte & PTE_ADDR);
}

/* Leads to a table; all permissions, so that those of the leaf decide (SDM vol. 3A, 4.6). */
static inline pte_t pte_table(paddr_t table)
{
	return table.pa | PTE_A | PTE_RW | PTE_P;
}

/* The bits of a leaf beside the address. */
static inline pte_t pte_flags(unsigned level, pte_t attr)
{
	return (PTE_XD | PTE_D | PTE_A | PTE_P | (level ? PTE_PS : 0)) ^ attr;
}

/* Maps the page at pa. */
static inline pte_t pte_leaf(unsigned levels, paddr_t pa, pte_t flags)
{
	(void)levels;
	return pa.pa | flags;
}

/* Maps what follows the page of this leaf, `size` bytes further on. */
static inline pte_t pte_next(pte_t leaf, uint64_t size)
{
	return leaf + size;
}

/* Is pte_next() for all of what follows, within `size` bytes, an addition and no more? */
static inline bool pte_is_linear(pte_t leaf, uint64_t size)
{
	(void)leaf;
	(void)size;
	return true;
}

/* The attributes of a leaf. */
static inline pte_t pte_attr(pte_t leaf)
{
	return (leaf ^ PTE_XD) & (PT_WRITE | PT_EXEC | PT_DEVICE);
}

/* The table walker sees stores in order (SDM vol. 3A, 8.2.2 and 4.10.4): nothing to wait for. */
static inline void pt_barrier(void)
{
}

#endif /* ARCH_PTE_H */
