/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The page tables of the moved image
 *
 * Unikraft's boot tables move with the image, and the copies go on mapping memory and
 * devices one to one; under a root of ours, which takes from everything in them the
 * right to be executed, and which has the image at its virtual base.
 */
#include <arch/pte.h>
#include <ukaslr/panic.h>
#include <ukaslr/table_pool.h>
#include "early.h"

#define LEVELS	    4u

/* Tables for the hole in the identity map: at both ends one of each size below a block's */
#define HOLE_TABLES (KASLR_LARGE_BLOCKS < KASLR_IDENTITY_END ? 4 : 2)

uint64_t kaslr_tables_len(uint64_t image_len)
{
	return CONFIG_KASLR_VIRT ? PT_PAGE_SIZE * (1 + HOLE_TABLES + table_pages(LEVELS, image_len))
				 : 0;
}

static void map(struct pagetable *pt, uint64_t va, uint64_t pa, uint64_t len, unsigned attr)
{
	int rc = pt_map(pt, VADDR(va), PADDR(pa), len, attr);

	if (rc)
		panic("page tables: error %d", rc);
}

/* One part of the image, from symbol to symbol */
static void map_part(struct pagetable *pt, const struct kaslr_moved *m, const char *start,
		     const char *end, unsigned attr)
{
	uint64_t len = (LINKED(end) - LINKED(start) + PT_PAGE_SIZE - 1) & -PT_PAGE_SIZE;

	map(pt, COPY_VA(m, start), (uint64_t)(uintptr_t)COPY(m, start), len, attr);
}

/* Bytes of the identity map's block, or of the small pages in its place, at an address */
static uint64_t block_size(uint64_t address)
{
	return PT_LEVEL_SIZE(address < KASLR_LARGE_BLOCKS ? 1 : 2);
}

/* Nobody who knows physical memory shall find the image, or its tables, in the identity map. */
static void hide(struct pagetable *pt, const struct kaslr_moved *m)
{
	uint64_t end = m->pa + m->len + m->tables_len;
	uint64_t start = m->pa & -block_size(m->pa);
	uint64_t stop = (end - 1) | (block_size(end - 1) - 1);
	int rc = pt_unmap(pt, VADDR(start), stop + 1 - start);

	if (rc)
		panic("identity map: error %d", rc);
	if (!start)
		start = PT_PAGE_SIZE; /* null pointers fault, as before */
	map(pt, start, start, m->pa - start, PT_WRITE);
	map(pt, end, end, stop + 1 - end, PT_WRITE);
}

paddr_t kaslr_build_tables(const struct kaslr_moved *m, pte_t *theirs, pte_t no_exec)
{
	/* The identity map's entries, and with PAGING that of the map of all memory */
	static const uint16_t used[] = {0, 1, PT_ENTRIES - 1};
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
	for (unsigned i = 0; i < sizeof(used) / sizeof(*used); i++)
		if (pte_present(copy[used[i]]))
			root[used[i]] = copy[used[i]] | no_exec;
	map_part(&pt, m, _base_addr, _etext, PT_EXEC);
	map_part(&pt, m, _rodata, _tls_start, PT_READ);
	map_part(&pt, m, _tls_start, _end, PT_WRITE);
	hide(&pt, m);
	theirs[slot] = root[slot];
	pt_barrier();
	return pt.root;
}
