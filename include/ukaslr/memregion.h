/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef UKASLR_MEMREGION_H
#define UKASLR_MEMREGION_H

/*
 * What Unikraft's memory-region API lacks
 *
 * To take memory is two steps: one looks for a place and changes nothing, one
 * cuts it out. Who wants the first place asks for slot 0; who wants a random one
 * counts the slots, draws a number below the count, and asks for that slot. All
 * of them want a coalesced list. Lengths and addresses are bytes.
 */

#include <uk/arch/limits.h>
#include <uk/arch/types.h>
#include <uk/plat/common/memory.h>

/*
 * Merges, trims, splits and sorts the regions until none overlaps another and
 * all are in ascending order: reserved ones win over the image's and loader's,
 * these over free memory. docs/memregion.md has the rules. Returns 0, or
 * -ENOMEM if the list was too small for the pieces. All that was said holds then
 * too, but of a free region that had to be split the smaller part is missing,
 * and of any other the far part is reserved.
 */
int ukplat_memregion_list_coalesce_checked(struct ukplat_memregion_list *list);

/*
 * How many places there are for len bytes (> 0, rounded up to pages) in the free
 * regions, each inside one region, starting on a page and ending at or below limit
 * (__PADDR_MAX: anywhere). 0 as well for no bytes.
 */
__u64 ukplat_memregion_list_count_slots(const struct ukplat_memregion_list *list, __sz len,
					__paddr_t limit);

/*
 * Finds place number `slot` (from 0, in ascending order of address) of those
 * that ukplat_memregion_list_count_slots() counts. Returns the index of its
 * region and its address in *pbase, or -ENOMEM if there are not so many.
 */
int ukplat_memregion_list_scan(const struct ukplat_memregion_list *list, __sz len, __paddr_t limit,
			       __u64 slot, __paddr_t *pbase);

/*
 * Cuts the pages of *mrd out of the free region that holds them all, and puts a
 * copy of *mrd in their place; what is left of the free region before and behind
 * it stays free. Needs up to two records more. Returns the index of the new
 * region, -EINVAL if no free region holds all its pages (or *mrd is itself
 * refused by the rules of insertion), -ENOMEM if the list has no room. On error
 * the list is as it was.
 */
int ukplat_memregion_list_cut(struct ukplat_memregion_list *list,
			      const struct ukplat_memregion_desc *mrd);

/*
 * Scans and cuts in one step: for the mrd->len bytes of a region that is not free
 * and begins at its first page, place number `slot` of those at multiples of
 * PAGE_SIZE. Fills in pbase, vbase (at the free region's distance) and pg_count.
 * Returns the index of the new region, or -ENOMEM if there are not so many
 * places, or the list has no room; the list is as it was then.
 */
int ukplat_memregion_list_take(struct ukplat_memregion_list *list,
			       struct ukplat_memregion_desc *mrd, __paddr_t limit, __u64 slot);

/*
 * The same for a place that begins with page number `page` (from 0, in ascending order of
 * address) of all free memory. Returns -EAGAIN if that is not in it, or if the place would
 * not end in the region that it begins in.
 */
int ukplat_memregion_list_take_from(struct ukplat_memregion_list *list,
				    struct ukplat_memregion_desc *mrd, __u64 page);

/*
 * The boot list, on which ukplat_memregion_count(), _get(), _find_next() and
 * _alloc() work. Standalone builds: boot/files.c defines this, and tests their
 * own; never NULL. (In a Unikraft build those four are Unikraft's.)
 */
struct ukplat_memregion_list *ukplat_memregion_list_get(void);

#endif /* UKASLR_MEMREGION_H */
