/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MM_MEMREGION_DESC_H
#define MM_MEMREGION_DESC_H

/*
 * One memory region, for those who work on lists of them
 *
 * All arithmetic is on page numbers: a region that ends at the top of the
 * address space ends at page 2^52, where its end in bytes would be 0.
 *
 * In a sound region pages and bytes agree: pg_count is just what pg_off + len
 * bytes need. All functions keep it so.
 */

#include <stdbool.h>
#include <uk/arch/paging.h>
#include <uk/arch/types.h>
#include <uk/plat/common/memory.h>

/* The number of the first page that there is not */
#define PN_TOP (1UL << (64 - PAGE_SHIFT))

static inline __u64 mrd_pn(const struct ukplat_memregion_desc *mrd)
{
	return mrd->pbase >> PAGE_SHIFT;
}

static inline __u64 mrd_end_pn(const struct ukplat_memregion_desc *mrd)
{
	return mrd_pn(mrd) + mrd->pg_count;
}

/* Whether the region may enter a list: the rules are in <uk/plat/common/memory.h>. */
bool mrd_is_sound(const struct ukplat_memregion_desc *mrd);

/* Takes away all pages below pn, which is inside the region or its first page. */
void mrd_start_at(struct ukplat_memregion_desc *mrd, __u64 pn);

/* Lets the region end at page pn, which is above its first; it may grow. */
void mrd_end_at(struct ukplat_memregion_desc *mrd, __u64 pn);

/* Puts *mrd before region p of a list that has room. */
void mrd_list_put(struct ukplat_memregion_list *list, struct ukplat_memregion_desc *p,
		  const struct ukplat_memregion_desc *mrd);

#endif /* MM_MEMREGION_DESC_H */
