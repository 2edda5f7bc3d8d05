/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Coalescing lists of memory regions: order, priorities, merging, page offsets
 */

#include "memregion_util.h"

list_t *ukplat_memregion_list_get(void)
{
	return NULL;
}

static void coalesce_sorts_any_order(void **state)
{
	list_t *l = coalesce(4, 0, pages(KERNEL, 9 * P, 1), pages(KERNEL, 6 * P, 1),
			     pages(KERNEL, 3 * P, 1), pages(KERNEL, 0, 1));

	(void)state;
	assert_list(l, pages(KERNEL, 0, 1), pages(KERNEL, 3 * P, 1), pages(KERNEL, 6 * P, 1),
		    pages(KERNEL, 9 * P, 1));
	test_free(l);
}

static void empty_list_and_single_region_stay(void **state)
{
	list_t *l = new_list(1);

	(void)state;
	assert_int_equal(ukplat_memregion_list_coalesce_checked(l), 0);
	assert_int_equal(l->count, 0);
	add(l, pages(FREE, P, 1));
	ukplat_memregion_list_coalesce(l);
	assert_list(l, pages(FREE, P, 1));
	test_free(l);
}

static void overlapping_regions_of_a_kind_merge_to_their_union(void **state)
{
	list_t *l = coalesce(4, 0, pages(RESERVED, 0, 4), pages(RESERVED, 2 * P, 6),
			     pages(RESERVED, 3 * P, 1), pages(FREE, 0, 10));

	(void)state;
	assert_list(l, pages(RESERVED, 0, 8), pages(FREE, 8 * P, 2));
	test_free(l);
}

static void touching_regions_of_a_kind_merge(void **state)
{
	mrd_t read_only = pages(FREE, 6 * P, 2);
	list_t *l;

	(void)state;
	read_only.flags = UKPLAT_MEMRF_READ;
	l = coalesce(6, 0, pages(FREE, 0, 2), pages(FREE, 2 * P, 2), pages(FREE, 4 * P, 2),
		     read_only, pages(RESERVED, 8 * P, 1), pages(RESERVED, 9 * P, 1));
	assert_list(l, pages(FREE, 0, 6), read_only, pages(RESERVED, 8 * P, 2));
	test_free(l);
}

static void resources_never_merge(void **state)
{
	list_t *l = coalesce(3, 0, pages(KERNEL, 0, 2), pages(KERNEL, 2 * P, 2),
			     pages(INITRD, 4 * P, 1));

	(void)state;
	assert_list(l, pages(KERNEL, 0, 2), pages(KERNEL, 2 * P, 2), pages(INITRD, 4 * P, 1));
	test_free(l);
}

static void regions_with_page_offsets_never_merge(void **state)
{
	list_t *l = coalesce(2, 0, resource(RESERVED, 0, 0x1800), resource(RESERVED, 0x2000, P));

	(void)state;
	assert_list(l, resource(RESERVED, 0, 0x1800), resource(RESERVED, 0x2000, P));
	test_free(l);
}

static void reserved_wins_over_resources_over_free(void **state)
{
	list_t *l = coalesce(6, 0, pages(FREE, 0, 16), pages(INITRD, 2 * P, 6),
			     pages(RESERVED, 6 * P, 4));

	(void)state;
	assert_list(l, pages(FREE, 0, 2), pages(INITRD, 2 * P, 4), pages(RESERVED, 6 * P, 4),
		    pages(FREE, 10 * P, 6));
	test_free(l);
}

static void region_of_no_known_type_is_a_resource(void **state)
{
	list_t *l = coalesce(5, 0, pages(FREE, 0, 8), pages(0, 2 * P, 1), pages(RESERVED, 2 * P, 1),
			     pages(0, 4 * P, 4));

	(void)state;
	assert_list(l, pages(FREE, 0, 2), pages(RESERVED, 2 * P, 1), pages(FREE, 3 * P, 1),
		    pages(0, 4 * P, 4));
	test_free(l);
}

static void reserved_inside_a_resource_leaves_a_resource_behind_it(void **state)
{
	mrd_t m = resource(INITRD, 0x800, 9 * P), tail;
	list_t *l;

	(void)state;
	m.vbase += 0x100000;
	tail = resource(INITRD, 6 * P, 3 * P + 0x800);
	tail.vbase += 0x100000;
	l = coalesce(3, 0, m, pages(RESERVED, 4 * P, 2));
	m.len = 3 * P + 0x800;
	m.pg_count = 4;
	assert_list(l, m, pages(RESERVED, 4 * P, 2), tail);
	test_free(l);
}

static void free_memory_behind_a_resource_starts_at_a_page(void **state)
{
	list_t *l = coalesce(2, 0, resource(DEVICETREE, 0x800, 0x1900), pages(FREE, 0, 8));

	(void)state;
	assert_list(l, resource(DEVICETREE, 0x800, 0x1900), pages(FREE, 3 * P, 5));
	test_free(l);
}

