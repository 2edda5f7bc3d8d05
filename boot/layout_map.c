/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The final page tables, and the window through which normal boot writes them
 */
#include <stddef.h>
#include <ukaslr/arch.h>
#include <ukaslr/image.h>
#include <ukaslr/panic.h>
#include <ukaslr/physmem.h>
#include <ukaslr/xenpv.h>
#include "layout.h"

static void map(struct pagetable *pt, const struct pt_mapping *m, unsigned nr)
{
	int rc = map_memory_all(pt, m, nr);

	if (rc)
		panic("final page tables: error %d", rc);
}

/* One part of the image, from symbol to symbol; both page aligned but the last. */
static inline void place_part(const struct layout *l, struct pt_mapping *m, const char *start,
			      const char *end, pte_t attr)
{
	const uint64_t offset = IMAGE_ADDR(start) - IMAGE_ADDR(__image_start);

	m->va = vaddr_add(l->image.va, offset);
	m->pa = paddr_add(l->image.pa, offset);
	m->len = PAGE_ALIGN_UP(IMAGE_ADDR(end) - IMAGE_ADDR(start));
	m->attr = attr;
}

static __attribute__((noinline)) void map_pool(struct layout *l, struct pagetable *window,
					       uint32_t first, uint32_t end, pte_t attr)
{
	const struct pt_mapping m = {vaddr_add(l->pool_va, first * PAGE_SIZE),
				     paddr_add(l->pool.run.pa, first * PAGE_SIZE),
				     (end - first) * PAGE_SIZE, attr};

	map(window, &m, 1);
}

/*
 * In Xen PV: what is a table is read-only, what will be one is not yet. The end comes
 * first, for then there are tables for all but perhaps the beginning.
 */
static void map_window_xenpv(struct layout *l, uint32_t mapped)
{
	const uint32_t *used = &l->pool.run.used;
	uint32_t last = mapped - 1, done = 0, n;

	l->pool.window_attr = PT_WRITE;
	map_pool(l, &l->pt, last, mapped, PT_WRITE);
	for (; done < *used; done = n) {
		n = *used;
		map_pool(l, &l->pt, done, n, PT_READ);
	}
	map_pool(l, &l->pt, done, last, PT_WRITE);
}

/*
 * The window on the tables, last: those in use, those it needs itself, and a start.
 * No mapping that is there while the guest runs lets a table be written.
 */
static void map_window(struct layout *l, const struct bootinfo *bi)
{
	struct pagetable *window = &l->pt;
	uint32_t mapped;

	if (ARCH_TABLES_APART) {
		window = &l->window;
		window->levels = l->pt.levels;
		window->lower_half = true;
		if (table_pool_attach(&l->pool, window))
			panic("no page for the window on the tables");
	}
	mapped = l->pool.run.used > l->pool.run.ready ? l->pool.run.used : l->pool.run.ready;
	mapped += 2 * TABLE_POOL_RESERVE + ARCH_CONSOLE_ON_USE * CONSOLE_TABLES;
	if (mapped > l->pool_len / PAGE_SIZE)
		mapped = (uint32_t)(l->pool_len / PAGE_SIZE);
	if (is_xenpv(bi)) {
		map_window_xenpv(l, mapped);
	} else {
		l->pool.window_attr = ARCH_TABLES_APART ? PT_WRITE : PT_READ;
		map_pool(l, window, 0, mapped, l->pool.window_attr);
	}
	/* For arch_map_console(); who takes one zeroes it */
	l->pool.run.used += ARCH_CONSOLE_ON_USE * CONSOLE_TABLES;
	l->pool.mapped = mapped;
	l->pool.nr = (uint32_t)(l->pool_len / PAGE_SIZE);
}

void *reach(paddr_t pa, uint64_t len)
{
	void *p = physmem(pa, len);

	if (!p)
		panic("memory that was free cannot be reached");
	return p;
}

_Static_assert(offsetof(struct layout, uart) ==
		       offsetof(struct layout, always) + sizeof(((struct layout *)0)->always),
	       "all of the parts are mapped");

void layout_map(struct layout *l, const struct bootinfo *bi)
{
	l->pool.va = reach(l->pool.run.pa, l->pool.nr * PAGE_SIZE);
	l->pool.mapped = l->pool.nr;
	/* Its first page is the root: there is one */
	table_pool_attach(&l->pool, &l->pt);
	place_part(l, &l->text, __image_start, __rodata_page, PT_EXEC);
	place_part(l, &l->rodata, __rodata_page, __data_start, PT_READ);
	place_part(l, &l->data, __data_start, __image_end, PT_WRITE);
	l->stack.attr = l->trap_stack.attr = l->args.attr = PT_WRITE;
	map(&l->pt, l->always, sizeof(l->always) / sizeof(*l->always));
	if (!ARCH_CONSOLE_ON_USE && l->uart.len) {
		l->uart.attr = PT_WRITE; /* a ring is memory */
		map(&l->pt, &l->uart, 1);
	}
#if PROTOCOL_XENPV
	if (l->p2m.len)
		map(&l->pt, &l->p2m, 1); /* PT_READ */
#endif
	map_window(l, bi);
}
