/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Places in free memory: counting, finding, cutting out
 */

#include "memregion_util.h"
#include <ukaslr/memregion.h>

list_t *ukplat_memregion_list_get(void)
{
	return NULL;
}

static void scan_counts_every_aligned_place_in_free_memory(void **state)
{
	list_t *l = new_list(4);
	__paddr_t at = 0;

	(void)state;
	add(l, pages(FREE, 1 * P, 4)); /* with 2 pages at multiples of 2: 2 */
	add(l, pages(RESERVED, 6 * P, 20));
	add(l, pages(FREE, 30 * P, 5)); /* 30, 32: 2 */
	add(l, pages(FREE, TOP(2), 2)); /* 1 */
	assert_int_equal(ukplat_memregion_list_count_slots(l, 2 * P, 2 * P, __PADDR_MAX), 4);
	assert_int_equal(ukplat_memregion_list_scan(l, P + 1, 2 * P, __PADDR_MAX, 0, &at), 0);
	assert_int_equal(at, 2 * P);
	assert_int_equal(ukplat_memregion_list_scan(l, P + 1, 2 * P, __PADDR_MAX, 3, &at), 3);
	assert_int_equal(at, TOP(2));
	assert_int_equal(ukplat_memregion_list_scan(l, P + 1, 2 * P, __PADDR_MAX, 4, &at), -ENOMEM);
	test_free(l);
}

static void scan_ends_at_or_below_the_limit(void **state)
{
	list_t *l = new_list(1);

	(void)state;
	add(l, pages(FREE, TOP(8), 8));
	assert_int_equal(ukplat_memregion_list_count_slots(l, P, P, __PADDR_MAX), 8);
	assert_int_equal(ukplat_memregion_list_count_slots(l, P, P, TOP(4)), 4);
	assert_int_equal(ukplat_memregion_list_count_slots(l, P, P, TOP(4) - 1), 3);
	assert_int_equal(ukplat_memregion_list_count_slots(l, P, P, __PADDR_MAX - 1), 7);
	assert_int_equal(ukplat_memregion_list_count_slots(l, P, P, 0), 0);
	test_free(l);
}

static void scan_finds_no_place_for_nonsense(void **state)
{
	list_t *l = new_list(1);

	(void)state;
	add(l, pages(FREE, 0, 8));
	assert_int_equal(ukplat_memregion_list_count_slots(l, 0, P, __PADDR_MAX), 0);
	assert_int_equal(ukplat_memregion_list_count_slots(l, P, 3 * P, __PADDR_MAX), 0);
	assert_int_equal(ukplat_memregion_list_count_slots(l, P, 8, __PADDR_MAX), 0);
	assert_int_equal(ukplat_memregion_list_count_slots(l, P, 0, __PADDR_MAX), 0);
	assert_int_equal(ukplat_memregion_list_count_slots(l, -1UL, P, __PADDR_MAX), 0);
	assert_int_equal(ukplat_memregion_list_count_slots(l, P, 1UL << 63, __PADDR_MAX), 1);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(scan_counts_every_aligned_place_in_free_memory),
		cmocka_unit_test(scan_ends_at_or_below_the_limit),
		cmocka_unit_test(scan_finds_no_place_for_nonsense),
		cmocka_unit_test(cut_splits_the_free_region_around_it),
		cmocka_unit_test(cut_of_a_whole_region_needs_no_room),
		cmocka_unit_test(cut_that_fails_changes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
