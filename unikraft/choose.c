/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What all platforms have in common: is the table whole, what is there of entropy, which
 * virtual addresses, and what is said of it
 */
#include <stddef.h>
#include <stdio.h>
#include <ukaslr/panic.h>
#include "../boot/entropy_gather.h"
#include "early.h"

struct kaslr_moved kaslr_moved;

void kaslr_gather(struct entropy *e, struct bootinfo *bi)
{
	const char *err =
		reloc_check(&__reloc_header, _base_addr, LINKED(__bss_start) - LINKED(_base_addr));
	const struct cmdline_options options = {.mode = CONFIG_KASLR_STRICT ? KASLR_STRICT
									    : KASLR_ON};

	if (err)
		boot_stop("%s", err);
	entropy_gather(e, bi, &options);
}

uint64_t kaslr_place(struct vplacement *space, uint64_t len, uint64_t align)
{
	const vaddr_t va = vplacement_draw(space, len, align);

	if (!va.va)
		boot_stop("the address space has no room for %lu KiB", (unsigned long)(len >> 10));
	return va.va;
}

void kaslr_report(const struct kaslr_moved *m, const struct entropy *e)
{
	if (!CONFIG_KASLR_REPORT)
		return;
	printf("kaslr: phys=0x%lx virt=0x%lx size=0x%lx ", m->pa, m->va, m->len);
	entropy_report(e);
}
