/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Random operations on a list of memory regions, each checked against the model
 * of memregion_model.h: model_begin(), model_step() as often as one likes,
 * model_end().
 */
#ifndef TESTS_MEMREGION_STEPS_H
#define TESTS_MEMREGION_STEPS_H

#include "memregion_check_coalesce.h"
#include "memregion_model.h"

static void step_insert(struct model *t)
{
	const mrd_t m = random_mrd(t);
	int at_idx = model_pick(4) == 0;
	__u32 idx = at_idx ? model_pick(t->old_count + 2) : 0;
	int rc = at_idx ? ukplat_memregion_list_insert_at_idx(t->list, &m, idx)
			: ukplat_memregion_list_insert(t->list, &m);

	if (!model_sound(&m) || (at_idx && idx > t->old_count)) {
		CHECK(rc == -EINVAL && unchanged(t));
	} else if (t->old_count == t->list->capacity) {
		CHECK(rc == -ENOMEM && unchanged(t));
	} else {
		CHECK(rc >= 0 && (__u32)rc <= t->old_count && (!at_idx || (__u32)rc == idx));
		CHECK(t->list->count == t->old_count + 1 && same(&t->list->mrds[rc], &m));
		CHECK(at_idx || !is_sorted(t->old, t->old_count) ||
		      is_sorted(t->list->mrds, t->list->count));
		ukplat_memregion_list_delete(t->list, (__u32)rc);
		CHECK(unchanged(t));
		CHECK(ukplat_memregion_list_insert_at_idx(t->list, &m, (__u32)rc) == rc);
	}
}

static void step_delete(struct model *t)
{
	__u32 idx;

	if (t->old_count == 0)
		return;
	idx = model_pick(t->old_count);
	ukplat_memregion_list_delete(t->list, idx);
	CHECK(t->list->count == t->old_count - 1);
	CHECK(memcmp(t->list->mrds, t->old, idx * sizeof(mrd_t)) == 0);
	CHECK(memcmp(&t->list->mrds[idx], &t->old[idx + 1],
		     (t->list->count - idx) * sizeof(mrd_t)) == 0);
}

/* The resource's bytes of m that lie in pages [a, b) of the window */
static __sz bytes_within(const struct model *t, const mrd_t *m, __u64 a, __u64 b)
{
	__sz n = 0, q;
	__u64 start = model_page(t, m) * 4096 + (__u64)m->pg_off;

	for (q = 0; q < m->len; q += 1024)
		n += start + q >= a * 4096 && start + q < b * 4096 ? 1024 : 0;
	return n;
}

static void step_split(struct model *t)
{
	const mrd_t m = random_mrd(t);
	const __sz min_size = model_pick(2) ? model_pick(4) * 2048UL : 0;
	struct claims want, have;
	__u64 p, run = 0, end;
	unsigned parts = 0, k;
	int rc;

	if (!is_sorted(t->old, t->old_count))
		return;
	rc = ukplat_memregion_list_insert_split_phys(t->list, &m, min_size);
	if (!model_sound(&m)) {
		CHECK(rc == -EINVAL && unchanged(t));
		return;
	}
	claim_all(t, &want, t->old, t->old_count);
	have = want;
	end = model_page(t, &m) + m.pg_count;
	for (p = model_page(t, &m); p <= end; p++) {
		int taken = p == end;

		for (k = 0; k < MODEL_KINDS && p < end; k++)
			taken |= model_kinds[k].type != 0 && have.n[p][k] != 0;
		if (!taken) {
			run++;
		} else if (run != 0) {
			if (bytes_within(t, &m, p - run, p) >= min_size) {
				parts++;
				for (; run > 0; run--)
					want.n[p - run][kind_of(&m)]++;
			}
			run = 0;
		}
	}
	if (parts > t->list->capacity - t->old_count) {
		CHECK(rc == -ENOMEM && unchanged(t));
		return;
	}
	CHECK(rc == 0 && t->list->count == t->old_count + parts);
	claim_all(t, &have, t->list->mrds, t->list->count);
	CHECK(memcmp(&have, &want, sizeof(have)) == 0);
	CHECK(is_sorted(t->list->mrds, t->list->count));
	for (k = 0; k < t->list->count; k++)
		CHECK(model_sound(&t->list->mrds[k]));
}

/* Every place that there is, page by page */
static __u64 model_slots(const struct model *t, __u64 pages, __u64 limit, __u64 want, __u64 *pn,
			 __u32 *region)
{
	__u64 n = 0, p;
	__u32 i;

	for (i = 0; i < t->list->count; i++) {
		const mrd_t *m = &t->list->mrds[i];

		for (p = m->pbase / 4096; p < m->pbase / 4096 + m->pg_count; p++) {
			if (m->type != UKPLAT_MEMRT_FREE ||
			    p + pages > m->pbase / 4096 + m->pg_count || p + pages > limit)
				continue;
			if (n == want) {
				*pn = p;
				*region = i;
			}
			n++;
		}
	}
	return n;
}

