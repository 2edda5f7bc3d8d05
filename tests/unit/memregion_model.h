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

#endif /* TESTS_MEMREGION_MODEL_H */
