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
	v->first_page = start.va >> __PAGE_SHIFT;
	v->nr_pages = nr_pages;
	v->nr_taken = 0;
}

/* Whether pages [page, page + nr) and a guard on each side keep clear of what is there. */
static bool is_free(const struct vplacement *v, uint64_t page, uint64_t nr)
{
	for (uint32_t i = 0; i < v->nr_taken; i++)
		if (page < v->taken[i].page + v->taken[i].nr + GUARD &&
		    v->taken[i].page < page + nr + GUARD)
			return false;
	return true;
}

/* In pages; the arguments make sense. */
static int draw(struct vplacement *v, struct entropy *e, uint64_t nr, uint64_t align,
		uint64_t offset)
{
	const uint64_t lowest = v->first_page + GUARD;
	const uint64_t first = lowest + ((offset - lowest) & (align - 1));
	const uint64_t end = v->first_page + v->nr_pages; /* nothing here nears 2^64 */
	uint64_t slots;

	if (v->nr_taken == PLACEMENT_MAX || first + nr + GUARD > end)
		return -ENOMEM;
	slots = (end - first - nr - GUARD) / align + 1;

	for (int tries = 0; tries < MAX_TRIES; tries++) {
		const uint64_t page = first + entropy_below(e, slots) * align;

		if (is_free(v, page, nr)) {
			v->taken[v->nr_taken].page = page;
			v->taken[v->nr_taken].nr = nr;
			v->nr_taken++;
			return 0;
		}
	}
	return -ENOMEM;
}

int vplacement_draw(struct vplacement *v, struct entropy *e, uint64_t len, uint64_t align,
		    uint64_t offset, vaddr_t *out)
{
	int rc;

	if (len == 0 || align < __PAGE_SIZE || (align & (align - 1)) != 0 || offset >= align ||
	    (offset & ~__PAGE_MASK) != 0)
		return -EINVAL;
	rc = draw(v, e, to_pages(len), align >> __PAGE_SHIFT, offset >> __PAGE_SHIFT);
	if (rc == 0)
		*out = VADDR(v->taken[v->nr_taken - 1].page << __PAGE_SHIFT);
	return rc;
}

int pplacement_draw(struct ukplat_memregion_list *list, struct entropy *e, uint64_t len,
		    uint64_t limit, uint16_t type, uint16_t flags, paddr_t *out)
{
	struct ukplat_memregion_desc mrd = {.type = type, .flags = flags};
	uint64_t slots = ukplat_memregion_list_count_slots(list, len, __PAGE_SIZE, limit);
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
