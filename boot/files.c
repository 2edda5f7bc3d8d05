/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Initrd and device tree: what the loader left for programs to read
 *
 * Early code gives each a virtual place, and leaves it where it is in memory. Whoever
 * asks for the list of regions first, program or heap, finds them moved to a physical
 * place of their own and mapped; who never asks pays for no byte of them. It is the
 * heap's first question that makes this safe: until then free memory is nobody's, and
 * the heap's window empty. The region that the heap begins in is split then, too.
 */
#include <string.h>
#include <ukaslr/arch.h>
#include <ukaslr/fdt.h>
#include <ukaslr/memregion.h>
#include <ukaslr/panic.h>
#include <ukaslr/xenpv.h>
#include "handoff.h"
#include "layout.h"

static void *map(struct handoff *h, uint64_t va, paddr_t pa, uint64_t len, pte_t attr)
{
	if (map_memory(&h->pt, VADDR(va), pa, len, attr))
		panic("no page for the tables of what the loader left");
	return (void *)(uintptr_t)va;
}

/* Where it is mapped: large ones congruent with their memory, see place_files(). */
static uint64_t final_place(const struct handoff *h, const struct ukplat_memregion_desc *old,
			    paddr_t pa)
{
	return old->vbase + (pa.pa & (file_align(&h->pt, old->pg_count * PAGE_SIZE) - 1));
}

/*
 * Bytes of a device tree that are in use: loaders leave room behind its blocks, QEMU a
 * MiB. The memory reservation block says no length, but comes first (Devicetree
 * Specification v0.4, 5.1); where it does not, all that there is counts. The boot has
 * read this header already.
 */
static uint64_t tree_len(const struct dt_header *h)
{
	uint64_t end = (uint64_t)dt32(h->off_dt_struct) + dt32(h->size_dt_struct);
	const uint64_t strings = (uint64_t)dt32(h->off_dt_strings) + dt32(h->size_dt_strings);

	if (end < strings)
		end = strings;
	end = (end + DT_ALIGN - 1) & -(uint64_t)DT_ALIGN;
	if (h->off_mem_rsvmap && dt32(h->off_mem_rsvmap) > dt32(h->off_dt_struct))
		return dt32(h->totalsize);
	return end < dt32(h->totalsize) ? end : dt32(h->totalsize);
}

/*
 * A number below n, of the one that early code has drawn for this alone: seen as a fraction,
 * it says which n-th, and what it is in there is left for the next. Two files of a machine
 * with 512 GiB take 54 of its 64 bits.
 */
static uint64_t below(struct handoff *h, uint64_t n)
{
	const unsigned __int128 product = (unsigned __int128)h->secret[SECRET_FILES] * n;

	h->secret[SECRET_FILES] = (uint64_t)product;
	return (uint64_t)(product >> 64);
}

/*
 * A physical place for what *from has, which is reached at `old`. Fills in *to, which is in
 * the list then. False: it stays, for memory has no room for two of it, the list none for
 * the place, or a part is missing.
 */
static bool choose(struct handoff *h, const struct ukplat_memregion_desc *from, const char *old,
		   struct ukplat_memregion_desc *to)
{
	struct ukplat_memregion_list *const list = &h->boot.bi.mrds;
	uint64_t slots;
	int i;

	*to = (struct ukplat_memregion_desc){
		.len = from->len, .type = from->type, .flags = from->flags};
	if (from->type == UKPLAT_MEMRT_DEVICETREE) {
		if (from->pbase + (uint64_t)from->pg_off != h->boot.bi.dtb.pa ||
		    from->len != h->boot.bi.dtb_len)
			return false;
		to->len = tree_len((const struct dt_header *)(const void *)old);
	}
	slots = ukplat_memregion_list_count_slots(list, to->len, __PADDR_MAX);
	if (!slots)
		return false;
	i = ukplat_memregion_list_take(list, to, __PADDR_MAX, below(h, slots));
	if (i < 0)
		return false;
	list->mrds[i].vbase = to->vbase = final_place(h, from, PADDR(to->pbase));
	return true;
}

/* The old place is free memory, but for pages that others have bytes in, too. */
static void give_back(struct ukplat_memregion_list *list, unsigned i)
{
	struct ukplat_memregion_desc *const r = &list->mrds[i], *o = list->mrds;
	uint64_t start = r->pbase, end = start + r->pg_count * PAGE_SIZE;

	for (; o < list->mrds + list->count; o++) {
		const uint64_t last = o->pbase + o->pg_count * PAGE_SIZE;

		if (o == r || o->type == UKPLAT_MEMRT_FREE)
			continue;
		if (o->pbase <= start && start < last)
			start = last;
		if (o->pbase < end && end <= last)
			end = o->pbase;
	}
	if (start >= end) {
		ukplat_memregion_list_delete(list, i);
		return;
	}
	*r = (struct ukplat_memregion_desc){
		.pbase = start,
		.vbase = start,
		.len = end - start,
		.pg_count = (end - start) / PAGE_SIZE,
		.type = UKPLAT_MEMRT_FREE,
		.flags = UKPLAT_MEMRF_READ | UKPLAT_MEMRF_WRITE,
	};
}

