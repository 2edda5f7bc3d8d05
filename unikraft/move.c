/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * On KVM: choose a place among the regions of memory, copy and relocate the image
 */
#include <stddef.h>
#include <string.h>
#include <ukaslr/memregion.h>
#include <ukaslr/panic.h>
#include <ukaslr/physmem.h>
#include <ukaslr/placement.h>
#include <ukaslr/reloc.h>
#include "early.h"
#include "memregion_abi.h"

/* What is mapped one to one; there are no traps yet to tell of anything else. */
void *physmem(paddr_t pa, uint64_t len)
{
	if (!len || len > KASLR_IDENTITY_END || pa.pa < KASLR_IDENTITY_START ||
	    pa.pa > KASLR_IDENTITY_END - len)
		return NULL;
	return (void *)(uintptr_t)pa.pa;
}

void kaslr_add_image(struct bootinfo *bi, const char *err)
{
	if (!err)
		err = bootinfo_add(bi, PADDR(LINKED(_base_addr)), LINKED(_end) - LINKED(_base_addr),
				   UKPLAT_MEMRT_KERNEL);
	if (err)
		boot_stop("%s", err);
	bootinfo_make_room(bi, 4); /* each of two cuts may leave a piece on both sides */
	if (bi->warning)
		boot_warn("%s", bi->warning);
}

/* A random place in free memory, or without KASLR_PHYS the first. */
static uint64_t take(struct bootinfo *bi, struct entropy *e, uint64_t len, uint64_t limit)
{
	struct ukplat_memregion_desc r = {.len = len,
					  .type = UKPLAT_MEMRT_KERNEL,
					  .flags = UKPLAT_MEMRF_READ | UKPLAT_MEMRF_WRITE};

	if (pplacement_draw(&bi->mrds, CONFIG_KASLR_PHYS ? e : NULL, &r, limit) < 0)
		boot_stop("too little memory: the image needs %lu KiB in one piece beside itself",
			  (unsigned long)(len >> 10));
	return r.pbase;
}

/*
 * The boot stack is behind the image, out of sight, if it has a virtual address of its own;
 * it would tell the image's address without.
 */
static void choose_physical(struct bootinfo *bi, struct entropy *e, const struct move_request *want,
			    struct kaslr_moved *m)
{
	if (ukplat_memregion_list_coalesce_checked(&bi->mrds))
		bi->too_long = true;
	if (bi->too_long)
		boot_warn("the memory map is too long: free memory was left out");
	m->pa = take(bi, e, m->taken, want->limit);
	m->tables_pa = m->pa + m->len;
	m->stack_pa = CONFIG_KASLR_VIRT ? m->tables_pa + m->tables_len
					: take(bi, e, m->stack_len, want->limit);
}

/* The heap, which Unikraft maps at one address with PAGING, takes all free memory at most. */
static void choose_virtual(const struct bootinfo *bi, struct entropy *e,
			   const struct move_request *want, struct kaslr_moved *m)
{
	struct vplacement space;
	uint64_t free = PT_LEVEL_SIZE(1);

	m->va = m->pa;
	m->stack_va = m->stack_pa;
	m->heap_va = KASLR_HEAP_BASE;
	if (!CONFIG_KASLR_VIRT)
		return;
	vplacement_init(&space, e, want->window, want->window_pages);
	m->va = kaslr_place(&space, m->len, PT_PAGE_SIZE);
	m->stack_va = kaslr_place(&space, m->stack_len, PT_PAGE_SIZE);
	for (unsigned i = 0; i < bi->mrds.count; i++)
		if (bi->mrds.mrds[i].type == UKPLAT_MEMRT_FREE)
			free += bi->mrds.mrds[i].len;
	if (CONFIG_PAGING)
		m->direct_va = kaslr_place(&space, KASLR_DIRECT_MAP_SIZE, PT_LEVEL_SIZE(2));
	if (KASLR_HEAP_BASE)
		m->heap_va = kaslr_place(&space, free, PT_LEVEL_SIZE(1));
}

static void copy_image(const struct kaslr_moved *m)
{
	const struct reloc_target t = {.copy = (void *)(uintptr_t)m->pa,
				       .copy_base = __reloc_header.base,
				       .slide = m->va - m->base,
				       .phys_slide = m->pa - m->base};

	memcpy(t.copy, _base_addr, LINKED(__bss_start) - m->base);
	memset(COPY(m, __bss_start), 0, LINKED(_end) - LINKED(__bss_start));
	reloc_apply(&__reloc_header, _base_addr, &t);
	memcpy(COPY(m, &kaslr_moved), m, sizeof(*m));
}

void kaslr_move(struct bootinfo *bi, const struct move_request *want, struct kaslr_moved *m)
{
	struct entropy e;

	kaslr_gather(&e, bi);
	m->base = LINKED(_base_addr);
	m->len = LINKED(_end) - m->base;
	m->tables_len = want->tables_len;
	m->stack_len = STACK_LEN;
	m->taken = m->len + (CONFIG_KASLR_VIRT ? m->tables_len + m->stack_len : 0);
	choose_physical(bi, &e, want, m);
	choose_virtual(bi, &e, want, m);
	copy_image(m);
	kaslr_report(m, &e);
	entropy_wipe(&e);
}
