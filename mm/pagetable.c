/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Page tables: map, unmap, protect, translate, walk
 *
 * Everything is built on one question: which entry decides about a page? That is
 * a leaf, or the empty entry where the tree ends. From there a whole run of
 * neighbours in the same table is handled, so that the way down from the root is
 * gone once per table and not once per page.
 *
 * Inside, addresses are page numbers, whose ranges never wrap, and a level is the
 * number of their bits that its entries leave over: 0 at level 0, 9 at level 1.
 */
#include <errno.h>
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
static pte_t *find(struct pagetable *pt, uint64_t page, unsigned *level)
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
static bool range_ok(const struct pagetable *pt, vaddr_t va, uint64_t len)
{
	uint64_t last = va.va + len - 1;

	return !((va.va | len) & PAGE_OFFSET_MASK) && last >= va.va && pt_one_half(pt, va.va, last);
}

static bool attr_ok(pte_t attr)
{
	return attr == PT_EXEC || !(attr & PT_EXEC);
}

static __attribute__((noinline)) int grow_slowly(struct pagetable *pt, pte_t *entry, paddr_t *table)
{
	int err = pt->ops.alloc(pt, table);

#if PT_FOREIGN
	if (!err && pt->ops.protect)
		err = pt->ops.protect(pt, *table);
#endif
	if (err)
		return err;
	/* Did .alloc come by here itself? */
	if (pte_present(*entry))
		return -EAGAIN;
	/* Whoever sees the table must see that it was zeroed */
	pt_barrier();
	return set(pt, entry, pte_table(*table));
}

/* What is left to map: [page, end), each page to the frame page + to_frame. */
struct span {
	uint64_t page, end, to_frame;
	pte_t attr;
};

/* The highest level with a page that fits at the start of s. */
static inline unsigned leaf_level(const struct pagetable *pt, const struct span *s)
{
	uint64_t bits = s->page | (s->page + s->to_frame), nr = s->end - s->page;
	unsigned low = PT_INDEX_BITS * pt->max_leaf;

	if (nr < PT_ENTRIES)
		return 0;
	while (low && (!(nr >> low) || (bits & ((1ull << low) - 1))))
		low -= PT_INDEX_BITS;
	return low;
}

/* Where an entry for s is looked for and put: in a table at the level that leaves `low` over. */
struct place {
	pte_t *entry;
	unsigned low;
	bool empty; /* the table is new, and has nothing else */
};

/*
 * Hangs new tables below an empty entry, down to level `want`. Those that are ready
 * are never somebody else's to write (nor are there any in such a tree): most tables
 * of a boot come from here, and cost a few instructions each.
 */
static inline int grow(struct pagetable *pt, uint64_t page, struct place *p, unsigned want)
{
	if (p->low <= want)
		return 0;
	if (pt_ready(pt->run) * PT_INDEX_BITS >= p->low - want) {
		paddr_t table = pt_next(pt->run);

		do {
			*(volatile pte_t *)p->entry = pte_table(table);
			p->low -= PT_INDEX_BITS;
			p->entry = (pte_t *)(uintptr_t)(table.pa + pt->table_offset) +
				   index_of(page, p->low);
			table.pa += PT_PAGE_SIZE;
			pt->run->used++;
		} while (p->low > want);
		p->empty = true;
		return 0;
	}
	while (p->low > want) {
		paddr_t table;
		int err = grow_slowly(pt, p->entry, &table);

		if (err)
			return err;
		p->low -= PT_INDEX_BITS;
		p->entry = entries_of(pt, table) + index_of(page, p->low);
	}
	return 0;
}

/* The empty entry for s, at the level wanted, or lower if there is a table, even an empty one. */
static inline int descend(struct pagetable *pt, const struct span *s, struct place *p)
{
	paddr_t table = pt->root;
	unsigned low = PT_INDEX_BITS * (pt->levels - 1);

	for (;; low -= PT_INDEX_BITS) {
		pte_t *at = entries_of(pt, table) + index_of(s->page, low);
		pte_t pte = *at;

		if (!pte_present(pte)) {
			p->entry = at;
			p->low = low;
			p->empty = false;
			return grow(pt, s->page, p, leaf_level(pt, s));
		}
		if (pte_is_leaf(pte, low))
			return -EEXIST;
		table = pte_paddr(pt->levels, pte);
	}
}

/* Maps pages of one size, all that fit into one table; a larger page would begin in the next. */
static int map_run(struct pagetable *pt, struct span *s)
{
	struct place p;
	int err = descend(pt, s, &p);

	if (err)
		return err;

	const unsigned low = p.low;
	const uint64_t nr = (s->end - s->page) >> low, room = PT_ENTRIES - index_of(s->page, low);
	const uint64_t step = 1ull << (PT_PAGE_SHIFT + low);
	pte_t *entry = p.entry;
	const pte_t *const first = entry, *const end = entry + (nr < room ? nr : room);
	pte_t leaf = pte_leaf(pt->levels, PADDR((s->page + s->to_frame) << PT_PAGE_SHIFT),
			      pte_flags(low, s->attr));

	/* Most pages of a boot are mapped here, by plain stores: loops of their own */
	if (WRITE_OF(pt)) {
		do {
			err = set(pt, entry, leaf);
			leaf = pte_next(leaf, step);
		} while (!err && ++entry < end && !pte_present(*entry));
	} else if (p.empty) {
		do {
			*(volatile pte_t *)entry = leaf;
			leaf = pte_next(leaf, step);
		} while (++entry < end);
	} else {
		do {
			*(volatile pte_t *)entry = leaf;
			leaf = pte_next(leaf, step);
		} while (++entry < end && !pte_present(*entry));
	}
	s->page += (uint64_t)(entry - first) << low;
	return err;
}

