/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Page tables: map anything anywhere, unmap, protect, translate, walk
 *
 * Everything is built on one question: which entry decides about a page? That is
 * a leaf, or the empty entry where the tree ends. From there a whole run of
 * neighbours in the same table is handled, so that the way down from the root is
 * gone once per table and not once per page.
 */
#include <errno.h>
#include "pagetable_entry.h"

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
