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

static inline pte_t *entries_of(struct pagetable *pt, paddr_t table)
{
	if (pt->ops.entries)
		return pt->ops.entries(pt, table);
	return (pte_t *)(uintptr_t)(table.pa + pt->table_offset);
}

/* The entry that decides about off, a leaf or an empty one, and its level. */
static pte_t *find(struct pagetable *pt, uint64_t off, unsigned *level)
{
	unsigned l = pt->levels - 1, shift = PT_LEVEL_SHIFT(l);
	paddr_t table = pt->root;

	for (;; l--, shift -= PT_INDEX_BITS) {
		pte_t *entry = entries_of(pt, table) + (off >> shift) % PT_ENTRIES;
		pte_t pte = *entry;

		if (!pte_present(pte) || pte_is_leaf(pte, l)) {
			*level = l;
			return entry;
		}
		table = pte_paddr(pte);
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

	return !((va.va | len) & PAGE_OFFSET_MASK) && last >= va.va &&
	       !((va.va ^ last) >> pt_half_bits(pt->levels)) && pt_canonical(pt, va.va) == va.va;
}

static bool attr_ok(unsigned attr)
{
	return attr == PT_EXEC || !(attr & PT_EXEC);
}

/* Hangs a new table into the empty entry; *table is where its entries are. */
static int grow(struct pagetable *pt, pte_t *entry, pte_t **table)
{
	paddr_t pa;
	int err = pt->ops.alloc(pt, &pa);

	if (!err && pt->ops.protect)
		err = pt->ops.protect(pt, pa);
	if (err)
		return err;
	/* Did .alloc come by here itself? */
	if (pte_present(*entry))
		return -EAGAIN;
	*table = entries_of(pt, pa);
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
	const pte_t flags = pte_flags(level, s->attr);
	uint64_t pa = s->off + s->to_pa, n = (s->end - s->off) >> PT_LEVEL_SHIFT(level);
	unsigned room = PT_ENTRIES - index_of(s->off, level);
	const pte_t *const end = entry + (n < room ? n : room);

	do {
		int err = set(pt, entry, pte_leaf(PADDR(pa), flags));

		if (err)
			return err;
		pa += size;
	} while (++entry < end && !pte_present(*entry));
	s->off = pa - s->to_pa;
	return 0;
}

int pt_map(struct pagetable *pt, vaddr_t va, paddr_t pa, uint64_t len, unsigned attr)
{
	const uint64_t off = offset_of(pt, va);
	struct span s = {off, off + len, pa.pa - off, attr};
	int err;

	if (!len)
		return 0;
	/* The range is short enough for pa + len - 1 not to wrap, if pa is one */
	if (!range_ok(pt, va, len) || (pa.pa & PAGE_OFFSET_MASK) ||
	    ((pa.pa | (pa.pa + len - 1)) & ~(PTE_ADDR | PAGE_OFFSET_MASK)) || !attr_ok(attr))
		return -EINVAL;
	do
		err = map_run(pt, &s);
	while ((!err && s.off < s.end) || err == -EAGAIN);
	pt_barrier();
	return err;
}

/* Is the byte at off in a large page that goes on across the page boundary `at`? */
static bool cuts_page(struct pagetable *pt, uint64_t off, uint64_t at)
{
	unsigned level;

	return pte_present(*find(pt, off, &level)) && (at & (PT_LEVEL_SIZE(level) - 1));
}

/* What to do to [off, end): unmap it, or give it new attributes. */
struct change {
	uint64_t off, end;
	int attr; /* < 0: unmap */
};

/* Does it for the part that the table of off's leaf or hole holds. */
static int update_run(struct pagetable *pt, struct change *c)
{
	unsigned level;
	pte_t *entry = find(pt, c->off, &level);
	const uint64_t size = PT_LEVEL_SIZE(level), flags = pte_flags(level, (unsigned)c->attr);
	const pte_t *const end = entry + PT_ENTRIES - index_of(c->off, level);
	uint64_t off = c->off & -size;

	for (; entry < end && off < c->end; entry++) {
		pte_t pte = *entry;

		if (pte_present(pte)) {
			if (!pte_is_leaf(pte, level))
				break;

			int err = set(pt, entry, c->attr < 0 ? 0 : pte_leaf(pte_paddr(pte), flags));

			if (err)
				return err;
		} else if (c->attr >= 0) {
			return -ENOENT;
		}
		off += size;
	}
	c->off = off;
	return 0;
}

static int update(struct pagetable *pt, vaddr_t va, uint64_t len, int attr)
{
	const uint64_t off = offset_of(pt, va);
	struct change c = {off, off + len, attr};
	int err = 0;

	if (!len)
		return 0;
	if (!range_ok(pt, va, len) || cuts_page(pt, off, off) || cuts_page(pt, c.end - 1, c.end))
		return -EINVAL;
	while (c.off < c.end && !err)
		err = update_run(pt, &c);
	pt_barrier();
	return err;
}

int pt_unmap(struct pagetable *pt, vaddr_t va, uint64_t len)
{
	return update(pt, va, len, -1);
}

int pt_protect(struct pagetable *pt, vaddr_t va, uint64_t len, unsigned attr)
{
	if (!attr_ok(attr))
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
