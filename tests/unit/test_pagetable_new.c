/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Page tables: with tables that are ready, and several mappings at once, the tree says
 * what it would have said without, mapped one by one
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "../lib/pt_fixture.h"
#include "../lib/random.h"

#define MAPPINGS 8u

static struct pool other_pool;
static struct pagetable other; /* without tables that are ready */
static struct pt_run run;

static int setup_ready(void **state)
{
	setup(state);
	pool_ready(&pt, &pool, &run, 16);
	pool_init(&other, &other_pool, 200);
	return 0;
}

/* Next to the last mapping, near it, in its place, or anywhere; seldom what is refused */
static struct pt_mapping random_mapping(const struct pt_mapping *last)
{
	static const pte_t attrs[] = {PT_READ, PT_WRITE, PT_EXEC, PT_DEVICE | PT_WRITE};
	const uint64_t where = rnd(12);
	struct pt_mapping m;

	if (where < 5)
		m.va = vaddr_add(last->va, last->len);
	else if (where < 7)
		m.va = vaddr_add(last->va, last->len + (rnd(1024) - 512) * PT_PAGE_SIZE);
	else if (where < 8)
		m.va = last->va;
	else
		m.va = VADDR(UPPER + (rnd(32) << 39) + rnd(1 << 27) * PT_PAGE_SIZE);
	m.len = (1 + rnd(rnd(8) ? 40 : 1500)) * PT_PAGE_SIZE;
	m.pa = PADDR(rnd(1 << 30) * PT_PAGE_SIZE);
	/* Where adding to an entry of arm64 carries */
	if (!rnd(8))
		m.pa = PADDR((1 + rnd(3)) * (1ull << 50) - rnd(40) * PT_PAGE_SIZE);
	/* The largest page that there is */
	if (!rnd(8)) {
		m.len = PT_LEVEL_SIZE(pt.max_leaf);
		m.va.va &= -m.len;
		m.pa.pa &= -m.len;
	}
	m.attr = rnd(40) ? attrs[rnd(4)] : PT_EXEC | PT_WRITE;
	if (!rnd(60))
		m.va.va += 8;
	if (!rnd(60))
		m.pa.pa += 8;
	return m;
}

struct leaves {
	unsigned nr;
	struct leaf {
		uint64_t va;
		pte_t pte;
		unsigned level;
	} leaf[MAPPINGS * 1600];
};

static int take_leaf(void *arg, vaddr_t va, pte_t pte, unsigned level)
{
	struct leaves *l = arg;

	l->leaf[l->nr++] = (struct leaf){va.va, pte, level};
	return 0;
}

static void check_same(void)
{
	static struct leaves a, b;

	a.nr = b.nr = 0;
	assert_int_equal(pt_walk(&pt, take_leaf, &a), 0);
	assert_int_equal(pt_walk(&other, take_leaf, &b), 0);
	assert_int_equal(a.nr, b.nr);
	for (unsigned i = 0; i < a.nr; i++) {
		assert_int_equal(a.leaf[i].va, b.leaf[i].va);
		assert_int_equal(a.leaf[i].pte, b.leaf[i].pte);
		assert_int_equal(a.leaf[i].level, b.leaf[i].level);
	}
}

static void ready_tables_make_no_difference(void **state)
{
	unsigned errors = 0, used = 0;

	for (unsigned n = 0; n < 3000; n++) {
		struct pt_mapping m[MAPPINGS], last = {.va = VADDR(UPPER)};
		int err = 0, expected = 0;

		rnd_state = n;
		setup_ready(state);
		run.ready = (uint32_t)rnd(17);
		pt.levels = other.levels = 4 + (unsigned)rnd(2);
		pt.max_leaf = other.max_leaf = (unsigned)rnd(3);
		for (unsigned i = 0; i < MAPPINGS; i++)
			last = m[i] = random_mapping(&last);
		/* In two or three calls */
		for (unsigned i = 0, nr; i < MAPPINGS && !err; i += nr) {
			nr = 1 + (unsigned)rnd(MAPPINGS - i);
			err = pt_map_all(&pt, m + i, nr);
		}
		for (unsigned i = 0; i < MAPPINGS && !expected; i++)
			expected = pt_map(&other, m[i].va, m[i].pa, m[i].len, m[i].attr);
		assert_int_equal(err, expected);
		check_same();
		assert_true(run.used <= run.ready);
		errors += err != 0;
		used += run.used;
	}
	/* Many tables of most trees were ready, and not everything went well, nor badly */
	assert_in_range(used, 3000 * 2, 3000 * 16);
	assert_in_range(errors, 300, 2700);
}

static int no_table(struct pagetable *p, paddr_t *table)
{
	(void)p;
	(void)table;
	return -ENOMEM;
}

/* A root's entry at a time, and three tables for each: the sixth finds one, which stays. */
static void nothing_is_asked_for_while_tables_are_ready(void **state)
{
	(void)state;
	pt.ops.alloc = no_table;
	for (unsigned i = 0; i < 5; i++)
		assert_int_equal(
			pt_map(&pt, VADDR(UPPER + (i * 1ull << 39)), PADDR(0), 8 * KIB, PT_READ),
			0);
	assert_int_equal(run.used, 15);
	assert_int_equal(pt_map(&pt, VADDR(UPPER + (5ull << 39)), PADDR(0), 8 * KIB, PT_READ),
			 -ENOMEM);
	assert_int_equal(run.used, 15);
	assert_int_equal(pa_at(UPPER + (5ull << 39)), ~0ull);
}

static void an_error_ends_it_and_takes_nothing_back(void **state)
{
	const struct pt_mapping m[] = {
		{VADDR(UPPER), PADDR(0x5000), 8 * KIB, PT_EXEC},
		{VADDR(UPPER + 8 * KIB), PADDR(0x7000), 8 * KIB, PT_EXEC | PT_WRITE},
		{VADDR(UPPER + 16 * KIB), PADDR(0x9000), 8 * KIB, PT_READ},
	};

	(void)state;
	assert_int_equal(pt_map_all(&pt, m, 3), -EINVAL);
	assert_int_equal(pa_at(UPPER + 4 * KIB), 0x6000);
	assert_int_equal(pa_at(UPPER + 8 * KIB), ~0ull);
	assert_int_equal(pa_at(UPPER + 16 * KIB), ~0ull);
}

static bool edited;

static void note_edit(bool begin)
{
	edited = edited || begin;
}

/* Ready or not: where tables are only written while they are edited, they are edited. */
static void ready_tables_are_edited_as_well(void **state)
{
	(void)state;
	edited = false;
	pt.ops.edit = note_edit;
	assert_int_equal(pt_map(&pt, VADDR(UPPER), PADDR(0), 8 * KIB, PT_READ), 0);
	assert_true(edited);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ready_tables_make_no_difference),
		cmocka_unit_test_setup(nothing_is_asked_for_while_tables_are_ready, setup_ready),
		cmocka_unit_test_setup(an_error_ends_it_and_takes_nothing_back, setup_ready),
		cmocka_unit_test_setup(ready_tables_are_edited_as_well, setup_ready),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
