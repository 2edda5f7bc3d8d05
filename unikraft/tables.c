/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The page tables of the moved image
 *
 * Unikraft's boot tables move with the image, and the copies go on mapping memory and
 * devices one to one; under a root of ours, which takes from everything in them the
 * right to be executed, and which has the image at its virtual base.
 */
#include <string.h>
#include <arch/pte.h>
#include <ukaslr/panic.h>
#include <ukaslr/table_pool.h>
#include "early.h"

#define LEVELS		 4u

/* What is taken over of their root; the last entry, for the map of all memory, is not. */
#define IDENTITY_ENTRIES 2u

/* Tables for the hole in the identity map: at both ends one of each size below a block's */
#define HOLE_TABLES	 (KASLR_LARGE_BLOCKS < KASLR_IDENTITY_END ? 4 : 2)

/* Tables for the map of all memory, 512 entries: it may begin in the one and end in the other */
#define DIRECT_TABLES	 (CONFIG_PAGING ? 2 : 0)

uint64_t kaslr_tables_len(uint64_t image_len)
{
	const uint64_t pages = 1 + HOLE_TABLES + DIRECT_TABLES + table_pages(LEVELS, image_len) +
			       table_pages(LEVELS, STACK_LEN);

	return CONFIG_KASLR_VIRT ? PT_PAGE_SIZE * pages : 0;
}

static void map(struct pagetable *pt, const struct pt_mapping *m, unsigned nr)
{
	int rc = pt_map_all(pt, m, nr);

	if (rc)
		panic("page tables: error %d", rc);
}

/* One part of the image, from symbol to symbol */
static struct pt_mapping part(const struct kaslr_moved *m, const char *start, const char *end,
			      pte_t attr)
{
	return (struct pt_mapping){VADDR(COPY_VA(m, start)), PADDR((uintptr_t)COPY(m, start)),
				   (LINKED(end) - LINKED(start) + PT_PAGE_SIZE - 1) & -PT_PAGE_SIZE,
				   attr};
}

/* The image and its stack */
static void map_moved(struct pagetable *pt, const struct kaslr_moved *m)
{
	const struct pt_mapping all[] = {
		part(m, _base_addr, _etext, PT_EXEC),
		part(m, _rodata, _tls_start, PT_READ),
		part(m, _tls_start, _end, PT_WRITE),
		{VADDR(m->stack_va), PADDR(m->stack_pa), m->stack_len, PT_WRITE},
	};

	map(pt, all, sizeof(all) / sizeof(*all));
}

/* All memory in pages of 1 GiB, as Unikraft with PAGING does and asks of the processor */
static void map_all(struct pagetable *pt, uint64_t va)
{
	const struct pt_mapping m = {VADDR(va), PADDR(0), KASLR_DIRECT_MAP_SIZE, PT_WRITE};
	const unsigned max_leaf = pt->max_leaf;

	pt->max_leaf = 2;
	map(pt, &m, 1);
	pt->max_leaf = max_leaf;
}

/* Two entries; where whole tables are filled, vector registers do it with half the stores. */
typedef pte_t pair_t __attribute__((vector_size(2 * sizeof(pte_t))));

#define ROW   8u	/* pairs that one round of the loop fills */
#define ROW_N (2 * ROW) /* entries */

/* Fills rows of a table whose first entry is `leaf`: entries [from, to), multiples of ROW_N. */
static void fill(pte_t *table, pte_t leaf, uint64_t size, unsigned from, unsigned to)
{
	const pair_t step = {2 * size, 2 * size};
	pair_t pair = {leaf + from * size, leaf + (from + 1) * size};

	for (pair_t *row = (pair_t *)&table[from]; row < (pair_t *)&table[to]; row += ROW)
#pragma GCC unroll 8
		for (unsigned i = 0; i < ROW; i++) {
			row[i] = pair;
			pair += step;
		}
}

/*
 * Pages of one size less in place of the block that an entry at `level` maps; of [at, end),
 * which is about to be hidden, the small ones are left out that make whole rows.
 */
static void split(struct pagetable *pt, pte_t *entry, unsigned level, uint64_t at, uint64_t end)
{
	const uint64_t size = PT_LEVEL_SIZE(level - 1), block = at & -PT_LEVEL_SIZE(level);
	const pte_t leaf =
		pte_leaf(LEVELS, pte_paddr(LEVELS, *entry), pte_flags(level - 1, PT_WRITE));
	unsigned from = PT_ENTRIES, to = PT_ENTRIES;
	paddr_t table;

	if (pt->ops.alloc(pt, &table))
		panic("identity map: no page");
	if (level == 1) {
		from = (unsigned)((at - block) / size + ROW_N - 1) & -ROW_N;
		if (end - block < PT_LEVEL_SIZE(level))
			to = (unsigned)((end - block) / size) & -ROW_N;
	}
	fill((pte_t *)(uintptr_t)table.pa, leaf, size, 0, from);
	fill((pte_t *)(uintptr_t)table.pa, leaf, size, to, PT_ENTRIES);
	*entry = pte_table(table);
}

/* Takes what it can by one entry or one table out of the map; returns where to go on. */
static uint64_t hide_some(struct pagetable *pt, uint64_t at, uint64_t end)
{
	pte_t *table = (pte_t *)(uintptr_t)pt->root.pa;

	for (unsigned level = LEVELS - 1;; level--) {
		const uint64_t size = PT_LEVEL_SIZE(level), i = at / size % PT_ENTRIES;
		uint64_t nr = (end - at) / size;

		if (!level) {
			if (nr > PT_ENTRIES - i)
				nr = PT_ENTRIES - i;
			memset(&table[i], 0, nr * sizeof(*table));
			return at + nr * size;
		}
		if (pte_is_leaf(table[i], level)) {
			if (nr && !(at % size)) {
				table[i] = 0;
				return at + size;
			}
			split(pt, &table[i], level, at, end);
		}
		table = (pte_t *)(uintptr_t)pte_paddr(LEVELS, table[i]).pa;
	}
}

/* Nobody who knows physical memory shall find the image, its tables or its stack there. */
static void hide(struct pagetable *pt, const struct kaslr_moved *m)
{
	uint64_t at = m->pa;

	while (at < m->pa + m->taken)
		at = hide_some(pt, at, m->pa + m->taken);
}

paddr_t kaslr_build_tables(const struct kaslr_moved *m, pte_t *theirs, pte_t no_exec)
{
	struct table_pool pool = {.run.pa = PADDR(m->tables_pa),
				  .va = (uint8_t *)(uintptr_t)m->tables_pa,
				  .nr = (uint32_t)(m->tables_len / PT_PAGE_SIZE)};
	struct pagetable pt = {.levels = LEVELS, .max_leaf = 1, .lower_half = true};
	const uint64_t slot = m->va >> PT_LEVEL_SHIFT(LEVELS - 1) & (PT_ENTRIES - 1);
	const pte_t *copy = COPY(m, theirs);
	pte_t *root;

	pool.mapped = pool.nr;
	if (table_pool_attach(&pool, &pt))
		panic("page tables: no page");
	root = (pte_t *)(uintptr_t)pt.root.pa;
	for (unsigned i = 0; i < IDENTITY_ENTRIES; i++)
		if (pte_present(copy[i]))
			root[i] = copy[i] | no_exec;
	map_moved(&pt, m);
	if (CONFIG_PAGING)
		map_all(&pt, m->direct_va);
	hide(&pt, m);
	theirs[slot] = root[slot];
	pt_barrier();
	return pt.root;
}
