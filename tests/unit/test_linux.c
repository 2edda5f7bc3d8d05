/* SPDX-License-Identifier: BSD-3-Clause */
#include "linux_fixture.h"

static void what_a_loader_leaves_becomes_regions(void **state)
{
	(void)state;
	pc_map();
	cmdline("a=b");
	put32(params + RAMDISK_IMAGE, 0x300123);
	put32(params + RAMDISK_SIZE, 0x2222);
	put64(params + BP_ACPI_RSDP_ADDR, 0x3fe0010);
	check_regions(parse_well(), PAGES(0, 0x100000, RESERVED), PAGES(0x100000, 0x3fe0000, FREE),
		      PAGES(0x200000, 0x202000, RESERVED), PAGES(0x20f000, 0x210000, RESERVED),
		      BYTES(0x300000, 0x303000, INITRD, 0x123, 0x2222),
		      PAGES(0x3fe0000, 0x3fe1000, RESERVED), PAGES(0x3fe1000, 0x4000000, RESERVED));
	assert_int_equal(storage.bi.rsdp.pa, 0x3fe0010);
	assert_int_equal(storage.bi.cmdline.pa, CMDLINE_AT);
	assert_int_equal(storage.bi.cmdline_len, 3);
	assert_false(storage.bi.cmdline_has_path);
}

static void no_command_line_and_no_initrd_are_fine(void **state)
{
	struct bootinfo *bi;

	(void)state;
	pc_map();
	put32(params + RAMDISK_SIZE, 5); /* address 0: there is none */
	bi = parse_well();
	assert_int_equal(bi->cmdline_len, 0);
	for (uint32_t i = 0; i < bi->mrds.count; i++)
		assert_int_not_equal(bi->mrds.mrds[i].type, INITRD);
}

static void upper_halves_count(void **state)
{
	const struct ukplat_memregion_desc *r;
	struct bootinfo *bi;
	uint32_t i = 0;

	(void)state;
	pc_map();
	put32(params + RAMDISK_IMAGE, 0x1000);
	put32(params + BP_EXT_RAMDISK_IMAGE, 0x12);
	put32(params + BP_EXT_RAMDISK_SIZE, 1);
	bi = parse_well();
	while (bi->mrds.mrds[i].type != INITRD)
		i++;
	r = &bi->mrds.mrds[i];
	assert_int_equal(r->pbase, 0x1200001000);
	assert_int_equal(r->len, UINT64_C(1) << 32);
	begin();
	pc_map();
	cmdline("x");
	put32(params + BP_EXT_CMD_LINE_PTR, 1);
	refuse("command line");
}

static void the_image_of_grub_is_not_an_argument(void **state)
{
	(void)state;
	pc_map();
	cmdline("BOOT_IMAGE=/boot/x one");
	assert_true(parse_well()->cmdline_has_path);
	begin();
	pc_map();
	cmdline("BOOT_IMAG");
	assert_false(parse_well()->cmdline_has_path);
}

static void seeds_are_recorded(void **state)
{
	static const unsigned char seed[32] = {1, 2, 3};
	struct bootinfo *bi;
	uint64_t first, second;

	(void)state;
	pc_map();
	setup_data(77, "who knows", 9);
	first = setup_data(SETUP_RNG_SEED, seed, 32);
	setup_data(SETUP_RNG_SEED, NULL, 0);
	second = setup_data(SETUP_RNG_SEED, seed, 7);
	bi = parse_well();
	assert_int_equal(bi->nr_seeds, 2);
	assert_int_equal(bi->seed[0].pa.pa, first);
	assert_int_equal(bi->seed[0].len, 32);
	assert_int_equal(bi->seed[0].source, ENTROPY_SETUP_RNG_SEED);
	assert_int_equal(bi->seed[1].pa.pa, second);
	assert_int_equal(bi->seed[1].len, 7);
	assert_null(bi->warning);
}

/* All must be known, so that all are wiped: those that are no use, too. */
static void seeds_at_odd_addresses_are_recorded_and_too_many_refused(void **state)
{
	struct bootinfo *bi;
	uint64_t odd;

	(void)state;
	pc_map();
	data_end += 2;
	odd = setup_data(SETUP_RNG_SEED, "12345678", 8);
	bi = parse_well();
	assert_int_equal(bi->nr_seeds, 1);
	assert_int_equal(bi->seed[0].pa.pa, odd);
	begin();
	pc_map();
	for (unsigned i = 0; i <= BOOTINFO_MAX_SEEDS; i++)
		setup_data(SETUP_RNG_SEED, "12345678", 8);
	refuse("too many entropy seeds");
}

