/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef UKASLR_PLACEMENT_H
#define UKASLR_PLACEMENT_H

/*
 * Placement: where everything will live
 *
 * A pure function from memory regions and a random stream to addresses. A
 * physical place is chosen among all page-aligned slots of all free regions,
 * each slot equally likely (a region weighs as many slots as it has); the place
 * is cut out of the list, so that the next thing cannot land on it. A virtual
 * place is chosen among all page-aligned slots of the window, each equally
 * likely, and again while it or a guard page beside it touches what was placed
 * before. docs/security.md counts the bits.
 */

#include <stdint.h>
#include <ukaslr/addr.h>
#include <ukaslr/entropy.h>
#include <uk/plat/common/memory.h>

/* At most this many virtual places; each needs one record. */
#define PLACEMENT_MAX 16

/* Numbers (address / 4096) of pages; half open */
struct vpages {
	uint64_t page, end;
};

/* What virtual addresses there are, and what of them is taken. */
struct vplacement {
	struct entropy *e;
	uint64_t first_page; /* that can be taken */
	uint64_t nr_pages;   /* that can be taken: all but the window's first and last */
	uint64_t refused; /* bytes that there was no place for the last time that there was none */
	uint32_t nr_taken;
	struct vpages taken[PLACEMENT_MAX];
};

/*
 * Starts with the whole window [start, start + 4096 * nr_pages) free. start is
 * page aligned; the window may end at the top of the address space. The generator
 * stays the caller's. Without one (NULL: kaslr=off) places are not drawn: each is the first
 * that fits behind the one before.
 */
void vplacement_init(struct vplacement *v, struct entropy *e, vaddr_t start, uint64_t nr_pages);

/*
 * Chooses a place for len bytes (> 0, rounded up to pages) at a multiple of `align` (a
 * power of two, 4096 or more). On both sides there is a page inside the window that nothing
 * will ever be placed on; neighbours may share one. Returns the address, or 0, which is
 * nobody's: PLACEMENT_MAX places are taken, the window is too full (hundreds of slots
 * drawn, not one of them free), or the arguments make no sense; v->refused is `len` then,
 * and says so still when all places are drawn.
 */
vaddr_t vplacement_draw(struct vplacement *v, uint64_t len, uint64_t align);

/*
 * Chooses a place for mrd->len bytes (> 0, rounded up to pages here) in free memory below
 * `limit` (UINT64_MAX: anywhere), or without a generator (NULL) the first that there is, and
 * cuts it out of the list, which is coalesced, under mrd's type (not free memory) and flags;
 * the rest of *mrd is zero. Returns the index of the new region, which *mrd is then a copy of,
 * or -ENOMEM if nothing fits or the list is full; the list is then as it was.
 */
int pplacement_draw(struct ukplat_memregion_list *list, struct entropy *e,
		    struct ukplat_memregion_desc *mrd, uint64_t limit);

/*
 * The same for whole pages, without a limit, and quicker for who knows that no more than
 * free_pages pages of the list are free; best if that is nearly how many there are.
 */
int pplacement_draw_fast(struct ukplat_memregion_list *list, struct entropy *e,
			 struct ukplat_memregion_desc *mrd, uint64_t free_pages);

#endif /* UKASLR_PLACEMENT_H */
