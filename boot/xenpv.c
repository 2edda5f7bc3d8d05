/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Xen PV: the start info, the list of the domain's frames, and Xen's memory map
 *
 * What there is of memory, the list says. The map, which the toolstack or Xen sets, is
 * asked for what is none of it. The domain's memory begins at 0; its first page is left
 * out, so that no pointer to memory is null.
 */
#include <stddef.h>
#include <arch/p2m.h>
#include <ukaslr/bootinfo.h>
#include <ukaslr/image.h>
#include <ukaslr/machine.h>
#include <ukaslr/physmem.h>
#include <ukaslr/xenpv_start.h>

/* 16 TiB, which is what Xen can give: keeps a damaged count from being believed. */
#define MAX_FRAMES (1ull << 32)

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

/* Can the frames that add_shared() looks up be frames of a machine? */
static bool has_shared(const struct xenpv_start_info *s)
{
	return s->flags & SIF_INITDOMAIN || (s->store_mfn | s->console_mfn) < MAX_FRAMES;
}

/* What others than the first domain share with the toolstack: two pages, by machine frames */
static const char *add_shared(struct bootinfo *bi, const struct xenpv_start_info *s)
{
	struct xen_machine *xen = &machine()->xen;

	bi->uart = UART_XEN_IO;
	if (s->flags & SIF_INITDOMAIN)
		return NULL;
	bi->uart = UART_XEN_RING;
	bi->uart_base = PADDR(xen->m2p[s->console_mfn] * PAGE_SIZE);
	xen->console_port = s->console_port;
	return bootinfo_add(bi, PADDR(xen->m2p[s->store_mfn] * PAGE_SIZE), PAGE_SIZE,
			    UKPLAT_MEMRT_RESERVED);
}

/* What is read until the end, and Xen's first page tables */
static const char *add_loaded(struct bootinfo *bi, const struct xenpv_start_info *s)
{
	const uint64_t mod = s->flags & SIF_MOD_START_PFN ? s->mod_start * PAGE_SIZE : s->mod_start;
	const char *err = bootinfo_add(bi, PADDR(mod), s->mod_len, UKPLAT_MEMRT_INITRD);

	if (!err)
		err = bootinfo_add(bi, PADDR(s->mfn_list), s->nr_pages * sizeof(uint64_t),
				   UKPLAT_MEMRT_RESERVED);
	bi->first_tables = PADDR(s->pt_base);
	if (!err)
		err = bootinfo_add(bi, bi->first_tables, (s->nr_pt_frames + 1) * PAGE_SIZE,
				   UKPLAT_MEMRT_KERNEL);
	return err;
}

const char *xenpv_parse(struct bootinfo *bi, paddr_t start_info)
{
	const struct xenpv_start_info *s = physmem(start_info, sizeof(*s));
	const uint64_t *p2m = NULL;
	const char *err;

	bi->xen = XEN_SYSCALL;
	if (s && s->magic[0] == XENPV_MAGIC && s->nr_pages <= MAX_FRAMES &&
	    s->nr_pt_frames < s->nr_pages && !(s->mfn_list % PAGE_SIZE) && has_shared(s))
		p2m = physmem(PADDR(s->mfn_list), s->nr_pages * sizeof(*p2m));
	if (!p2m)
		return "bad start info";
	err = add_shared(bi, s);
	if (!err)
		err = add_loaded(bi, s);
	if (!err)
		err = bootinfo_set_cmdline(bi,
					   paddr_add(start_info, offsetof(typeof(*s), cmd_line)));
	if (!err)
		err = xen_memory_map(bi);
	if (!err)
		err = add_frames(bi, p2m, s->nr_pages);
	return err ? err : bootinfo_check_memory(bi);
}
