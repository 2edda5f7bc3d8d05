/* SPDX-License-Identifier: BSD-3-Clause */
#include <ukaslr/linux_boot.h>
#include "boot_fixture.h"

/* struct efi_info, behind BP_EFI_INFO */
enum { EFI_SYSTAB = 4, EFI_DESC_SIZE = 8, EFI_MAP = 16, EFI_MAP_LEN = 20, EFI_SYSTAB_HIGH = 24 };

#define PARAMS	   0x200800u /* not aligned: nobody promises it */
#define CMDLINE_AT 0x20fffcu
#define DATA	   0x220000u

static uint64_t params, data_end, last_next;

static void put32(uint64_t pa, uint32_t value)
{
	machine_put(pa, &value, sizeof(value));
}

static void put64(uint64_t pa, uint64_t value)
{
	machine_put(pa, &value, sizeof(value));
}

static unsigned entries(void)
{
	return *(unsigned char *)machine_at(params + E820_ENTRIES);
}

static void put_entry(uint64_t pa, uint64_t addr, uint64_t len, uint32_t type)
{
	put64(pa, addr);
	put64(pa + 8, len);
	put32(pa + 16, type);
}

static void map_entry(uint64_t addr, uint64_t len, uint32_t type)
{
	put_entry(params + E820_TABLE + 20 * entries(), addr, len, type);
	++*(unsigned char *)machine_at(params + E820_ENTRIES);
}

static void cmdline(const char *text)
{
	machine_put(CMDLINE_AT, text, strlen(text) + 1);
	put32(params + CMD_LINE_PTR, CMDLINE_AT);
}

/* Appends to the chain; returns where the data is. */
static uint64_t setup_data(uint32_t type, const void *bytes, uint32_t len)
{
	const uint64_t at = data_end;

	put64(last_next, at);
	last_next = at;
	put64(at, 0);
	put32(at + 8, type);
	put32(at + 12, len);
	if (len)
		machine_put(at + 16, bytes, len);
	data_end += (16 + len + PAGE_SIZE - 1) & -PAGE_SIZE;
	return at + 16;
}

/* What QEMU 7.2's BIOS says of a PC with 64 MiB */
static void pc_map(void)
{
	map_entry(0, 0x9fc00, 1);
	map_entry(0x9fc00, 0x400, 2);
	map_entry(0xf0000, 0x10000, 2);
	map_entry(0x100000, 0x3ee0000, 1);
	map_entry(0x3fe0000, 0x20000, 2);
}

static void begin(void)
{
	machine_open(0);
	machine_put(params + HDRS, "HdrS", 4);
	data_end = DATA;
	last_next = params + SETUP_DATA;
}

static int setup(void **state)
{
	(void)state;
	params = PARAMS;
	begin();
	return 0;
}

static const struct parser linux_boot = {linux_parse, BOOT_LINUX, "linux: "};

static struct bootinfo *parse_well(void)
{
	return parse_well_at(&linux_boot, params);
}

static void refuse(const char *why)
{
	refuse_at(&linux_boot, params, why);
	begin();
}

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

static void parameters_without_sense_are_refused(void **state)
{
	(void)state;
	refuse("map is empty");
	pc_map();
	machine_put(params + HDRS, "Hdrs", 4);
	refuse("no setup header");
	pc_map();
	*(unsigned char *)machine_at(params + E820_ENTRIES) = E820_MAX + 1;
	refuse("longer than its table");
	map_entry(0, 0x100000, 1);
	map_entry(0x100000, 0x100000, 2);
	refuse("no usable memory");
	pc_map();
	cmdline("");
	memset(machine_at(CMDLINE_AT), 'x', MACHINE_SIZE - CMDLINE_AT);
	refuse("command line");
	pc_map();
	put32(params + RAMDISK_IMAGE, 1);
	put32(params + RAMDISK_SIZE, 0xffffffff);
	put32(params + BP_EXT_RAMDISK_SIZE, 0xffffffff);
	refuse("initrd");
	params = MACHINE_SIZE - BOOT_PARAMS_SIZE + 1;
	machine_open(0);
	machine_seal();
	assert_non_null(linux_parse(fresh_bootinfo(BOOT_LINUX), PADDR(params)));
}

static void of_the_map_in_setup_data_too_much_is_refused(void **state)
{
	const uint32_t half = 0x4000 * 20;

	(void)state;
	for (uint32_t more = 0; more <= 20; more += 20) {
		pc_map();
		put32(setup_data(SETUP_E820_EXT, NULL, 0) - 4, half);
		data_end += half;
		put32(setup_data(SETUP_E820_EXT, NULL, 0) - 4, half + more);
		if (more) {
			refuse("more setup_data");
		} else {
			parse_well();
			begin();
		}
	}
}

static void setup_data_that_lies_is_refused(void **state)
{
	uint64_t first;

	(void)state;
	pc_map();
	first = setup_data(1, "", 0) - 16;
	setup_data(2, "", 0);
	put64(last_next, first);
	refuse("more setup_data");
	pc_map();
	first = setup_data(1, "", 0) - 16;
	put64(first, first);
	refuse("more setup_data");
	pc_map();
	put64(params + SETUP_DATA, MACHINE_SIZE - 15);
	refuse("cannot be read");
	pc_map();
	first = setup_data(SETUP_RNG_SEED, "", 0);
	put32(first - 4, 0xffffffff);
	refuse("cannot be read");
	pc_map();
	first = setup_data(SETUP_RNG_SEED, "", 0);
	put32(first - 4, MACHINE_SIZE);
	refuse("cannot be read");
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
		TEST(parameters_without_sense_are_refused),
		TEST(of_the_map_in_setup_data_too_much_is_refused),
		TEST(setup_data_that_lies_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
