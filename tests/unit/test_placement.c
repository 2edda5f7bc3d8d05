/* SPDX-License-Identifier: BSD-3-Clause */
/* LIBS: -lm */
/*
 * Physical places: every slot of all free memory equally likely, and nothing
 * else is touched (kaslr/placement.c); test_vplacement.c has the virtual ones
 */

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include <ukaslr/memregion.h>
#include <ukaslr/placement.h>
#include "rng_stand_in.h"
#include "stats.h"

#define PAGE	   4096ull
#define NOWHERE	   UINT64_MAX
#define RW	   (UKPLAT_MEMRF_READ | UKPLAT_MEMRF_WRITE)
#define CAPACITY   24
#define MAP_PAGES  64 /* the model looks at so many */
#define UPPER_HALF 0xffff800000000000ull

union memory {
	struct ukplat_memregion_list list;
	unsigned char bytes[sizeof(struct ukplat_memregion_list) +
			    CAPACITY * sizeof(struct ukplat_memregion_desc)];
};

/* A memory map, a character a page: '.' free, '#' reserved, 'i' initrd, ' ' nothing there */
static void map_memory(union memory *m, const char *map, uint32_t capacity)
{
	memset(m, 0, sizeof(*m));
	ukplat_memregion_list_init(&m->list, capacity);
	for (size_t i = 0; map[i]; i++) {
		const uint16_t type = map[i] == '.'   ? UKPLAT_MEMRT_FREE
				      : map[i] == '#' ? UKPLAT_MEMRT_RESERVED
						      : UKPLAT_MEMRT_INITRD;
		struct ukplat_memregion_desc *last;

		if (map[i] == ' ')
			continue;
		if (i > 0 && map[i] == map[i - 1]) {
			last = &m->list.mrds[m->list.count - 1];
			last->pg_count++;
			last->len += PAGE;
			continue;
		}
		assert_true(m->list.count < capacity);
		m->list.mrds[m->list.count++] = (struct ukplat_memregion_desc){.pbase = i * PAGE,
									       .vbase = i * PAGE,
									       .len = PAGE,
									       .pg_count = 1,
									       .type = type,
									       .flags = RW};
	}
}

/* The same map, drawn from a list; 'K' for the image */
static void draw_map(const union memory *m, char map[MAP_PAGES + 1])
{
	memset(map, ' ', MAP_PAGES);
	map[MAP_PAGES] = '\0';
	for (uint32_t i = 0; i < m->list.count; i++) {
		const struct ukplat_memregion_desc *mrd = &m->list.mrds[i];

		for (uint64_t p = mrd->pbase / PAGE; p < mrd->pbase / PAGE + mrd->pg_count; p++) {
			assert_true(p < MAP_PAGES && map[p] == ' '); /* no overlap */
			map[p] = mrd->type == UKPLAT_MEMRT_FREE	      ? '.'
				 : mrd->type == UKPLAT_MEMRT_RESERVED ? '#'
				 : mrd->type == UKPLAT_MEMRT_INITRD   ? 'i'
								      : 'K';
		}
	}
}

static int place(union memory *m, struct entropy *e, uint64_t len, uint64_t limit, paddr_t *pa)
{
	struct ukplat_memregion_desc mrd = {.len = len, .type = UKPLAT_MEMRT_KERNEL, .flags = RW};
	const int i = pplacement_draw(&m->list, e, &mrd, limit);

	if (i < 0)
		return i;
	assert_memory_equal(&m->list.mrds[i], &mrd, sizeof(mrd));
	*pa = PADDR(mrd.pbase);
	return 0;
}

static uint64_t free_pages(const union memory *m)
{
	return ukplat_memregion_list_count_slots(&m->list, PAGE, NOWHERE);
}

/* The same without a limit: who counts the free pages beforehand */
static int place_fast(union memory *m, struct entropy *e, uint64_t len, paddr_t *pa)
{
	struct ukplat_memregion_desc mrd = {
		.len = (len + PAGE - 1) & -PAGE, .type = UKPLAT_MEMRT_KERNEL, .flags = RW};
	const int i = pplacement_draw_fast(&m->list, e, &mrd, free_pages(m) + len / PAGE % 2);

	if (i < 0)
		return i;
	assert_memory_equal(&m->list.mrds[i], &mrd, sizeof(mrd));
	*pa = PADDR(mrd.pbase);
	return 0;
}

static const struct {
	const char *map;
	uint64_t pages, limit;
} maps[] = {
	{"................", 1, NOWHERE},
	{"................", 7, NOWHERE},
	{"#.###....i ........#..............#", 3, NOWHERE},
	{"....#...#..#.#.", 2, NOWHERE}, /* 3, 2, 1 and no slots */
	{".#..............................#.", 28, NOWHERE},
	{"##.......i.......#......", 2, 13 * PAGE},
	{"##.......i.......#......", 2, 13 * PAGE + 100},
	{"........................", 4, 8 * PAGE},
	{" . . . . . . .", 1, NOWHERE},
};

