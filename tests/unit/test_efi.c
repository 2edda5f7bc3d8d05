/* SPDX-License-Identifier: BSD-3-Clause */
#include "efi_fixture.h"

/* On a PC the lowest MiB is reserved. */
#if ARCH_FIXED_CONSOLE
#define check_with_low(bi, ...) check_regions(bi, PAGES(0, 0x100000, RESERVED), __VA_ARGS__)
#else
#define check_with_low(bi, ...) check_regions(bi, __VA_ARGS__)
#endif

#define MAP_PAGE PAGES(MAP, MAP + 0x1000, RESERVED)

static void what_boot_services_had_is_free(void **state)
{
	(void)state;
	region(CONVENTIONAL, 0x1000000, 0x1100000);
	region(BOOT_CODE, 0x1200000, 0x1300000);
	region(LOADER_DATA, 0x1400000, 0x1500000);
	check_with_low(parsed(), MAP_PAGE, PAGES(0x1000000, 0x1100000, FREE),
		       PAGES(0x1200000, 0x1300000, FREE), PAGES(0x1400000, 0x1500000, FREE));
}

static void what_firmware_keeps_is_reserved(void **state)
{
	static const uint32_t kept[] = {0,  5,	RUNTIME_DATA, 8,	  ACPI_RECLAIM, 10,
					11, 12, 13,	      PERSISTENT, UNACCEPTED,	0x80000001};
	uint64_t at = 0x1000000;

	(void)state;
	for (size_t i = 0; i < sizeof(kept) / sizeof(*kept); i++, at += 0x10000)
		region(kept[i], at, at + 0x10000);
	region(CONVENTIONAL, at, at + 0x10000);
	check_with_low(parsed(), MAP_PAGE, PAGES(0x1000000, 0x10c0000, RESERVED),
		       PAGES(0x10c0000, 0x10d0000, FREE));
}

static void memory_that_is_special_or_uncached_is_not_free(void **state)
{
	(void)state;
	region_attr(CONVENTIONAL, 0x1000000, 0x1100000, 0x7);
	region_attr(CONVENTIONAL, 0x1100000, 0x1200000, 0x4000f);
	region(CONVENTIONAL, 0x1200000, 0x1300000);
	check_with_low(parsed(), MAP_PAGE, PAGES(0x1000000, 0x1200000, RESERVED),
		       PAGES(0x1200000, 0x1300000, FREE));
}

static void neighbours_of_a_kind_become_one(void **state)
{
	(void)state;
	region(CONVENTIONAL, 0x1000000, 0x1100000);
	region(BOOT_CODE, 0x1100000, 0x1180000);
	region(4, 0x1180000, 0x1200000);
	region(RUNTIME_DATA, 0x1200000, 0x1210000);
	region(ACPI_RECLAIM, 0x1210000, 0x1220000);
	check_with_low(parsed(), MAP_PAGE, PAGES(0x1000000, 0x1200000, FREE),
		       PAGES(0x1200000, 0x1220000, RESERVED));
}

static void the_map_may_be_in_any_order(void **state)
{
	(void)state;
	region(CONVENTIONAL, 0x1300000, 0x1400000);
	region(RUNTIME_DATA, 0x1200000, 0x1210000);
	region(CONVENTIONAL, 0x1000000, 0x1200000);
	region(CONVENTIONAL, 0x1210000, 0x1300000);
	check_with_low(parsed(), MAP_PAGE, PAGES(0x1000000, 0x1200000, FREE),
		       PAGES(0x1200000, 0x1210000, RESERVED), PAGES(0x1210000, 0x1300000, FREE),
		       PAGES(0x1300000, 0x1400000, FREE));
}

static void overlaps_are_kept_for_the_list_to_settle(void **state)
{
	(void)state;
	region(CONVENTIONAL, 0x1000000, 0x1200000);
	region(RUNTIME_DATA, 0x1100000, 0x1110000);
	check_with_low(parsed(), MAP_PAGE, PAGES(0x1000000, 0x1200000, FREE),
		       PAGES(0x1100000, 0x1110000, RESERVED));
}