int pt_map(struct pagetable *pt, vaddr_t va, paddr_t pa, uint64_t len, pte_t attr)
{
	const uint64_t page = pt_page_number(pt, va), nr = len >> PT_PAGE_SHIFT;
	struct span s = {page, page + nr, (pa.pa >> PT_PAGE_SHIFT) - page, attr};
	int err;

	if (!len)
		return 0;
	/* The range is short enough for pa + len - 1 not to wrap, if pa is one */
	if (!range_ok(pt, va, len) || (pa.pa & PAGE_OFFSET_MASK) ||
	    ((pa.pa | (pa.pa + len - 1)) >> pt_pa_bits(pt->levels)) || !attr_ok(attr))
		return -EINVAL;
	if (pt->ops.edit)
		pt->ops.edit(true);
	do
		err = map_run(pt, &s);
	while ((!err && s.page < s.end) || err == -EAGAIN);
	pt_barrier();
	if (pt->ops.edit)
		pt->ops.edit(false);
	return err;
}

/* What to do to [page, end): unmap it, or give it new attributes. */
struct change {
	uint64_t page, end;
	bool unmap;
	pte_t attr; /* unless that */
};

/* Does it for the part that the table of the first page's leaf or hole holds. */
static int update_run(struct pagetable *pt, struct change *c)
{
	unsigned low;
	pte_t *entry = find(pt, c->page, &low);
	const pte_t flags = pte_flags(low, c->attr);
	const pte_t *const end = entry + PT_ENTRIES - index_of(c->page, low);
	uint64_t page = c->page & -(1ull << low);

	for (; entry < end && page < c->end; entry++) {
		pte_t pte = *entry;

		if (pte_present(pte)) {
			if (!pte_is_leaf(pte, low))
				break;

			const paddr_t pa = pte_paddr(pt->levels, pte);
			int err = set(pt, entry, c->unmap ? 0 : pte_leaf(pt->levels, pa, flags));

			if (err)
				return err;
		} else if (!c->unmap) {
			return -ENOENT;
		}
		page += 1ull << low;
	}
	c->page = page;
	return 0;
}

/* Is `page` in a large page that goes on across the boundary before page `at`? */
static bool cuts_page(struct pagetable *pt, uint64_t page, uint64_t at)
{
	unsigned low;

	return pte_present(*find(pt, page, &low)) && (at & ((1ull << low) - 1));
}

static int update(struct pagetable *pt, vaddr_t va, uint64_t len, bool unmap, pte_t attr)
{
	const uint64_t page = pt_page_number(pt, va);
	struct change c = {page, page + (len >> PT_PAGE_SHIFT), unmap, attr};
	int err = 0;

	if (!len)
		return 0;
	if (!range_ok(pt, va, len))
		return -EINVAL;
	if (pt->ops.edit)
		pt->ops.edit(true);
	if (cuts_page(pt, page, page) || cuts_page(pt, c.end - 1, c.end))
		err = -EINVAL;
	while (c.page < c.end && !err)
		err = update_run(pt, &c);
	pt_barrier();
	if (pt->ops.edit)
		pt->ops.edit(false);
	return err;
}

int pt_unmap(struct pagetable *pt, vaddr_t va, uint64_t len)
{
	return update(pt, va, len, true, 0);
}

int pt_protect(struct pagetable *pt, vaddr_t va, uint64_t len, pte_t attr)
{
	if (!attr_ok(attr))
		return -EINVAL;
	return update(pt, va, len, false, attr);
}

int pt_translate(struct pagetable *pt, vaddr_t va, paddr_t *pa, pte_t *attr, unsigned *level)
{
	unsigned low;
	pte_t pte;

	if (pt_canonical(pt, va.va) != va.va)
		return -ENOENT;
	pte = *find(pt, pt_page_number(pt, va), &low);
	if (!pte_present(pte))
		return -ENOENT;
	*pa = paddr_add(pte_paddr(pt->levels, pte), va.va & ((PT_PAGE_SIZE << low) - 1));
	if (attr)
		*attr = pte_attr(pte);
	if (level)
		*level = low / PT_INDEX_BITS;
	return 0;
}

int pt_walk(struct pagetable *pt, pt_visit_t visit, void *arg)
{
	const uint64_t end = 1ull << (pt_va_bits(pt->levels) - PT_PAGE_SHIFT);
	uint64_t page = 0;

	while (page < end) {
		unsigned low;
		pte_t *entry = find(pt, page, &low);

		do {
			if (pte_present(*entry)) {
				if (!pte_is_leaf(*entry, low))
					break;

				vaddr_t va = VADDR(pt_canonical(pt, page << PT_PAGE_SHIFT));
				int err = visit(arg, va, *entry, low / PT_INDEX_BITS);

				if (err)
					return err;
			}
			page += 1ull << low;
			entry++;
		} while (index_of(page, low));
	}
	return 0;
}
