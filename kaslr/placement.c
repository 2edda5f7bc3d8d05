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

static uint64_t to_pages(uint64_t bytes)
{
	return (bytes >> __PAGE_SHIFT) + ((bytes & ~__PAGE_MASK) != 0);
}

void vplacement_init(struct vplacement *v, vaddr_t start, uint64_t nr_pages)
{
	v->first_page = (start.va >> __PAGE_SHIFT) + GUARD;
	v->nr_pages = nr_pages > 2 * GUARD ? nr_pages - 2 * GUARD : 0;
	v->nr_taken = 0;
}

/* Whether pages [page, page + nr) and a guard on each side keep clear of what is there. */
static inline bool is_free(const struct vplacement *v, uint64_t page, uint64_t nr)
{
	const uint64_t guard = page + nr;

	/* Its start is no later than the guard, and its end no earlier than the other one */
	for (uint32_t i = 0; i < v->nr_taken; i++)
		if (guard - v->taken[i].page <= nr + v->taken[i].nr)
			return false;
	return true;
}

vaddr_t vplacement_draw(struct vplacement *v, struct entropy *e, uint64_t len, uint64_t align,
			uint64_t offset)
{
	const uint64_t nr = to_pages(len), step = align >> __PAGE_SHIFT;
	/* Pages before the first slot; nothing here nears 2^64 */
	const uint64_t skip = ((offset >> __PAGE_SHIFT) - v->first_page) & (step - 1);
	uint64_t slots;

	if (!len || !step || (align & (align - 1)) || (offset & (-align | ~__PAGE_MASK)) ||
	    v->nr_taken == PLACEMENT_MAX || skip + nr > v->nr_pages)
		return VADDR(0);
	slots = (v->nr_pages - skip - nr) / step + 1;

	for (int tries = 0; tries < MAX_TRIES; tries++) {
		const uint64_t page = v->first_page + skip + entropy_below(e, slots) * step;

		if (is_free(v, page, nr)) {
			v->taken[v->nr_taken].page = page;
			v->taken[v->nr_taken].nr = nr;
			v->nr_taken++;
			return VADDR(page << __PAGE_SHIFT);
		}
	}
	return VADDR(0);
}

int pplacement_draw(struct ukplat_memregion_list *list, struct entropy *e, uint64_t len,
		    uint64_t limit, uint16_t type, uint16_t flags, paddr_t *out)
{
	struct ukplat_memregion_desc mrd = {.type = type, .flags = flags};
	uint64_t slots = ukplat_memregion_list_count_slots(list, len, limit);
	int rc;

	if (slots == 0)
		return -ENOMEM;
	mrd.len = to_pages(len) << __PAGE_SHIFT;
	rc = ukplat_memregion_list_take(list, &mrd, limit, entropy_below(e, slots));
	if (rc < 0)
		return rc;
	*out = PADDR(mrd.pbase);
	return 0;
}
