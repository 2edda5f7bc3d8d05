/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef UKASLR_TABLE_POOL_H
#define UKASLR_TABLE_POOL_H

/*
 * Page-table pages from one contiguous run of memory
 *
 * The run is cut out of the memory regions by the placement; it has a physical
 * address and, at any time, one address at which it can be written: through the
 * early identity map first, in normal boot in a window of its own. So a table's
 * pointer is its physical address plus a constant.
 *
 * Of the window only as much is mapped as is needed soon, and more as the pool is
 * used up, so that a pool for hundreds of GiB costs nothing at boot. The tables
 * that map the window are from the pool themselves: TABLE_POOL_RESERVE pages are
 * always mapped before they are needed.
 */

#include <stdbool.h>
#include <stdint.h>
#include <ukaslr/addr.h>
#include <ukaslr/pagetable.h>

struct table_pool {
	struct pt_run run;	  /* the pool's first byte, pages in use, and ready: mapped too */
	uint8_t *va;		  /* where it is mapped now */
	uint32_t nr;		  /* pages */
	uint32_t mapped;	  /* pages that can be reached at .va, from the first on */
	struct pagetable *window; /* the tree that maps the pool at .va */
	pte_t window_attr;	  /* how: PT_READ or PT_WRITE */
	bool growing;
};

/*
 * Pages that an empty pool zeroes at once: what the final tables of a usual boot
 * take: a root and a branch for each of image, stacks, arguments and window, and the
 * root of the window where it has a tree of its own; and ARCH_TABLES_SPARE.
 */
#define TABLE_POOL_READY(levels) (1 + 5 * ((levels)-1) + ARCH_TABLES_APART + ARCH_TABLES_SPARE)

/* A new table at each level below the root, for the next part of the window */
#define TABLE_POOL_RESERVE	 (PT_LEVELS_LIMIT - 1)

/* Pages of the window that are mapped at a time */
#define TABLE_POOL_STEP		 8

/*
 * Makes pt take its pages from the pool and reach them there, and be the tree in
 * which the pool's window grows; a pt without a root also gets one (-ENOMEM if
 * there is no page left). pt->levels and pt->max_leaf are the caller's. Both must outlive their
 * use, and the operations hold addresses: attach again after the image has moved.
 */
int table_pool_attach(struct table_pool *pool, struct pagetable *pt);

/* The pool's ops.alloc. */
int table_pool_alloc(struct pagetable *pt, paddr_t *table);

/* Most pages that the tables of one mapping of len bytes (4 KiB pages) take, the root left out. */
uint64_t table_pages(unsigned levels, uint64_t len);

#endif /* UKASLR_TABLE_POOL_H */
