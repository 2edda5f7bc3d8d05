/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Places in free memory: count them, find one, cut it out
 */

#include <ukaslr/memregion.h>
#include "memregion_desc.h"

/*
 * Finds slot number *slot. Without so many, *slot is less by the number of those
 * that there are.
 */
static int find_slot(const struct ukplat_memregion_list *list, __sz len, __sz align,
		     __paddr_t limit, __u64 *slot, __paddr_t *pbase)
{
	const __u64 pages = ((len - 1) >> PAGE_SHIFT) + 1; /* of 0 bytes: more than any has */
	const __u64 step = align >> PAGE_SHIFT;
	const __u64 end_max = limit == __PADDR_MAX ? PN_TOP : limit >> PAGE_SHIFT;
	__u32 i;

	if (align < PAGE_SIZE || !POWER_OF_2(align))
		return -ENOMEM;

	for (i = 0; i < list->count; i++) {
		const struct ukplat_memregion_desc *mrd = &list->mrds[i];
		__u64 first, end, n;

		if (mrd->type != UKPLAT_MEMRT_FREE)
			continue;
		first = ALIGN_UP(mrd_pn(mrd), step) + pages;
		end = MIN(mrd_end_pn(mrd), end_max);
		if (first > end)
			continue;
		n = ((end - first) >> __builtin_ctzl(step)) + 1;
		if (*slot < n) {
			*pbase = (first - pages + *slot * step) << PAGE_SHIFT;
			return (int)i;
		}
		*slot -= n;
	}
	return -ENOMEM;
}

__u64 ukplat_memregion_list_count_slots(const struct ukplat_memregion_list *list, __sz len,
					__sz align, __paddr_t limit)
{
	__u64 slot = __U64_MAX; /* far more than there are pages */
	__paddr_t pbase;

	find_slot(list, len, align, limit, &slot, &pbase);
	return __U64_MAX - slot;
}

int ukplat_memregion_list_scan(const struct ukplat_memregion_list *list, __sz len, __sz align,
			       __paddr_t limit, __u64 slot, __paddr_t *pbase)
{
	return find_slot(list, len, align, limit, &slot, pbase);
}

/* The free region that holds all pages of *mrd, or the list's count */
static __u32 find_holder(const struct ukplat_memregion_list *list,
			 const struct ukplat_memregion_desc *mrd)
{
	__u32 i;

	for (i = 0; i < list->count; i++) {
		const struct ukplat_memregion_desc *m = &list->mrds[i];

		if (m->type == UKPLAT_MEMRT_FREE && mrd_pn(mrd) >= mrd_pn(m) &&
		    mrd_end_pn(mrd) <= mrd_end_pn(m))
			break;
	}
	return i;
}

int ukplat_memregion_list_cut(struct ukplat_memregion_list *list,
			      const struct ukplat_memregion_desc *mrd)
{
	struct ukplat_memregion_desc *holder, rest;
	__u64 pn, end;
	__u32 i, more;

	if (!mrd_is_sound(mrd))
		return -EINVAL;
	i = find_holder(list, mrd);
	if (i == list->count)
		return -EINVAL;

	holder = &list->mrds[i];
	pn = mrd_pn(mrd);
	end = mrd_end_pn(mrd);
	more = (__u32)(mrd_pn(holder) != pn) + (__u32)(mrd_end_pn(holder) != end);
	if (list->capacity - list->count < more)
		return -ENOMEM;

	rest = *holder;
	if (mrd_pn(holder) != pn) {
		mrd_end_at(holder, pn);
		mrd_list_put(list, &list->mrds[++i], mrd);
	} else {
		*holder = *mrd;
	}
	if (mrd_end_pn(&rest) != end) {
		mrd_start_at(&rest, end);
		mrd_list_put(list, &list->mrds[i + 1], &rest);
	}
	return (int)i;
}