/*
 * Copies what is at `old` to where *to says, read-only then; a tree that is shorter now says
 * so. What is wiped is free memory later.
 */
static void copy(struct handoff *h, const struct ukplat_memregion_desc *to, char *old, bool wipe)
{
	const uint64_t len = to->pg_count * PAGE_SIZE;
	char *new = map(h, to->vbase, PADDR(to->pbase), len, PT_WRITE);

	memcpy(new, old, to->len);
	memset(new + to->len, 0, len - to->len);
	if (to->type == UKPLAT_MEMRT_DEVICETREE) {
		((struct dt_header *)(void *)new)->totalsize = dt32((uint32_t)to->len);
		h->boot.bi.dtb = PADDR(to->pbase);
		h->boot.bi.dtb_len = to->len;
	}
	if (wipe)
		memset(old, 0, to->len);
	if (pt_protect(&h->pt, VADDR(to->vbase), len, PT_READ))
		panic("what the loader left cannot be made read-only");
}

/* Moves what region i has, which is reached through the heap's window; false: it stays. */
static bool move(struct handoff *h, unsigned i)
{
	struct ukplat_memregion_list *const list = &h->boot.bi.mrds;
	const struct ukplat_memregion_desc from = list->mrds[i];
	const uint64_t len = from.pg_count * PAGE_SIZE;
	const uint64_t window = h->heap.va + (from.pbase & (PT_LEVEL_SIZE(1) - 1));
	const uint32_t count = list->count;
	/* Nothing in reserved memory is, and UEFI's tree is firmware's, wherever it lies */
	const bool ours = !(h->boot.bi.reserved_types & from.type) &&
			  (from.type == UKPLAT_MEMRT_INITRD || h->boot.bi.protocol != BOOT_EFI);
	char *const old = (char *)map(h, window, PADDR(from.pbase), len, PT_WRITE) + from.pg_off;
	struct ukplat_memregion_desc to;
	const bool moves = choose(h, &from, old, &to);

	if (moves)
		copy(h, &to, old, ours);
	if (pt_unmap(&h->pt, VADDR(window), len))
		panic("what the loader left cannot be unmapped");
	arch_flush_tlb();
	if (!moves)
		return false;
	if (to.pbase < from.pbase)
		i += list->count - count;
	if (ours) {
		give_back(list, i);
	} else {
		list->mrds[i].type = UKPLAT_MEMRT_RESERVED;
		list->mrds[i].vbase = from.pbase;
	}
	return true;
}

/* Puts the first region of this type where it stays from now on. */
static void settle(struct handoff *h, uint16_t type)
{
	struct ukplat_memregion_desc *r = h->boot.bi.mrds.mrds, *end = r + h->boot.bi.mrds.count;

	while (r < end && r->type != type)
		r++;
	if (r == end || (h->files == FILES_MOVE && move(h, (unsigned)(r - h->boot.bi.mrds.mrds))))
		return;
	r->vbase = final_place(h, r, PADDR(r->pbase));
	map(h, r->vbase, PADDR(r->pbase), r->pg_count * PAGE_SIZE, PT_READ);
}

/* Splits the free region that the heap begins in, if there is a record for that. */
static void split(struct ukplat_memregion_list *list, paddr_t first)
{
	const struct ukplat_memregion_desc *r = list->mrds, *end = r + list->count;
	struct ukplat_memregion_desc rest;

	while (r < end && r->pbase + r->pg_count * PAGE_SIZE <= first.pa)
		r++;
	if (r == end || r->type != UKPLAT_MEMRT_FREE || r->pbase >= first.pa)
		return;
	rest = *r;
	rest.len -= first.pa - r->pbase;
	rest.pg_count = rest.len / PAGE_SIZE;
	rest.pbase = rest.vbase = first.pa;
	ukplat_memregion_list_cut(list, &rest);
}

struct ukplat_memregion_list *ukplat_memregion_list_get(void)
{
	struct handoff *const h = &handoff;

	if (h->files != FILES_SETTLED) {
		settle(h, UKPLAT_MEMRT_INITRD);
		settle(h, UKPLAT_MEMRT_DEVICETREE);
		h->secret[SECRET_FILES] = 0;
		split(&h->boot.bi.mrds, h->heap_first);
		h->files = FILES_SETTLED;
	}
	return &h->boot.bi.mrds;
}
