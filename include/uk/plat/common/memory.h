/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef UK_PLAT_COMMON_MEMORY_H
#define UK_PLAT_COMMON_MEMORY_H

/*
 * Lists of memory regions
 *
 * Unikraft's platform-internal interface, for standalone builds; real functions
 * (mm/memregion.c) where Unikraft's header has inline ones. A list is an array
 * of fixed capacity whose memory belongs to whoever made it. It is kept in
 * ascending order of pbase. Regions may overlap until the list is coalesced.
 *
 * Every insertion checks the region: -EINVAL if it is empty, not page aligned,
 * goes beyond the top of the address space, if its resource does not lie in its
 * pages, or if it is free but not whole pages. A list that does not have the
 * room is -ENOMEM, and is then left as it was.
 *
 * What Unikraft does not have is in <ukaslr/memregion.h>.
 */

#include <errno.h>
#include <string.h>
#include <uk/assert.h>
#include <uk/config.h>
#include <uk/essentials.h>
#include <uk/arch/paging.h>
#include <uk/arch/types.h>
#include <uk/plat/memory.h>

struct ukplat_memregion_list {
	__u32 capacity; /* regions that mrds[] has room for */
	__u32 count;	/* regions that it has */
	struct ukplat_memregion_desc mrds[];
} __packed __align(__SIZEOF_LONG__);

/* Makes an empty list; behind it there is memory for capacity (>= 1) descriptors. */
static inline void ukplat_memregion_list_init(struct ukplat_memregion_list *list, __u32 capacity)
{
	UK_ASSERT(capacity >= 1);
	list->capacity = capacity;
	list->count = 0;
}

/*
 * Inserts a copy of *mrd behind all regions that do not start above it. Returns
 * its index, -EINVAL or -ENOMEM.
 */
int ukplat_memregion_list_insert(struct ukplat_memregion_list *list,
				 const struct ukplat_memregion_desc *mrd);

/*
 * Inserts a copy of *mrd as number idx (<= count, else -EINVAL): for who knows
 * that this is its place. Returns idx, -EINVAL or -ENOMEM.
 */
int ukplat_memregion_list_insert_at_idx(struct ukplat_memregion_list *list,
					const struct ukplat_memregion_desc *mrd, __u32 idx);

/*
 * Inserts the pages of *mrd that no region of the list holds yet (regions of
 * type 0 count as nothing), each run of them as a region of its own, unless its
 * resource is shorter than min_size. The parts keep pg_off and the resource's
 * last byte where they are, and the distance of virtual to physical addresses.
 * The list is sorted. Returns 0, -EINVAL or -ENOMEM; all parts or none.
 */
int ukplat_memregion_list_insert_split_phys(struct ukplat_memregion_list *list,
					    const struct ukplat_memregion_desc *mrd,
					    const __sz min_size);

/* Removes region number idx; nothing happens if there is none. */
void ukplat_memregion_list_delete(struct ukplat_memregion_list *list, __u32 idx);

/*
 * As ukplat_memregion_list_coalesce_checked() of <ukaslr/memregion.h>, for who
 * does not ask whether the list was too small.
 */
void ukplat_memregion_list_coalesce(struct ukplat_memregion_list *list);

#endif /* UK_PLAT_COMMON_MEMORY_H */
