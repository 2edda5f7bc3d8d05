/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MM_PAGETABLE_ENTRY_H
#define MM_PAGETABLE_ENTRY_H

/*
 * Page tables from inside: how an entry is found and written, and what is refused
 *
 * Inside, addresses are page numbers, whose ranges never wrap, and a level is the
 * number of their bits that its entries leave over: 0 at level 0, 9 at level 1.
 */

#include <stddef.h>
#include <ukaslr/pagetable.h>
#include <arch/pte.h>

#define PAGE_OFFSET_MASK (PT_PAGE_SIZE - 1)

static inline __attribute__((always_inline)) pte_t *entries_of(struct pagetable *pt, paddr_t table)
{
#if PT_FOREIGN
	if (pt->ops.entries)
		return pt->ops.entries(pt, table);
#endif
	return (pte_t *)(uintptr_t)(table.pa + pt->table_offset);
}

/* The index at the level that leaves `low` bits over. */
static inline uint64_t index_of(uint64_t page, unsigned low)
{
	return (page >> low) % PT_ENTRIES;
}

/* The entry that decides about a page, a leaf or an empty one, and its level. */
static inline pte_t *find(struct pagetable *pt, uint64_t page, unsigned *level)
{
	unsigned low = PT_INDEX_BITS * (pt->levels - 1);
	paddr_t table = pt->root;

	for (;; low -= PT_INDEX_BITS) {
		pte_t *entry = entries_of(pt, table) + index_of(page, low);
		pte_t pte = *entry;

		if (!pte_present(pte) || pte_is_leaf(pte, low)) {
			*level = low;
			return entry;
		}
		table = pte_paddr(pt->levels, pte);
	}
}

#if PT_FOREIGN
#define WRITE_OF(pt) ((pt)->ops.write)
#else
#define WRITE_OF(pt) ((int (*)(struct pagetable *, pte_t *, pte_t))NULL)
#endif

static inline __attribute__((always_inline)) int set(struct pagetable *pt, pte_t *at, pte_t value)
{
	if (WRITE_OF(pt))
		return WRITE_OF(pt)(pt, at, value);
	/* One store: the processor may walk the table at any time */
	*(volatile pte_t *)at = value;
	return 0;
}

/* Is [va, va + len), not empty, page aligned and within one half that the tree translates? */
static inline bool range_ok(const struct pagetable *pt, vaddr_t va, uint64_t len)
{
	const uint64_t half = pt_half(pt, va.va), last = va.va + len - 1;

	/* What is no longer than a half wraps around only into the other one */
	return !((va.va | len) & PAGE_OFFSET_MASK) &&
	       !(((va.va ^ half) | (last ^ half) | (len - 1)) >> pt_half_bits(pt->levels));
}

static inline bool attr_ok(pte_t attr)
{
	return attr == PT_EXEC || !(attr & PT_EXEC);
}

/* Maps what is not empty and makes sense, page by page if need be; 0 or a negative errno. */
int pt_map_any(struct pagetable *pt, const struct pt_mapping *m);

#endif /* MM_PAGETABLE_ENTRY_H */
