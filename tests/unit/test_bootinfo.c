/* SPDX-License-Identifier: BSD-3-Clause */
#include "boot_fixture.h"

static const char *add(uint64_t pa, uint64_t len, uint16_t type)
{
	return bootinfo_add(&storage.bi, PADDR(pa), len, type);
}

static void free_memory_is_rounded_inward(void **state)
{
	struct bootinfo *bi = fresh_bootinfo(BOOT_PVH);

	(void)state;
	assert_null(add(0x200001, 0x3ffe, FREE));
	check_regions(bi, PAGES(0x201000, 0x203000, FREE));
}

static void free_memory_of_less_than_a_page_is_nothing(void **state)
{
	struct bootinfo *bi = fresh_bootinfo(BOOT_PVH);

	(void)state;
	assert_null(add(0x200001, 0x1ffe, FREE));
	assert_null(add(0x200000, 0xfff, FREE));
	assert_null(add(0x200000, 0, FREE));
	assert_int_equal(bi->mrds.count, 0);
	assert_non_null(bootinfo_check_memory(bi));
}

static void reserved_memory_is_rounded_outward(void **state)
{
	struct bootinfo *bi = fresh_bootinfo(BOOT_PVH);

	(void)state;
	assert_null(add(0x200fff, 2, RESERVED));
	check_regions(bi, PAGES(0x200000, 0x202000, RESERVED));
}

static void initrd_keeps_its_exact_bytes(void **state)
{
	struct bootinfo *bi = fresh_bootinfo(BOOT_PVH);

	(void)state;
	assert_null(add(0x200123, 0x1000, INITRD));
	check_regions(bi, BYTES(0x200000, 0x202000, INITRD, 0x123, 0x1000));
}

static void reserved_memory_does_not_hide_an_initrd(void **state)
{
	struct bootinfo *bi = fresh_bootinfo(BOOT_PVH);

	(void)state;
	assert_null(add(0x202010, 0x20, INITRD));
	assert_null(add(0x200000, 0x5000, RESERVED));
	check_regions(bi, PAGES(0x200000, 0x202000, RESERVED),
		      BYTES(0x202000, 0x203000, INITRD, 0x10, 0x20),
		      PAGES(0x203000, 0x205000, RESERVED));
}

/* To the byte: what only shares a page with the initrd does not keep it from being given back */
static void whose_bytes_are_reserved_is_recorded(void **state)
{
	struct bootinfo *bi = fresh_bootinfo(BOOT_PVH);

	(void)state;
	assert_null(add(0x202800, 0x1000, INITRD));
	assert_null(add(0x202000, 0x800, RESERVED));
	assert_null(add(0x203800, 0x100, RESERVED));
	assert_null(add(0x208000, 0x1000, RESERVED));
	assert_int_equal(bi->reserved_types, 0);
	assert_null(add(0x2037ff, 0x100, RESERVED));
	assert_int_equal(bi->reserved_types, INITRD);
	assert_null(add(0x209000, 0x1000, DEVICETREE));
	assert_null(add(0x100000, 0x200000, RESERVED));
	assert_int_equal(bi->reserved_types, INITRD | DEVICETREE);
}

static void reserving_twice_gives_one_region(void **state)
{
	struct bootinfo *bi = fresh_bootinfo(BOOT_PVH);

	(void)state;
	assert_null(add(0x200010, 0x20, RESERVED));
	assert_null(add(0x200100, 0x20, RESERVED));
	assert_null(add(0x200f00, 0x200, RESERVED));
	check_regions(bi, PAGES(0x200000, 0x201000, RESERVED), PAGES(0x201000, 0x202000, RESERVED));
}

static void reserved_memory_fills_all_gaps_between_others(void **state)
{
	struct bootinfo *bi = fresh_bootinfo(BOOT_PVH);

	(void)state;
	assert_null(add(0x206000, 0x1000, DEVICETREE));
	assert_null(add(0x202000, 0x1000, INITRD));
	assert_null(add(0x201000, 0x7000, RESERVED));
	check_regions(bi, PAGES(0x201000, 0x202000, RESERVED), PAGES(0x202000, 0x203000, INITRD),
		      PAGES(0x203000, 0x206000, RESERVED), PAGES(0x206000, 0x207000, DEVICETREE),
		      PAGES(0x207000, 0x208000, RESERVED));
}

