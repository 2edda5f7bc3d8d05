/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the model (memregion_model.h) says of a coalesced list
 */
#ifndef TESTS_MEMREGION_CHECK_COALESCE_H
#define TESTS_MEMREGION_CHECK_COALESCE_H

#include "memregion_model.h"

/* What holds for each page after coalescing. full: the list ran out of room. */
static void check_page(const unsigned char before[MODEL_KINDS],
		       const unsigned char after[MODEL_KINDS], int full)
{
	unsigned k, best = 0, claimed = 0, free_now = 0, others_now = 0, best_now = 0;

	for (k = 0; k < MODEL_KINDS; k++)
		claimed += before[k];
	for (k = 0; k < MODEL_KINDS; k++) {
		if (before[k] != 0 && kind_priority(k) > best)
			best = kind_priority(k);
		if (kind_priority(k) == 0)
			free_now += after[k];
		else
			others_now += after[k];
		/* only a full list may call something reserved that was not */
		CHECK(after[k] == 0 || before[k] != 0 ||
		      (full && kind_priority(k) == 2 && claimed != 0));
	}
	for (k = 0; k < MODEL_KINDS; k++) {
		if (after[k] != 0 && kind_priority(k) >= best)
			best_now = 1;
	}
	if (claimed == 0)
		CHECK(free_now + others_now == 0);
	else if (best > 0)
		CHECK(free_now == 0 && others_now > 0 && best_now);
	else
		CHECK(others_now == 0 && (free_now == 1 || (full && free_now == 0)));
}

static int conflicts_with_none(const struct model *t, __u32 i)
{
	__u32 k;

	for (k = 0; k < t->old_count; k++) {
		if (k != i && t->old[k].type != UKPLAT_MEMRT_FREE &&
		    share_bytes(&t->old[i], &t->old[k]))
			return 0;
	}
	return 1;
}

/* A region whose bytes nobody else claimed is there in full, a resource to the byte. */
static void check_kept(const struct model *t, const struct claims *now, __u32 i)
{
	const mrd_t *m = &t->old[i];
	__u64 p;
	__u32 k;

	if (m->type == UKPLAT_MEMRT_FREE || !conflicts_with_none(t, i))
		return;
	for (p = 0; p < m->pg_count; p++)
		CHECK(now->n[model_page(t, m) + p][kind_of(m)] != 0);
	if (kind_priority(kind_of(m)) == 2)
		return;
	for (k = 0; k < t->list->count; k++) {
		if (same(&t->list->mrds[k], m))
			return;
	}
	CHECK(!"a resource that was in nobody's way is gone or changed");
}

static int is_whole(const mrd_t *m)
{
	return m->pg_off == 0 && m->len == m->pg_count * 4096;
}

/* Two neighbours that one record could stand for */
static int can_merge(const mrd_t *a, const mrd_t *b)
{
	return kind_of(a) == kind_of(b) && kind_priority(kind_of(a)) != 1 && is_whole(a) &&
	       is_whole(b) && a->pbase + a->len == b->pbase;
}

/* What is cut off a region with a page offset may be whole: only then is more to merge. */
static int all_whole(const struct model *t)
{
	__u32 i;

	for (i = 0; i < t->old_count; i++) {
		if (kind_priority(kind_of(&t->old[i])) != 1 && !is_whole(&t->old[i]))
			return 0;
	}
	return 1;
}

static void check_neighbours(const struct model *t)
{
	const mrd_t *m = t->list->mrds;
	const int merged = all_whole(t);
	__u32 i, k;

	for (i = 0; i < t->list->count; i++) {
		CHECK(model_sound(&m[i]));
		for (k = i + 1; k < t->list->count; k++) {
			if (m[i].type == UKPLAT_MEMRT_FREE || m[k].type == UKPLAT_MEMRT_FREE)
				CHECK(!share_pages(&m[i], &m[k]));
			CHECK(!share_bytes(&m[i], &m[k]));
			CHECK(!merged || !can_merge(&m[i], &m[k]));
		}
	}
}

static void step_coalesce(struct model *t)
{
	struct claims before, after;
	__u32 i;
	int rc = ukplat_memregion_list_coalesce_checked(t->list);

	CHECK(rc == 0 || rc == -ENOMEM);
	/* n regions have 2n ends, so never more than 2n - 1 pieces */
	CHECK(rc == 0 || t->list->capacity < 2 * t->old_count - 1);
	CHECK(t->list->count <= t->list->capacity && is_sorted(t->list->mrds, t->list->count));
	claim_all(t, &before, t->old, t->old_count);
	claim_all(t, &after, t->list->mrds, t->list->count);
	for (i = 0; i < MODEL_PAGES; i++)
		check_page(before.n[i], after.n[i], rc != 0);
	check_neighbours(t);
	if (rc != 0)
		return;
	for (i = 0; i < t->old_count; i++)
		check_kept(t, &after, i);
	if (!all_whole(t))
		return;
	remember(t);
	CHECK(ukplat_memregion_list_coalesce_checked(t->list) == 0 && unchanged(t));
}

#endif /* TESTS_MEMREGION_CHECK_COALESCE_H */
