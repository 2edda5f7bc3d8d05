/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Places in free memory: counting, finding, cutting out
 */

#include "memregion_util.h"

list_t *ukplat_memregion_list_get(void)
{
	return NULL;
}

static void scan_counts_every_place_in_free_memory(void **state)
{
	list_t *l = new_list(5);
	__paddr_t at = 0;

	(void)state;
	add(l, pages(FREE, 1 * P, 4)); /* for 2 pages: 3 */
	add(l, pages(RESERVED, 6 * P, 20));
	add(l, pages(FREE, 28 * P, 1)); /* 0 */
	add(l, pages(FREE, 30 * P, 5)); /* 4 */
	add(l, pages(FREE, TOP(2), 2)); /* 1 */
	assert_int_equal(ukplat_memregion_list_count_slots(l, 2 * P, __PADDR_MAX), 8);
	assert_int_equal(ukplat_memregion_list_scan(l, P + 1, __PADDR_MAX, 0, &at), 0);
	assert_int_equal(at, 1 * P);
	assert_int_equal(ukplat_memregion_list_scan(l, P + 1, __PADDR_MAX, 6, &at), 3);
	assert_int_equal(at, 33 * P);
	assert_int_equal(ukplat_memregion_list_scan(l, P + 1, __PADDR_MAX, 7, &at), 4);
	assert_int_equal(at, TOP(2));
	assert_int_equal(ukplat_memregion_list_scan(l, P + 1, __PADDR_MAX, 8, &at), -ENOMEM);
	test_free(l);
}

static void scan_ends_at_or_below_the_limit(void **state)
{
	list_t *l = new_list(1);

	(void)state;
	add(l, pages(FREE, TOP(8), 8));
	assert_int_equal(ukplat_memregion_list_count_slots(l, P, __PADDR_MAX), 8);
	assert_int_equal(ukplat_memregion_list_count_slots(l, P, TOP(4)), 4);
	assert_int_equal(ukplat_memregion_list_count_slots(l, P, TOP(4) - 1), 3);
	assert_int_equal(ukplat_memregion_list_count_slots(l, P, __PADDR_MAX - 1), 7);
	assert_int_equal(ukplat_memregion_list_count_slots(l, P, 0), 0);
	test_free(l);
}

static void scan_finds_no_place_for_nonsense(void **state)
{
	list_t *l = new_list(1);

	(void)state;
	add(l, pages(FREE, 0, 8));
	assert_int_equal(ukplat_memregion_list_count_slots(l, 0, __PADDR_MAX), 0);
	assert_int_equal(ukplat_memregion_list_count_slots(l, -1UL, __PADDR_MAX), 0);
	test_free(l);
}

static void cut_splits_the_free_region_around_it(void **state)
{
	list_t *l = new_list(3);
	const mrd_t m = resource(KERNEL, 4 * P, P + 1);

	(void)state;
	add(l, pages(FREE, 0, 16));
	assert_int_equal(ukplat_memregion_list_cut(l, &m), 1);
	assert_list(l, pages(FREE, 0, 4), m, pages(FREE, 6 * P, 10));
	test_free(l);
}

static void cut_of_a_whole_region_needs_no_room(void **state)
{
	list_t *l = new_list(1);
	const mrd_t m = pages(KERNEL, TOP(16), 16);

	(void)state;
	add(l, pages(FREE, TOP(16), 16));
	assert_int_equal(ukplat_memregion_list_cut(l, &m), 0);
	assert_list(l, m);
	test_free(l);
}

static void cut_that_fails_changes_nothing(void **state)
{
	list_t *l = new_list(3);
	const mrd_t middle = pages(KERNEL, 4 * P, 2), seam = pages(KERNEL, 14 * P, 4),
		    taken = pages(KERNEL, 40 * P, 1), empty = pages(KERNEL, 4 * P, 0);

	(void)state;
	add(l, pages(FREE, 0, 16));
	add(l, pages(RESERVED, 40 * P, 16));
	assert_int_equal(ukplat_memregion_list_cut(l, &middle), -ENOMEM);
	assert_int_equal(ukplat_memregion_list_cut(l, &seam), -EINVAL);
	assert_int_equal(ukplat_memregion_list_cut(l, &taken), -EINVAL);
	assert_int_equal(ukplat_memregion_list_cut(l, &empty), -EINVAL);
	assert_list(l, pages(FREE, 0, 16), pages(RESERVED, 40 * P, 16));
	test_free(l);
}

static void cut_leaves_what_is_behind_in_place(void **state)
{
	list_t *l = new_list(5);
	const mrd_t first = pages(KERNEL, 0, 4), last = pages(KERNEL, 14 * P, 2);

	(void)state;
	add(l, pages(FREE, 0, 16));
	add(l, pages(RESERVED, 16 * P, 1));
	add(l, pages(FREE, 20 * P, 1));
	assert_int_equal(ukplat_memregion_list_cut(l, &first), 0);
	assert_int_equal(ukplat_memregion_list_cut(l, &last), 2);
	assert_list(l, first, pages(FREE, 4 * P, 10), last, pages(RESERVED, 16 * P, 1),
		    pages(FREE, 20 * P, 1));
	test_free(l);
}

