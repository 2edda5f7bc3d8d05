/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One memory region: what is a sound one, and how to make it smaller
 */

#include "memregion_desc.h"

bool mrd_is_sound(const struct ukplat_memregion_desc *mrd)
{
	const __u64 off = (__u64)mrd->pg_off;
	const __u64 last = off + mrd->len - 1; /* the resource's last byte, from pbase */

	/* len > 0, and off + len does not wrap; off is the smaller of the two then */
	if (mrd->len == 0 || off >= PAGE_SIZE || last < off || !PAGE_ALIGNED(mrd->pbase))
		return false;
	if (mrd->pg_count != (last >> PAGE_SHIFT) + 1 || mrd_end_pn(mrd) > PN_TOP)
		return false;
	/* a region of all 2^52 pages has a length that no field can hold */
	if (mrd->pg_count == PN_TOP)
		return false;
	return mrd->type != UKPLAT_MEMRT_FREE || PAGE_ALIGNED(off | mrd->len);
}

void mrd_start_at(struct ukplat_memregion_desc *mrd, __u64 pn)
{
	const __u64 bytes = (pn << PAGE_SHIFT) - mrd->pbase;

	if (bytes == 0)
		return;
	mrd->pbase += bytes;
	mrd->vbase += bytes;
	mrd->pg_count -= bytes >> PAGE_SHIFT;
	mrd->len -= bytes - (__u64)mrd->pg_off;
	mrd->pg_off = 0;
}

void mrd_end_at(struct ukplat_memregion_desc *mrd, __u64 pn)
{
	if (pn == mrd_end_pn(mrd))
		return;
	mrd->pg_count = pn - mrd_pn(mrd);
	mrd->len = (mrd->pg_count << PAGE_SHIFT) - (__u64)mrd->pg_off;
}

void mrd_list_put(struct ukplat_memregion_list *list, struct ukplat_memregion_desc *p,
		  const struct ukplat_memregion_desc *mrd)
{
	const char *stop = (const char *)&list->mrds[list->count++];

	memmove(p + 1, p, (size_t)(stop - (const char *)p));
	*p = *mrd;
}
