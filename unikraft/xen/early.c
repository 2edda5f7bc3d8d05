/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Early code on Xen x86_64 PV: from the start info to the jump
 *
 * Memory stays where it is, for nothing in a domain can address it but by the page tables. The
 * image is relocated as it lies there, and gets another virtual address, as all memory does.
 */
#include <arch/p2m.h>
#include <ukaslr/console.h>
#include <ukaslr/panic.h>
#include <ukaslr/xenpv.h>
#include "early.h"

_Noreturn void kaslr_early_xen(struct xenpv_start_info *s);

/* Behind Xen's own part of the upper half */
#define WINDOW_PAGES ((0 - XENPV_SPACE_START) / PT_PAGE_SIZE)

/* Unikraft (xen-x86/mm.h): DEMAND_MAP_PAGES */
#define DEMAND_LEN   (0x8000000ull * PT_PAGE_SIZE)

/* 16 TiB, which is what Xen can give: keeps a damaged count from being believed. */
#define MAX_FRAMES   (1ull << 32)

struct machine machine_early, machine_moved;
static struct bootinfo boot_info; /* the loader gives no seed */

void console_write(const char *s, size_t len)
{
	xencons_write(s, len);
}

void shutdown(int status)
{
	(void)status;
	xen_shutdown(XEN_CRASH);
	for (;;)
		xen_yield();
}

/* Exceptions are Unikraft's to handle; until it does, one ends the domain, and Xen says where. */
void xenpv_set_traps(void)
{
}

static void open_console(const struct xenpv_start_info *s)
{
	struct machine *m = machine();

	if (s->flags & SIF_INITDOMAIN || s->console_mfn >= MAX_FRAMES)
		return; /* Xen's own, which xenpv_start() has chosen */
	m->uart = UART_XEN_RING;
	m->uart_base = m->xen.m2p[s->console_mfn] * PT_PAGE_SIZE;
	m->xen.console_port = s->console_port;
}

/* Unikraft knows nothing of holes: what is behind the first one is left out. */
static void find_memory(struct domain *d, const struct xenpv_start_info *s)
{
	uint64_t frames;

	if (s->magic[0] != XENPV_MAGIC || s->nr_pages > MAX_FRAMES ||
	    s->nr_pt_frames >= s->nr_pages || s->mfn_list % PT_PAGE_SIZE)
		boot_stop("xenpv: bad start info");
	frames = p2m_run((const uint64_t *)(uintptr_t)s->mfn_list, s->nr_pages);
	if (frames < s->nr_pages)
		boot_warn("the domain's memory has holes: what is behind the first was left out");
	d->len = frames * PT_PAGE_SIZE;
	d->first_table = s->pt_base;
	d->shared_info = s->shared_info;
}

static void choose(struct kaslr_moved *m, const struct domain *d, struct entropy *e)
{
	struct vplacement space;

	vplacement_init(&space, e, VADDR(XENPV_SPACE_START), WINDOW_PAGES);
	m->va = kaslr_place(&space, m->len, PT_PAGE_SIZE);
	m->memory_va = kaslr_place(&space, d->len, PT_PAGE_SIZE);
	m->demand_va = kaslr_place(&space, DEMAND_LEN, PT_LEVEL_SIZE(1));
}

/* What Xen said, in terms of the new addresses and of the tables that will be in use */
static void amend(struct xenpv_start_info *s, const struct domain *d, const struct kaslr_moved *m)
{
	s->nr_pages = d->len / PT_PAGE_SIZE;
	s->pt_base = m->memory_va + d->pool.run.pa.pa;
	s->nr_pt_frames = d->pool.nr;
	s->mfn_list += m->memory_va;
	if (s->flags & SIF_MOD_START_PFN)
		s->mod_start *= PT_PAGE_SIZE;
	s->flags &= ~SIF_MOD_START_PFN;
	s->mod_start += m->memory_va;
}

void kaslr_early_xen(struct xenpv_start_info *s)
{
	struct kaslr_moved *m = &kaslr_moved;
	struct domain *d = &domain;
	struct reloc_target t;
	struct entropy e;

	xenpv_start(&d->reach_pool, &d->reach, PADDR((uintptr_t)s));
	open_console(s);
	find_memory(d, s);
	m->base = LINKED(_base_addr);
	m->len = LINKED(_end) - m->base;
	kaslr_place_tables(d, s->pt_base + s->nr_pt_frames * PT_PAGE_SIZE, m->len);
	kaslr_gather(&e, &boot_info);
	choose(m, d, &e);
	kaslr_build_tables_xen(d, m);
	kaslr_report(m, &e);
	entropy_wipe(&e);

	amend(s, d, m);
	machine_moved = machine_early;
	machine_moved.xen.p2m = (const uint64_t *)(uintptr_t)s->mfn_list;

	/* From here on the image is at both addresses, and pointers may hold either. */
	__asm__ volatile("movq %0, %%cr3" : : "r"(d->pt.root.pa) : "memory");
	t.copy = _base_addr;
	t.copy_base = m->base;
	t.slide = m->va - m->base;
	t.phys_slide = 0;
	reloc_apply(&__reloc_header, _base_addr, &t);
	((kaslr_enter_xen_t)(uintptr_t)COPY_VA(m, kaslr_enter_xen))(m->memory_va + (uintptr_t)s);
	__builtin_unreachable();
}
