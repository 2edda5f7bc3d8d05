/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Page tables: map, unmap, protect, translate, walk
 *
 * Everything is built on one question: which entry decides about an address?
 * That is a leaf, or the empty entry where the tree ends; find() answers it.
 * From there a whole run of neighbours in the same table is handled, so that the
 * way down from the root is gone once per table and not once per page.
 *
 * Inside, addresses are offsets: only the bits that the tree translates. There
 * the end of a range never wraps.
 */
#include <errno.h>
#include <stddef.h>
#include <ukaslr/pagetable.h>
#include <arch/pte.h>

#define PAGE_OFFSET_MASK (PT_PAGE_SIZE - 1)

static unsigned index_of(uint64_t off, unsigned level)
{
	return (unsigned)(off >> PT_LEVEL_SHIFT(level)) & (PT_ENTRIES - 1);
}

static uint64_t offset_of(const struct pagetable *pt, vaddr_t va)
{
	return va.va & ((1ull << pt_va_bits(pt->levels)) - 1);
}

/* The entry that decides about off, a leaf or an empty one, and its level. */
static pte_t *find(struct pagetable *pt, uint64_t off, unsigned *level)
{
	unsigned l = pt->levels - 1;
	paddr_t table = pt->root;

	for (;; l--) {
		pte_t *entry = pt->ops.entries(pt, table) + index_of(off, l);

		if (!pte_present(*entry) || pte_is_leaf(*entry, l)) {
			*level = l;
			return entry;
		}
		table = pte_paddr(*entry);
	}
}

static inline __attribute__((always_inline)) int set(struct pagetable *pt, pte_t *entry,
						     pte_t value)
{
	if (pt->ops.write)
		return pt->ops.write(pt, entry, value);
	/* One store: the processor may walk the table at any time */
	*(volatile pte_t *)entry = value;
	return 0;
}

/* Is [va, va + len), not empty, page aligned and within one half that the tree translates? */
static bool range_ok(const struct pagetable *pt, vaddr_t va, uint64_t len)
{
	uint64_t last = va.va + len - 1;

	return !((va.va | len) & PAGE_OFFSET_MASK) && last >= va.va && !((va.va ^ last) >> 63) &&
	       pt_canonical(pt, va.va) == va.va && pt_canonical(pt, last) == last;
}

/* Can entries hold all of [pa, pa + len), page aligned, with these attributes? */
static bool target_ok(paddr_t pa, uint64_t len, unsigned attr)
{
	uint64_t last = pa.pa + len - 1;

	return !(pa.pa & PAGE_OFFSET_MASK) && last >= pa.pa &&
	       !(last & ~(PTE_ADDR | PAGE_OFFSET_MASK)) && (attr == PT_EXEC || !(attr & PT_EXEC));
}

/* Hangs a new table into the empty entry; *table is where its entries are. */
static int grow(struct pagetable *pt, pte_t *entry, pte_t **table)
{
	paddr_t pa;
	int err = pt->ops.alloc(pt, &pa);

	if (err)
		return err;
	if (pt->ops.protect) {
		err = pt->ops.protect(pt, pa);
		if (err)
			return err;
	}
	*table = pt->ops.entries(pt, pa);
	/* Whoever sees the table must see that it was zeroed */
	pt_barrier();
	return set(pt, entry, pte_table(pa));
}

/* What is left to map: [off, end), each byte to that at off + to_pa. */
struct span {
	uint64_t off, end, to_pa;
	unsigned attr;
};

/* The highest level with a page that fits at the start of s. */
static unsigned leaf_level(const struct pagetable *pt, const struct span *s)
{
	uint64_t bits = s->off | (s->off + s->to_pa), len = s->end - s->off;
	unsigned level = pt->max_leaf;

	while (level && ((bits & (PT_LEVEL_SIZE(level) - 1)) || len < PT_LEVEL_SIZE(level)))
		level--;
	return level;
}

/*
 * Maps pages of one size, as many as fit into one table. A larger page cannot
 * come to fit on the way: it would begin where the next table does.
 */