static void step_scan(struct model *t)
{
	const __u64 pages = 1 + model_pick(8);
	const __sz len = pages * 4096 - model_pick(4096);
	__u64 slots, limit_pn = MODEL_TOP_PN, slot, pn = 0;
	__paddr_t limit = __PADDR_MAX, pbase = 1;
	__u32 region = 0;
	int rc;

	if (model_pick(2)) {
		limit_pn = t->first + model_pick(MODEL_PAGES);
		limit = limit_pn * 4096 + model_pick(4096);
		if (limit == __PADDR_MAX) /* which stands for none */
			limit_pn = MODEL_TOP_PN;
	}
	slots = ukplat_memregion_list_count_slots(t->list, len, limit);
	slot = model_pick((unsigned)slots + 1);
	CHECK(slots == model_slots(t, pages, limit_pn, slot, &pn, &region));
	rc = ukplat_memregion_list_scan(t->list, len, limit, slot, &pbase);
	if (slot == slots)
		CHECK(rc == -ENOMEM);
	else
		CHECK(rc == (int)region && pbase == pn * 4096);
	CHECK(unchanged(t));
}

static void check_cut(struct model *t, const mrd_t *m, int rc)
{
	struct claims want, have;
	const mrd_t *h = NULL;
	__u32 i, more;

	for (i = t->old_count; i-- > 0;) {
		if (t->old[i].type == UKPLAT_MEMRT_FREE && m->pbase >= t->old[i].pbase &&
		    m->pbase / 4096 + m->pg_count <= t->old[i].pbase / 4096 + t->old[i].pg_count)
			h = &t->old[i];
	}
	if (!model_sound(m) || h == NULL) {
		CHECK(rc == -EINVAL && unchanged(t));
		return;
	}
	more = (h->pbase != m->pbase) +
	       (h->pbase / 4096 + h->pg_count != m->pbase / 4096 + m->pg_count);
	if (t->old_count + more > t->list->capacity) {
		CHECK(rc == -ENOMEM && unchanged(t));
		return;
	}
	CHECK(rc >= 0 && t->list->count == t->old_count + more);
	CHECK(same(&t->list->mrds[rc], m));
	claim_all(t, &want, t->old, t->old_count);
	for (i = 0; i < m->pg_count; i++)
		want.n[model_page(t, m) + i][kind_of(h)]--;
	claim(t, &want, m, 1);
	claim_all(t, &have, t->list->mrds, t->list->count);
	CHECK(memcmp(&have, &want, sizeof(have)) == 0);
	for (i = 0; i < t->list->count; i++)
		CHECK(model_sound(&t->list->mrds[i]));
}

static void step_cut(struct model *t)
{
	const mrd_t m = random_mrd(t);

	check_cut(t, &m, ukplat_memregion_list_cut(t->list, &m));
}

static void step_alloc(struct model *t)
{
	const __sz size = model_pick(6 * 4096);
	const unsigned kind = 2 + model_pick(MODEL_KINDS - 2);
	mrd_t m = {.len = size, .pg_count = (size + 4095) / 4096};
	__u64 pn = 0, slot = 0, slots;
	__u32 region = 0;
	void *p;

	m.type = model_kinds[kind].type;
	m.flags = model_kinds[kind].flags;
	/* the first place but address 0; nothing fits, or it is this one */
	do
		slots = model_slots(t, m.pg_count, MODEL_TOP_PN, slot++, &pn, &region);
	while (size != 0 && slot <= slots && pn == 0);
	p = ukplat_memregion_alloc(size, m.type, m.flags);
	if (size == 0 || slot > slots) {
		CHECK(p == NULL && unchanged(t));
		return;
	}
	m.pbase = m.vbase = pn * 4096; /* free regions of the model are mapped one to one */
	if (p == NULL) {
		check_cut(t, &m, -ENOMEM);
		return;
	}
	CHECK((__vaddr_t)p == m.vbase);
	for (region = 0; region < t->list->count; region++) {
		if (same(&t->list->mrds[region], &m))
			break;
	}
	check_cut(t, &m, (int)region);
}

/* A list of its own, so that the sanitizer sees a write behind its end */
static struct ukplat_memregion_list *model_list;

struct ukplat_memregion_list *ukplat_memregion_list_get(void)
{
	return model_list;
}

static void model_begin(struct model *t)
{
	__u32 capacity = 1 + model_pick(MODEL_CAPACITY);

	t->first = model_pick(2) ? MODEL_TOP_PN - MODEL_PAGES : 0;
	model_list = malloc(sizeof(*model_list) + capacity * sizeof(mrd_t));
	CHECK(model_list != NULL);
	ukplat_memregion_list_init(model_list, capacity);
	t->list = model_list;
}

static void model_end(struct model *t)
{
	free(t->list);
	model_list = NULL;
}

static void model_step(struct model *t)
{
	remember(t);
	switch (model_pick(16)) {
	case 0:
		step_delete(t);
		break;
	case 1:
		step_split(t);
		break;
	case 2:
	case 3:
		step_scan(t);
		break;
	case 4:
		step_cut(t);
		break;
	case 5:
		step_alloc(t);
		break;
	case 6:
	case 7:
		step_coalesce(t);
		break;
	default:
		step_insert(t);
		break;
	}
}

#endif /* TESTS_MEMREGION_STEPS_H */
