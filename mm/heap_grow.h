/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MM_HEAP_GROW_H
#define MM_HEAP_GROW_H

/*
 * Between the parts of the heap: what it will need (mm/heap_layout.c), its window
 * (mm/heap.c), and the blocks in it (mm/malloc.c)
 */

#include <stdint.h>
#include <ukaslr/pagetable.h>

#define HEAP_LARGE PT_LEVEL_SIZE(1) /* the pages that it likes best */

/* Where a region at pa goes if the last one ended at pos: behind a page or more, congruent. */
static inline uint64_t heap_place(uint64_t pos, uint64_t pa)
{
	pos += PT_PAGE_SIZE;
	return pos + ((pa - pos) & (HEAP_LARGE - 1));
}

/*
 * Maps more memory: wants `need` bytes, and takes more if that is cheap, or less
 * if the region ends. Returns how many bytes it mapped, a multiple of 4 KiB, 0
 * if there is no more, and where; directly behind the last ones unless a new
 * region begins.
 */
uint64_t heap_grow(uint64_t need, uint64_t *start);

/* Forgets all blocks, and seals those to come with this secret. */
void malloc_init(const uint64_t secret[2]);

#endif /* MM_HEAP_GROW_H */
