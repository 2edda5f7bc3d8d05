/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Lists of memory regions
 */

#include <ukaslr/memregion.h>
#include "memregion_desc.h"

int ukplat_memregion_list_insert_at_idx(struct ukplat_memregion_list *list,
					const struct ukplat_memregion_desc *mrd, __u32 idx)
{
	if (idx > list->count || !mrd_is_sound(mrd))
		return -EINVAL;
	if (list->count >= list->capacity)
		return -ENOMEM;

	mrd_list_put(list, &list->mrds[idx], mrd);
	return (int)idx;
}

int ukplat_memregion_list_insert(struct ukplat_memregion_list *list,
				 const struct ukplat_memregion_desc *mrd)
{
	__u32 idx = list->count;

	/* From the end, as most memory maps come in ascending order */
	while (idx > 0 && list->mrds[idx - 1].pbase > mrd->pbase)
		idx--;
	return ukplat_memregion_list_insert_at_idx(list, mrd, idx);
}

/*
 * The next run of pages of *mrd from *pos on, below end, that no region has that
 * is in the list: [*pos, returned page), empty if there is none. *i is where to
 * look on.
 */
static __u64 next_gap(const struct ukplat_memregion_list *list, __u32 *i, __u64 *pos, __u64 end)
{
	for (; *i < list->count; ++*i) {
		const struct ukplat_memregion_desc *m = &list->mrds[*i];

		if (m->type == 0 || mrd_end_pn(m) <= *pos)
			continue;
		if (mrd_pn(m) > *pos)
			return MIN(mrd_pn(m), end);
		*pos = MIN(mrd_end_pn(m), end);
	}
	return end;
}

/* Inserts the parts that are missing, or only counts them if `count` is not NULL. */
static void insert_gaps(struct ukplat_memregion_list *list, const struct ukplat_memregion_desc *mrd,
			__sz min_size, __u32 *count)
{
	__u64 pos = mrd_pn(mrd), gap_end;
	const __u64 end = mrd_end_pn(mrd);
	__u32 i = 0;

	for (; pos < end; pos = gap_end) {
		struct ukplat_memregion_desc part = *mrd;

		gap_end = next_gap(list, &i, &pos, end);
		if (pos == gap_end)
			continue;
		mrd_start_at(&part, pos);
		mrd_end_at(&part, gap_end);
		if (part.len < min_size)
			continue;
		if (count != NULL)
			++*count;
		else
			ukplat_memregion_list_insert(list, &part);
	}
}

int ukplat_memregion_list_insert_split_phys(struct ukplat_memregion_list *list,
					    const struct ukplat_memregion_desc *mrd,
					    const __sz min_size)
{
	__u32 parts = 0;

	if (!mrd_is_sound(mrd))
		return -EINVAL;
	insert_gaps(list, mrd, min_size, &parts);
	if (list->capacity - list->count < parts)
		return -ENOMEM;
	insert_gaps(list, mrd, min_size, NULL);
	return 0;
}

void ukplat_memregion_list_delete(struct ukplat_memregion_list *list, __u32 idx)
{
	struct ukplat_memregion_desc *p = &list->mrds[idx];

	UK_ASSERT(idx < list->count);
	if (idx >= list->count)
		return;
	list->count--;
	memmove(p, p + 1, sizeof(*p) * (list->count - idx));
}

void ukplat_memregion_list_coalesce(struct ukplat_memregion_list *list)
{
	ukplat_memregion_list_coalesce_checked(list);
}
