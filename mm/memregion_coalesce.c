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

enum priority { PRIORITY_FREE, PRIORITY_RESOURCE, PRIORITY_RESERVED };

/* What is neither free nor reserved is somebody's, also types that nobody knows. */
static enum priority priority(const struct ukplat_memregion_desc *mrd)
{
	if (mrd->type == UKPLAT_MEMRT_FREE)
		return PRIORITY_FREE;
	return mrd->type == UKPLAT_MEMRT_RESERVED ? PRIORITY_RESERVED : PRIORITY_RESOURCE;
}

/*
 * Whether two regions that touch cannot both stay as they are. Free memory
 * shares a page with nobody; others can, if it is not the same bytes that they
 * hold (a RAM disk's end, and the loader's tables right behind it).
 */
static bool conflict(const struct ukplat_memregion_desc *a, const struct ukplat_memregion_desc *b)
{
	const __u64 a_to_b = b->pbase + (__u64)b->pg_off - a->pbase - (__u64)a->pg_off;

	if (a->type == UKPLAT_MEMRT_FREE || b->type == UKPLAT_MEMRT_FREE)
		return true;
	/* modulo 2^64, one of the distances is short if they overlap */
	return a_to_b < a->len || -a_to_b < b->len;
}

static bool wins(const struct ukplat_memregion_desc *a, const struct ukplat_memregion_desc *b)
{
	return priority(a) > priority(b) && conflict(a, b);
}

/* Whether one record can stand for both: never for a resource, which would lose its bounds. */
static bool same_kind(const struct ukplat_memregion_desc *a, const struct ukplat_memregion_desc *b)
{
	return a->type == b->type && a->flags == b->flags && priority(a) != PRIORITY_RESOURCE &&
	       PAGE_ALIGNED((__u64)a->pg_off | a->len | (__u64)b->pg_off | b->len);
}

/* Stable; one comparison a region if the list is sorted already. */
static void sort(struct ukplat_memregion_list *list)
{
	struct ukplat_memregion_desc *const m = list->mrds;
	__u32 i, k;

	for (i = 1; i < list->count; i++) {
		const __paddr_t pbase = m[i].pbase;
		struct ukplat_memregion_desc mrd;

		for (k = i; k > 0 && m[k - 1].pbase > pbase; k--)
			;
		if (k == i)
			continue;
		mrd = m[i];
		memmove(&m[k + 1], &m[k], sizeof(mrd) * (i - k));
		m[k] = mrd;
	}
}

/*
 * How far region i reaches with those of its kind, in *end, and the first region
 * that wins over it on that way, or else the first that it does not touch.
 */
static __u32 find_winner(const struct ukplat_memregion_list *list, __u32 i, __u64 *end)
{
	const struct ukplat_memregion_desc *l = &list->mrds[i], *r;
	__u64 reach = mrd_end_pn(l);

	while (++i < list->count) {
		r = &list->mrds[i];
		if (mrd_pn(r) > reach || wins(r, l))
			break;
		/* All 2^52 pages do not fit into one record. */
		if (same_kind(l, r) && mrd_end_pn(r) > reach && mrd_end_pn(r) - mrd_pn(l) < PN_TOP)
			reach = mrd_end_pn(r);
	}
	*end = reach;
	return i;
}

/*
 * Region i is settled. Those behind it, up to j, that conflict with it lose
 * the pages that are its own; those of its kind that end at or below end are part
 * of it. Returns the new index of what was j.
 */
static __u32 trim_followers(struct ukplat_memregion_list *list, __u32 i, __u32 j, __u64 end)
{
	struct ukplat_memregion_desc *const m = list->mrds;
	const __u64 own_end = mrd_end_pn(&m[i]);
	__u32 k, dst = i + 1, shared = i + 1;

	for (k = i + 1; k < j; k++) {
		struct ukplat_memregion_desc r = m[k];

		if (same_kind(&m[i], &r) && mrd_end_pn(&r) <= end)
			continue;
		if (conflict(&m[i], &r)) {
			if (mrd_end_pn(&r) <= own_end)
				continue;
			if (mrd_pn(&r) < own_end)
				mrd_start_at(&r, own_end);
			m[dst++] = r;
		} else {
			/* It keeps its place before those that start at own_end now. */
			m[dst++] = m[shared];
			m[shared++] = r;
		}
	}
	if (dst != j) {
		memmove(&m[dst], &m[j], sizeof(*m) * (list->count - j));
		list->count -= j - dst;
	}
	return dst;
}

/*
 * The tail of region i, which starts where region w wins over it: what of it
 * ends up behind all winners goes back into the list. If there is no room, of
 * free memory the smaller part is lost; the tail of a resource is reserved.
 */
static int put_tail(struct ukplat_memregion_list *list, __u32 *i, __u32 w,
		    struct ukplat_memregion_desc *tail)
{
	struct ukplat_memregion_desc *const m = list->mrds;
	__u64 end = mrd_end_pn(&m[w]);
	__u32 k;

	for (k = w + 1; k < list->count && mrd_pn(&m[k]) <= end; k++) {
		if (wins(&m[k], tail))
			end = MAX(end, mrd_end_pn(&m[k]));
	}
	if (end >= mrd_end_pn(tail))
		return 0;

	if (list->count < list->capacity) {
		mrd_start_at(tail, end);
		mrd_list_put(list, k, tail);
		return 0;
	}
	if (tail->type != UKPLAT_MEMRT_FREE) {
		mrd_end_at(&m[w], mrd_end_pn(tail));
		return -ENOMEM;
	}
	mrd_start_at(tail, end);
	if (tail->pg_count > m[*i].pg_count) {
		list->count--;
		memmove(&m[*i], &m[*i + 1], sizeof(*m) * (list->count - *i));
		mrd_list_put(list, k - 1, tail);
		--*i;
	}
	return -ENOMEM;
}

/* Settles region *i and steps on, or brings a region there that wins over it. */
static int settle(struct ukplat_memregion_list *list, __u32 *i)
{
	struct ukplat_memregion_desc *const l = &list->mrds[*i];
	struct ukplat_memregion_desc tail;
	__u64 end, own_end;
	__u32 j;
	int rc = 0;

	j = find_winner(list, *i, &end);
	own_end = j < list->count ? MIN(end, mrd_pn(&list->mrds[j])) : end;
	if (own_end == mrd_pn(l)) {
		tail = *l;
		*l = list->mrds[j];
		list->mrds[j] = tail;
		return 0;
	}

	mrd_end_at(l, end);
	tail = *l;
	mrd_end_at(l, own_end);
	j = trim_followers(list, *i, j, end);
	if (own_end < end)
		rc = put_tail(list, i, j, &tail);
	++*i;
	return rc;
}

int ukplat_memregion_list_coalesce_checked(struct ukplat_memregion_list *list)
{
	__u32 i = 0;
	int rc = 0;

	sort(list);
	while (i < list->count) {
		if (settle(list, &i) < 0)
			rc = -ENOMEM;
	}
	return rc;
}