#define NR_MAPS (sizeof(maps) / sizeof(maps[0]))

static bool fits(const char *map, uint64_t page, size_t i)
{
	return (page + maps[i].pages) * PAGE <= maps[i].limit &&
	       strspn(map + page, ".") >= maps[i].pages;
}

/* Each map with and, if there is no limit, without counting its slots */
static void slots_are_equally_likely_and_no_other_is_drawn(void **state)
{
	struct entropy e = seeded(1);

	(void)state;
	for (size_t j = 0; j < 2 * NR_MAPS; j++) {
		const size_t i = j / 2;
		const bool fast = j % 2 && maps[i].limit == NOWHERE;
		uint64_t counts[MAP_PAGES] = {0};
		size_t n = 0;

		for (uint64_t k = 0; k < 100000; k++) {
			const uint64_t len = maps[i].pages * PAGE - k % PAGE;
			union memory m;
			paddr_t pa;

			map_memory(&m, maps[i].map, CAPACITY);
			assert_int_equal(fast ? place_fast(&m, &e, len, &pa)
					      : place(&m, &e, len, maps[i].limit, &pa),
					 0);
			assert_true(pa.pa % PAGE == 0 && pa.pa < MAP_PAGES * PAGE);
			counts[pa.pa / PAGE]++;
		}
		for (uint64_t page = 0; page < strlen(maps[i].map); page++) {
			if (fits(maps[i].map, page, i))
				counts[n++] = counts[page];
			else
				assert_int_equal(counts[page], 0);
		}
		assert_true(n >= 2);
		assert_true(chi_square_p(counts, n) > FAMILY_P / (2 * NR_MAPS));
	}
}

static void place_is_cut_out_and_all_else_is_as_it_was(void **state)
{
	struct entropy e = seeded(2);

	(void)state;
	for (size_t i = 0; i < NR_MAPS; i++) {
		for (int k = 0; k < 5000; k++) {
			char expected[MAP_PAGES + 1], got[MAP_PAGES + 1];
			union memory m;
			paddr_t pa;

			map_memory(&m, maps[i].map, CAPACITY);
			draw_map(&m, expected);
			while ((k % 2 && maps[i].limit == NOWHERE
					? place_fast(&m, &e, maps[i].pages * PAGE, &pa)
					: place(&m, &e, maps[i].pages * PAGE, maps[i].limit,
						&pa)) == 0) {
				const char *old = expected + pa.pa / PAGE;

				assert_true(strspn(old, ".") >= maps[i].pages);
				memset(expected + pa.pa / PAGE, 'K', maps[i].pages);
				draw_map(&m, got);
				assert_string_equal(got, expected);
			}
			/* It ended because nothing fits any more. */
			assert_true(m.list.count + 2 <= CAPACITY);
			for (uint64_t page = 0; page < MAP_PAGES; page++)
				assert_false(fits(expected, page, i));
		}
	}
}

static void region_has_the_type_and_flags_asked_for(void **state)
{
	struct entropy e = seeded(3);
	struct ukplat_memregion_desc asked = {
		.len = 3 * PAGE + 5, .type = UKPLAT_MEMRT_STACK, .flags = UKPLAT_MEMRF_READ};
	const struct ukplat_memregion_desc *mrd;
	union memory m;

	(void)state;
	map_memory(&m, " ....", CAPACITY);
	assert_int_equal(pplacement_draw(&m.list, &e, &asked, NOWHERE), 0);
	assert_int_equal(m.list.count, 1);
	mrd = &m.list.mrds[0];
	assert_int_equal(mrd->pbase, PAGE);
	assert_int_equal(mrd->vbase, PAGE);
	assert_int_equal(mrd->pg_off, 0);
	assert_int_equal(mrd->pg_count, 4);
	assert_int_equal(mrd->len, 4 * PAGE);
	assert_int_equal(mrd->type, UKPLAT_MEMRT_STACK);
	assert_int_equal(mrd->flags, UKPLAT_MEMRF_READ);
}

static void assert_refused(union memory *m, uint64_t len, uint64_t limit)
{
	struct entropy e = seeded(4);
	const union memory before = *m;
	paddr_t pa = PADDR(1);

	assert_int_equal(place(m, &e, len, limit, &pa), -ENOMEM);
	if (limit == NOWHERE)
		assert_int_equal(place_fast(m, &e, len, &pa), -ENOMEM);
	assert_memory_equal(m, &before, sizeof(before));
	assert_int_equal(pa.pa, 1);
}

