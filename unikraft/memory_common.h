/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Force-included into Unikraft's plat/common/memory.c. What this library does in its place,
 * by the shared core and shorter, becomes static and unused there, and the compiler drops it.
 */
#include <uk/arch/types.h>

struct ukplat_memregion_list;

static __attribute__((unused)) void kaslr_dropped_coalesce(struct ukplat_memregion_list *list);
#define ukplat_memregion_list_coalesce kaslr_dropped_coalesce

static __attribute__((unused)) void *kaslr_dropped_alloc(__sz size, int type, __u16 flags);
#define ukplat_memregion_alloc kaslr_dropped_alloc
