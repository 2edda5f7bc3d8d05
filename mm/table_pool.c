/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <ukaslr/table_pool.h>

static int pool_alloc(struct pagetable *pt, paddr_t *table)
{
	struct table_pool *pool = pt->owner;
	uint64_t offset;

	if (pool->used == pool->nr)
		return -ENOMEM;
	offset = pool->used++ * PT_PAGE_SIZE;
	memset(pool->va + offset, 0, PT_PAGE_SIZE);
	*table = paddr_add(pool->pa, offset);
	return 0;
}

static pte_t *pool_entries(struct pagetable *pt, paddr_t table)
{
	struct table_pool *pool = pt->owner;

	return (pte_t *)(void *)(pool->va + (table.pa - pool->pa.pa));
}

int table_pool_attach(struct table_pool *pool, struct pagetable *pt)
{
	pt->owner = pool;
	pt->ops.alloc = pool_alloc;
	pt->ops.entries = pool_entries;
	pt->ops.write = NULL;
	pt->ops.protect = NULL;
	return pool->used ? 0 : pool_alloc(pt, &pt->root);
}

uint64_t table_pages(unsigned levels, uint64_t len)
{
	uint64_t n = 0;

	/* A range of n whole units may touch one more at each end. */
	for (unsigned level = 1; level < levels; level++)
		n += (len >> PT_LEVEL_SHIFT(level)) + 2;
	return n;
}