static void list_is_as_it_was_after_an_error(void **state)
{
	union memory m;

	(void)state;
	map_memory(&m, "#....#..", CAPACITY);
	assert_refused(&m, 5 * PAGE, NOWHERE);
	assert_refused(&m, 4 * PAGE + 1, NOWHERE);
	assert_refused(&m, UINT64_MAX, NOWHERE);
	assert_refused(&m, 0, NOWHERE);
	assert_refused(&m, 2 * PAGE, 3 * PAGE - 1);
	assert_refused(&m, PAGE, 0);
	map_memory(&m, "", CAPACITY);
	assert_refused(&m, PAGE, NOWHERE);
	map_memory(&m, "..#i", 3); /* one page of two needs a record more */
	assert_refused(&m, PAGE, NOWHERE);
}

/* kaslr=off */
static void without_a_generator_it_is_the_first_place(void **state)
{
	union memory m;
	paddr_t pa;

	(void)state;
	map_memory(&m, "#.#....#....", CAPACITY);
	assert_int_equal(place(&m, NULL, 2 * PAGE, NOWHERE, &pa), 0);
	assert_int_equal(pa.pa, 3 * PAGE);
	assert_int_equal(place_fast(&m, NULL, 3 * PAGE, &pa), 0);
	assert_int_equal(pa.pa, 8 * PAGE);
	assert_int_equal(place(&m, NULL, 3 * PAGE, NOWHERE, &pa), -ENOMEM);
}

static void memory_at_the_top_of_the_address_space_can_be_had(void **state)
{
	struct entropy e = seeded(5);
	union memory m;
	paddr_t pa;

	(void)state;
	map_memory(&m, ".", CAPACITY);
	m.list.mrds[0].pbase = m.list.mrds[0].vbase = 0 - PAGE;
	assert_int_equal(place(&m, &e, PAGE, NOWHERE, &pa), 0);
	assert_int_equal(pa.pa, 0 - PAGE);
}

/* 1 TiB in two parts, a quarter below 4 GiB's hole: the lower one's share */
static void large_regions_weigh_as_many_slots_as_they_have(void **state)
{
	static const uint64_t gib = 1ull << 30;
	struct entropy e = seeded(6);
	uint64_t quarters[4] = {0};

	(void)state;
	for (int k = 0; k < 100000; k++) {
		union memory m;
		paddr_t pa;

		map_memory(&m, ". .", CAPACITY);
		m.list.mrds[0].len = 256 * gib;
		m.list.mrds[0].pg_count = 256 * gib / PAGE;
		m.list.mrds[1].pbase = m.list.mrds[1].vbase = 300 * gib;
		m.list.mrds[1].len = 768 * gib;
		m.list.mrds[1].pg_count = 768 * gib / PAGE;
		assert_int_equal(place(&m, &e, 20 * PAGE, NOWHERE, &pa), 0);
		quarters[(pa.pa - (pa.pa < 256 * gib ? 0 : 44 * gib)) / (256 * gib)]++;
	}
	assert_true(chi_square_p(quarters, 4) > FAMILY_P);
}

/* Each pair as often as any other */
static void physical_and_virtual_places_are_independent(void **state)
{
	enum { PAGES = 8, SLOTS = 10 }; /* 10 of 12 pages: guards */
	struct entropy e = seeded(7);
	uint64_t counts[PAGES * SLOTS] = {0};

	(void)state;
	for (int k = 0; k < 200000; k++) {
		struct vplacement v;
		union memory m;
		paddr_t pa;
		vaddr_t va;

		map_memory(&m, "........", CAPACITY);
		assert_int_equal(place(&m, &e, PAGE, NOWHERE, &pa), 0);
		vplacement_init(&v, &e, VADDR(UPPER_HALF), SLOTS + 2);
		va = vplacement_draw(&v, PAGE, PAGE);
		counts[pa.pa / PAGE * SLOTS + (va.va - UPPER_HALF) / PAGE - 1]++;
	}
	assert_true(chi_square_p(counts, PAGES * SLOTS) > FAMILY_P);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(slots_are_equally_likely_and_no_other_is_drawn),
		cmocka_unit_test(place_is_cut_out_and_all_else_is_as_it_was),
		cmocka_unit_test(region_has_the_type_and_flags_asked_for),
		cmocka_unit_test(list_is_as_it_was_after_an_error),
		cmocka_unit_test(without_a_generator_it_is_the_first_place),
		cmocka_unit_test(memory_at_the_top_of_the_address_space_can_be_had),
		cmocka_unit_test(large_regions_weigh_as_many_slots_as_they_have),
		cmocka_unit_test(physical_and_virtual_places_are_independent),
	};

	return cmocka_run_group_tests_name("placement", tests, NULL, NULL);
}
