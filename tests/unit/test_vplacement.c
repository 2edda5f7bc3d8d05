/* SPDX-License-Identifier: BSD-3-Clause */
/* LIBS: -lm */
/*
 * Virtual places: every slot equally likely, guards on both sides
 * (kaslr/placement.c)
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include <ukaslr/placement.h>
#include "rng_stand_in.h"
#include "stats.h"

#define PAGE	    4096ull
#define MIB	    (1024 * 1024ull)

/* The upper half with 47 bits, as boot uses it */
#define UPPER_HALF  0xffff800000000000ull
#define UPPER_PAGES (1ull << 35)

/* The number, in the window, of the page that was drawn */
static uint64_t draw(struct vplacement *v, uint64_t pages)
{
	const vaddr_t va = vplacement_draw(v, pages * PAGE, PAGE);

	assert_int_not_equal(va.va, 0);
	return (va.va - UPPER_HALF) / PAGE;
}

/* A slow, obviously right model of a window of at most 64 pages, which starts at UPPER_HALF */

struct window {
	unsigned int pages;
	unsigned int len, align; /* of the draw, in pages */
	unsigned int nr_taken;
	unsigned int taken[4][2]; /* first page, pages */
};

static bool model_is_free(const struct window *w, unsigned int page)
{
	if (page < 1 || page + w->len + 1 > w->pages || page % w->align)
		return false;
	for (unsigned int i = 0; i < w->nr_taken; i++)
		for (unsigned int p = 0; p < w->taken[i][1]; p++)
			if (w->taken[i][0] + p + 1 >= page && w->taken[i][0] + p <= page + w->len)
				return false;
	return true;
}

static const struct window windows[] = {
	{64, 1, 1, 0, {{0}}},
	{64, 10, 1, 0, {{0}}},
	{64, 1, 8, 0, {{0}}},
	{61, 5, 8, 0, {{0}}},
	{64, 3, 1, 1, {{20, 7}}},
	{64, 2, 1, 3, {{1, 10}, {30, 1}, {50, 13}}},
	{64, 4, 4, 2, {{17, 3}, {33, 8}}},
	{64, 1, 1, 3, {{1, 28}, {33, 10}, {44, 19}}}, /* two slots */
};

#define NR_WINDOWS (sizeof(windows) / sizeof(windows[0]))

static struct vplacement placement_of(const struct window *w, struct entropy *e)
{
	struct vplacement v;

	vplacement_init(&v, e, VADDR(UPPER_HALF), w->pages);
	for (unsigned int i = 0; i < w->nr_taken; i++) {
		v.taken[i].page = UPPER_HALF / PAGE + w->taken[i][0];
		v.taken[i].end = v.taken[i].page + w->taken[i][1];
	}
	v.nr_taken = w->nr_taken;
	return v;
}

static void free_slots_are_equally_likely_and_no_other_is_drawn(void **state)
{
	struct entropy e = seeded(1);

	(void)state;
	for (size_t i = 0; i < NR_WINDOWS; i++) {
		const struct window *w = &windows[i];
		uint64_t counts[64] = {0};
		size_t n = 0;

		for (int k = 0; k < 200000; k++) {
			struct vplacement v = placement_of(w, &e);
			vaddr_t va = vplacement_draw(&v, w->len * PAGE, w->align * PAGE);

			assert_true(va.va % PAGE == 0 && va.va - UPPER_HALF < 64 * PAGE);
			counts[(va.va - UPPER_HALF) / PAGE]++;
		}
		for (unsigned int page = 0; page < 64; page++) {
			if (model_is_free(w, page))
				counts[n++] = counts[page];
			else
				assert_int_equal(counts[page], 0);
		}
		assert_true(n >= 2);
		assert_true(chi_square_p(counts, n) > FAMILY_P / NR_WINDOWS);
	}
}