static int map_run(struct pagetable *pt, struct span *s)
{
	unsigned level, want = leaf_level(pt, s);
	pte_t *entry = find(pt, s->off, &level);

	if (pte_present(*entry))
		return -EEXIST;
	for (; level > want; level--) {
		int err = grow(pt, entry, &entry);

		if (err)
			return err;
		entry += index_of(s->off, level - 1);
	}

	/* Below want if there is a table already, even an empty one: smaller pages do */
	const uint64_t size = PT_LEVEL_SIZE(level);
	const uint64_t end_of_table = (s->off | (PT_LEVEL_SIZE(level + 1) - 1)) + 1;
	const uint64_t end_of_span = s->end & ~(size - 1);
	const uint64_t end = end_of_table < end_of_span ? end_of_table : end_of_span;
	const pte_t flags = pte_flags(level, s->attr);
	uint64_t off = s->off;

	for (; off < end && !pte_present(*entry); off += size) {
		int err = set(pt, entry++, pte_leaf(PADDR(off + s->to_pa), flags));

		if (err)
			return err;
	}
	s->off = off;
	return 0;
}

int pt_map(struct pagetable *pt, vaddr_t va, paddr_t pa, uint64_t len, unsigned attr)
{
	const uint64_t off = offset_of(pt, va);
	struct span s = {off, off + len, pa.pa - off, attr};
	int err = 0;

	if (!len)
		return 0;
	if (!range_ok(pt, va, len) || !target_ok(pa, len, attr))
		return -EINVAL;
	while (s.off < s.end && !err)
		err = map_run(pt, &s);
	pt_barrier();
	return err;
}

/* Is the byte at off in a large page that goes on across the page boundary `at`? */
static bool cuts_page(struct pagetable *pt, uint64_t off, uint64_t at)
{
	unsigned level;

	return pte_present(*find(pt, off, &level)) && (at & (PT_LEVEL_SIZE(level) - 1));
}

/*
 * Visits what decides about [off, off + len) in one table, from off's entry on,
 * and moves *off and *len past it. attr < 0: unmaps.
 */
static int update_run(struct pagetable *pt, uint64_t *off, uint64_t *len, int attr)
{
	unsigned level;
	pte_t *entry = find(pt, *off, &level);
	const uint64_t size = PT_LEVEL_SIZE(level);

	do {
		uint64_t step = size - (*off & (size - 1));
		pte_t pte = *entry, next = 0;

		if (!pte_present(pte)) {
			if (attr >= 0)
				return -ENOENT;
		} else {
			if (!pte_is_leaf(pte, level))
				return 0;
			if (attr >= 0)
				next = pte_leaf(pte_paddr(pte), pte_flags(level, (unsigned)attr));

			int err = set(pt, entry, next);

			if (err)
				return err;
		}
		if (step > *len)
			step = *len;
		*off += step;
		*len -= step;
		entry++;
	} while (*len && index_of(*off, level));
	return 0;
}

static int update(struct pagetable *pt, vaddr_t va, uint64_t len, int attr)
{
	uint64_t off = offset_of(pt, va);
	int err = 0;

	if (!len)
		return 0;
	if (!range_ok(pt, va, len) || cuts_page(pt, off, off) ||
	    cuts_page(pt, off + len - 1, off + len))
		return -EINVAL;
	while (len && !err)
		err = update_run(pt, &off, &len, attr);
	pt_barrier();
	return err;
}

int pt_unmap(struct pagetable *pt, vaddr_t va, uint64_t len)
{
	return update(pt, va, len, -1);
}

int pt_protect(struct pagetable *pt, vaddr_t va, uint64_t len, unsigned attr)
{
	if (!target_ok(PADDR(0), PT_PAGE_SIZE, attr))
		return -EINVAL;
	return update(pt, va, len, (int)attr);
}

int pt_translate(struct pagetable *pt, vaddr_t va, paddr_t *pa, unsigned *attr, unsigned *level)
{
	unsigned l;
	pte_t pte;

	if (pt_canonical(pt, va.va) != va.va)
		return -ENOENT;
	pte = *find(pt, offset_of(pt, va), &l);
	if (!pte_present(pte))
		return -ENOENT;
	*pa = paddr_add(pte_paddr(pte), va.va & (PT_LEVEL_SIZE(l) - 1));
	if (attr)
		*attr = pte_attr(pte);
	if (level)
		*level = l;
	return 0;
}

int pt_walk(struct pagetable *pt, pt_visit_t visit, void *arg)
{
	const uint64_t end = 1ull << pt_va_bits(pt->levels);
	uint64_t off = 0;

	while (off < end) {
		unsigned level;
		pte_t *entry = find(pt, off, &level);

		do {
			if (pte_present(*entry)) {
				if (!pte_is_leaf(*entry, level))
					break;

				int err = visit(arg, VADDR(pt_canonical(pt, off)), *entry, level);

				if (err)
					return err;
			}
			off += PT_LEVEL_SIZE(level);
			entry++;
		} while (index_of(off, level));
	}
	return 0;
}
