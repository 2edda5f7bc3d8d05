/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Xen, early phase: is this a guest of it, what memory does it have, and which console?
 */
#include <ukaslr/bootinfo.h>
#include <ukaslr/image.h>
#include <ukaslr/console.h>
#include <ukaslr/machine.h>
#include <ukaslr/physmem.h>
#include <ukaslr/xen.h>

/* hvm/hvm_op.h and hvm/params.h, which arm64 guests have as well */
#define HVMOP_GET_PARAM		 1u
#define HVM_PARAM_CONSOLE_PFN	 17u
#define HVM_PARAM_CONSOLE_EVTCHN 18u

struct xen_hvm_param {
	uint16_t domid;
	uint16_t pad;
	uint32_t index;
	uint64_t value;
};

/* memory.h: the map has the form of E820, whose entries are packed */
#define XENMEM_MEMORY_MAP 9u
#define MAP_ENTRIES	  128u /* E820MAX: Xen's own maps have no more */

struct xen_memory_map {
	uint32_t nr_entries;
	uint64_t buffer;
};

struct xen_e820_entry {
	uint64_t addr, size;
	uint32_t type;
} __attribute__((packed));

/* The value of a parameter; 0 if it has none. */
static uint64_t hvm_param(uint32_t index)
{
	struct xen_hvm_param p = {.domid = XEN_DOMID_SELF, .index = index};

	return xen_hypercall(XEN_HVM_OP, HVMOP_GET_PARAM, (uintptr_t)&p, 0, 0) ? 0 : p.value;
}

/* A domain without a ring has no toolstack behind it: it is the first one, or its like. */
static void find_console(struct bootinfo *bi)
{
	const paddr_t page = PADDR(hvm_param(HVM_PARAM_CONSOLE_PFN) * PAGE_SIZE);

	bi->uart = UART_XEN_IO;
	if (!page.pa || !physmem(page, PAGE_SIZE))
		return;
	bi->uart = UART_XEN_RING;
	bi->uart_base = page;
	machine_early.xen.console_port = (uint32_t)hvm_param(HVM_PARAM_CONSOLE_EVTCHN);
}

bool xen_is_here(struct bootinfo *bi)
{
	if (!bi->xen)
		bi->xen = arch_xen_detect();
	machine_early.xen.call = bi->xen;
	return bi->xen;
}

const char *xen_memory_map(struct bootinfo *bi)
{
	static struct xen_e820_entry entry[MAP_ENTRIES] NOINIT;
	struct xen_memory_map map;
	const char *err = NULL;
	uint32_t i;

	/* Field by field: as an initialiser it may become a constant that needs relocation. */
	map.nr_entries = MAP_ENTRIES;
	map.buffer = (uintptr_t)entry;
	if (xen_hypercall(XEN_MEMORY_OP, XENMEM_MEMORY_MAP, (uintptr_t)&map, 0, 0))
		return is_xenpv(bi) ? NULL : "there is no memory map";
	for (i = 0; i < map.nr_entries && i < MAP_ENTRIES && !err; i++)
		if (!is_xenpv(bi) || entry[i].type != E820_MEMORY)
			err = bootinfo_add_e820(bi, PADDR(entry[i].addr), entry[i].size,
						entry[i].type);
	return err;
}

/* Kept out of the way of the usual machine, which is none of Xen's. */
static __attribute__((noinline)) bool open_console(struct bootinfo *bi)
{
	uintptr_t base = 0;

	if (bi->uart == UART_NONE)
		find_console(bi);
	if (bi->uart < UART_XEN_RING)
		return false;
	if (bi->uart == UART_XEN_RING)
		base = (uintptr_t)physmem(bi->uart_base, PAGE_SIZE);
	console_init(bi->uart, base);
	return true;
}

bool xen_open_console(struct bootinfo *bi)
{
	return xen_is_here(bi) && open_console(bi);
}