/* The second place of two in a row, for each first place there is */
static void what_was_placed_before_is_the_only_influence(void **state)
{
	enum { PAGES = 12, FIRST = 1, SECOND = 2 };
	struct entropy e = seeded(2);
	uint64_t counts[PAGES][PAGES] = {{0}};

	(void)state;
	for (int k = 0; k < 1000000; k++) {
		struct vplacement v;
		uint64_t a;

		vplacement_init(&v, &e, VADDR(UPPER_HALF), PAGES);
		a = draw(&v, FIRST);
		counts[a][draw(&v, SECOND)]++;
	}
	for (unsigned int a = 1; a < PAGES - 1; a++) {
		const struct window w = {PAGES, SECOND, 1, 1, {{a, FIRST}}};
		size_t n = 0;

		for (unsigned int b = 0; b < PAGES; b++) {
			if (model_is_free(&w, b))
				counts[a][n++] = counts[a][b];
			else
				assert_int_equal(counts[a][b], 0);
		}
		assert_true(chi_square_p(counts[a], n) > FAMILY_P / (PAGES - 2));
	}
}

static void nothing_overlaps_and_guards_are_left(void **state)
{
	struct entropy e = seeded(3);

	(void)state;
	for (int k = 0; k < 20000; k++) {
		const uint64_t pages = 40 + entropy_below(&e, 100);
		const uint64_t start = 0 - pages * PAGE; /* up to the top of the address space */
		struct vplacement v;

		vplacement_init(&v, &e, VADDR(start), pages);
		for (int i = 0; i < PLACEMENT_MAX; i++) {
			const uint64_t nr = 1 + entropy_below(&e, 5);
			vaddr_t va = vplacement_draw(&v, nr * PAGE - 100, PAGE);

			if (!va.va)
				break;
			assert_int_equal(v.taken[i].page, va.va / PAGE);
			assert_int_equal(v.taken[i].end, va.va / PAGE + nr);
			assert_true(va.va - start >= PAGE);
			assert_true(va.va - start + (nr + 1) * PAGE <= pages * PAGE);
			for (int j = 0; j < i; j++)
				assert_true(v.taken[j].end + 1 <= v.taken[i].page ||
					    v.taken[i].end + 1 <= v.taken[j].page);
		}
	}
}

/* 35 bits: each of them, and the upper and the lower ones together */
static void whole_upper_half_is_used(void **state)
{
	enum { DRAWS = 200000, TESTS = 35 + 2 };
	static uint64_t bits[35][2], high[1024], low[1024];
	struct entropy e = seeded(4);

	(void)state;
	for (int k = 0; k < DRAWS; k++) {
		struct vplacement v;
		uint64_t page;

		vplacement_init(&v, &e, VADDR(UPPER_HALF), UPPER_PAGES);
		page = draw(&v, 30);
		assert_true(page >= 1 && page < UPPER_PAGES - 30);
		for (int bit = 0; bit < 35; bit++)
			bits[bit][page >> bit & 1]++;
		high[page >> 25]++;
		low[page % 1024]++;
	}
	for (int bit = 0; bit < 35; bit++)
		assert_true(chi_square_p(bits[bit], 2) > FAMILY_P / TESTS);
	assert_true(chi_square_p(high, 1024) > FAMILY_P / TESTS);
	assert_true(chi_square_p(low, 1024) > FAMILY_P / TESTS);
}

static void heap_is_at_a_multiple_of_2_mib(void **state)
{
	struct entropy e = seeded(5);

	(void)state;
	for (int k = 0; k < 10000; k++) {
		struct vplacement v;
		vaddr_t va;

		/* The window itself is not */
		vplacement_init(&v, &e, VADDR(UPPER_HALF + (uint64_t)k * PAGE), 512 * 20);
		(void)draw(&v, 100);
		va = vplacement_draw(&v, 4 * MIB, 2 * MIB);
		assert_int_not_equal(va.va, 0);
		assert_int_equal(va.va % (2 * MIB), 0);
		assert_true(va.va > UPPER_HALF + (uint64_t)k * PAGE);
		assert_true(va.va + 4 * MIB < UPPER_HALF + (uint64_t)(k + 512 * 20) * PAGE);
	}
}

