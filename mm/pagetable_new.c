/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Page tables: map into new tables
 *
 * Nearly all that a boot maps is a few pages in a place of their own, below tables
 * that nobody has used yet: map_new() does that and nothing else. The rest, and what
 * is mapped later, goes by pt_map_any().
 */
#include <errno.h>
#include "pagetable_entry.h"

/* Can it be mapped? After range_ok() it is short enough for its end not to wrap. */
static inline bool mapping_ok(const struct pagetable *pt, const struct pt_mapping *m)
{
	return range_ok(pt, m->va, m->len) && !(m->pa.pa & PAGE_OFFSET_MASK) &&
	       !((m->pa.pa | (m->pa.pa + m->len - 1)) >> pt_pa_bits(pt->levels)) &&
	       attr_ok(m->attr);
}

/*
 * The entry for a page below new tables, at level 0, if there is none yet at level 1
 * and enough are ready; or NULL.
 */
static inline pte_t *new_entry(const struct pagetable *pt, uint64_t page)
{
	const uint64_t offset = pt->table_offset;
	struct pt_run *const run = pt->run;
	unsigned level = pt->levels - 1, low = PT_INDEX_BITS * level;
	uint64_t table = pt->root.pa, to_entries;
	pte_t *entry, link;

	if (!run || run->used + level > run->ready || pt->ops.edit)
		return NULL;
	for (;; low -= PT_INDEX_BITS, level--) {
		entry = (pte_t *)(uintptr_t)(table + offset) + index_of(page, low);
		link = *entry;
		if (!pte_present(link))
			break;
		if (level == 1 || pte_is_leaf(link, level))
			return NULL;
		table = pte_paddr(pt->levels, link).pa;
	}
	table = pt_next(run).pa;
	link = pte_table(PADDR(table));
	if (!pte_is_linear(link, PT_LEVELS_LIMIT * PT_PAGE_SIZE))
		return NULL;
	run->used += level;
	to_entries = table + offset - link;
	do {
		*(volatile pte_t *)entry = link;
		low -= PT_INDEX_BITS;
		entry = (pte_t *)(uintptr_t)(link + to_entries) + index_of(page, low);
		link += PT_PAGE_SIZE;
	} while (low);
	return entry;
}

/* Behind what was mapped last in a new table: an empty entry, and the page that it is for */
struct next {
	uint64_t page;
	pte_t *entry;
};

/*
 * Maps pages that are no more than is left of their table, a new one, nor all of it: that
 * may be one large page. False: nothing is done. Tables that are ready are never somebody
 * else's to write, nor are there any in such a tree.
 */
static inline bool map_new(const struct pagetable *pt, const struct pt_mapping *m,
			   struct next *next)
{
	const uint64_t page = pt_page_number(pt, m->va), nr = m->len >> PT_PAGE_SHIFT;
	int64_t i = -(int64_t)nr;
	pte_t *entry = next->entry, leaf = pte_leaf(pt->levels, m->pa, pte_flags(0, m->attr));

	if (page % PT_ENTRIES + nr > PT_ENTRIES || nr == PT_ENTRIES || !pte_is_linear(leaf, m->len))
		return false;
	if (page != next->page || page % PT_ENTRIES == 0) {
		entry = new_entry(pt, page);
		if (!entry)
			return false;
	}
	next->page = page + nr;
	next->entry = entry += nr;
	do {
		/* One store each, and up to 0: a loop of four instructions */
		__asm__ volatile("" : "+r"(i) : : "memory");
		entry[i] = leaf;
		leaf += PT_PAGE_SIZE;
	} while (++i);
	return true;
}

/* The rest: what goes on in the next table by halves, each of which may be below a new one. */
static __attribute__((noinline)) int map_otherwise(struct pagetable *pt, const struct pt_mapping *m)
{
	const uint64_t room = PT_LEVEL_SIZE(1) - m->va.va % PT_LEVEL_SIZE(1);

	if (room < m->len && m->len < PT_LEVEL_SIZE(1)) {
		const struct pt_mapping halves[] = {
			{m->va, m->pa, room, m->attr},
			{vaddr_add(m->va, room), paddr_add(m->pa, room), m->len - room, m->attr},
		};

		return pt_map_all(pt, halves, 2);
	}
	return pt_map_any(pt, m);
}

int pt_map_all(struct pagetable *pt, const struct pt_mapping *m, unsigned nr)
{
	const struct pt_mapping *const end = m + nr;
	struct next next = {~0ull, NULL};
	int err = 0;

	do {
		if (!mapping_ok(pt, m)) {
			err = -EINVAL;
			break;
		}
		if (!map_new(pt, m, &next)) {
			next.page = ~0ull;
			err = map_otherwise(pt, m);
			if (err)
				break;
		}
	} while (++m < end);
	pt_barrier();
	return err;
}

int pt_map(struct pagetable *pt, vaddr_t va, paddr_t pa, uint64_t len, pte_t attr)
{
	const struct pt_mapping m = {va, pa, len, attr};

	return len ? pt_map_all(pt, &m, 1) : 0;
}
