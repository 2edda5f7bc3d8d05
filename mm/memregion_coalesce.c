/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Coalescing a list of memory regions, in place
 *
 * The list is sorted by first page. Then region after region is settled, from
 * the lowest: it takes in those of its kind that touch it, and of each other that
 * it has a conflict with, one of the two gives way. Who does so begins behind the
 * other one, or is gone. That keeps the list sorted, so each region costs one look
 * at those that it touches: O(n) for a firmware's usual map, O(n^2) at worst.
 */

#include <ukaslr/memregion.h>
#include "memregion_desc.h"

/* Whether the resources themselves overlap, to the byte */
static bool share_bytes(const struct ukplat_memregion_desc *a,
			const struct ukplat_memregion_desc *b)
{
	const __u64 a_to_b = b->pbase + (__u64)b->pg_off - a->pbase - (__u64)a->pg_off;

	/* modulo 2^64, one of the two distances is short if they overlap */
	return a_to_b < a->len || -a_to_b < b->len;
}

/*
 * Whether two regions that overlap cannot both stay as they are. Free memory
 * shares a page with nobody; others can, if it is not the same bytes that they
 * hold (a RAM disk's end, and the loader's tables right behind it).
 */
static bool conflict(const struct ukplat_memregion_desc *a, const struct ukplat_memregion_desc *b)
{
	return a->type == UKPLAT_MEMRT_FREE || b->type == UKPLAT_MEMRT_FREE || share_bytes(a, b);
}

/*
 * Whether a takes from b the pages that both claim: reserved over resources over
 * free. What is neither free nor reserved is somebody's, also if its type is one
 * that nobody knows.
 */
static bool wins(const struct ukplat_memregion_desc *a, const struct ukplat_memregion_desc *b)
{
	return a->type != b->type &&
	       (a->type == UKPLAT_MEMRT_RESERVED || b->type == UKPLAT_MEMRT_FREE);
}

/*
 * Whether one record can stand for both, of which a is the lower one: never for a
 * resource, which would lose its bounds, nor for all 2^52 pages.
 */
static bool same_kind(const struct ukplat_memregion_desc *a, const struct ukplat_memregion_desc *b)
{
	return a->type == b->type && a->flags == b->flags &&
	       (a->type == UKPLAT_MEMRT_FREE || a->type == UKPLAT_MEMRT_RESERVED) &&
	       PAGE_ALIGNED((__u64)a->pg_off | a->len | (__u64)b->pg_off | b->len) &&
	       mrd_end_pn(b) - mrd_pn(a) < PN_TOP;
}

/* The bytes from region a up to region b of the same array */
static size_t span(const struct ukplat_memregion_desc *a, const struct ukplat_memregion_desc *b)
{
	return (size_t)((const char *)b - (const char *)a);
}

static void erase(struct ukplat_memregion_list *list, struct ukplat_memregion_desc *m)
{
	memmove(m, m + 1, span(m + 1, &list->mrds[list->count]));
	list->count--;
}

/*
 * Moves region m behind all that start below it, in a list that is sorted behind m, and before
 * those that start with it.
 */
static void sink(struct ukplat_memregion_desc *m, const struct ukplat_memregion_desc *stop)
{
	const struct ukplat_memregion_desc mrd = *m;
	struct ukplat_memregion_desc *k = m + 1;

	while (k < stop && k->pbase < mrd.pbase)
		k++;
	memmove(m, m + 1, span(m + 1, k));
	k[-1] = mrd;
}

/*
 * Region l gives way to region w, which wins over it: what of it lies behind all
 * winners goes back into the list. If there is no room, of free memory the smaller
 * part is lost, and a resource's tail becomes reserved.
 */
static int give_way(struct ukplat_memregion_list *list, struct ukplat_memregion_desc *l,
		    struct ukplat_memregion_desc *w)
{
	const struct ukplat_memregion_desc *const stop = &list->mrds[list->count];
	const __u64 start = mrd_pn(w), l_end = mrd_end_pn(l);
	bool has_head = mrd_pn(l) < start, has_tail;
	struct ukplat_memregion_desc *k;
	__u64 end = mrd_end_pn(w);
	int rc = 0;

	for (k = w + 1; k < stop && mrd_pn(k) <= end; k++) {
		if (wins(k, l) && conflict(k, l))
			end = MAX(end, mrd_end_pn(k));
	}
	has_tail = end < l_end;
	if (has_head && has_tail && list->count < list->capacity) {
		mrd_list_put(list, k, l);
		mrd_start_at(k, end);
	} else if (has_head && has_tail) {
		rc = -ENOMEM;
		if (l->type != UKPLAT_MEMRT_FREE)
			mrd_end_at(w, l_end);
		else
			has_head = start - mrd_pn(l) >= l_end - end;
	}

	if (has_head) {
		mrd_end_at(l, start);
	} else if (has_tail) {
		mrd_start_at(l, end);
		sink(l, stop);
	} else {
		erase(list, l);
	}
	return rc;
}

/*
 * Region r, or the last behind it that gives way to region l as well, begins behind l. Who is
 * last goes first, so that they keep their order, before those that have always begun there.
 */
static void trim_last(const struct ukplat_memregion_desc *l, struct ukplat_memregion_desc *r,
		      const struct ukplat_memregion_desc *stop)
{
	const __u64 end = mrd_end_pn(l);
	struct ukplat_memregion_desc *last = r;

	while (++r < stop && mrd_pn(r) < end)
		if (mrd_end_pn(r) > end && conflict(l, r) && !wins(r, l))
			last = r;
	mrd_start_at(last, end);
	sink(last, stop);
}

int ukplat_memregion_list_coalesce_checked(struct ukplat_memregion_list *list)
{
	struct ukplat_memregion_desc *l, *r, *stop = &list->mrds[list->count];
	int rc = 0;

	for (l = stop; l > list->mrds + 1; l--) {
		if (l[-2].pbase > l[-1].pbase)
			sink(l - 2, stop);
	}
	for (l = list->mrds; l < stop; l++) {
		__u64 end = mrd_end_pn(l);

		for (r = l + 1; r < stop && mrd_pn(r) <= end; r++) {
			if (same_kind(l, r)) {
				if (mrd_end_pn(r) > end)
					mrd_end_at(l, mrd_end_pn(r));
				erase(list, r);
			} else if (mrd_pn(r) == end || !conflict(l, r)) {
				continue;
			} else if (wins(r, l)) {
				rc |= give_way(list, l, r);
			} else if (mrd_end_pn(r) <= end) {
				erase(list, r);
			} else {
				trim_last(l, r, stop);
			}
			/* Once more from the first: of another l, or of one that has grown */
			stop = &list->mrds[list->count];
			end = mrd_end_pn(l);
			r = l;
		}
	}
	return rc;
}
