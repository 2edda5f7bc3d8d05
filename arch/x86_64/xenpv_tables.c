/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Xen PV: page tables that Xen keeps, as operations for mm/pagetable.c
 *
 * A tree's tables are all in its pool, so a table's pointer is found from its
 * machine address by Xen's m2p, and an entry's machine address from its pointer.
 */
#include <errno.h>
#include <arch/pte.h>
#include <arch/xenpv.h>
#include <ukaslr/xenpv.h>

static __attribute__((noinline)) struct xen_machine *xen(void)
{
	return &machine()->xen;
}

static __attribute__((noinline)) uint64_t machine_frame(uint64_t frame)
{
	const struct xen_machine *x = xen();

	return frame < x->nr_frames ? x->p2m[frame] : ~0ull;
}

paddr_t xenpv_machine(paddr_t pa)
{
	return PADDR(machine_frame(pa.pa >> PT_PAGE_SHIFT) << PT_PAGE_SHIFT |
		     (pa.pa & (PT_PAGE_SIZE - 1)));
}

static __attribute__((noinline)) int flush(struct xen_machine *x)
{
	const uint64_t n = x->queued;

	x->queued = 0;
	if (!n)
		return 0;
	return (int)xen_hypercall(XEN_MMU_UPDATE, (uintptr_t)x->queue, n, 0, XEN_DOMID_SELF);
}

/* While a range is mapped, its leaves wait for each other: nobody reads them before. */
static int write_entry(struct pagetable *pt, pte_t *entry, pte_t value)
{
	const struct table_pool *pool = pt->owner;
	struct xen_machine *x = xen();
	struct xen_mmu_update *u = &x->queue[x->queued++];

	u->ptr = xenpv_machine(PADDR((uintptr_t)entry - (uintptr_t)pool->va + pool->run.pa.pa)).pa;
	u->val = value;
	if (x->mapping && (value & PTE_D) && x->queued < XENPV_QUEUE)
		return 0;
	return flush(x);
}

static pte_t *entries(struct pagetable *pt, paddr_t table)
{
	const struct table_pool *pool = pt->owner;
	const uint64_t pa = xen()->m2p[table.pa >> PT_PAGE_SHIFT] << PT_PAGE_SHIFT;

	return (pte_t *)(void *)(pool->va + (pa - pool->run.pa.pa));
}

/* Where the pool's window has the page; a domain's table has no other mapping. */
int xenpv_protect(struct pagetable *pt, paddr_t table)
{
	return (int)xen_hypercall(XEN_UPDATE_VA_MAPPING, (uintptr_t)entries(pt, table),
				  table.pa | pte_flags(0, PT_READ), UVMF_INVLPG_LOCAL, 0);
}

static int alloc(struct pagetable *pt, paddr_t *table)
{
	int err = table_pool_alloc(pt, table);

	if (!err)
		*table = xenpv_machine(*table);
	return err;
}

void xenpv_attach(struct pagetable *pt)
{
	pt->ops.alloc = alloc;
	pt->ops.entries = entries;
	pt->run = NULL; /* a page must go by alloc() */
	if (!pt->root.pa)
		return;
	pt->ops.write = write_entry;
	pt->ops.protect = xenpv_protect;
}

int xenpv_map_memory(struct pagetable *pt, vaddr_t va, paddr_t pa, uint64_t len, pte_t attr)
{
	struct xen_machine *x = xen();
	uint64_t frame = pa.pa >> PT_PAGE_SHIFT;
	const uint64_t end = frame + (len >> PT_PAGE_SHIFT);
	const uint64_t known = end < x->nr_frames ? end : x->nr_frames;
	/* A table that is needed may need more of the pool's window to be mapped */
	const bool outer = x->mapping;
	int err = 0, rc;

	if ((pa.pa | len) & (PT_PAGE_SIZE - 1))
		return -EINVAL;
	x->mapping = true;
	while (frame < end && !err) {
		const uint64_t mfn = machine_frame(frame);
		uint64_t n = 1;

		/* As much as is in one piece for the machine */
		while (frame + n < known && x->p2m[frame + n] == mfn + n)
			n++;
		err = pt_map(pt, va, PADDR(mfn << PT_PAGE_SHIFT), n << PT_PAGE_SHIFT, attr);
		va.va += n << PT_PAGE_SHIFT;
		frame += n;
	}
	x->mapping = outer;
	rc = flush(x);
	return err ? err : rc;
}

void *xenpv_reach(struct pagetable *pt, paddr_t pa, uint64_t len)
{
	/* The range does not wrap, but its end may */
	const uint64_t mapped = xen()->mapped_end, last = pa.pa + len - 1;
	uint64_t at = pa.pa & -PT_PAGE_SIZE;

	if (at < mapped)
		at = mapped;
	/* All that is left of it at once, or up to a page that is mapped */
	for (; at <= last; at += PT_PAGE_SIZE) {
		int err = xenpv_map_memory(pt, VADDR(at), PADDR(at),
					   (last - at + PT_PAGE_SIZE) & -PT_PAGE_SIZE, PT_WRITE);

		if (!err)
			break;
		if (err != -EEXIST)
			return NULL;
	}
	return (void *)(uintptr_t)pa.pa;
}

int xenpv_mmuext(const struct mmuext_op *op, uint64_t n)
{
	return (int)xen_hypercall(XEN_MMUEXT_OP, (uintptr_t)op, n, 0, XEN_DOMID_SELF);
}

void xenpv_drop_early(struct pagetable *pt)
{
	struct mmuext_op op;

	op.cmd = MMUEXT_FLUSH_LOCAL;
	/* It has no reason to refuse; if it does, its console says why, and the fault where. */
	if (pt->ops.write(pt, entries(pt, pt->root), 0) || xenpv_mmuext(&op, 1))
		__builtin_trap();
}
