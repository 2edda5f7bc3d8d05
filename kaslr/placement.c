/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Placement: from memory regions and a random stream to addresses
 */

#include <errno.h>
#include <stdbool.h>
#include <uk/arch/limits.h>
#include <ukaslr/memregion.h>
#include <ukaslr/placement.h>

/*
 * A window of which a 32nd part is free fails by chance once in 2^46; real ones
 * are nearly empty, and are full only if something is wrong.
 */
#define MAX_TRIES 1000

#define GUARD	  1u /* page */

void vplacement_init(struct vplacement *v, struct entropy *e, vaddr_t start, uint64_t nr_pages)
{
	v->e = e;
	v->first_page = (start.va >> __PAGE_SHIFT) + GUARD;
	v->nr_pages = nr_pages > 2 * GUARD ? nr_pages - 2 * GUARD : 0;
	v->nr_taken = 0;
	v->refused = 0;
}

/* Takes pages [page, end) if they and a guard on each side keep clear of what is there. */
static inline bool take(struct vplacement *v, uint64_t page, uint64_t end)
{
	struct vpages *t = v->taken, *const stop = t + v->nr_taken;

	for (; t < stop; t++)
		if (page <= t->end && t->page <= end)
			return false;
	t->page = page;
	t->end = end;
	v->nr_taken++;
	return true;
}

static vaddr_t refuse(struct vplacement *v, uint64_t len)
{
	v->refused = len;
	return VADDR(0);
}

/* kaslr=off: what is behind this place is left for the next one. */
static void use_up(struct vplacement *v, uint64_t end)
{
	const uint64_t used = end + GUARD - v->first_page;

	v->first_page += used;
	v->nr_pages = v->nr_pages > used ? v->nr_pages - used : 0;
}

vaddr_t vplacement_draw(struct vplacement *v, uint64_t len, uint64_t align)
{
	const uint64_t nr = ((len - 1) >> __PAGE_SHIFT) + 1; /* of 0 bytes: more than there are */
	/* Slots: at `first`, and at each multiple of `step` behind it up to number max */
	uint64_t first = v->first_page, step = 1, max = v->nr_pages - nr;

	if (nr > v->nr_pages || v->nr_taken == PLACEMENT_MAX)
		return refuse(v, len);
	if (align != __PAGE_SIZE) {
		uint64_t skip;

		step = align >> __PAGE_SHIFT;
		skip = -first & (step - 1); /* for a step of 0: more than there are */
		if ((align & (align - 1)) || skip > max)
			return refuse(v, len);
		first += skip;
		max = (max - skip) / step;
	}
	if (!v->e) {
		use_up(v, first + nr);
		return VADDR(first << __PAGE_SHIFT);
	}
	for (int tries = 0; tries < MAX_TRIES; tries++) {
		const uint64_t page = first + entropy_below(v->e, max + 1) * step;

		if (take(v, page, page + nr))
			return VADDR(page << __PAGE_SHIFT);
	}
	return refuse(v, len);
}

int pplacement_draw(struct ukplat_memregion_list *list, struct entropy *e,
		    struct ukplat_memregion_desc *mrd, uint64_t limit)
{
	uint64_t slot = 0;

	mrd->len = PAGE_ALIGN_UP(mrd->len);
	/* Of no slots at all it is any number, and cannot be taken */
	if (e)
		slot = entropy_below(e, ukplat_memregion_list_count_slots(list, mrd->len, limit));
	return ukplat_memregion_list_take(list, mrd, limit, slot);
}

int pplacement_draw_fast(struct ukplat_memregion_list *list, struct entropy *e,
			 struct ukplat_memregion_desc *mrd, uint64_t free_pages)
{
	int rc = -EAGAIN;

	/* Any free page; nearly each of them begins a slot */
	if (e)
		rc = ukplat_memregion_list_take_from(list, mrd, entropy_below(e, free_pages));
	return rc == -EAGAIN ? pplacement_draw(list, e, mrd, UINT64_MAX) : rc;
}
