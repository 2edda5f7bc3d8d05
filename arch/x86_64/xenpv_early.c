/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Xen PV, early phase: how page tables come from Xen, and how they are shown to it
 */
#include <arch/xenpv.h>
#include <ukaslr/image.h>
#include <ukaslr/panic.h>
#include <ukaslr/physmem.h>
#include <ukaslr/xenpv.h>
#include "../../boot/xenpv.h"

void xenpv_start(struct table_pool *pool, struct pagetable *pt, paddr_t start_info)
{
	const struct xenpv_start_info *s = (const void *)(uintptr_t)start_info.pa;
	struct machine *m = machine();

	m->xen.call = XEN_SYSCALL;
	m->uart = UART_XEN_IO; /* until it is known which console there is */
	m->xen.p2m = (const void *)(uintptr_t)s->mfn_list;
	m->xen.m2p = (const void *)(uintptr_t)XENPV_M2P;
	m->xen.nr_frames = s->nr_pages;
	m->xen.mapped_end = s->pt_base + s->nr_pt_frames * PT_PAGE_SIZE;
	xenpv_set_traps();

	/* All memory below the image but the first page, whose address is no pointer */
	pool->va = NULL;
	pool->run.pa = PADDR(0);
	pool->nr = pool->mapped = (uint32_t)(IMAGE_ADDR(__base_addr) >> PT_PAGE_SHIFT);
	pool->run.used = 1;
	pt->root = xenpv_machine(PADDR(s->pt_base));
	pt->levels = 4;
	pt->max_leaf = 0;
	table_pool_attach(pool, pt);
	physmem_use(pt);
}

/* From here on the tables' pages are read-only where they can be reached. */
static int protect_tables(const struct table_pool *pool, struct pagetable *old)
{
	xenpv_begin();
	return xenpv_end(pt_protect(old, VADDR((uintptr_t)pool->va), pool->run.used * PT_PAGE_SIZE,
				    PT_READ));
}

void xenpv_enter(struct pagetable *pt, struct pagetable *old, vaddr_t stack_top, vaddr_t entry,
		 vaddr_t handoff)
{
	struct mmuext_op op[3];
	int err;

	pt->ops.entries(pt, pt->root)[0] = old->ops.entries(old, old->root)[0];
	err = protect_tables(pt->owner, old);
	op[0].cmd = MMUEXT_PIN_L4;
	op[0].frame = op[1].frame = pt->root.pa >> PT_PAGE_SHIFT;
	op[1].cmd = MMUEXT_NEW_BASEPTR;
	op[2].cmd = MMUEXT_UNPIN;
	op[2].frame = old->root.pa >> PT_PAGE_SHIFT;
	if (!err)
		err = xenpv_mmuext(op, 3);
	if (err)
		panic("Xen refuses the page tables: error %d", err);
	xenpv_jump(0, stack_top, entry, handoff);
}