static void empty_entries_are_nothing(void **state)
{
	(void)state;
	region(CONVENTIONAL, 0x1000000, 0x1000000);
	region(CONVENTIONAL, 0x1000000, 0x1100000);
	region(RUNTIME_DATA, 0x5000000, 0x5000000);
	check_with_low(parsed(), MAP_PAGE, PAGES(0x1000000, 0x1100000, FREE));
}

static void longer_descriptors_are_stepped_over_by_their_own_size(void **state)
{
	(void)state;
	region(CONVENTIONAL, 0x1000000, 0x1100000);
	nr_descriptors++; /* the next one lies 96 bytes further */
	region(CONVENTIONAL, 0x1200000, 0x1300000);
	handover.descriptor_size = 2 * DESCRIPTOR;
	handover.map_size = 4 * DESCRIPTOR;
	check_with_low(parsed(), MAP_PAGE, PAGES(0x1000000, 0x1100000, FREE),
		       PAGES(0x1200000, 0x1300000, FREE));
}

static void half_an_entry_at_the_end_is_not_read(void **state)
{
	(void)state;
	region(CONVENTIONAL, 0x1000000, 0x1100000);
	region(CONVENTIONAL, 0x1200000, 0x1300000);
	handover.map_size -= 1;
	check_with_low(parsed(), MAP_PAGE, PAGES(0x1000000, 0x1100000, FREE));
}

static void absurd_maps_are_refused(void **state)
{
	(void)state;
	refused("the memory map is empty");
	region(CONVENTIONAL, 0x1000000, 0x1100000);
	handover.descriptor_size = 39;
	refused("of a version that nobody knows");
	handover.descriptor_size = 0;
	refused("of a version that nobody knows");
	handover.descriptor_size = DESCRIPTOR;
	handover.descriptor_version = 2;
	refused("of a version that nobody knows");
	handover.descriptor_version = 1;
	handover.map_size = UINT64_MAX;
	refused("longer than anybody's");
	handover.map_size = DESCRIPTOR;
	handover.map = PADDR(0x80000000);
	refused("the memory map cannot be read");
	handover.map = PADDR(MAP);
	handover.descriptor_size = UINT64_MAX;
	refused("the memory map is empty");
}

static void absurd_entries_are_refused(void **state)
{
	(void)state;
	region(CONVENTIONAL, 0x1000800, 0x1100800);
	refused("not page aligned");
	efi_setup(NULL);
	region(CONVENTIONAL, 0x1000000, 0xffffffffffff0000);
	region(CONVENTIONAL, 0xffffffffffff0000, 0x10000000);
	refused("larger than the address space");
	efi_setup(NULL);
	region(RUNTIME_DATA, 0x1000000, 0x1100000);
	refused("no usable memory");
}

static void what_was_loaded_keeps_its_place(void **state)
{
	struct bootinfo *bi;

	(void)state;
	region(CONVENTIONAL, 0x200000, 0x1000000);
	command_line("one two");
	handover.cmdline_has_path = true;
	handover.initrd = PADDR(0x350000);
	handover.initrd_len = 5000;
	bi = parsed();
	check_with_low(bi, PAGES(0x200000, 0x1000000, FREE), MAP_PAGE,
		       PAGES(0x330000, 0x331000, RESERVED),
		       BYTES(0x350000, 0x352000, INITRD, 0, 5000));
	assert_int_equal(bi->cmdline.pa, CMDLINE_AT);
	assert_int_equal(bi->cmdline_len, 7);
	assert_true(bi->cmdline_has_path);
	assert_int_equal(bi->efi.systab.pa, SYSTAB);
	assert_int_equal(bi->efi.map.pa, MAP);
	assert_int_equal(bi->efi.map_len, DESCRIPTOR);
	assert_int_equal(bi->efi.desc_size, DESCRIPTOR);
}

static void a_seed_is_recorded_where_it_lies(void **state)
{
	struct bootinfo *bi;

	(void)state;
	region(CONVENTIONAL, 0x1000000, 0x1100000);
	memset(handover.seed, 0x5a, sizeof(handover.seed));
	handover.seed_len = sizeof(handover.seed);
	bi = parsed();
	assert_int_equal(bi->nr_seeds, 1);
	assert_int_equal(bi->seed[0].source, ENTROPY_EFI_RNG);
	assert_int_equal(bi->seed[0].len, 32);
	assert_int_equal(bi->seed[0].pa.pa % 4, 0);
	assert_memory_equal(physmem(bi->seed[0].pa, 32), handover.seed, 32);
}

