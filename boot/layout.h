/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef BOOT_LAYOUT_H
#define BOOT_LAYOUT_H

/*
 * The layout of one boot: where everything goes, and the page tables that say so
 */

#include <stdbool.h>
#include <stdint.h>
#include <ukaslr/addr.h>
#include <ukaslr/bootinfo.h>
#include <ukaslr/entropy.h>
#include <ukaslr/table_pool.h>

/* Records that layout_choose() may add to the list of regions */
#define LAYOUT_REGIONS 12

struct layout {
	bool moves;	  /* physically; else the image stays where it was loaded */
	paddr_t image_pa; /* of __image_start, as all of image_* */
	vaddr_t image_va;
	uint64_t image_len;
	paddr_t stack_pa;
	vaddr_t stack_va;
	uint64_t stack_len;
	paddr_t initrd_pa; /* of its first page, as initrd_va */
	vaddr_t initrd_va;
	uint64_t initrd_len; /* whole pages; 0: there is none */
	vaddr_t heap_va;
	uint64_t heap_len;
	vaddr_t uart_va; /* of a console that is mapped */
	vaddr_t pool_va;
	struct table_pool pool;
	struct pagetable pt;
};

/*
 * Chooses a place for everything, for a stack of stack_len bytes (whole pages),
 * and takes the memory out of the regions of *bi, which become the ones that
 * normal boot starts with: the load image is free in them (but what stays of it
 * in place), and the first initrd's .vbase is where it will be mapped.
 * e == NULL is kaslr=off: the image stays, and everything else takes the first
 * place that fits.
 *
 * If memory is too small for the image to move, it stays, with a warning. If it
 * is too small at all, the boot stops with what was needed.
 */
void layout_choose(struct layout *l, struct bootinfo *bi, struct entropy *e, uint64_t stack_len);

/* Builds the final page tables, with final permissions. */
void layout_map(struct layout *l, const struct bootinfo *bi);

#endif /* BOOT_LAYOUT_H */
