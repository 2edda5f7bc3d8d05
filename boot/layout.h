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

/*
 * Records that the boot may add to the coalesced list of regions: two for each of five cuts
 * of layout_choose() and two files, and one where the heap begins; and some to spare
 */
#define LAYOUT_REGIONS 20

/*
 * At which multiples initrd and device tree are put (boot/files.c): with 2 MiB or more,
 * so that large pages fit
 */
static inline uint64_t file_align(const struct pagetable *pt, uint64_t len)
{
	return pt->max_leaf && len >= PT_LEVEL_SIZE(1) ? PT_LEVEL_SIZE(1) : PAGE_SIZE;
}

struct layout {
	bool moves;		 /* physically; else the image stays where it was loaded */
	struct pt_mapping image; /* from __image_start on, whatever the attributes */
	union {
		struct {
			struct pt_mapping text, rodata, data;
			struct pt_mapping stack;
			struct pt_mapping trap_stack; /* what exceptions run on */
			struct pt_mapping args;	      /* argv, and the strings that it points to */
		};
		struct pt_mapping always[6];
	};
	/* Of no length: it is not there */
	struct pt_mapping uart; /* of a console that is mapped */
#if PROTOCOL_XENPV
	struct pt_mapping p2m; /* Xen's list of the domain's frames */
#endif
	vaddr_t heap_va;
	uint64_t heap_len;
	paddr_t heap_first; /* the page that the heap begins with */
	vaddr_t pool_va;
	uint64_t pool_len; /* with tables for the heap; as long as early code maps, .pool is less */
	struct table_pool pool;
	struct pagetable pt;
	struct pagetable window; /* through which the pool is written, if ARCH_TABLES_APART */
};

/*
 * Chooses a place for everything, with args_len bytes for the arguments of main,
 * and takes the memory out of the regions of *bi, which become the ones that
 * normal boot starts with: the load image is free in them (but what stays of it
 * in place), and .vbase of the first initrd and of the device tree is where they
 * will be mapped, less their memory's distance from a multiple of file_align().
 * e == NULL is kaslr=off: the image stays, and everything else takes the first
 * place that fits.
 *
 * If memory is too small for the image to move, it stays, with a warning. If it
 * is too small at all, the boot stops with what was needed.
 */
void layout_choose(struct layout *l, struct bootinfo *bi, struct entropy *e, uint64_t args_len);

/* Where memory that layout_choose() took can be written in the early phase. */
void *reach(paddr_t pa, uint64_t len);

/* Builds the final page tables, with final permissions. */
void layout_map(struct layout *l, const struct bootinfo *bi);

#endif /* BOOT_LAYOUT_H */
