/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Coalescing a list of memory regions, in place
 *
 * The list is sorted by first page. Then region after region is settled, from
 * the lowest: its first page is its own, as all that starts below is settled
 * and all that starts there wins no more. It grows over regions of its kind that
 * touch it, and ends where a region starts that wins over it; what lies behind
 * the winner goes back into the list. The others that start inside it start
 * behind it instead, or are gone. That keeps the list sorted, so each region
 * costs one look at those that it touches: O(n) for a firmware's usual map,
 * O(n^2) at worst.
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
 * Whether two regions that touch cannot both stay as they are. Free memory
 * shares a page with nobody; others can, if it is not the same bytes that they
 * hold (a RAM disk's end, and the loader's tables right behind it).
 */
static bool conflict(const struct ukplat_memregion_desc *a, const struct ukplat_memregion_desc *b)
{
	return a->type == UKPLAT_MEMRT_FREE || b->type == UKPLAT_MEMRT_FREE || share_bytes(a, b);
}

/*
 * Whether a, which touches b and is of another type, takes from b the pages that
 * both claim: reserved over resources over free. What is neither free nor reserved is somebody's,
 * also if its type is one that nobody knows.
 */
static bool wins(const struct ukplat_memregion_desc *a, const struct ukplat_memregion_desc *b)
{
	if (b->type == UKPLAT_MEMRT_FREE)
		return a->type != UKPLAT_MEMRT_FREE;
	return a->type == UKPLAT_MEMRT_RESERVED && share_bytes(a, b);
}

/* Whether one record can stand for both: never for a resource, which would lose its bounds. */
static bool same_kind(const struct ukplat_memregion_desc *a, const struct ukplat_memregion_desc *b)
{
	return a->type == b->type && a->flags == b->flags &&
	       (a->type == UKPLAT_MEMRT_FREE || a->type == UKPLAT_MEMRT_RESERVED) &&
	       PAGE_ALIGNED((__u64)a->pg_off | a->len | (__u64)b->pg_off | b->len);
}

/* The bytes from region a up to region b of the same array */
static size_t span(const struct ukplat_memregion_desc *a, const struct ukplat_memregion_desc *b)
{
	return (size_t)((const char *)b - (const char *)a);
}

static void swap(struct ukplat_memregion_desc *a, struct ukplat_memregion_desc *b)
{
	const struct ukplat_memregion_desc tmp = *a;

	*a = *b;
	*b = tmp;
}

/* Stable; one comparison a region if the list is sorted already. */
static void sort(struct ukplat_memregion_desc *first, const struct ukplat_memregion_desc *stop)
{
	struct ukplat_memregion_desc *m, *to;

	for (m = first + 1; m < stop; m++) {
		struct ukplat_memregion_desc mrd;

		if (m[-1].pbase <= m->pbase)
			continue;
		mrd = *m;
		for (to = m - 1; to > first && to[-1].pbase > mrd.pbase; to--)
			;
		memmove(to + 1, to, span(to, m));
		*to = mrd;
	}
}

/*
 * How far region l reaches with those of its kind, in *end, and the first region
 * that wins over it on that way, or else the first that it does not touch.
 */
static struct ukplat_memregion_desc *
find_winner(struct ukplat_memregion_desc *l, const struct ukplat_memregion_desc *stop, __u64 *end)
{
	struct ukplat_memregion_desc *r;
	__u64 reach = mrd_end_pn(l);

	for (r = l + 1; r < stop && mrd_pn(r) <= reach; r++) {
		if (r->type != l->type) {
			if (wins(r, l))
				break;
		} else if (mrd_end_pn(r) > reach && same_kind(l, r)) {
			/* All 2^52 pages do not fit into one record. */
			if (mrd_end_pn(r) - mrd_pn(l) < PN_TOP)
				reach = mrd_end_pn(r);
		}
	}
	*end = reach;
	return r;
}

/*
 * Region l is settled. Those behind it, up to w, that conflict with it lose the
 * pages that are its own; those of its kind that end at or below end are part of
 * it. Returns the new place of w.
 */
