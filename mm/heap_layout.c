/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the heap will need: early code asks, before the window has a place
 */
#include <ukaslr/heap.h>
#include "heap_grow.h"

/* Memory that is not free now and never will be */
#define NEVER_FREE  (UKPLAT_MEMRT_RESERVED | UKPLAT_MEMRT_DEVICE)

/* What is free when the heap begins, or can be: initrd and device tree may move away (boot/files.c)
 */
#define MAY_BE_FREE (UKPLAT_MEMRT_FREE | UKPLAT_MEMRT_INITRD | UKPLAT_MEMRT_DEVICETREE)

/* heap_place() is less than 2 MiB further on; and one region is split. */
uint64_t heap_window_len(const struct ukplat_memregion_list *list, uint64_t *free_pages)
{
	const struct ukplat_memregion_desc *r = list->mrds, *const end = r + list->count;
	uint64_t len = HEAP_LARGE + PT_PAGE_SIZE, pages = 0;

	for (; r < end; r++) {
		if (!(r->type & MAY_BE_FREE))
			continue;
		len += HEAP_LARGE + r->len;
		if (r->type == UKPLAT_MEMRT_FREE)
			pages += r->pg_count;
	}
	*free_pages = pages;
	return (len + HEAP_LARGE - 1) & ~(HEAP_LARGE - 1);
}

/* Blocks of 2 MiB of physical memory, counted in ascending order, each once. */
struct blocks {
	uint64_t nr;
	uint64_t next; /* number of the first one not counted yet */
};

/* Counts blocks number first to last. */
static void count_blocks(struct blocks *b, uint64_t first, uint64_t last)
{
	if (first < b->next)
		first = b->next;
	if (first > last)
		return;
	b->nr += last - first + 1;
	b->next = last + 1;
}

uint64_t heap_table_pages(const struct pagetable *pt, const struct ukplat_memregion_list *list,
			  unsigned edits)
{
	const struct ukplat_memregion_desc *r = list->mrds, *end = r + list->count;
	struct blocks all = {0}, partly = {0};
	uint64_t n, len;

	for (; r < end; r++) {
		uint64_t last = r->pbase + r->pg_count * PT_PAGE_SIZE - 1;

		if (r->type & NEVER_FREE)
			continue;
		count_blocks(&all, r->pbase / HEAP_LARGE, last / HEAP_LARGE);
		if (r->type != UKPLAT_MEMRT_FREE)
			continue;
		if (r->pbase % HEAP_LARGE)
			count_blocks(&partly, r->pbase / HEAP_LARGE, r->pbase / HEAP_LARGE);
		if ((last + 1) % HEAP_LARGE)
			count_blocks(&partly, last / HEAP_LARGE, last / HEAP_LARGE);
	}

	/* A cut makes two incomplete ends, but no table is needed without a block */
	n = partly.nr + 2ull * edits;
	if (n > all.nr || !pt->max_leaf)
		n = all.nr;
	/* A seam or guard can take a block of its own; a range can touch one unit more at each end
	 */
	len = (all.nr + list->count + edits + 2) * HEAP_LARGE;
	for (unsigned level = 2; level < pt->levels; level++)
		n += (len >> PT_LEVEL_SHIFT(level)) + 2;
	return n;
}