static void more_of_the_map_may_be_in_setup_data(void **state)
{
	struct bootinfo *bi;
	uint64_t more;

	(void)state;
	map_entry(0x100000, 0x300000, 2);
	more = setup_data(SETUP_E820_EXT, NULL, 0);
	put32(more - 4, 2 * 20 + 19); /* what is left of a third entry is none */
	put_entry(more, 0x10000000, 0x1000000, 1);
	put_entry(more + 20, 0x20000000, 0x1000000, 1);
	put_entry(more + 40, 0x30000000, 0x1000000, 1);
	bi = parse_well();
	assert_int_equal(bi->mrds.mrds[bi->mrds.count - 2].pbase, 0x10000000);
	assert_int_equal(bi->mrds.mrds[bi->mrds.count - 1].pbase, 0x20000000);
}

static void what_is_said_of_uefi_is_recorded(void **state)
{
	struct bootinfo *bi;

	(void)state;
	pc_map();
	machine_put(params + BP_EFI_INFO, "EL64", 4);
	put32(params + BP_EFI_INFO + EFI_SYSTAB, 0x1000);
	put32(params + BP_EFI_INFO + EFI_SYSTAB_HIGH, 0x2);
	put32(params + BP_EFI_INFO + EFI_DESC_SIZE, 48);
	put32(params + BP_EFI_INFO + EFI_MAP, 0x3ffff0);
	put32(params + BP_EFI_INFO + EFI_MAP_LEN, 480);
	put64(params + BP_ACPI_RSDP_ADDR, 0x3fe0010);
	bi = parse_well();
	assert_null(bi->warning);
	assert_int_equal(bi->efi.systab.pa, 0x200001000);
	assert_int_equal(bi->efi.map.pa, 0x3ffff0);
	assert_int_equal(bi->efi.map_len, 480);
	assert_int_equal(bi->efi.desc_size, 48);
	check_regions(bi, PAGES(0, 0x100000, RESERVED), PAGES(0x100000, 0x3fe0000, FREE),
		      PAGES(0x200000, 0x202000, RESERVED), PAGES(0x3ff000, 0x401000, RESERVED),
		      PAGES(0x3fe0000, 0x3fe1000, RESERVED), PAGES(0x3fe1000, 0x4000000, RESERVED));
	begin();
	pc_map();
	machine_put(params + BP_EFI_INFO, "EL32", 4);
	put32(params + BP_EFI_INFO + EFI_SYSTAB, 0x1000);
	assert_int_equal(parse_well()->efi.systab.pa, 0);
}

/* UEFI 2.10, 4.3 and 4.6: a system table with one configuration table, ACPI 2.0's */
static void without_a_named_rsdp_uefi_is_asked(void **state)
{
	static const unsigned char guid[16] = {0x71, 0xe8, 0x68, 0x88, 0xf1, 0xe4, 0xd3, 0x11,
					       0xbc, 0x22, 0x00, 0x80, 0xc7, 0x3c, 0x88, 0x81};
	const uint64_t systab = 0x310000, table = 0x311000;

	(void)state;
	pc_map();
	machine_put(params + BP_EFI_INFO, "EL64", 4);
	put32(params + BP_EFI_INFO + EFI_SYSTAB, (uint32_t)systab);
	machine_put(systab, "IBI SYST", 8);
	put64(systab + 104, 1);
	put64(systab + 112, table);
	machine_put(table, guid, sizeof(guid));
	put64(table + 16, 0x3fe0020);
	assert_int_equal(parse_well()->rsdp.pa, 0x3fe0020);
	begin();
	pc_map();
	machine_put(params + BP_EFI_INFO, "EL64", 4);
	put32(params + BP_EFI_INFO + EFI_SYSTAB, 0xfffff000);
	assert_int_equal(parse_well()->rsdp.pa, 0);
	assert_non_null(storage.bi.warning);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, setup)
	const struct CMUnitTest tests[] = {
		TEST(what_a_loader_leaves_becomes_regions),
		TEST(no_command_line_and_no_initrd_are_fine),
		TEST(upper_halves_count),
		TEST(the_image_of_grub_is_not_an_argument),
		TEST(seeds_are_recorded),
		TEST(seeds_at_odd_addresses_are_recorded_and_too_many_refused),
		TEST(more_of_the_map_may_be_in_setup_data),
		TEST(what_is_said_of_uefi_is_recorded),
		TEST(without_a_named_rsdp_uefi_is_asked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
