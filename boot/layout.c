/* SPDX-License-Identifier: BSD-3-Clause */
#include <ukaslr/arch.h>
#include <ukaslr/heap.h>
#include <ukaslr/image.h>
#include <ukaslr/memregion.h>
#include <ukaslr/panic.h>
#include <ukaslr/placement.h>
#include <ukaslr/xenpv.h>
#include "layout.h"
#include "load_image.h"

#define STACK_SIZE	(64ull << 10)
#define TRAP_STACK_SIZE PAGE_SIZE

#define RW		(UKPLAT_MEMRF_READ | UKPLAT_MEMRF_WRITE)

/*
 * Where kaslr=off puts things, whatever the number of levels: the image at a fixed
 * slide, the rest in a row further up.
 */
#define FIXED_SLIDE	(1ull << 30)
#define FIXED_OTHERS	(1ull << 33)

/*
 * What is still done to the list when the heap's tables are counted: five cuts, three
 * releases, where the heap begins, for each of two files a cut and a release, and in
 * Xen PV one cut more.
 */
#define LIST_EDITS	(13 + PROTOCOL_XENPV)

/* Where memory is taken from, and by whose choice */
struct memory {
	struct ukplat_memregion_list *list;
	struct entropy *e;
	uint64_t free_pages; /* or less: what is taken is not subtracted */
};

/* Random memory, or without a generator the first that there is; whether there was any */
static __attribute__((noinline)) bool take(struct memory *m, uint64_t len, paddr_t *pa)
{
	struct ukplat_memregion_desc r = {.len = len, .type = UKPLAT_MEMRT_KERNEL, .flags = RW};

	if (pplacement_draw_fast(m->list, m->e, &r, m->free_pages) < 0)
		return false;
	*pa = PADDR(r.pbase);
	return true;
}

static void must_take(struct memory *m, uint64_t len, paddr_t *pa)
{
	const struct ukplat_memregion_desc *r = m->list->mrds, *const end = r + m->list->count;
	uint64_t most = 0;

	if (take(m, len, pa))
		return;
	for (; r < end; r++)
		if (r->type == UKPLAT_MEMRT_FREE && r->len > most)
			most = r->len;
	boot_stop("too little memory: the boot needs %lu KiB in one piece, "
		  "the largest free one has %lu",
		  (unsigned long)(len >> 10), (unsigned long)(most >> 10));
}

/* Asked for all places at once: they are drawn in a row. */
static void all_have_room(const struct vplacement *space)
{
	if (space->refused)
		boot_stop("the address space has no room left for %lu KiB",
			  (unsigned long)(space->refused >> 10));
}

/*
 * The heap begins at any free page, each equally likely, goes on to the end of
 * memory and then from its start: what is taken first is not the same memory at each
 * boot.
 */
static paddr_t choose_heap_start(const struct memory *m)
{
	const struct ukplat_memregion_desc *r = m->list->mrds;
	uint64_t page;

	if (!m->e || !m->free_pages)
		return PADDR(0);
	page = entropy_below(m->e, m->free_pages);
	for (; r->type != UKPLAT_MEMRT_FREE || page >= r->pg_count; r++)
		if (r->type == UKPLAT_MEMRT_FREE)
			page -= r->pg_count;
	return PADDR(r->pbase + page * PAGE_SIZE);
}

/*
 * What the loader left for programs to read: the first RAM disk, and the device
 * tree. Their records tell where they will be; normal boot moves and maps them when it
 * is first asked for the list, so that who does not ask pays for an address and no more.
 * What has 2 MiB or more will be congruent with its memory modulo 2 MiB, wherever
 * that is then. Returns the pages that their tables can take, and counts free ones on the way.
 */
static uint64_t place_files(struct vplacement *space, struct memory *m, const struct pagetable *pt)
{
	unsigned wanted = UKPLAT_MEMRT_INITRD | UKPLAT_MEMRT_DEVICETREE;
	struct ukplat_memregion_desc *r = m->list->mrds, *end = r + m->list->count;
	uint64_t pages = 0;

	m->free_pages = 0;
	for (; r < end; r++) {
		uint64_t len, align;

		if (r->type == UKPLAT_MEMRT_FREE)
			m->free_pages += r->pg_count;
		if (!(r->type & wanted))
			continue;
		wanted &= ~(unsigned)r->type;
		len = r->pg_count * PAGE_SIZE;
		align = file_align(pt, len);
		/* And two for the ends of the old place, when that is in the heap's window */
		pages += table_pages(pt->levels, len) + 2;
		if (align > PAGE_SIZE)
			pages -= len >> PT_LEVEL_SHIFT(1); /* tables for the ends alone */
		r->vbase = vplacement_draw(space, len + align - PAGE_SIZE, align).va;
	}
	return pages;
}

