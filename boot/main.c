/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Normal boot, at the random address
 *
 * Early code has moved and relocated the image, built these page tables and
 * wiped its own state; the entry stub has dropped the identity map. From here on
 * the image is like any other program.
 */
#include <stdlib.h>
#include <string.h>
#include <ukaslr/arch.h>
#include <ukaslr/heap.h>
#include <ukaslr/image.h>
#include <ukaslr/machine.h>
#include <ukaslr/memregion.h>
#include <ukaslr/panic.h>
#include <ukaslr/physmem.h>
#include <ukaslr/shutdown.h>
#include <ukaslr/stack_guard.h>
#include <ukaslr/xenpv.h>
#include "handoff.h"

struct handoff handoff NOINIT;
struct machine machine_moved;

typedef void (*constructor_t)(void);
extern const constructor_t __init_array_start[], __init_array_end[];

int main(int argc, char *argv[]);

/* What the loader left for programs to read is mapped where layout_choose() has put it. */
static void map_files(struct handoff *h)
{
	struct ukplat_memregion_desc *r = h->boot.bi.mrds.mrds, *end = r + h->boot.bi.mrds.count;

	for (; r < end; r++)
		if (r->type & (UKPLAT_MEMRT_INITRD | UKPLAT_MEMRT_DEVICETREE) &&
		    r->vbase != r->pbase &&
		    map_memory(&h->pt, VADDR(r->vbase), PADDR(r->pbase), r->pg_count * PAGE_SIZE,
			       PT_READ))
			panic("no page for the tables of what the loader left");
	h->files_mapped = true;
}

struct ukplat_memregion_list *ukplat_memregion_list_get(void)
{
	if (!handoff.files_mapped)
		map_files(&handoff);
	return &handoff.boot.bi.mrds;
}

static void run_constructors(void)
{
	for (const constructor_t *c = __init_array_start; c < __init_array_end; c++)
		(*c)();
}

void normal_boot(struct handoff *h)
{
	arch_init(h->trap_stack);
	__stack_chk_guard = h->canary & STACK_GUARD_MASK;
	h->canary = 0;
	table_pool_attach(&h->pool, &h->pt);
	if (ARCH_TABLES_APART) {
		table_pool_attach(&h->pool, &h->window);
		arch_set_window(h->window.root);
	}
	if (on_xenpv())
		xenpv_drop_early(&h->pt);
	else
		h->pt.ops.edit = arch_edit_tables;
	physmem_use(&h->pt);
	heap_init(&h->pt, &h->boot.bi.mrds, h->heap, h->heap_first, h->heap_secret);
	memset(h->heap_secret, 0, sizeof(h->heap_secret));
	run_constructors();
	exit(main((int)h->argc, (char **)(uintptr_t)h->argv.va));
}

void exit(int status)
{
	shutdown(status);
}

void abort(void)
{
	shutdown(STATUS_STOP);
}
