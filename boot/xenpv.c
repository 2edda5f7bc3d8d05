/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Xen PV: the start info, the list of the domain's frames, and Xen's memory map
 *
 * What there is of memory, the list says. The map, which few domains have, is asked
 * for what is none of it. The domain's memory begins at 0; its first page is left
 * out, so that no pointer to memory is null.
 */
#include <stddef.h>
#include <string.h>
#include <arch/p2m.h>
#include <ukaslr/bootinfo.h>
#include <ukaslr/image.h>
#include <ukaslr/machine.h>
#include <ukaslr/physmem.h>
#include "xenpv.h"

#define MAGIC	   "xen-3."
#define MAGIC_LEN  6

/* 16 TiB, which is what Xen can give: keeps a damaged count from being believed. */
#define MAX_FRAMES (1ull << 32)

/* Where Xen's table m2p says that the machine's frame is in the domain */
static paddr_t domain_address(uint64_t mfn)
{
	return PADDR(machine()->xen.m2p[mfn] * PAGE_SIZE);
}

/* All frames that the domain has, but the first one; the list may have holes. */
static const char *add_frames(struct bootinfo *bi, const uint64_t *p2m, uint64_t nr)
{
	const char *err = NULL;
	uint64_t first = 1, n;

	for (; first < nr && !err; first += n + 1) {
		n = p2m_run(p2m + first, nr - first);
		err = bootinfo_add(bi, PADDR(first * PAGE_SIZE), n * PAGE_SIZE, UKPLAT_MEMRT_FREE);
	}
	return err;
}

/* What is shared with others, and what is read until the end */
static const char *add_loaded(struct bootinfo *bi, const struct xenpv_start_info *s)
{
	const uint64_t mod = s->flags & SIF_MOD_START_PFN ? s->mod_start * PAGE_SIZE : s->mod_start;
	const char *err = NULL;

	if (s->mod_len)
		err = bootinfo_add(bi, PADDR(mod), s->mod_len, UKPLAT_MEMRT_INITRD);
	if (!err)
		err = bootinfo_add(bi, PADDR(s->mfn_list), s->nr_pages * sizeof(uint64_t),
				   UKPLAT_MEMRT_RESERVED);
	if (!err && !(s->flags & SIF_INITDOMAIN))
		err = bootinfo_add(bi, domain_address(s->store_mfn), PAGE_SIZE,
				   UKPLAT_MEMRT_RESERVED);
	if (!err)
		err = bootinfo_add(bi, bi->first_tables, bi->first_tables_len, UKPLAT_MEMRT_KERNEL);
	return err;
}

static void find_console(struct bootinfo *bi, const struct xenpv_start_info *s)
{
	bi->uart = UART_XEN_IO;
	if (s->flags & SIF_INITDOMAIN)
		return;
	bi->uart = UART_XEN_RING;
	bi->uart_base = domain_address(s->console_mfn);
	machine()->xen.console_port = s->console_port;
}

const char *xenpv_parse(struct bootinfo *bi, paddr_t start_info)
{
	const struct xenpv_start_info *s = physmem(start_info, sizeof(*s));
	const uint64_t *p2m;
	const char *err;

	bi->xen = XEN_SYSCALL;
	if (!s || memcmp(s->magic, MAGIC, MAGIC_LEN))
		return "xenpv: the start info has the wrong magic";
	if (s->nr_pages > MAX_FRAMES || s->nr_pt_frames > s->nr_pages)
		return "xenpv: more memory than Xen gives";
	p2m = physmem(PADDR(s->mfn_list), s->nr_pages * sizeof(*p2m));
	if (!p2m || s->mfn_list % PAGE_SIZE)
		return "xenpv: the list of frames cannot be read";
	find_console(bi, s);
	bi->first_tables = PADDR(s->pt_base);
	bi->first_tables_len = (s->nr_pt_frames + 1) * PAGE_SIZE;
	err = add_loaded(bi, s);
	if (!err &&
	    !bootinfo_set_cmdline(bi, paddr_add(start_info, offsetof(typeof(*s), cmd_line))))
		err = "xenpv: the command line has no end";
	if (!err)
		err = bootinfo_add(bi, start_info, sizeof(*s), UKPLAT_MEMRT_RESERVED);
	if (!err)
		err = xen_memory_map(bi);
	if (!err)
		err = add_frames(bi, p2m, s->nr_pages);
	if (!err && !bootinfo_has_free(bi))
		err = "xenpv: the domain has no memory";
	return err;
}
