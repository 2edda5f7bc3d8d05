/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The boot list: what Unikraft builds take from Unikraft, for standalone builds
 */

#include <ukaslr/memregion.h>

int ukplat_memregion_count(void)
{
	return (int)ukplat_memregion_list_get()->count;
}

int ukplat_memregion_get(int i, struct ukplat_memregion_desc **mrd)
{
	struct ukplat_memregion_list *list = ukplat_memregion_list_get();

	/* a negative i is a large one when unsigned */
	if ((__u32)i >= list->count)
		return -1;
	*mrd = &list->mrds[i];
	return 0;
}

int ukplat_memregion_find_next(int i, __u32 type, __u32 flags, __u32 fmask,
			       struct ukplat_memregion_desc **mrd)
{
	struct ukplat_memregion_desc *m;

	while (ukplat_memregion_get(++i, &m) == 0) {
		if ((type == 0 || (m->type & type) != 0) && (m->flags & fmask) == flags) {
			*mrd = m;
			return i;
		}
	}
	return -1;
}

void *ukplat_memregion_alloc(__sz size, int type, __u16 flags)
{
	struct ukplat_memregion_list *list = ukplat_memregion_list_get();
	struct ukplat_memregion_desc mrd = {
		.len = size,
		.pg_count = ((size - 1) >> PAGE_SHIFT) + 1,
		.type = (__u16)type,
		.flags = flags,
	};
	__u64 slot = 0;

	do {
		const int i =
			ukplat_memregion_list_scan(list, size, __PADDR_MAX, slot++, &mrd.pbase);

		if (i < 0)
			return NULL;
		mrd.vbase = mrd.pbase - list->mrds[i].pbase + list->mrds[i].vbase;
	} while (mrd.vbase == 0); /* no address for an object: it would read as NULL */

	if (ukplat_memregion_list_cut(list, &mrd) < 0)
		return NULL;
	return (void *)mrd.vbase;
}