static struct ukplat_memregion_desc *trim_followers(struct ukplat_memregion_list *list,
						    struct ukplat_memregion_desc *l,
						    struct ukplat_memregion_desc *w, __u64 end)
{
	const __u64 own_end = mrd_end_pn(l);
	struct ukplat_memregion_desc *r, *dst = l + 1, *shared = l + 1;

	for (r = l + 1; r < w; r++) {
		const bool overlap = mrd_pn(r) < own_end;
		const bool share = overlap && !conflict(l, r);

		if (mrd_end_pn(r) <= end && same_kind(l, r))
			continue;
		if (overlap && !share) {
			if (mrd_end_pn(r) <= own_end)
				continue;
			mrd_start_at(r, own_end);
		}
		if (dst != r)
			*dst = *r;
		/* It keeps its place before those that start at own_end now. */
		if (share)
			swap(shared++, dst);
		dst++;
	}
	if (dst != w) {
		memmove(dst, w, span(w, &list->mrds[list->count]));
		list->count -= (__u32)(w - dst);
	}
	return dst;
}

/*
 * The tail of region *next, which starts where region w wins over it: what of it
 * lies behind all winners goes back into the list. Then steps on to the region to
 * settle next. If there is no room, of free memory the smaller part is lost, and
 * a resource's tail becomes reserved.
 */
static int put_tail(struct ukplat_memregion_list *list, struct ukplat_memregion_desc **next,
		    struct ukplat_memregion_desc *w, struct ukplat_memregion_desc *tail)
{
	const struct ukplat_memregion_desc *stop = &list->mrds[list->count];
	struct ukplat_memregion_desc *k, *l = (*next)++;
	__u64 end = mrd_end_pn(w);

	for (k = w + 1; k < stop && mrd_pn(k) <= end; k++) {
		if (wins(k, tail))
			end = MAX(end, mrd_end_pn(k));
	}
	if (end >= mrd_end_pn(tail))
		return 0;

	if (tail->type != UKPLAT_MEMRT_FREE && list->count == list->capacity) {
		mrd_end_at(w, mrd_end_pn(tail));
		return -ENOMEM;
	}
	mrd_start_at(tail, end);
	if (list->count < list->capacity) {
		mrd_list_put(list, k, tail);
		return 0;
	}
	if (tail->pg_count > l->pg_count) {
		*next = l;
		memmove(l, l + 1, span(l + 1, k));
		k[-1] = *tail;
	}
	return -ENOMEM;
}

/* Settles region *next and steps on, or brings a region there that wins over it. */
static int settle(struct ukplat_memregion_list *list, struct ukplat_memregion_desc **next)
{
	const struct ukplat_memregion_desc *stop = &list->mrds[list->count];
	struct ukplat_memregion_desc *const l = *next, *w, tail;
	__u64 end, own_end;

	w = find_winner(l, stop, &end);
	own_end = w < stop ? MIN(end, mrd_pn(w)) : end;
	if (own_end == mrd_pn(l)) {
		swap(l, w);
		return 0;
	}
	mrd_end_at(l, end);
	if (own_end < end) {
		tail = *l;
		mrd_end_at(l, own_end);
	}
	w = trim_followers(list, l, w, end);
	if (own_end < end)
		return put_tail(list, next, w, &tail);
	*next = l + 1;
	return 0;
}

/* The usual case: nothing behind region l overlaps it or may be part of it. */
static bool is_alone(const struct ukplat_memregion_desc *l,
		     const struct ukplat_memregion_desc *stop)
{
	const struct ukplat_memregion_desc *r = l + 1;
	const __u64 end = mrd_end_pn(l);

	while (r < stop && mrd_pn(r) == end && r->type != l->type)
		r++;
	return r >= stop || mrd_pn(r) > end;
}

int ukplat_memregion_list_coalesce_checked(struct ukplat_memregion_list *list)
{
	struct ukplat_memregion_desc *next = list->mrds;
	const struct ukplat_memregion_desc *stop = &next[list->count];
	int rc = 0;

	sort(next, stop);
	while (next < stop) {
		if (is_alone(next, stop)) {
			next++;
			continue;
		}
		rc |= settle(list, &next);
		stop = &list->mrds[list->count];
	}
	return rc;
}
