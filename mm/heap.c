/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The heap's window: how it grows
 */
#include <ukaslr/heap.h>
#include <ukaslr/memregion.h>
#include <ukaslr/xenpv.h>
#include "chunk.h"
#include "heap_grow.h"

#define STEP_MIN (16 * PT_PAGE_SIZE)
#define STEP_MAX (32 * HEAP_LARGE)

static struct {
	struct pagetable *pt;
	const struct ukplat_memregion_list *list; /* NULL: not asked for yet */
	paddr_t first;				  /* where in it to begin */
	uint32_t next;	/* number of the region to take when this one is used up, */
	uint32_t left;	/* and how many there are still to look at */
	uint64_t brk;	/* the region is mapped from its start up to here, */
	uint64_t end;	/* and ends here */
	uint64_t to_pa; /* its physical less its virtual address */
	uint64_t mapped;
} heap;

void heap_init(struct pagetable *pt, vaddr_t window, paddr_t first, const uint64_t secret[2])
{
	heap.pt = pt;
	heap.list = NULL;
	heap.first = first;
	heap.brk = heap.end = window.va;
	heap.mapped = 0;
	malloc_init(secret);
}

/* From now on the list is as it is, and its free regions are the heap's. */
static void take_list(void)
{
	uint32_t i = 0;

	heap.list = ukplat_memregion_list_get();
	while (i < heap.list->count && heap.list->mrds[i].pbase < heap.first.pa)
		i++;
	heap.next = i;
	heap.left = heap.list->count;
}

/* Goes on to the next free region, or as much of it as a chunk can hold; false: there is none. */
static bool next_region(void)
{
	const struct ukplat_memregion_desc *r;

	if (!heap.list)
		take_list();
	do {
		if (!heap.left)
			return false;
		heap.left--;
		if (heap.next == heap.list->count)
			heap.next = 0;
		r = &heap.list->mrds[heap.next++];
	} while (r->type != UKPLAT_MEMRT_FREE);
	heap.brk = heap_place(heap.end, r->pbase);
	heap.end = heap.brk + (r->len < CHUNK_MAX ? r->len : CHUNK_MAX);
	heap.to_pa = r->pbase - heap.brk;
	return true;
}

/* Where the region is to be mapped up to, for `need` bytes more. */
static uint64_t next_brk(uint64_t need)
{
	uint64_t room = heap.end - heap.brk, step = heap.mapped, next;

	if (step < STEP_MIN)
		step = STEP_MIN;
	if (step > STEP_MAX)
		step = STEP_MAX;
	if (step < need)
		step = need;
	if (step >= room)
		return heap.end;
	next = (heap.brk + step + PT_PAGE_SIZE - 1) & ~(PT_PAGE_SIZE - 1);
	/* Past its first multiple of 2 MiB a region grows by whole large pages, its end apart */
	if (((next - 1) ^ (heap.brk - 1)) & ~(HEAP_LARGE - 1)) {
		uint64_t rounded = (next + HEAP_LARGE - 1) & ~(HEAP_LARGE - 1);

		if (rounded <= heap.end)
			next = rounded;
	}
	return next;
}

uint64_t heap_grow(uint64_t need, uint64_t *start)
{
	uint64_t len;

	for (;;) {
		if (heap.brk == heap.end && !next_region())
			return 0;
		*start = heap.brk;
		len = next_brk(need) - heap.brk;
		heap.brk += len;
		if (!map_memory(heap.pt, VADDR(*start), PADDR(*start + heap.to_pa), len, PT_WRITE))
			break;
		/* No table page is left: this region ends where it is, others may still do */
		heap.brk = heap.end;
	}
	heap.mapped += len;
	return len;
}
