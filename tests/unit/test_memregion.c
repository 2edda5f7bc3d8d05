/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Lists of memory regions: what insertion and removal hold. Scanning, cutting and
 * coalescing have files of their own; random sequences of all of them are in
 * test_memregion_model.c.
 */

#include "memregion_util.h"

/* Each test makes its own; this one is never asked. */
list_t *ukplat_memregion_list_get(void)
{
	return NULL;
}

static void descriptor_is_byte_for_byte_unikrafts(void **state)
{
	(void)state;
	assert_int_equal(sizeof(mrd_t), 48);
	assert_int_equal(sizeof(list_t), 8);
	assert_int_equal(offsetof(mrd_t, vbase), 8);
	assert_int_equal(offsetof(mrd_t, pg_off), 16);
	assert_int_equal(offsetof(mrd_t, len), 24);
	assert_int_equal(offsetof(mrd_t, pg_count), 32);
	assert_int_equal(offsetof(mrd_t, type), 40);
	assert_int_equal(offsetof(mrd_t, flags), 42);
}

static void insertion_keeps_the_order_of_addresses(void **state)
{
	list_t *l = new_list(4);

	(void)state;
	assert_int_equal(add(l, pages(FREE, 4 * P, 2)), 0);
	assert_int_equal(add(l, pages(FREE, 8 * P, 2)), 1);
	assert_int_equal(add(l, pages(KERNEL, 0, 2)), 0);
	assert_int_equal(add(l, pages(FREE, 6 * P, 2)), 2);
	assert_list(l, pages(KERNEL, 0, 2), pages(FREE, 4 * P, 2), pages(FREE, 6 * P, 2),
		    pages(FREE, 8 * P, 2));
	test_free(l);
}

static void overlapping_regions_are_kept_in_order_of_address(void **state)
{
	list_t *l = new_list(3);

	(void)state;
	assert_int_equal(add(l, pages(FREE, 0, 16)), 0);
	assert_int_equal(add(l, pages(KERNEL, 4 * P, 2)), 1);
	assert_int_equal(add(l, pages(RESERVED, 4 * P, 1)), 2);
	test_free(l);
}

static void region_at_the_top_of_the_address_space_stays_last(void **state)
{
	list_t *l = new_list(3);

	(void)state;
	assert_int_equal(add(l, pages(RESERVED, TOP(2), 2)), 0);
	assert_int_equal(add(l, pages(FREE, P, 2)), 0);
	assert_int_equal(add(l, pages(FREE, TOP(4), 2)), 1);
	assert_list(l, pages(FREE, P, 2), pages(FREE, TOP(4), 2), pages(RESERVED, TOP(2), 2));
	test_free(l);
}

static void full_list_refuses_and_stays_as_it_was(void **state)
{
	list_t *l = new_list(2);

	(void)state;
	add(l, pages(FREE, 0, 1));
	add(l, pages(FREE, 8 * P, 1));
	assert_int_equal(add(l, pages(FREE, 4 * P, 1)), -ENOMEM);
	assert_list(l, pages(FREE, 0, 1), pages(FREE, 8 * P, 1));
	test_free(l);
}

static void descriptors_that_do_not_hold_together_are_refused(void **state)
{
	list_t *l = new_list(1);
	mrd_t bad[] = {
		pages(RESERVED, 0, 0),	    /* empty */
		pages(RESERVED, TOP(2), 3), /* goes beyond the top */
		resource(FREE, 0, P + 1),   /* free, but not whole pages */
		resource(FREE, 0x10, P),    /* the same */
		pages(RESERVED, P, 1),	    /* and the following are changed below */
		pages(RESERVED, P, 1),	     pages(RESERVED, P, 1),	      pages(RESERVED, P, 2),
		resource(RESERVED, 0, -1UL), resource(RESERVED, 0xfff, -1UL),
	};
	size_t i;

	(void)state;
	bad[4].pbase += 1;
	bad[5].pg_off = P;
	bad[6].pg_off = -1;
	bad[7].pg_count = 1;
	bad[8].pg_count = bad[9].pg_count = 1UL << 52; /* more than a length can say */
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		assert_int_equal(add(l, bad[i]), -EINVAL);
		assert_int_equal(ukplat_memregion_list_insert_at_idx(l, &bad[i], 0), -EINVAL);
		assert_int_equal(ukplat_memregion_list_insert_split_phys(l, &bad[i], 0), -EINVAL);
	}
	assert_int_equal(l->count, 0);
	test_free(l);
}

static void index_beyond_the_end_is_refused(void **state)
{
	list_t *l = new_list(4);
	const mrd_t m = pages(FREE, 0, 1);

	(void)state;
	assert_int_equal(ukplat_memregion_list_insert_at_idx(l, &m, 1), -EINVAL);
	assert_int_equal(ukplat_memregion_list_insert_at_idx(l, &m, 0), 0);
	assert_int_equal(ukplat_memregion_list_insert_at_idx(l, &m, 1), 1);
	test_free(l);
}