static void an_initrd_below_what_came_before_is_not_hidden_either(void **state)
{
	struct bootinfo *bi = fresh_bootinfo(BOOT_PVH);

	(void)state;
	assert_null(add(0x200000, 0x10000, FREE));
	assert_null(add(0x100000, 0x300000, INITRD));
	assert_null(add(0x300000, 0x1000, RESERVED));
	check_regions(bi, PAGES(0x100000, 0x400000, INITRD), PAGES(0x200000, 0x210000, FREE));
}

static void free_memory_does_not_keep_reserved_memory_away(void **state)
{
	struct bootinfo *bi = fresh_bootinfo(BOOT_PVH);

	(void)state;
	assert_null(add(0x200000, 0x10000, FREE));
	assert_null(add(0x204000, 0x1000, RESERVED));
	check_regions(bi, PAGES(0x200000, 0x210000, FREE), PAGES(0x204000, 0x205000, RESERVED));
}

static void regions_are_in_order_of_address_and_of_arrival(void **state)
{
	struct bootinfo *bi = fresh_bootinfo(BOOT_PVH);

	(void)state;
	assert_null(add(0x208000, 0x1000, FREE));
	assert_null(add(0x204000, 0x1000, FREE));
	assert_null(add(0x204800, 0x100, INITRD));
	assert_null(add(0x200000, 0x1000, FREE));
	check_regions(bi, PAGES(0x200000, 0x201000, FREE), PAGES(0x204000, 0x205000, FREE),
		      BYTES(0x204000, 0x205000, INITRD, 0x800, 0x100),
		      PAGES(0x208000, 0x209000, FREE));
}

static void addresses_beyond_52_bits_are_clipped(void **state)
{
	const uint64_t top = UINT64_C(1) << 52;
	struct bootinfo *bi = fresh_bootinfo(BOOT_PVH);

	(void)state;
	assert_null(add(top - 0x2000, UINT64_MAX, FREE));
	assert_null(add(top - 0x3000, 0x8000, RESERVED));
	assert_null(add(top, 0x1000, RESERVED));
	assert_null(add(UINT64_MAX, UINT64_MAX, RESERVED));
	assert_null(add(UINT64_MAX - 0xfff, 0x1000, FREE));
	check_regions(bi, PAGES((1ULL << 52) - 0x3000, 1ULL << 52, RESERVED),
		      PAGES((1ULL << 52) - 0x2000, 1ULL << 52, FREE));
}

static void the_first_mib_is_one_region_whatever_the_map_says(void **state)
{
	struct bootinfo *bi = fresh_bootinfo(BOOT_PVH);

	(void)state;
	assert_null(bootinfo_add_low(bi));
	assert_null(bootinfo_add_e820(bi, PADDR(0), 0x9fc00, 1));
	assert_null(bootinfo_add_e820(bi, PADDR(0x9fc00), 0x400, 2));
	assert_null(bootinfo_add_e820(bi, PADDR(0xf0000), 0x20000, 1));
	check_regions(bi, PAGES(0, 0x100000, RESERVED), PAGES(0x100000, 0x110000, FREE));
}

static void what_lies_in_the_first_mib_is_kept_with_it(void **state)
{
	struct bootinfo *bi = fresh_bootinfo(BOOT_PVH);

	(void)state;
	assert_null(add(0x100000, 0x1000, INITRD));
	assert_null(bootinfo_add_low(bi));
	assert_null(add(0, 1, RESERVED));
	assert_null(add(0xfffff, 1, RESERVED));
	check_regions(bi, PAGES(0, 0x100000, RESERVED), PAGES(0x100000, 0x101000, INITRD));
	assert_null(add(0xfffff, 0x1002, RESERVED));
	check_regions(bi, PAGES(0, 0x100000, RESERVED), PAGES(0x100000, 0x101000, INITRD),
		      PAGES(0x101000, 0x102000, RESERVED));
	assert_int_equal(bi->reserved_types, INITRD);
}

static void an_initrd_in_the_first_mib_is_not_hidden(void **state)
{
	struct bootinfo *bi = fresh_bootinfo(BOOT_PVH);

	(void)state;
	assert_null(add(0xff000, 0x2000, INITRD));
	assert_null(bootinfo_add_low(bi));
	check_regions(bi, PAGES(0, 0xff000, RESERVED), PAGES(0xff000, 0x101000, INITRD));
	bi->reserved_types = 0;
	assert_null(add(0x80000, 0x80000, RESERVED));
	check_regions(bi, PAGES(0, 0xff000, RESERVED), PAGES(0xff000, 0x101000, INITRD));
	assert_int_equal(bi->reserved_types, INITRD);
}

