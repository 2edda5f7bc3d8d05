/* SPDX-License-Identifier: BSD-3-Clause */
#include <stddef.h>
#include <string.h>
#include <ukaslr/image.h>
#include <ukaslr/memregion.h>
#include <ukaslr/panic.h>
#include "load_image.h"

#ifndef CONFIG_INITRD
#define CONFIG_INITRD 0
#endif

#define RW (UKPLAT_MEMRF_READ | UKPLAT_MEMRF_WRITE)

static bool has_initrd(const struct bootinfo *bi)
{
	for (uint32_t i = 0; i < bi->mrds.count; i++)
		if (bi->mrds.mrds[i].type == UKPLAT_MEMRT_INITRD)
			return true;
	return false;
}

static const char *add(struct bootinfo *bi, const char *start, const char *end, uint16_t type)
{
	return bootinfo_add(bi, PADDR(IMAGE_ADDR(start)), IMAGE_ADDR(end) - IMAGE_ADDR(start),
			    type);
}

/* In Xen PV the memory below is the early phase's as well: its page tables grow into it. */
static const char *load_start(const struct bootinfo *bi)
{
	return is_xenpv(bi) ? (const char *)PAGE_SIZE : __base_addr;
}

/*
 * Reserved memory would cut the initrd in two. Loaders that cannot choose the place, as
 * those of Multiboot 1, overwrite even what firmware keeps for itself.
 */
static bool initrd_is_cut(const struct bootinfo *bi)
{
	const uint64_t start = IMAGE_ADDR(__initrd_start), end = IMAGE_ADDR(__initrd_end);
	const struct ukplat_memregion_desc *r = bi->mrds.mrds;

	for (; r < &bi->mrds.mrds[bi->mrds.count]; r++)
		if (r->type == UKPLAT_MEMRT_RESERVED && r->pbase < end && r->pbase + r->len > start)
			return true;
	return false;
}

const char *load_image_add(struct bootinfo *bi)
{
	const char *err;

	if (!CONFIG_INITRD || has_initrd(bi))
		return add(bi, load_start(bi), __early_end, UKPLAT_MEMRT_KERNEL);
	if (initrd_is_cut(bi))
		return "the initrd in the image was loaded over memory that is reserved: "
		       "Multiboot 2 or UEFI find another place";
	err = add(bi, load_start(bi), __initrd_start, UKPLAT_MEMRT_KERNEL);
	if (!err)
		err = add(bi, __initrd_start, __initrd_end, UKPLAT_MEMRT_INITRD);
	return err ? err : add(bi, __image_start, __early_end, UKPLAT_MEMRT_KERNEL);
}

static bool mergeable(const struct ukplat_memregion_desc *left)
{
	const struct ukplat_memregion_desc *right = left + 1;

	return left->type == UKPLAT_MEMRT_FREE && right->type == UKPLAT_MEMRT_FREE &&
	       left->flags == right->flags && left->pbase + left->len == right->pbase;
}

/* Lets region r stand for the next one as well. */
static void take_in_next(struct ukplat_memregion_desc *r)
{
	r->len += r[1].len;
	r->pg_count += r[1].pg_count;
}

/* Joins region i with free neighbours, if it is free: fewer regions, fewer seams in the heap. */
static void merge(struct ukplat_memregion_list *list, unsigned i)
{
	struct ukplat_memregion_desc *r = &list->mrds[i];
	unsigned gone = i + 1, behind = i + 1; /* the range that is no longer needed */

	if (i + 1 < list->count && mergeable(r)) {
		take_in_next(r);
		behind++;
	}
	if (i && mergeable(r - 1)) {
		take_in_next(r - 1);
		gone--;
	}
	if (gone == behind)
		return;
	list->count -= behind - gone;
	memmove(&list->mrds[gone], &list->mrds[behind], (list->count - gone) * sizeof(*r));
}

/* Puts [start, end) in as free region i, unless it is empty, and joins it with its neighbours. */
static void put(struct ukplat_memregion_list *list, unsigned i, uint64_t start, uint64_t end)
{
	const struct ukplat_memregion_desc r = {.pbase = start,
						.vbase = start,
						.len = end - start,
						.pg_count = (end - start) / PAGE_SIZE,
						.type = UKPLAT_MEMRT_FREE,
						.flags = RW};

	if (start == end)
		return;
	if (ukplat_memregion_list_insert_at_idx(list, &r, i) < 0)
		boot_stop("the memory map is too long to give back what the boot has used");
	merge(list, i);
}

/* The record of this part of the load image gives way to what is left of it. */
static void release(struct ukplat_memregion_list *list, const char *first, uint64_t kept)
{
	uint64_t start = IMAGE_ADDR(first), image = IMAGE_ADDR(__image_start), end;
	struct ukplat_memregion_desc *r;
	unsigned i = 0;

	while (i < list->count && list->mrds[i].pbase != start)
		i++;
	r = &list->mrds[i];
	/* Memory that firmware wants for itself was not ours to take, and is not ours to give. */
	if (i == list->count || r->type != UKPLAT_MEMRT_KERNEL)
		return;
	end = start + r->len;
	r->flags = RW;
	if (!kept || (CONFIG_INITRD && image >= end)) {
		r->type = UKPLAT_MEMRT_FREE;
		merge(list, i);
		return;
	}
	r->pbase = r->vbase = image;
	r->len = kept;
	r->pg_count = kept / PAGE_SIZE;
	put(list, i + 1, image + kept, end);
	put(list, i, start, image);
}

void load_image_release(struct bootinfo *bi, bool moves, uint64_t image_len)
{
	struct ukplat_memregion_list *list = &bi->mrds;
	const uint64_t kept = moves ? 0 : image_len;

	release(list, load_start(bi), kept);
#if PROTOCOL_XENPV
	if (is_xenpv(bi))
		release(list, (const char *)(uintptr_t)bi->first_tables.pa, 0);
#endif
	if (CONFIG_INITRD)
		release(list, __image_start, kept);
}
