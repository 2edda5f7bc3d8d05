/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef UKASLR_XENPV_H
#define UKASLR_XENPV_H

/*
 * Xen PV (x86_64): a guest in ring 3, whose page tables Xen keeps
 *
 * xen/include/public/xen.h and arch-x86/xen.h. The domain numbers its memory from 0
 * on: that is what physical addresses are everywhere here (Xen: pseudo-physical).
 * Page-table entries hold machine addresses. The list p2m turns one into the other;
 * Xen's own table, m2p, turns them back.
 *
 * The image asks for VIRT_BASE 0: Xen's first page tables then map the domain's
 * memory at its physical addresses, image and all that the loader left included,
 * and the early phase finds the identity map that it has on any machine.
 *
 * A page that is a page table may be mapped read-only alone. Entries of tables that
 * Xen knows are written by hypercall; until a table is shown to Xen it is memory
 * like any other.
 */

#include <ukaslr/machine.h>
#include <ukaslr/table_pool.h>
#include <ukaslr/xen.h>

/* L4 slots 256 to 271 are Xen's: the domain's part of the upper half begins behind them. */
#define XENPV_SPACE_START 0xffff880000000000ull

/* Xen's table m2p is mapped here, read-only, in every address space. */
#define XENPV_M2P	  0xffff800000000000ull

/*
 * Maps len bytes of memory at pa, as pt_map() does, whose errors it has. On a
 * machine it is pt_map(); here the pieces that are in one piece for Xen, too.
 */
int xenpv_map_memory(struct pagetable *pt, vaddr_t va, paddr_t pa, uint64_t len, pte_t attr);

static inline int map_memory(struct pagetable *pt, vaddr_t va, paddr_t pa, uint64_t len, pte_t attr)
{
#if PROTOCOL_XENPV
	/* Other trees have none */
	if (pt->ops.entries)
		return xenpv_map_memory(pt, va, pa, len, attr);
#endif
	return pt_map(pt, va, pa, len, attr);
}

/* And pt_map_all() */
static inline int map_memory_all(struct pagetable *pt, const struct pt_mapping *m, unsigned nr)
{
#if PROTOCOL_XENPV
	if (pt->ops.entries) {
		int rc = 0;

		for (; nr && !rc; nr--, m++)
			rc = xenpv_map_memory(pt, m->va, m->pa, m->len, m->attr);
		return rc;
	}
#endif
	return pt_map_all(pt, m, nr);
}

/*
 * physmem() in the early phase: what Xen's first page tables lack is added to them,
 * page by page. The range is not empty and does not wrap; NULL if it cannot be reached.
 */
void *xenpv_reach(struct pagetable *pt, paddr_t pa, uint64_t len);

/* struct mmuext_op of xen.h: other requests about page tables, <arch/xenpv.h> */
struct mmuext_op {
	uint32_t cmd;
	uint64_t frame;
	uint64_t unused;
};
int xenpv_mmuext(const struct mmuext_op *op, uint64_t n);

/* The operation .protect: makes a page of the pool read-only in the pool's window. */
int xenpv_protect(struct pagetable *pt, paddr_t table);

/* The machine address of memory of the domain. */
paddr_t xenpv_machine(paddr_t pa);

/*
 * Completes table_pool_attach(): the operations for a tree whose tables are in the
 * pool. With a root it is one that Xen knows, and they are hypercalls.
 */
void xenpv_attach(struct pagetable *pt);

/* Makes the stubs of vectors.S, where they are now, the handlers of all exceptions. */
void xenpv_set_traps(void);

/*
 * The early phase's first step: from here on there are hypercalls, exceptions are
 * reported, physmem() works. pt, which must outlive the phase, becomes Xen's first
 * page tables, which grow into the memory below the image.
 */
void xenpv_start(struct table_pool *pool, struct pagetable *pt, paddr_t start_info);

/*
 * Its last: shows the finished tables of pt to Xen, which makes them read-only. They
 * have the lowest 512 GiB of `old` until the jump is made. What remains for arch_enter()
 * is as on any machine: Xen stands in for the processor when CR3 is written.
 */
void xenpv_publish(struct pagetable *pt, struct pagetable *old);

/* The first instructions at the virtual base, which go on to normal_boot() ... */
extern char xenpv_moved_entry[];

/* ... and there the early phase's memory is unmapped. Xen's first tables are no tables any more. */
void xenpv_drop_early(struct pagetable *pt);

#endif /* UKASLR_XENPV_H */
