/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <arch/layout.h>
#include <arch/pte.h>
#include <ukaslr/table_pool.h>
#include <ukaslr/xenpv.h>

/* Maps more of the window, with tables from the mapped part that is left. */
static int extend(struct table_pool *pool)
{
	struct pagetable *window = pool->window;
	void (*edit)(bool) = window->ops.edit;
	uint64_t offset = pool->mapped * PT_PAGE_SIZE;
	uint32_t n = pool->nr - pool->mapped;
	int rc;

	if (n > TABLE_POOL_STEP)
		n = TABLE_POOL_STEP;
	pool->growing = true;
	window->ops.edit = NULL; /* whoever needs the table is editing already */
	rc = map_memory(window, VADDR((uintptr_t)pool->va + offset),
			paddr_add(pool->run.pa, offset), n * PT_PAGE_SIZE, pool->window_attr);
	window->ops.edit = edit;
	pool->growing = false;
	if (!rc)
		pool->mapped += n;
	return rc;
}

/* A page beyond those that were ready */
int table_pool_alloc(struct pagetable *pt, paddr_t *table)
{
	struct table_pool *pool = pt->owner;
	uint64_t offset;

	if (pool->run.used + TABLE_POOL_RESERVE >= pool->mapped && pool->mapped < pool->nr &&
	    !pool->growing && extend(pool))
		return -ENOMEM;
	if (pool->run.used == pool->mapped)
		return -ENOMEM;
	offset = pool->run.used * PT_PAGE_SIZE;
	if (pool->run.used++ >= pool->run.ready)
		memset(pool->va + offset, 0, PT_PAGE_SIZE);
	*table = paddr_add(pool->run.pa, offset);
	return 0;
}

int table_pool_attach(struct table_pool *pool, struct pagetable *pt)
{
	pt->owner = pool;
	pt->ops.alloc = table_pool_alloc;
	pt->table_offset = (uintptr_t)pool->va - pool->run.pa.pa;
	pt->ops.edit = NULL;
#if PT_FOREIGN
	pt->ops.entries = NULL;
	pt->ops.write = NULL;
	pt->ops.protect = NULL;
#endif
	pt->run = &pool->run;
	pool->window = pt;
	if (on_xenpv())
		xenpv_attach(pt);
	if (pt->root.pa)
		return 0;
	if (pt->run && !pool->run.used) {
		pool->run.ready = TABLE_POOL_READY(pt->levels);
		if (pool->run.ready > pool->nr)
			pool->run.ready = pool->nr;
		memset(pool->va, 0, pool->run.ready * PT_PAGE_SIZE);
		pt_barrier();
	}
	if (!pt_ready(pt->run))
		return pt->ops.alloc(pt, &pt->root);
	pt->root = pt_next(pt->run);
	pt->run->used++;
	return 0;
}

uint64_t table_pages(unsigned levels, uint64_t len)
{
	if (len <= PT_PAGE_SIZE)
		return levels - 1;
	/* A range of n whole units may touch one more at each end, at each level below the root. */
	return (len >> PT_LEVEL_SHIFT(1)) + (len >> PT_LEVEL_SHIFT(2)) +
	       (len >> PT_LEVEL_SHIFT(3)) + (len >> PT_LEVEL_SHIFT(4)) + 2 * (levels - 1);
}