static void choose_physical(struct layout *l, struct memory *m, uint64_t pages)
{
	uint64_t heap = heap_table_pages(&l->pt, m->list, LIST_EDITS), window;

	l->moves = m->e && take(m, l->image.len, &l->image.pa);
	if (!l->moves) {
		if (m->e)
			boot_warn("no free memory to move to: the image stays where it was loaded");
		l->image.pa = PADDR(IMAGE_ADDR(__image_start));
	}
	/* Two more ends, as image and stack are apart; the other stack is a page */
	pages += table_pages(l->pt.levels, l->image.len + l->stack.len) +
		 table_pages(l->pt.levels, l->args.len) + (2 + 1) * (l->pt.levels - 1) +
		 CONSOLE_TABLES;
#if PROTOCOL_XENPV
	if (l->p2m.len)
		pages += table_pages(l->pt.levels, l->p2m.len);
#endif
	/* Its own tables are in it as well: a page of them for 2 MiB, so once more is enough */
	window = 1 + table_pages(l->pt.levels, 2 * PAGE_SIZE * (pages + heap));
	l->pool.nr = (uint32_t)(pages + window);
	l->pool_len = (pages + heap + window) * PAGE_SIZE;
	must_take(m, l->pool_len, &l->pool.run.pa);
	must_take(m, l->stack.len, &l->stack.pa);
	must_take(m, l->trap_stack.len, &l->trap_stack.pa);
	must_take(m, l->args.len, &l->args.pa);
}

void layout_choose(struct layout *l, struct bootinfo *bi, struct entropy *e, uint64_t args_len)
{
	struct memory memory = {.list = &bi->mrds, .e = e};
	struct vplacement space;
	uint64_t start, fixed, pages;

	/* As the early tables are */
	l->pt.levels = machine_early.identity->levels;
	l->pt.max_leaf = machine_early.identity->max_leaf;
	l->stack.len = STACK_SIZE;
	l->trap_stack.len = TRAP_STACK_SIZE;
	l->args.len = PAGE_ALIGN_UP(args_len);
	l->image.len = PAGE_ALIGN_UP(IMAGE_OFFSET(__image_end) - IMAGE_OFFSET(__image_start));
	fixed = is_xenpv(bi) ? XENPV_SPACE_START : VSPACE_START(4);
	start = l->pt.levels == 4 ? fixed : VSPACE_START(l->pt.levels);
	if (!e)
		start = fixed + FIXED_OTHERS;
	vplacement_init(&space, e, VADDR(start), -start / PAGE_SIZE);
	pages = 1 + place_files(&space, &memory, &l->pt);
#if PROTOCOL_XENPV
	l->p2m.pa = PADDR((uintptr_t)machine_early.xen.p2m);
	l->p2m.len = PAGE_ALIGN_UP(machine_early.xen.nr_frames * sizeof(uint64_t));
	if (l->p2m.len)
		l->p2m.va = vplacement_draw(&space, l->p2m.len, PAGE_SIZE);
#endif
	choose_physical(l, &memory, pages);
	load_image_release(bi, l->moves, l->image.len);

	l->heap_len = heap_window_len(&bi->mrds, &memory.free_pages);
	l->heap_va = vplacement_draw(&space, l->heap_len, PT_LEVEL_SIZE(1));
	l->heap_first = choose_heap_start(&memory);
	if (e)
		l->image.va = vplacement_draw(&space, l->image.len, PAGE_SIZE);
	else
		l->image.va = VADDR(fixed + FIXED_SLIDE + IMAGE_OFFSET(__image_start));
	l->stack.va = vplacement_draw(&space, l->stack.len, PAGE_SIZE);
	l->trap_stack.va = vplacement_draw(&space, l->trap_stack.len, PAGE_SIZE);
	l->args.va = vplacement_draw(&space, l->args.len, PAGE_SIZE);
	if (uart_is_mapped(bi->uart)) {
		l->uart.pa = PADDR(PAGE_ALIGN_DOWN(bi->uart_base.pa));
		l->uart.len = PAGE_SIZE;
		l->uart.va = vplacement_draw(&space, PAGE_SIZE, PAGE_SIZE);
	}
	/* The window on the page tables has the lower half to itself where that can be off */
	if (ARCH_TABLES_APART) {
		all_have_room(&space);
		start = e ? 0 : FIXED_OTHERS;
		vplacement_init(&space, e, VADDR(start),
				VSPACE_PAGES(l->pt.levels) - start / PAGE_SIZE);
	}
	l->pool_va = vplacement_draw(&space, l->pool_len, PAGE_SIZE);
	all_have_room(&space);
}
