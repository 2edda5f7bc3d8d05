/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef ARCH_PTE_H
#define ARCH_PTE_H

/*
 * How arm64 encodes translation-table entries; both architectures have this contract
 *
 * Arm ARM (DDI 0487), D8.3 "Translation table descriptor formats": VMSAv8-64,
 * stage 1 of the EL1&0 regime, 4 KiB granule. The manual counts lookup levels
 * up from 0 to 3; <ukaslr/pagetable.h> counts down to 0, the manual's level 3.
 *
 * The access flag is set beforehand, as nobody handles its fault. Mappings are
 * EL1's alone, global, and never executable at EL0 (UXN); without PT_EXEC not
 * at EL1 either (PXN). Memory is inner shareable, as Linux and hypervisors map
 * it, so that everybody agrees on coherency.
 *
 * 4 levels are for TCR_EL1.DS = 0, with output addresses of 48 bits. 5 levels
 * need DS = 1 (FEAT_LPA2), and addresses have 52 bits: the two highest are where
 * the shareability is otherwise, which is then TCR_EL1.SH0's and SH1's to say.
 */

#include <stdbool.h>
#include <stdint.h>
#include <ukaslr/addr.h>
#include <ukaslr/pagetable.h>

#define PTE_VALID	   (1ull << 0)
#define PTE_TYPE	   (1ull << 1)	/* table at levels 3 to 1, page at level 0; clear: block */
#define PTE_ATTRINDX	   (1ull << 2)	/* 4:2, index into MAIR_EL1; this is its lowest bit */
#define PTE_AP_RO	   (1ull << 7)	/* AP[2]: read-only; AP[1], bit 6, is 0: no access at EL0 */
#define PTE_SH_INNER	   (3ull << 8)	/* DS = 0: SH[1:0], 9:8: inner shareable */
#define PTE_AF		   (1ull << 10) /* access flag */
#define PTE_PXN		   (1ull << 53) /* privileged execute-never */
#define PTE_UXN		   (1ull << 54) /* unprivileged execute-never */

/* A leaf's bits without any attribute: memory, to be read */
#define PTE_READ_ONLY	   (PTE_UXN | PTE_PXN | PTE_AF | PTE_AP_RO | PTE_ATTRINDX * PTE_INDX_NORMAL)

/* The address: bits 49:12, of which DS = 0 leaves 49:48 zero; DS = 1: 51:50 are in 9:8. */
#define PTE_ADDR	   0x0003fffffffff000ull
#define PTE_ADDR_TOP	   (3ull << 8)
#define PTE_ADDR_TOP_SHIFT 42
#define PTE_ADDR_CARRY	   (1ull << 50) /* what adding to bits 49:12 sets beyond them (GP, 0) */

/* MAIR_EL1 (D17.2), for the values of AttrIndx in <arch/pt_attr.h> */
#define MAIR_NORMAL_WB	   0xffull
#define MAIR_DEVICE_nGnRnE 0x00ull
#define MAIR_EL1_VALUE	   (MAIR_NORMAL_WB << 0 | MAIR_DEVICE_nGnRnE << 8)

#define PT_LEVELS_MAX	   5u /* FEAT_LPA2, 52 bits: the lookup starts at the manual's level -1 */

/* Bits of a virtual address that these levels translate: 64 - TCR_EL1.TnSZ. */
static inline unsigned pt_va_bits(unsigned levels)
{
	return 32 + 4 * levels;
}

/* Bits of a physical address that an entry holds. */
static inline unsigned pt_pa_bits(unsigned levels)
{
	return 32 + 4 * levels;
}

/*
 * The address with the low bits of va that a tree translates: TTBR0_EL1's has
 * zeros above them, TTBR1_EL1's has ones (D8.2).
 */
static inline uint64_t pt_canonical(const struct pagetable *pt, uint64_t va)
{
	uint64_t above = ~0ull << pt_va_bits(pt->levels);

	return pt->lower_half ? va & ~above : va | above;
}