static void deleting_from_a_full_list_stays_inside_it(void **state)
{
	list_t *l = new_list(3);

	(void)state;
	add(l, pages(FREE, 0, 1));
	add(l, pages(FREE, 2 * P, 1));
	add(l, pages(FREE, 4 * P, 1));
	ukplat_memregion_list_delete(l, 0);
	assert_list(l, pages(FREE, 2 * P, 1), pages(FREE, 4 * P, 1));
	ukplat_memregion_list_delete(l, 1);
	assert_list(l, pages(FREE, 2 * P, 1));
	ukplat_memregion_list_delete(l, 1); /* there is none */
	assert_int_equal(l->count, 1);
	test_free(l);
}

static void split_inserts_only_the_gaps(void **state)
{
	list_t *l = new_list(5);
	mrd_t m = pages(FREE, 0, 16);

	(void)state;
	m.vbase += 0x100000;
	add(l, pages(KERNEL, 2 * P, 2));
	add(l, pages(RESERVED, 8 * P, 20));
	assert_int_equal(ukplat_memregion_list_insert_split_phys(l, &m, 0), 0);
	assert_int_equal(l->count, 4);
	assert_int_equal(l->mrds[0].pg_count, 2);
	assert_int_equal(l->mrds[2].pbase, 4 * P);
	assert_int_equal(l->mrds[2].vbase, 4 * P + 0x100000);
	assert_int_equal(l->mrds[2].len, 4 * P);
	assert_int_equal(l->mrds[2].pg_count, 4);
	test_free(l);
}

static void split_keeps_the_page_offset_and_the_last_byte(void **state)
{
	list_t *l = new_list(3);
	const mrd_t m = resource(INITRD, 0x1800, 0x3900); /* up to 0x5100 */

	(void)state;
	add(l, pages(RESERVED, 3 * P, 1));
	assert_int_equal(ukplat_memregion_list_insert_split_phys(l, &m, 0), 0);
	assert_list(l, resource(INITRD, 0x1800, 0x1800), pages(RESERVED, 3 * P, 1),
		    resource(INITRD, 0x4000, 0x1100));
	test_free(l);
}

static void split_of_a_covered_region_inserts_nothing(void **state)
{
	list_t *l = new_list(3);
	const mrd_t exact = pages(FREE, 2 * P, 4), inside = pages(FREE, 3 * P, 1);

	(void)state;
	add(l, pages(RESERVED, 2 * P, 4));
	assert_int_equal(ukplat_memregion_list_insert_split_phys(l, &exact, 0), 0);
	assert_int_equal(ukplat_memregion_list_insert_split_phys(l, &inside, 0), 0);
	assert_list(l, pages(RESERVED, 2 * P, 4));
	test_free(l);
}

static void split_leaves_out_what_is_too_small(void **state)
{
	list_t *l = new_list(3);
	const mrd_t m = pages(FREE, 0, 9);

	(void)state;
	add(l, pages(KERNEL, 2 * P, 4));
	assert_int_equal(ukplat_memregion_list_insert_split_phys(l, &m, 3 * P), 0);
	assert_list(l, pages(KERNEL, 2 * P, 4), pages(FREE, 6 * P, 3));
	test_free(l);
}

static void split_into_a_list_without_room_inserts_nothing(void **state)
{
	list_t *l = new_list(2);
	const mrd_t m = pages(FREE, 0, 9);

	(void)state;
	add(l, pages(KERNEL, 2 * P, 4));
	assert_int_equal(ukplat_memregion_list_insert_split_phys(l, &m, 0), -ENOMEM);
	assert_list(l, pages(KERNEL, 2 * P, 4));
	test_free(l);
}

static void overlap_test_knows_page_offsets_the_top_and_empty_ranges(void **state)
{
	const mrd_t dtb = resource(DEVICETREE, 0x1800, 0x800), top = pages(RESERVED, TOP(1), 1);

	(void)state;
	assert_true(ukplat_memregion_desc_overlap(&dtb, 0x1f00, 0x3000));
	assert_false(ukplat_memregion_desc_overlap(&dtb, 0x2000, 0x3000));
	assert_false(ukplat_memregion_desc_overlap(&dtb, 0x1900, 0x1900));
	assert_true(ukplat_memregion_desc_overlap(&top, TOP(2), 0));
	assert_true(ukplat_memregion_desc_overlap(&top, -2UL, -1UL));
	assert_false(ukplat_memregion_desc_overlap(&top, 0, P));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(descriptor_is_byte_for_byte_unikrafts),
		cmocka_unit_test(insertion_keeps_the_order_of_addresses),
		cmocka_unit_test(overlapping_regions_are_kept_in_order_of_address),
		cmocka_unit_test(region_at_the_top_of_the_address_space_stays_last),
		cmocka_unit_test(full_list_refuses_and_stays_as_it_was),
		cmocka_unit_test(descriptors_that_do_not_hold_together_are_refused),
		cmocka_unit_test(index_beyond_the_end_is_refused),
		cmocka_unit_test(deleting_from_a_full_list_stays_inside_it),
		cmocka_unit_test(split_inserts_only_the_gaps),
		cmocka_unit_test(split_keeps_the_page_offset_and_the_last_byte),
		cmocka_unit_test(split_of_a_covered_region_inserts_nothing),
		cmocka_unit_test(split_leaves_out_what_is_too_small),
		cmocka_unit_test(split_into_a_list_without_room_inserts_nothing),
		cmocka_unit_test(overlap_test_knows_page_offsets_the_top_and_empty_ranges),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
