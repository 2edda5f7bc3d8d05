/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Page tables: map anything anywhere
 */
#include <errno.h>
#include "pagetable_entry.h"

/* Hangs a new table below an empty entry, unless .alloc came by there itself. */
static inline int grow(struct pagetable *pt, pte_t *entry, bool *hung)
{
	paddr_t table;
	int err = pt->ops.alloc(pt, &table);

#if PT_FOREIGN
	if (!err && pt->ops.protect)
		err = pt->ops.protect(pt, table);
#endif
	*hung = !pte_present(*entry);
	if (err || !*hung)
		return err;
	/* Whoever sees the table must see that it was zeroed */
	pt_barrier();
	return set(pt, entry, pte_table(table));
}

/* What is left to map: [page, end), the first page to `frame` */
struct span {
	uint64_t page, end, frame;
	pte_t attr;
};

/* The highest level with a page that fits at the start of s. */
static inline unsigned leaf_level(const struct pagetable *pt, const struct span *s)
{
	uint64_t bits = s->page | s->frame, nr = s->end - s->page;
	unsigned low = PT_INDEX_BITS * pt->max_leaf;

	while (low && (!(nr >> low) || (bits & ((1ull << low) - 1))))
		low -= PT_INDEX_BITS;
	return low;
}

/*
 * Maps pages of one size from an entry on, all that fit into its table; a larger
 * page would begin in the next.
 */
static inline int map_run(struct pagetable *pt, struct span *s, pte_t *entry, unsigned low,
			  bool empty)
{
	const uint64_t room = PT_ENTRIES - index_of(s->page, low);
	const uint64_t step = 1ull << (PT_PAGE_SHIFT + low);
	uint64_t nr = (s->end - s->page) >> low, n = 1;
	pte_t leaf =
		pte_leaf(pt->levels, PADDR(s->frame << PT_PAGE_SHIFT), pte_flags(low, s->attr));

	if (nr > room)
		nr = room;
	if (!empty) {
		while (n < nr && !pte_present(entry[n]))
			n++;
		nr = n;
	}
	s->page += nr << low;
	s->frame += nr << low;
	/* There may be hundreds, each a plain store but in Xen's tables */
	do {
		if (WRITE_OF(pt)) {
			int err = WRITE_OF(pt)(pt, entry, leaf);

			if (err)
				return err;
		} else {
			*(volatile pte_t *)entry = leaf;
		}
		entry++;
		leaf = pte_next(leaf, step);
	} while (--nr);
	return 0;
}

int pt_map_any(struct pagetable *pt, const struct pt_mapping *m)
{
	const uint64_t page = pt_page_number(pt, m->va);
	struct span s = {page, page + (m->len >> PT_PAGE_SHIFT), m->pa.pa >> PT_PAGE_SHIFT,
			 m->attr};
	bool empty = false; /* the table is new, and has nothing else */
	int err = 0;

	if (pt->ops.edit)
		pt->ops.edit(true);
	/* A table, or all that fits into one, at a time */
	while (s.page < s.end && !err) {
		unsigned low;
		pte_t *entry = find(pt, s.page, &low);

		if (pte_present(*entry)) {
			err = -EEXIST;
		} else if (low > leaf_level(pt, &s)) {
			err = grow(pt, entry, &empty);
		} else {
			err = map_run(pt, &s, entry, low, empty);
			empty = false;
		}
	}
	pt_barrier();
	if (pt->ops.edit)
		pt->ops.edit(false);
	return err;
}