static void page_offset_is_kept_where_a_resource_loses_its_end(void **state)
{
	list_t *l = coalesce(2, 0, resource(DEVICETREE, 0x1800, 4 * P), pages(RESERVED, 3 * P, 8));

	(void)state;
	assert_list(l, resource(DEVICETREE, 0x1800, 0x1800), pages(RESERVED, 3 * P, 8));
	test_free(l);
}

static void resources_may_share_a_page_but_no_byte(void **state)
{
	const mrd_t initrd = resource(INITRD, 0x1000, 0x1900),
		    dtb = resource(DEVICETREE, 0x2900, 0x2000),
		    table = resource(RESERVED, 0x2900 + 0x2000, 0x10);
	list_t *l = coalesce(5, 0, pages(FREE, 0, 8), dtb, initrd, table);

	(void)state;
	assert_list(l, pages(FREE, 0, 1), initrd, dtb, table, pages(FREE, 5 * P, 3));
	test_free(l);
}

/* What gives way to one region goes on to where the next one only shares a page with it. */
static void tail_ends_in_a_page_that_the_next_winner_shares(void **state)
{
	list_t *l = coalesce(4, 0, resource(INITRD, 0, 9 * P + 0x800), pages(RESERVED, 5 * P, 4),
			     resource(RESERVED, 9 * P + 0x800, 0x800));

	(void)state;
	assert_list(l, pages(INITRD, 0, 5), pages(RESERVED, 5 * P, 4),
		    resource(RESERVED, 9 * P + 0x800, 0x800), resource(INITRD, 9 * P, 0x800));
	test_free(l);
}

static void of_those_that_start_together_the_first_keeps_its_pages(void **state)
{
	list_t *l = coalesce(4, 0, pages(KERNEL, 6 * P, 1), pages(INITRD, P, 2),
			     pages(KERNEL, P, 3), pages(DEVICETREE, P, 4));

	(void)state;
	assert_list(l, pages(INITRD, P, 2), pages(KERNEL, 3 * P, 1), pages(DEVICETREE, 4 * P, 1),
		    pages(KERNEL, 6 * P, 1));
	test_free(l);
}

/* Also of what the lowest one has left to the others */
static void losers_keep_their_order(void **state)
{
	list_t *l =
		coalesce(5, 0, pages(KERNEL, 0, 5), pages(INITRD, P, 6), pages(RESERVED, 9 * P, 1),
			 pages(DEVICETREE, 2 * P, 7), pages(KERNEL, 5 * P, 4));

	(void)state;
	assert_list(l, pages(KERNEL, 0, 5), pages(INITRD, 5 * P, 2), pages(DEVICETREE, 7 * P, 2),
		    pages(RESERVED, 9 * P, 1));
	test_free(l);
}

static void overlapping_resources_go_to_the_lower_one(void **state)
{
	list_t *l = coalesce(3, 0, pages(KERNEL, 0, 4), pages(INITRD, 2 * P, 4),
			     pages(DEVICETREE, P, 1));

	(void)state;
	assert_list(l, pages(KERNEL, 0, 4), pages(INITRD, 4 * P, 2));
	test_free(l);
}

static void free_regions_at_the_top_of_the_address_space_merge(void **state)
{
	list_t *l = coalesce(4, 0, pages(FREE, TOP(8), 8), pages(FREE, TOP(12), 5),
			     pages(RESERVED, TOP(1), 1));

	(void)state;
	assert_list(l, pages(FREE, TOP(12), 11), pages(RESERVED, TOP(1), 1));
	test_free(l);
}

static void more_than_a_length_can_say_stays_in_two_regions(void **state)
{
	const __u64 half = 1UL << 51;
	list_t *l = coalesce(2, 0, pages(FREE, 0, half), pages(FREE, half * P, half));

	(void)state;
	assert_list(l, pages(FREE, 0, half), pages(FREE, half * P, half));
	test_free(l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(coalesce_sorts_any_order),
		cmocka_unit_test(empty_list_and_single_region_stay),
		cmocka_unit_test(overlapping_regions_of_a_kind_merge_to_their_union),
		cmocka_unit_test(touching_regions_of_a_kind_merge),
		cmocka_unit_test(resources_never_merge),
		cmocka_unit_test(regions_with_page_offsets_never_merge),
		cmocka_unit_test(reserved_wins_over_resources_over_free),
		cmocka_unit_test(region_of_no_known_type_is_a_resource),
		cmocka_unit_test(reserved_inside_a_resource_leaves_a_resource_behind_it),
		cmocka_unit_test(free_memory_behind_a_resource_starts_at_a_page),
		cmocka_unit_test(page_offset_is_kept_where_a_resource_loses_its_end),
		cmocka_unit_test(resources_may_share_a_page_but_no_byte),
		cmocka_unit_test(tail_ends_in_a_page_that_the_next_winner_shares),
		cmocka_unit_test(of_those_that_start_together_the_first_keeps_its_pages),
		cmocka_unit_test(losers_keep_their_order),
		cmocka_unit_test(overlapping_resources_go_to_the_lower_one),
		cmocka_unit_test(free_regions_at_the_top_of_the_address_space_merge),
		cmocka_unit_test(more_than_a_length_can_say_stays_in_two_regions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