static void the_newer_acpi_counts(void **state)
{
	struct bootinfo *bi;

	(void)state;
	region(CONVENTIONAL, 0x1000000, 0x1100000);
	config_table(GUID_ACPI_20, 0x340024);
	config_table("something else..", 0x1);
	config_table(GUID_ACPI_10, 0x340000);
	bi = parsed();
	assert_int_equal(bi->rsdp.pa, 0x340024);
	check_with_low(bi, MAP_PAGE, PAGES(0x340000, 0x341000, RESERVED),
		       PAGES(0x1000000, 0x1100000, FREE));
	efi_setup(NULL);
	region(CONVENTIONAL, 0x1000000, 0x1100000);
	config_table(GUID_ACPI_10, 0x340000);
	assert_int_equal(parsed()->rsdp.pa, 0x340000);
}

static void damaged_tables_are_refused(void **state)
{
	(void)state;
	region(CONVENTIONAL, 0x1000000, 0x1100000);
	systab.number_of_table_entries = 0x401;
	refused("more configuration tables");
	systab.number_of_table_entries = 1;
	systab.configuration_table = UINT64_MAX - 8;
	refused("the configuration tables cannot be read");
	systab.configuration_table = TABLES + 4;
	refused("the configuration tables cannot be read");
	systab.header.signature ^= 1;
	refused("the system table cannot be read");
	handover.system_table = PADDR(0x80000000);
	refused("the system table cannot be read");
}

static void what_the_stub_could_not_do_is_told(void **state)
{
	struct bootinfo *bi;

	(void)state;
	region(CONVENTIONAL, 0x1000000, 0x1100000);
	handover.trouble = EFI_TROUBLE_OPTIONS;
	bi = parsed();
	assert_non_null(bi->warning);
	assert_int_equal(bi->cmdline_len, 0);
	handover.trouble = EFI_TROUBLE_EXIT;
	refused("does not end its boot services");
	assert_non_null(efi_parse(fresh_bootinfo(BOOT_EFI), PADDR(0x80000000)));
}

static void a_long_map_loses_free_memory_and_says_so(void **state)
{
	struct bootinfo *bi;
	uint64_t i;

	(void)state;
	for (i = 0; i < 200; i++)
		region(CONVENTIONAL, 0x1000000 + i * 0x20000, 0x1010000 + i * 0x20000);
	for (i = 0; i < 50; i++)
		region(RUNTIME_DATA, 0x1010000 + i * 0x20000, 0x1020000 + i * 0x20000);
	handover.trouble = EFI_TROUBLE_OPTIONS;
	bi = parsed();
	assert_true(bi->too_long);
	assert_non_null(strstr(bi->warning, "load options")); /* said as well */
	assert_int_equal(bi->mrds.count, BOOTINFO_REGIONS);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup(f, efi_setup)
	const struct CMUnitTest tests[] = {
		TEST(what_boot_services_had_is_free),
		TEST(what_firmware_keeps_is_reserved),
		TEST(memory_that_is_special_or_uncached_is_not_free),
		TEST(neighbours_of_a_kind_become_one),
		TEST(the_map_may_be_in_any_order),
		TEST(overlaps_are_kept_for_the_list_to_settle),
		TEST(empty_entries_are_nothing),
		TEST(longer_descriptors_are_stepped_over_by_their_own_size),
		TEST(half_an_entry_at_the_end_is_not_read),
		TEST(absurd_maps_are_refused),
		TEST(absurd_entries_are_refused),
		TEST(what_was_loaded_keeps_its_place),
		TEST(a_seed_is_recorded_where_it_lies),
		TEST(the_newer_acpi_counts),
		TEST(damaged_tables_are_refused),
		TEST(what_the_stub_could_not_do_is_told),
		TEST(a_long_map_loses_free_memory_and_says_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
