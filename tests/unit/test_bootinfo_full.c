/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A region list that is full: free memory gives way
 */
#include "boot_fixture.h"

static const char *add(uint64_t pa, uint64_t len, uint16_t type)
{
	return bootinfo_add(&storage.bi, PADDR(pa), len, type);
}

static void fill_with_free(struct bootinfo *bi)
{
	uint64_t i;

	for (i = 0; i < BOOTINFO_REGIONS; i++)
		assert_null(add(0x1000000 + i * 0x10000, i == 7 ? 0x1000 : 0x2000, FREE));
	assert_int_equal(bi->mrds.count, BOOTINFO_REGIONS);
	assert_false(bi->too_long);
}

static void free_memory_is_left_out_of_a_full_list_with_a_warning(void **state)
{
	struct bootinfo *bi = fresh_bootinfo(BOOT_PVH);

	(void)state;
	fill_with_free(bi);
	assert_null(add(0x8000000, 0x1000, FREE));
	assert_int_equal(bi->mrds.count, BOOTINFO_REGIONS);
	assert_int_equal(bi->mrds.mrds[BOOTINFO_REGIONS - 1].len, 0x2000);
	assert_true(bi->too_long);
}

static void a_bigger_free_region_replaces_the_smallest_of_a_full_list(void **state)
{
	struct bootinfo *bi = fresh_bootinfo(BOOT_PVH);
	uint32_t i;

	(void)state;
	fill_with_free(bi);
	assert_null(add(0x8000000, 0x3000, FREE));
	assert_int_equal(bi->mrds.count, BOOTINFO_REGIONS);
	assert_int_equal(bi->mrds.mrds[BOOTINFO_REGIONS - 1].pbase, 0x8000000);
	for (i = 0; i < BOOTINFO_REGIONS; i++)
		assert_int_not_equal(bi->mrds.mrds[i].len, 0x1000);
	assert_true(bi->too_long);
}

static void a_free_region_of_the_smallest_ones_size_is_left_out_itself(void **state)
{
	struct bootinfo *bi = fresh_bootinfo(BOOT_PVH);

	(void)state;
	fill_with_free(bi);
	assert_null(add(0x10000, 0x1000, FREE));
	assert_int_equal(bi->mrds.mrds[0].pbase, 0x1000000);
	assert_int_equal(bi->mrds.mrds[7].len, 0x1000);
}

static void room_is_made_by_the_smallest_free_regions_first(void **state)
{
	struct bootinfo *bi = fresh_bootinfo(BOOT_PVH);
	uint32_t i;

	(void)state;
	fill_with_free(bi);
	bootinfo_make_room(bi, 0);
	assert_int_equal(bi->mrds.count, BOOTINFO_REGIONS);
	assert_false(bi->too_long);
	bootinfo_make_room(bi, 3);
	assert_int_equal(bi->mrds.count, BOOTINFO_REGIONS - 3);
	assert_true(bi->too_long);
	for (i = 0; i < bi->mrds.count; i++)
		assert_int_equal(bi->mrds.mrds[i].len, 0x2000);

	bi->too_long = false;
	bootinfo_make_room(bi, 3);
	assert_int_equal(bi->mrds.count, BOOTINFO_REGIONS - 3);
	assert_false(bi->too_long);
}

static void room_is_not_made_of_what_is_not_free(void **state)
{
	struct bootinfo *bi = fresh_bootinfo(BOOT_PVH);
	uint64_t i;

	(void)state;
	for (i = 0; i < BOOTINFO_REGIONS; i++)
		assert_null(add(0x1000000 + i * 0x10000, 0x1000, i == 9 ? FREE : RESERVED));
	bootinfo_make_room(bi, 2);
	assert_int_equal(bi->mrds.count, BOOTINFO_REGIONS - 1);
	assert_non_null(bootinfo_check_memory(bi));
}

static void reserved_memory_takes_the_smallest_free_regions_place(void **state)
{
	struct bootinfo *bi = fresh_bootinfo(BOOT_PVH);
	uint32_t i;

	(void)state;
	fill_with_free(bi);
	assert_null(add(0x8000000, 0x100000, RESERVED));
	assert_int_equal(bi->mrds.count, BOOTINFO_REGIONS);
	assert_int_equal(bi->mrds.mrds[BOOTINFO_REGIONS - 1].type, RESERVED);
	for (i = 0; i < BOOTINFO_REGIONS; i++)
		assert_int_not_equal(bi->mrds.mrds[i].len, 0x1000);
	assert_true(bi->too_long);
}

static void a_list_full_of_reserved_memory_is_an_error(void **state)
{
	struct bootinfo *bi = fresh_bootinfo(BOOT_PVH);
	uint64_t i;

	(void)state;
	for (i = 0; i < BOOTINFO_REGIONS; i++)
		assert_null(add(0x1000000 + i * 0x10000, 0x1000, RESERVED));
	assert_non_null(add(0x8000000, 0x1000, RESERVED));
	assert_non_null(add(0x8000000, 0x1000, INITRD));
	assert_null(add(0x1000000, 0x1000, RESERVED));
	assert_int_equal(bi->mrds.count, BOOTINFO_REGIONS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(free_memory_is_left_out_of_a_full_list_with_a_warning),
		cmocka_unit_test(a_bigger_free_region_replaces_the_smallest_of_a_full_list),
		cmocka_unit_test(a_free_region_of_the_smallest_ones_size_is_left_out_itself),
		cmocka_unit_test(room_is_made_by_the_smallest_free_regions_first),
		cmocka_unit_test(room_is_not_made_of_what_is_not_free),
		cmocka_unit_test(reserved_memory_takes_the_smallest_free_regions_place),
		cmocka_unit_test(a_list_full_of_reserved_memory_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
