/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The page tables of the moved image on Xen PV
 *
 * Two mappings: the image, each part with its own rights, and all other memory, writable but
 * for page tables, Xen's old ones included. Nothing is mapped in two places, and nothing both
 * writable and executable.
 */
#include <arch/pte.h>
#include <arch/xenpv.h>
#include <ukaslr/panic.h>
#include <ukaslr/physmem.h>
#include <ukaslr/xenpv.h>
#include "early.h"

#define LEVELS 4u

/* Unikraft (plat/xen/x86/mm.c): machine frame of a page of zeros, to be mapped read-only */
extern unsigned long mfn_zero;

/* Unikraft (plat/xen/x86/entry64.S): the page of text that what Xen shares is mapped at */
extern char _libxenplat_shared_info[];

struct domain domain;

/* Early code has the memory that Xen has mapped, and what is added to that. */
void *physmem(paddr_t pa, uint64_t len)
{
	return xenpv_reach(machine()->identity, pa, len);
}

static void pool_at(struct table_pool *pool, uint64_t start, uint64_t pages)
{
	pool->run.pa = PADDR(start);
	pool->run.used = pool->run.ready = 0;
	pool->va = (uint8_t *)(uintptr_t)start;
	pool->nr = pool->mapped = (uint32_t)pages;
}

void kaslr_place_tables(struct domain *d, uint64_t start, uint64_t image_len)
{
	const uint64_t mapped_end = machine()->xen.mapped_end;
	/* A root, a page of zeros, and the tables of the two mappings */
	const uint64_t pages = 2 + table_pages(LEVELS, image_len) + table_pages(LEVELS, d->len);
	const uint64_t bytes = pages * PT_PAGE_SIZE;
	uint64_t reach = 0;

	if (start + bytes > mapped_end)
		reach = table_pages(LEVELS, bytes);
	if (start + reach * PT_PAGE_SIZE > mapped_end ||
	    start + reach * PT_PAGE_SIZE + bytes >= d->len)
		boot_stop("too little memory: page tables need %lu KiB",
			  (unsigned long)(bytes >> 10));
	pool_at(&d->reach_pool, start, reach);
	start += reach * PT_PAGE_SIZE;
	if (!physmem(PADDR(start), bytes))
		boot_stop("memory for page tables cannot be reached");
	pool_at(&d->pool, start, pages);
}

static void map(struct domain *d, uint64_t va, uint64_t start, uint64_t end, pte_t attr)
{
	int rc = xenpv_map_memory(&d->pt, VADDR(va + start), PADDR(start), end - start, attr);

	if (rc)
		panic("page tables: error %d", rc);
}

void kaslr_build_tables_xen(struct domain *d, const struct kaslr_moved *m)
{
	const uint64_t tables_end = d->pool.run.pa.pa + d->pool.nr * PT_PAGE_SIZE;
	const uint64_t rodata = LINKED(_rodata) - m->base, data = LINKED(_tls_start) - m->base;
	paddr_t zeros;

	d->pt.levels = LEVELS;
	if (table_pool_attach(&d->pool, &d->pt) || d->pt.ops.alloc(&d->pt, &zeros))
		panic("page tables: no page");
	mfn_zero = zeros.pa >> PT_PAGE_SHIFT;
	map(d, m->va, 0, rodata, PT_EXEC);
	map(d, m->va, rodata, data, PT_READ);
	map(d, m->va, data, m->len, PT_WRITE);
	map(d, m->memory_va, m->len, d->first_table, PT_WRITE);
	map(d, m->memory_va, d->first_table, tables_end, PT_READ);
	map(d, m->memory_va, tables_end, d->len, PT_WRITE);
	xenpv_publish(&d->pt, &d->reach);
}

/* In the moved image, whose code the operations are now: the loaded one is unmapped. */
void kaslr_drop_loaded(void);
void kaslr_drop_loaded(void)
{
	struct domain *d = &domain;

	d->pool.va = (uint8_t *)(uintptr_t)(kaslr_moved.memory_va + d->pool.run.pa.pa);
	table_pool_attach(&d->pool, &d->pt);
	xenpv_drop_early(&d->pt);
}

/*
 * Unikraft's own page tables. All memory is mapped, and the image as it is to be: there is
 * nothing to do but to forbid execution in the page that Unikraft has just mapped for Xen.
 */
void __wrap__init_mem_build_pagetable(unsigned long *start, unsigned long *end);
void __wrap__init_mem_build_pagetable(unsigned long *start, unsigned long *end)
{
	(void)start;
	(void)end;
}

void __wrap__init_mem_clear_bootstrap(void);
void __wrap__init_mem_clear_bootstrap(void)
{
}

void __wrap__init_mem_set_readonly(void *text, void *end);
void __wrap__init_mem_set_readonly(void *text, void *end)
{
	(void)text;
	(void)end;
	if (xen_hypercall(XEN_UPDATE_VA_MAPPING, (uintptr_t)_libxenplat_shared_info,
			  domain.shared_info | pte_flags(0, PT_WRITE), UVMF_INVLPG_LOCAL, 0))
		__builtin_trap();
}
