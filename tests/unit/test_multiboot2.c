/* SPDX-License-Identifier: BSD-3-Clause */
#include "multiboot2_fixture.h"

static void memory_maps_become_regions(void **state)
{
	(void)state;
	pc_map();
	check_regions(parse_well(), PAGES(0, 0x100000, RESERVED), PAGES(0x100000, 0x3fe0000, FREE),
		      PAGES(0x200000, 0x201000, RESERVED), PAGES(0x3fe0000, 0x4000000, RESERVED),
		      PAGES(0xfffc0000, 0x100000000, RESERVED),
		      PAGES(0xfd00000000, 0x10000000000, RESERVED));
}

static void entries_may_be_longer_than_today(void **state)
{
	struct bootinfo *bi;

	(void)state;
	mmap_of(40, pc_ranges, PC_RANGES);
	bi = parse_well();
	assert_int_equal(bi->mrds.count, 6);
}

static void the_command_line_is_found_in_its_tag(void **state)
{
	struct bootinfo *bi;
	uint64_t text;

	(void)state;
	text = string_tag(CMDLINE, "one \"two three\"");
	pc_map();
	bi = parse_well();
	assert_int_equal(bi->cmdline.pa, text);
	assert_int_equal(bi->cmdline_len, 15);
	assert_false(bi->cmdline_has_path);
}

static void the_first_module_is_the_initrd_and_others_are_kept(void **state)
{
	struct bootinfo *bi;

	(void)state;
	pc_map();
	string_tag(LOADER_NAME, "GRUB 2.06");
	module(0x300123, 0x302345, "initrd");
	module(0x310000, 0x310000, "empty");
	module(0x320000, 0x320001, "");
	bi = parse_well();
	check_regions(bi, PAGES(0, 0x100000, RESERVED), PAGES(0x100000, 0x3fe0000, FREE),
		      PAGES(0x200000, 0x201000, RESERVED),
		      BYTES(0x300000, 0x303000, INITRD, 0x123, 0x2222),
		      PAGES(0x320000, 0x321000, RESERVED), PAGES(0x3fe0000, 0x4000000, RESERVED),
		      PAGES(0xfffc0000, 0x100000000, RESERVED),
		      PAGES(0xfd00000000, 0x10000000000, RESERVED));
}

static void the_newer_rsdp_counts_in_either_order(void **state)
{
	static const unsigned char rsdp[36] = "RSD PTR ";
	uint64_t old, new;

	(void)state;
	pc_map();
	old = tag(ACPI_OLD, rsdp, 20);
	assert_int_equal(parse_well()->rsdp.pa, old);
	setup(NULL);
	pc_map();
	tag(ACPI_OLD, rsdp, 20);
	new = tag(ACPI_NEW, rsdp, 36);
	assert_int_equal(parse_well()->rsdp.pa, new);
	setup(NULL);
	pc_map();
	new = tag(ACPI_NEW, rsdp, 36);
	tag(ACPI_OLD, rsdp, 20);
	assert_int_equal(parse_well()->rsdp.pa, new);
}

static void what_is_said_of_uefi_is_recorded(void **state)
{
	static const uint64_t systab = 0x123456789abc;
	unsigned char map[8 + 2 * 48] = {48, 0, 0, 0, 1};
	struct bootinfo *bi;
	uint64_t at_map;

	(void)state;
	pc_map();
	tag(EFI64_SYSTAB, &systab, 8);
	at_map = tag(EFI_MMAP, map, sizeof(map));
	bi = parse_well();
	assert_int_equal(bi->efi.systab.pa, systab);
	assert_int_equal(bi->efi.map.pa, at_map + 8);
	assert_int_equal(bi->efi.map_len, 96);
	assert_int_equal(bi->efi.desc_size, 48);
}

static void unknown_tags_and_short_ones_are_passed_over(void **state)
{
	struct bootinfo *bi;

	(void)state;
	for (uint32_t type = 21; type < 60; type++)
		tag(type, "1234567", type % 8);
	tag(EFI_MMAP, NULL, 0);
	tag(EFI64_SYSTAB, "\1\2", 2);
	pc_map();
	bi = parse_well();
	assert_int_equal(bi->efi.systab.pa, 0x201);
	assert_int_equal(bi->efi.map.pa, 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, setup)
	const struct CMUnitTest tests[] = {
		TEST(memory_maps_become_regions),
		TEST(entries_may_be_longer_than_today),
		TEST(the_command_line_is_found_in_its_tag),
		TEST(the_first_module_is_the_initrd_and_others_are_kept),
		TEST(the_newer_rsdp_counts_in_either_order),
		TEST(what_is_said_of_uefi_is_recorded),
		TEST(unknown_tags_and_short_ones_are_passed_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