/* kaslr=off */
static void without_a_generator_places_are_in_a_row(void **state)
{
	static const uint64_t lens[] = {1, 2, 512, 1}, aligns[] = {1, 1, 512, 1},
			      pages[] = {1, 3, 512, 512 + 512 + 1};
	struct vplacement v;

	(void)state;
	vplacement_init(&v, NULL, VADDR(UPPER_HALF), 1027);
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(vplacement_draw(&v, lens[i] * PAGE, aligns[i] * PAGE).va,
				 UPPER_HALF + pages[i] * PAGE);
	/* Its guard is the window's last page */
	assert_int_equal(vplacement_draw(&v, PAGE, PAGE).va, 0);
	vplacement_init(&v, NULL, VADDR(UPPER_HALF), 1026);
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(vplacement_draw(&v, lens[i] * PAGE, aligns[i] * PAGE).va,
				 i < 3 ? UPPER_HALF + pages[i] * PAGE : 0);
}

/* Expected values as in test_generator.c: from another implementation */
static void same_seed_places_the_same(void **state)
{
	static const uint64_t expected[] = {0xffffb7de4d603000, 0xffffbf49128c9000,
					    0xfffffbfad0405000, 0xfffff8191b5f4000,
					    0xffffd161ca53d000, 0xffffca8f21126000};
	struct entropy e = seeded(6);
	struct vplacement v;

	(void)state;
	vplacement_init(&v, &e, VADDR(UPPER_HALF), UPPER_PAGES);
	for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++)
		assert_int_equal(UPPER_HALF + draw(&v, 10) * PAGE, expected[i]);
}

static void exact_fit_is_found_and_a_page_more_is_not(void **state)
{
	struct entropy e = seeded(7);
	struct vplacement v;

	(void)state;
	vplacement_init(&v, &e, VADDR(UPPER_HALF), 10);
	assert_int_equal(v.refused, 0);
	assert_int_equal(vplacement_draw(&v, 8 * PAGE + 1, PAGE).va, 0);
	assert_int_equal(v.refused, 8 * PAGE + 1);
	assert_int_equal(vplacement_draw(&v, UINT64_MAX, PAGE).va, 0);
	assert_int_equal(vplacement_draw(&v, PAGE, 1ull << 63).va, 0);
	assert_int_equal(v.nr_taken, 0);
	assert_int_equal(vplacement_draw(&v, 8 * PAGE, PAGE).va, UPPER_HALF + PAGE);
	assert_int_equal(v.refused, PAGE);
	/* Room enough, but none of the slots drawn is free */
	assert_int_equal(vplacement_draw(&v, 2 * PAGE, PAGE).va, 0);
	assert_int_equal(v.refused, 2 * PAGE);
	assert_int_equal(v.nr_taken, 1);
}

static void no_more_than_the_records_there_are(void **state)
{
	struct entropy e = seeded(8);
	struct vplacement v;

	(void)state;
	vplacement_init(&v, &e, VADDR(UPPER_HALF), UPPER_PAGES);
	for (int i = 0; i < PLACEMENT_MAX; i++)
		(void)draw(&v, 1);
	assert_int_equal(vplacement_draw(&v, PAGE, PAGE).va, 0);
}

static void arguments_without_sense_are_refused(void **state)
{
	static const struct {
		uint64_t len, align;
	} cases[] = {
		{0, PAGE}, {PAGE, 0}, {PAGE, 1}, {PAGE, PAGE / 2}, {PAGE, 3 * PAGE}, {0, 2 * MIB},
	};
	struct entropy e = seeded(9);
	struct vplacement v;

	(void)state;
	vplacement_init(&v, &e, VADDR(UPPER_HALF), UPPER_PAGES);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(vplacement_draw(&v, cases[i].len, cases[i].align).va, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(free_slots_are_equally_likely_and_no_other_is_drawn),
		cmocka_unit_test(what_was_placed_before_is_the_only_influence),
		cmocka_unit_test(nothing_overlaps_and_guards_are_left),
		cmocka_unit_test(whole_upper_half_is_used),
		cmocka_unit_test(heap_is_at_a_multiple_of_2_mib),
		cmocka_unit_test(without_a_generator_places_are_in_a_row),
		cmocka_unit_test(same_seed_places_the_same),
		cmocka_unit_test(exact_fit_is_found_and_a_page_more_is_not),
		cmocka_unit_test(no_more_than_the_records_there_are),
		cmocka_unit_test(arguments_without_sense_are_refused),
	};

	return cmocka_run_group_tests_name("vplacement", tests, NULL, NULL);
}
