/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A slow, obviously right model of lists of memory regions
 *
 * The list under test lives in a window of MODEL_PAGES pages, at the bottom or
 * at the very top of the address space. The model knows no intervals: it counts,
 * for every page of the window, how many regions of each kind (type and flags)
 * claim it, and says after each operation what that count must be now. Each
 * step does one random operation and checks it; a broken rule aborts.
 *
 * The includer defines model_pick(n), a number in [0, n) from its source of
 * chance: a generator in the unit test, the fuzzer's bytes in the fuzz target.
 */
#ifndef TESTS_MEMREGION_MODEL_H
#define TESTS_MEMREGION_MODEL_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <ukaslr/memregion.h>

#define MODEL_PAGES    48
#define MODEL_CAPACITY 24
#define MODEL_TOP_PN   (1UL << 52)

static unsigned model_pick(unsigned n);

#define CHECK(cond)                                                                        \
	do {                                                                               \
		if (!(cond)) {                                                             \
			fprintf(stderr, "%s:%d: broken: %s\n", __FILE__, __LINE__, #cond); \
			abort();                                                           \
		}                                                                          \
	} while (0)

typedef struct ukplat_memregion_desc mrd_t;

struct model {
	__u64 first; /* the window's first page */
	struct ukplat_memregion_list *list;
	mrd_t old[MODEL_CAPACITY]; /* the list before the operation */
	__u32 old_count;
};

static const struct {
	__u16 type, flags;
} model_kinds[] = {
	{UKPLAT_MEMRT_FREE, 3},	      {UKPLAT_MEMRT_FREE, 1},	{UKPLAT_MEMRT_RESERVED, 1},
	{UKPLAT_MEMRT_RESERVED, 3},   {UKPLAT_MEMRT_KERNEL, 5}, {UKPLAT_MEMRT_INITRD, 1},
	{UKPLAT_MEMRT_DEVICETREE, 1}, {UKPLAT_MEMRT_STACK, 3},	{0, 3},
};
#define MODEL_KINDS 9

/* How many regions of each kind claim each page */
struct claims {
	unsigned char n[MODEL_PAGES][MODEL_KINDS];
};

static unsigned kind_of(const mrd_t *m)
{
	unsigned k;

	for (k = 0; k < MODEL_KINDS; k++) {
		if (m->type == model_kinds[k].type && m->flags == model_kinds[k].flags)
			return k;
	}
	CHECK(!"a kind that nobody inserted");
	return 0;
}

static unsigned kind_priority(unsigned kind)
{
	switch (model_kinds[kind].type) {
	case UKPLAT_MEMRT_FREE:
		return 0;
	case UKPLAT_MEMRT_RESERVED:
		return 2;
	default:
		return 1;
	}
}

/* The rules of insertion, in 128 bits, where nothing wraps */
static int model_sound(const mrd_t *m)
{
	unsigned __int128 end = (unsigned __int128)m->pg_off + m->len, pages = (end + 4095) / 4096;

	return m->len != 0 && m->pg_off >= 0 && m->pg_off < 4096 && m->pbase % 4096 == 0 &&
	       m->pg_count == pages && pages < MODEL_TOP_PN &&
	       m->pbase / 4096 + pages <= MODEL_TOP_PN &&
	       (m->type != UKPLAT_MEMRT_FREE || (m->pg_off == 0 && m->len % 4096 == 0));
}

static __u64 model_page(const struct model *t, const mrd_t *m)
{
	return m->pbase / 4096 - t->first;
}

static void claim(const struct model *t, struct claims *c, const mrd_t *m, int by)
{
	unsigned kind = kind_of(m);
	__u64 p = model_page(t, m), i;

	CHECK(p < MODEL_PAGES && m->pg_count <= MODEL_PAGES - p);
	for (i = p; i < p + m->pg_count; i++)
		c->n[i][kind] = (unsigned char)(c->n[i][kind] + by);
}

static void claim_all(const struct model *t, struct claims *c, const mrd_t *m, __u32 count)
{
	__u32 i;

	memset(c, 0, sizeof(*c));
	for (i = 0; i < count; i++)
		claim(t, c, &m[i], 1);
}

static int is_sorted(const mrd_t *m, __u32 count)
{
	__u32 i;

	for (i = 1; i < count; i++) {
		if (m[i - 1].pbase > m[i].pbase)
			return 0;
	}
	return 1;
}

static int same(const mrd_t *a, const mrd_t *b)
{
	return memcmp(a, b, offsetof(mrd_t, flags) + sizeof(a->flags)) == 0;
}

static int share_bytes(const mrd_t *a, const mrd_t *b)
{
	unsigned __int128 a0 = (unsigned __int128)a->pbase + a->pg_off;
	unsigned __int128 b0 = (unsigned __int128)b->pbase + b->pg_off;

	return a0 < b0 + b->len && b0 < a0 + a->len;
}

static int share_pages(const mrd_t *a, const mrd_t *b)
{
	__u64 a0 = a->pbase / 4096, b0 = b->pbase / 4096;

	return a0 < b0 + b->pg_count && b0 < a0 + a->pg_count;
}

static int unchanged(const struct model *t)
{
	return t->list->count == t->old_count &&
	       memcmp(t->list->mrds, t->old, t->old_count * sizeof(mrd_t)) == 0;
}

static void remember(struct model *t)
{
	t->old_count = t->list->count;
	memcpy(t->old, t->list->mrds, t->old_count * sizeof(mrd_t));
}

/* A random region in the window, nearly always a sound one */
static mrd_t random_mrd(const struct model *t)
{
	unsigned page = model_pick(MODEL_PAGES), kind = model_pick(MODEL_KINDS);
	unsigned pages = 1 + model_pick(model_pick(4) ? 6 : MODEL_PAGES);
	mrd_t m;

	if (pages > MODEL_PAGES - page)
		pages = MODEL_PAGES - page;
	memset(&m, 0, sizeof(m));
	m.pbase = (t->first + page) * 4096;
	m.type = model_kinds[kind].type;
	m.flags = model_kinds[kind].flags;
	m.len = pages * 4096UL;
	m.pg_count = pages;
	m.vbase = m.pbase;
	if (kind_priority(kind) != 0 && model_pick(2)) {
		/* in steps of a quarter page, so that page sharing is common */
		m.pg_off = model_pick(4) * 1024;
		m.len -= (__sz)m.pg_off + model_pick(pages == 1 ? 4 - m.pg_off / 1024 : 4) * 1024;
	}
	if (kind_priority(kind) == 1)
		m.vbase += model_pick(8) * 0x100000UL;
	if (model_pick(32) == 0) {
		switch (model_pick(6)) {
		case 0:
			m.len = 0;
			break;
		case 1:
			m.pbase += 1 + model_pick(4095);
			break;
		case 2:
			m.pg_off = model_pick(2) ? 4096 : -1;
			break;
		case 3:
			m.pg_count += model_pick(2) ? 1 : -1UL;
			break;
		case 4: /* beyond the top */
			m.pbase = -4096UL * (1 + model_pick(3));
			m.len = 4 * 4096UL;
			m.pg_count = 4;
			break;
		default:
			m.pbase = (t->first + 3) * 4096; /* too high for so many pages */
			m.len = -1UL - model_pick(8192);
			m.pg_count = (m.len - 1) / 4096 + 1;
			break;
		}
	}
	return m;
}

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
static __u64 model_slots(const struct model *t, __u64 pages, __u64 step, __u64 limit, __u64 want,
			 __u64 *pn, __u32 *region)
{
	__u64 n = 0, p;
	__u32 i;

	for (i = 0; i < t->list->count; i++) {
		const mrd_t *m = &t->list->mrds[i];

		for (p = m->pbase / 4096; p < m->pbase / 4096 + m->pg_count; p++) {
			if (m->type != UKPLAT_MEMRT_FREE || p % step != 0 ||
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
	const __u64 pages = 1 + model_pick(8), step = 1UL << model_pick(5);
	const __sz len = pages * 4096 - model_pick(4096);
	__u64 slots, limit_pn = MODEL_TOP_PN, slot, pn = 0;
	__paddr_t limit = __PADDR_MAX, pbase = 1;
	__u32 region = 0;
	int rc;

	if (model_pick(2)) {
		limit_pn = t->first + model_pick(MODEL_PAGES);
		limit = limit_pn * 4096 + model_pick(4096);
	}
	slots = ukplat_memregion_list_count_slots(t->list, len, step * 4096, limit);
	slot = model_pick((unsigned)slots + 1);
	CHECK(slots == model_slots(t, pages, step, limit_pn, slot, &pn, &region));
	rc = ukplat_memregion_list_scan(t->list, len, step * 4096, limit, slot, &pbase);
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
	__u64 pn = 0;
	__u32 region = 0;
	void *p;

	m.type = model_kinds[kind].type;
	m.flags = model_kinds[kind].flags;
	p = ukplat_memregion_alloc(size, m.type, m.flags);
	if (p == NULL && unchanged(t)) {
		/* nothing fits, or there is no room for the record */
		if (size == 0 || model_slots(t, m.pg_count, 1, MODEL_TOP_PN, 0, &pn, &region) == 0)
			return;
		m.pbase = m.vbase = pn * 4096;
		check_cut(t, &m, -ENOMEM);
		return;
	}
	m.vbase = (__vaddr_t)p;
	m.pbase = m.vbase; /* free regions of the model are mapped one to one */
	for (region = 0; region < t->list->count; region++) {
		if (same(&t->list->mrds[region], &m))
			break;
	}
	check_cut(t, &m, (int)region);
}

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

#endif /* TESTS_MEMREGION_MODEL_H */