/* Bits in which the addresses of the half that the tree holds differ. */
static inline unsigned pt_half_bits(unsigned levels)
{
	return pt_va_bits(levels);
}

/* All bits as those above are in that half. */
static inline uint64_t pt_half(const struct pagetable *pt, uint64_t va)
{
	(void)va;
	return pt->lower_half ? 0 : ~0ull;
}

/*
 * The page number to take table indices from. With 5 levels the highest index
 * has 4 bits only, and those above must not get into it.
 */
static inline uint64_t pt_page_number(const struct pagetable *pt, vaddr_t va)
{
	return (va.va & ~(~0ull << pt_va_bits(pt->levels))) >> PT_PAGE_SHIFT;
}

static inline bool pte_present(pte_t pte)
{
	return pte & PTE_VALID;
}

/*
 * Does this present entry map memory? If not, it leads to a table. Of the level
 * it matters only whether it is 0, here and below.
 */
static inline bool pte_is_leaf(pte_t pte, unsigned level)
{
	return level == 0 || !(pte & PTE_TYPE);
}

/* What a present entry points to, a table or mapped memory. */
static inline paddr_t pte_paddr(unsigned levels, pte_t pte)
{
	uint64_t top = levels == PT_LEVELS_MAX ? pte & PTE_ADDR_TOP : 0;

	return PADDR((pte & PTE_ADDR) | top << PTE_ADDR_TOP_SHIFT);
}

/* Where an entry holds an address; with 4 levels there is nothing at the top. */
static inline pte_t pte_of_paddr(paddr_t pa)
{
	return (pa.pa & PTE_ADDR) | (pa.pa >> PTE_ADDR_TOP_SHIFT & PTE_ADDR_TOP);
}

/* Leads to a table; APTable, PXNTable and UXNTable are 0, so that the leaf decides. */
static inline pte_t pte_table(paddr_t table)
{
	return pte_of_paddr(table) | PTE_TYPE | PTE_VALID;
}

/* The bits of a leaf beside the address and what is in its place, SH. */
static inline pte_t pte_flags(unsigned level, pte_t attr)
{
	return (PTE_READ_ONLY | PTE_VALID | (level ? 0 : PTE_TYPE)) ^ attr;
}

/* Maps the page or block at pa. */
static inline pte_t pte_leaf(unsigned levels, paddr_t pa, pte_t flags)
{
	return pte_of_paddr(pa) | flags | (levels == PT_LEVELS_MAX ? 0 : PTE_SH_INNER);
}

/* Maps what follows the page or block of this leaf, `size` bytes further on. */
static inline pte_t pte_next(pte_t leaf, uint64_t size)
{
	leaf += size;
	if (leaf & PTE_ADDR_CARRY)
		leaf += (PTE_ADDR_CARRY >> PTE_ADDR_TOP_SHIFT) - PTE_ADDR_CARRY;
	return leaf;
}

/* Is pte_next() for all of what follows, within `size` bytes, an addition and no more? */
static inline bool pte_is_linear(pte_t leaf, uint64_t size)
{
	return !((leaf + size) & PTE_ADDR_CARRY);
}

/* The attributes of a leaf. */
static inline pte_t pte_attr(pte_t leaf)
{
	return (leaf ^ PTE_READ_ONLY) & (PT_WRITE | PT_EXEC | PT_DEVICE);
}

/*
 * Completes the stores to tables before anything that comes after: the walker
 * is another observer of memory, and a walk made too early may fault (B2.3, DSB;
 * D8.2, translation table walks). The ISB is for instructions fetched through
 * what was mapped.
 */
#if defined(__aarch64__) && !__STDC_HOSTED__
#define pt_barrier() __asm__ volatile("dsb ishst\n\tisb" : : : "memory")
#else
#define pt_barrier() ((void)0)
#endif

#endif /* ARCH_PTE_H */