static void only_type_1_memory_is_free(void **state)
{
	struct bootinfo *bi = fresh_bootinfo(BOOT_PVH);
	uint32_t type;

	(void)state;
	for (type = 0; type < 16; type++)
		assert_null(bootinfo_add_e820(bi, PADDR(0x1000000 + type * 0x2000), 0x1000, type));
	for (type = 0; type < 16; type++)
		assert_int_equal(bi->mrds.mrds[type].type, type == 1 ? FREE : RESERVED);
	assert_null(bootinfo_check_memory(bi));
}

static void strnlen_finds_the_first_nul_at_every_alignment(void **state)
{
	uint64_t offset, len, max;

	(void)state;
	for (offset = 0; offset < 8; offset++)
		for (max = 0; max < 24; max++)
			for (len = 0; len <= max; len++) {
				/* Exactly as large as it may look at */
				char *block = malloc(offset + max + 1), *copy;

				memset(block, 0x80 | 'x', offset + max);
				if (len < max)
					block[offset + len] = '\0';
				if (len + 1 < max)
					block[offset + len + 1] = '\x01';
				copy = realloc(block, offset + max ? offset + max : 1);
				assert_int_equal(bootinfo_strnlen(copy + offset, max), len);
				free(copy);
			}
}

static void strings_cross_pages(void **state)
{
	uint64_t len = 0;

	(void)state;
	machine_open(0x100000);
	memset(machine_at(0x100ffd), 'a', 0x10000);
	machine_seal();
	assert_true(bootinfo_strlen(PADDR(0x100ffd), &len));
	assert_int_equal(len, 0x10000);
	assert_true(bootinfo_strlen(PADDR(0x100ffc), &len));
	assert_int_equal(len, 0);
}

static void strings_that_do_not_end_are_refused(void **state)
{
	uint64_t len;

	(void)state;
	machine_open(0x100000);
	memset(machine_at(0x100000), 'a', BOOTINFO_STRING_MAX);
	memset(machine_at(0x100000 + MACHINE_SIZE - 5), 'a', 5);
	machine_seal();
	assert_false(bootinfo_strlen(PADDR(0x100000), &len));
	assert_true(bootinfo_strlen(PADDR(0x100001), &len));
	assert_int_equal(len, BOOTINFO_STRING_MAX - 1);
	assert_false(bootinfo_strlen(PADDR(0x100000 + MACHINE_SIZE - 5), &len));
	assert_false(bootinfo_strlen(PADDR(0x1000), &len));
	assert_false(bootinfo_strlen(PADDR(UINT64_MAX - 2), &len));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(free_memory_is_rounded_inward),
		cmocka_unit_test(free_memory_of_less_than_a_page_is_nothing),
		cmocka_unit_test(reserved_memory_is_rounded_outward),
		cmocka_unit_test(initrd_keeps_its_exact_bytes),
		cmocka_unit_test(reserved_memory_does_not_hide_an_initrd),
		cmocka_unit_test(whose_bytes_are_reserved_is_recorded),
		cmocka_unit_test(reserving_twice_gives_one_region),
		cmocka_unit_test(reserved_memory_fills_all_gaps_between_others),
		cmocka_unit_test(an_initrd_below_what_came_before_is_not_hidden_either),
		cmocka_unit_test(free_memory_does_not_keep_reserved_memory_away),
		cmocka_unit_test(regions_are_in_order_of_address_and_of_arrival),
		cmocka_unit_test(addresses_beyond_52_bits_are_clipped),
		cmocka_unit_test(the_first_mib_is_one_region_whatever_the_map_says),
		cmocka_unit_test(what_lies_in_the_first_mib_is_kept_with_it),
		cmocka_unit_test(an_initrd_in_the_first_mib_is_not_hidden),
		cmocka_unit_test(only_type_1_memory_is_free),
		cmocka_unit_test(strnlen_finds_the_first_nul_at_every_alignment),
		cmocka_unit_test(strings_cross_pages),
		cmocka_unit_test(strings_that_do_not_end_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
