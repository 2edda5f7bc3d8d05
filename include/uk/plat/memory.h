/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef UK_PLAT_MEMORY_H
#define UK_PLAT_MEMORY_H

/*
 * Memory regions: what is where in physical memory
 *
 * Unikraft's public interface, for standalone builds. A region is a run of
 * whole pages, [pbase, pbase + pg_count * PAGE_SIZE), half open; it may end at
 * the very top of the address space. The resource it describes need not fill
 * its pages: it is the len bytes at pbase + pg_off. Of free memory every byte
 * of every page belongs to the resource.
 *
 * docs/memregion.md has the semantics in full, and where they differ from
 * Unikraft's.
 */

#include <stddef.h>
#include <uk/assert.h>
#include <uk/config.h>
#include <uk/essentials.h>
#include <uk/arch/paging.h>
#include <uk/arch/types.h>

/* Types: one bit each, a region has one; as sets where one searches */
#define UKPLAT_MEMRT_ANY	0xffff

#define UKPLAT_MEMRT_FREE	0x0001 /* nobody's yet; contents undefined */
#define UKPLAT_MEMRT_RESERVED	0x0002 /* firmware's or hypervisor's: never touched */
#define UKPLAT_MEMRT_KERNEL	0x0004 /* a segment of the image */
#define UKPLAT_MEMRT_INITRD	0x0008 /* initial RAM disk */
#define UKPLAT_MEMRT_DEVICETREE 0x0010 /* flattened device tree */
#define UKPLAT_MEMRT_STACK	0x0020 /* stack of a thread */
#define UKPLAT_MEMRT_DEVICE	0x0040 /* device registers */

/* Flags: how a region may be used */
#define UKPLAT_MEMRF_ALL	0xffff

#define UKPLAT_MEMRF_PERMS	0x0007
#define UKPLAT_MEMRF_READ	0x0001
#define UKPLAT_MEMRF_WRITE	0x0002
#define UKPLAT_MEMRF_EXECUTE	0x0004

/* The same bytes as in Unikraft: 48 without a name, 80 with it. */
struct ukplat_memregion_desc {
	__paddr_t pbase; /* physical address of the first page */
	__vaddr_t vbase; /* virtual address of the first page */
	__off pg_off;	 /* where the resource starts in the first page, bytes */
	__sz len;	 /* length of the resource, bytes */
	__sz pg_count;	 /* pages of the region */
	__u16 type;	 /* UKPLAT_MEMRT_* */
	__u16 flags;	 /* UKPLAT_MEMRF_* */
#ifdef CONFIG_UKPLAT_MEMRNAME
	char name[36];
#endif
} __packed __align(__SIZEOF_LONG__);

/*
 * Validation: stops (UK_CRASH, UK_ASSERT) if the descriptor breaks a rule.
 * A type is exactly one of those above.
 */
#define UK_ASSERT_VALID_MRD_TYPE(mrd)                                              \
	do {                                                                       \
		if (!POWER_OF_2((mrd)->type) || (mrd)->type > UKPLAT_MEMRT_DEVICE) \
			UK_CRASH("Invalid mrd type: %hu\n", (mrd)->type);          \
	} while (0)

/* Flags are none but those above. */
#define UK_ASSERT_VALID_MRD_FLAGS(mrd) UK_ASSERT(((mrd)->flags & ~UKPLAT_MEMRF_PERMS) == 0)

/* Type and flags are valid, addresses are page aligned, pg_off is inside the first page. */
#define UK_ASSERT_VALID_MRD(mrd)                                                   \
	do {                                                                       \
		UK_ASSERT_VALID_MRD_TYPE(mrd);                                     \
		UK_ASSERT_VALID_MRD_FLAGS(mrd);                                    \
		UK_ASSERT(PAGE_ALIGNED((mrd)->vbase));                             \
		UK_ASSERT(PAGE_ALIGNED((mrd)->pbase));                             \
		UK_ASSERT((mrd)->pg_off >= 0 && (mrd)->pg_off < (__off)PAGE_SIZE); \
	} while (0)

/* Besides: free, mapped one to one, whole pages. */
#define UK_ASSERT_VALID_FREE_MRD(mrd)                                \
	do {                                                         \
		UK_ASSERT_VALID_MRD(mrd);                            \
		UK_ASSERT((mrd)->type == UKPLAT_MEMRT_FREE);         \
		UK_ASSERT((mrd)->vbase == (mrd)->pbase);             \
		UK_ASSERT((mrd)->pg_count *PAGE_SIZE == (mrd)->len); \
		UK_ASSERT((mrd)->pg_off == 0);                       \
	} while (0)

/* Besides: of the image, whole pages. */
#define UK_ASSERT_VALID_KERNEL_MRD(mrd)                              \
	do {                                                         \
		UK_ASSERT_VALID_MRD(mrd);                            \
		UK_ASSERT((mrd)->type == UKPLAT_MEMRT_KERNEL);       \
		UK_ASSERT((mrd)->pg_count *PAGE_SIZE == (mrd)->len); \
		UK_ASSERT((mrd)->pg_off == 0);                       \
	} while (0)

/*
 * Non-zero if the region, from its first page to the end of its resource, and
 * [pstart, pend) share a byte. pend = 0 is the top of the address space.
 */
static inline int ukplat_memregion_desc_overlap(const struct ukplat_memregion_desc *mrd,
						__paddr_t pstart, __paddr_t pend)
{
	return RANGE_OVERLAP(mrd->pbase, (__sz)mrd->pg_off + mrd->len, pstart, pend - pstart);
}

/* How many regions the boot list has. */
int ukplat_memregion_count(void);

/*
 * The boot list's i-th region, from 0. The list owns it: the pointer holds until
 * the list changes. Returns 0, or < 0 and leaves *mrd alone if there is no such
 * region (a negative i included).
 */
int ukplat_memregion_get(int i, struct ukplat_memregion_desc **mrd);

/*
 * The next region of the boot list after the i-th (-1: from the start) that has
 * any of the types in `type` (0: of any type at all) and whose flags, of those
 * in fmask, are exactly `flags`. Returns its index, or < 0 and leaves *mrd alone.
 */
int ukplat_memregion_find_next(int i, __u32 type, __u32 flags, __u32 fmask,
			       struct ukplat_memregion_desc **mrd);

/* A for loop over all regions that ukplat_memregion_find_next() finds. */
#define ukplat_memregion_foreach(mrd, type, flags, fmask)                                     \
	for (int ukplat_foreach_i_ = ukplat_memregion_find_next(-1, type, flags, fmask, mrd); \
	     ukplat_foreach_i_ >= 0; ukplat_foreach_i_ = ukplat_memregion_find_next(          \
					     ukplat_foreach_i_, type, flags, fmask, mrd))

/* The first initial RAM disk: its index, or < 0. */
#define ukplat_memregion_find_initrd0(mrd) \
	ukplat_memregion_find_next(-1, UKPLAT_MEMRT_INITRD, 0, 0, mrd)

/*
 * Takes size bytes, rounded up to whole pages, from the first free region of the
 * boot list that holds them, as a region of the given type (may be 0) and flags.
 * It is never given back. Returns its address (vbase, never 0), or NULL if
 * nothing fits or the list is full; the list is then as it was.
 */
void *ukplat_memregion_alloc(__sz size, int type, __u16 flags);

#endif /* UK_PLAT_MEMORY_H */
