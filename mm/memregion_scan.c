/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Places in free memory: count them, find one, cut it out
 */

#include <ukaslr/memregion.h>
#include "memregion_desc.h"

/*
 * Finds slot number *slot: returns the region that it is in, and its page in
 * *slot. Without so many, *slot is less by the number of those that there are.
 */
static const struct ukplat_memregion_desc *find_slot(const struct ukplat_memregion_list *list,
						     __sz len, __paddr_t limit, __u64 *slot)
{
	const __u64 last = (len - 1) >> PAGE_SHIFT; /* page of len; of 0 bytes: none has so many */
	const __u64 end_max = limit == __PADDR_MAX ? PN_TOP : limit >> PAGE_SHIFT;
	const struct ukplat_memregion_desc *m = list->mrds, *const stop = m + list->count;
	__u64 left = *slot;

	if (m == stop)
		return NULL;
	do {
		__s64 room; /* pages, then places if there is one */

		if (m->type != UKPLAT_MEMRT_FREE)
			continue;
		room = (__s64)(MIN(mrd_end_pn(m), end_max) - mrd_pn(m));
		if (room <= (__s64)last)
			continue;
		room -= (__s64)last;
		if (left < (__u64)room) {
			*slot = mrd_pn(m) + left;
			return m;
		}
		left -= (__u64)room;
	} while (++m < stop);
	*slot = left;
	return NULL;
}

__u64 ukplat_memregion_list_count_slots(const struct ukplat_memregion_list *list, __sz len,
					__paddr_t limit)
{
	__u64 slot = __U64_MAX; /* far more than there are pages */

	find_slot(list, len, limit, &slot);
	return __U64_MAX - slot;
}

int ukplat_memregion_list_scan(const struct ukplat_memregion_list *list, __sz len, __paddr_t limit,
			       __u64 slot, __paddr_t *pbase)
{
	const struct ukplat_memregion_desc *m = find_slot(list, len, limit, &slot);

	if (!m)
		return -ENOMEM;
	*pbase = slot << PAGE_SHIFT;
	return (int)(m - list->mrds);
}

/* Leaves of free region m the `count` pages from its page number `first` on. */
static void keep_pages(struct ukplat_memregion_desc *m, __u64 first, __u64 count)
{
	m->pbase += first << PAGE_SHIFT;
	m->vbase += first << PAGE_SHIFT;
	m->pg_count = count;
	m->len = count << PAGE_SHIFT;
}

/* Cuts *mrd out of free region m, which holds all its pages. */
static int cut_out_of(struct ukplat_memregion_list *list, struct ukplat_memregion_desc *m,
		      const struct ukplat_memregion_desc *mrd)
{
	const __u64 before = mrd_pn(mrd) - mrd_pn(m), behind = before + mrd->pg_count;
	const __u64 after = m->pg_count - behind;
	const __u32 more = (__u32)(before != 0) + (__u32)(after != 0);
	const char *stop = (const char *)&list->mrds[list->count];

	if (list->capacity - list->count < more)
		return -ENOMEM;
	list->count += more;
	/* The region moves too, to be the part behind; what it leaves is the part before. */
	memmove(m + more, m, (size_t)(stop - (const char *)m));
	if (after != 0)
		keep_pages(m + more, behind, after);
	if (before != 0)
		keep_pages(m++, 0, before);
	*m = *mrd;
	return (int)(m - list->mrds);
}

int ukplat_memregion_list_cut(struct ukplat_memregion_list *list,
			      const struct ukplat_memregion_desc *mrd)
{
	struct ukplat_memregion_desc *m = list->mrds, *const stop = m + list->count;

	if (!mrd_is_sound(mrd))
		return -EINVAL;
	for (; m < stop; m++)
		if (m->type == UKPLAT_MEMRT_FREE && mrd_pn(mrd) >= mrd_pn(m) &&
		    mrd_end_pn(mrd) <= mrd_end_pn(m))
			return cut_out_of(list, m, mrd);
	return -EINVAL;
}

/* Cuts mrd->len bytes out of free region m, from its page number `page` on. */
static __attribute__((noinline)) int take_at(struct ukplat_memregion_list *list,
					     struct ukplat_memregion_desc *m,
					     struct ukplat_memregion_desc *mrd, __u64 page)
{
	mrd->pbase = m->pbase + (page << PAGE_SHIFT);
	mrd->vbase = m->vbase + (page << PAGE_SHIFT);
	mrd->pg_count = ((mrd->len - 1) >> PAGE_SHIFT) + 1;
	if (mrd->pg_count > m->pg_count - page)
		return -EAGAIN;
	return cut_out_of(list, m, mrd);
}

int ukplat_memregion_list_take(struct ukplat_memregion_list *list,
			       struct ukplat_memregion_desc *mrd, __paddr_t limit, __u64 slot)
{
	const struct ukplat_memregion_desc *m = find_slot(list, mrd->len, limit, &slot);

	return m ? take_at(list, &list->mrds[m - list->mrds], mrd, slot - mrd_pn(m)) : -ENOMEM;
}

int ukplat_memregion_list_take_from(struct ukplat_memregion_list *list,
				    struct ukplat_memregion_desc *mrd, __u64 page)
{
	struct ukplat_memregion_desc *m = list->mrds, *const stop = m + list->count;

	for (; m < stop; m++) {
		if (m->type != UKPLAT_MEMRT_FREE)
			continue;
		if (page < m->pg_count)
			return take_at(list, m, mrd, page);
		page -= m->pg_count;
	}
	return -EAGAIN;
}
