/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Xen PV, early phase: how page tables come from Xen, and how they are shown to it
 */
#include <arch/xenpv.h>
#include <ukaslr/image.h>
#include <ukaslr/panic.h>
#include <ukaslr/xenpv.h>
#include <ukaslr/xenpv_start.h>

/* What Xen's first page tables map ends behind them, at a multiple of this (xen.h) */
#define FIRST_MAPPING (4ull << 20)

void xenpv_start(struct table_pool *pool, struct pagetable *pt, paddr_t start_info)
{
	const struct xenpv_start_info *s = (const void *)(uintptr_t)start_info.pa;
	struct machine *m = machine();

	m->xen.call = XEN_SYSCALL;
	m->uart = UART_XEN_IO; /* until it is known which console there is */
	m->uart_open = true;
	m->xen.m2p = (const void *)(uintptr_t)XENPV_M2P;
	xenpv_set_traps();
	/* Otherwise there are no frames, physmem() reaches nothing, and xenpv_parse() says so. */
	if (s->magic[0] == XENPV_MAGIC) {
		m->xen.p2m = (const void *)(uintptr_t)s->mfn_list;
		m->xen.nr_frames = s->nr_pages;
		m->xen.mapped_end =
			(s->pt_base + s->nr_pt_frames * PT_PAGE_SIZE + FIRST_MAPPING - 1) &
			-FIRST_MAPPING;
	}

	/* All memory below the image but the first page, whose address is no pointer */
	pool->va = NULL;
	pool->run.pa = PADDR(0);
	pool->nr = pool->mapped = (uint32_t)(IMAGE_ADDR(__base_addr) >> PT_PAGE_SHIFT);
	pool->run.used = 1;
	pt->root = xenpv_machine(PADDR(s->pt_base));
	pt->levels = 4;
	pt->max_leaf = 0;
	table_pool_attach(pool, pt);
	m->identity = pt;
}

void xenpv_publish(struct pagetable *pt, struct pagetable *old)
{
	const struct pt_run *run = &((const struct table_pool *)pt->owner)->run;
	struct mmuext_op op[2];
	int err = 0;

	pt->ops.entries(pt, pt->root)[0] = old->ops.entries(old, old->root)[0];
	for (uint32_t i = 0; i < run->used && !err; i++)
		err = xenpv_protect(pt, xenpv_machine(paddr_add(run->pa, i * PT_PAGE_SIZE)));
	op[0].cmd = MMUEXT_PIN_L4;
	op[0].frame = pt->root.pa >> PT_PAGE_SHIFT;
	op[1].cmd = MMUEXT_UNPIN; /* in use until CR3 is written, and then memory */
	op[1].frame = old->root.pa >> PT_PAGE_SHIFT;
	if (!err)
		err = xenpv_mmuext(op, 2);
	if (err)
		panic("Xen refuses the page tables: error %d", err);
}