static void taking_cuts_the_place_that_a_scan_finds(void **state)
{
	list_t *l = new_list(5);
	mrd_t m = {.len = 3 * P - 1, .type = KERNEL, .flags = RW};
	mrd_t far = pages(FREE, 8 * P, 8), want = resource(KERNEL, 10 * P, 3 * P - 1);

	(void)state;
	far.vbase += 0x100000;
	want.vbase += 0x100000;
	add(l, pages(FREE, 0, 4));
	add(l, far);
	/* two places in the first region; the third of the second is at page 10 */
	assert_int_equal(ukplat_memregion_list_take(l, &m, __PADDR_MAX, 4), 2);
	assert_memory_equal(&m, &want, sizeof(m));
	assert_int_equal(l->count, 4);
	assert_memory_equal(&l->mrds[2], &want, sizeof(want));
	assert_int_equal(l->mrds[1].pg_count, 2);
	assert_int_equal(l->mrds[3].pbase, 13 * P);
	assert_int_equal(l->mrds[3].vbase, 13 * P + 0x100000);
	test_free(l);
}

static void taking_from_a_page_needs_room_behind_it(void **state)
{
	list_t *l = new_list(7);
	mrd_t m = {.len = 3 * P - 1, .type = KERNEL, .flags = RW};
	mrd_t far = pages(FREE, 8 * P, 8);

	(void)state;
	far.vbase += 0x100000;
	add(l, pages(FREE, 0, 4));
	add(l, pages(RESERVED, 6 * P, 2));
	add(l, far);
	assert_int_equal(ukplat_memregion_list_take_from(l, &m, 2), -EAGAIN);
	assert_int_equal(ukplat_memregion_list_take_from(l, &m, 4 + 6), -EAGAIN);
	assert_int_equal(ukplat_memregion_list_take_from(l, &m, 4 + 8), -EAGAIN);
	assert_int_equal(l->count, 3);
	assert_int_equal(ukplat_memregion_list_take_from(l, &m, 4 + 5), 3);
	assert_memory_equal(&l->mrds[3], &m, sizeof(m));
	assert_int_equal(m.pbase, 13 * P);
	assert_int_equal(m.vbase, 13 * P + 0x100000);
	assert_int_equal(m.pg_count, 3);
	assert_int_equal(m.len, 3 * P - 1);
	assert_int_equal(l->mrds[2].pg_count, 5);
	assert_int_equal(l->count, 4);
	assert_int_equal(ukplat_memregion_list_take_from(l, &m, 1), 1);
	assert_int_equal(m.pbase, P);
	m.len = 0;
	assert_int_equal(ukplat_memregion_list_take_from(l, &m, 0), -EAGAIN);
	test_free(l);
}

static void taking_that_fails_changes_nothing(void **state)
{
	list_t *l = new_list(2);
	mrd_t m = {.len = 2 * P, .type = KERNEL, .flags = RW}, none = {.type = KERNEL};

	(void)state;
	add(l, pages(FREE, 0, 8));
	assert_int_equal(ukplat_memregion_list_take(l, &m, __PADDR_MAX, 7), -ENOMEM);
	assert_int_equal(ukplat_memregion_list_take(l, &m, 8 * P - 1, 6), -ENOMEM);
	assert_int_equal(ukplat_memregion_list_take(l, &m, __PADDR_MAX, 3), -ENOMEM);
	assert_int_equal(ukplat_memregion_list_take(l, &none, __PADDR_MAX, 0), -ENOMEM);
	l->capacity = 1;
	assert_int_equal(ukplat_memregion_list_take_from(l, &m, 3), -ENOMEM);
	l->capacity = 2;
	assert_list(l, pages(FREE, 0, 8));
	assert_int_equal(ukplat_memregion_list_take(l, &m, __PADDR_MAX, 6), 1);
	test_free(l);
}

static void no_place_in_an_empty_list(void **state)
{
	list_t *l = new_list(0);
	__paddr_t at;

	(void)state;
	assert_int_equal(ukplat_memregion_list_count_slots(l, P, __PADDR_MAX), 0);
	assert_int_equal(ukplat_memregion_list_scan(l, P, __PADDR_MAX, 0, &at), -ENOMEM);
	test_free(l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(scan_counts_every_place_in_free_memory),
		cmocka_unit_test(scan_ends_at_or_below_the_limit),
		cmocka_unit_test(scan_finds_no_place_for_nonsense),
		cmocka_unit_test(cut_splits_the_free_region_around_it),
		cmocka_unit_test(cut_of_a_whole_region_needs_no_room),
		cmocka_unit_test(cut_that_fails_changes_nothing),
		cmocka_unit_test(cut_leaves_what_is_behind_in_place),
		cmocka_unit_test(taking_cuts_the_place_that_a_scan_finds),
		cmocka_unit_test(taking_from_a_page_needs_room_behind_it),
		cmocka_unit_test(taking_that_fails_changes_nothing),
		cmocka_unit_test(no_place_in_an_empty_list),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
