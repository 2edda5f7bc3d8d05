/* SPDX-License-Identifier: BSD-3-Clause */
#include "multiboot_fixture.h"

static void qemus_map_becomes_regions(void **state)
{
	struct bootinfo *bi;

	(void)state;
	qemu_map();
	cmdline("/some/where/hello.img kaslr.report");
	loader_name("qemu");
	bi = parse_well();
	check_regions(bi, PAGES(0, 0x100000, RESERVED), PAGES(0x100000, 0x3fe0000, FREE),
		      PAGES(0x151000, 0x152000, RESERVED), PAGES(0x3fe0000, 0x4000000, RESERVED),
		      PAGES(0xfffc0000, 0x100000000, RESERVED),
		      PAGES(0xfd00000000, 0x10000000000, RESERVED));
	assert_int_equal(bi->cmdline.pa, CMDLINE_AT);
	assert_int_equal(bi->cmdline_len, strlen("/some/where/hello.img kaslr.report"));
	assert_int_equal(bi->rsdp.pa, 0);
	assert_null(bi->warning);
}

static void some_loaders_command_lines_begin_with_a_path(void **state)
{
	static const struct {
		const char *loader;
		bool has_path;
	} cases[] = {
		{"qemu", true},
		{"qemus", false},
		{"GRUB 2.06-13+deb12u1", false},
		{"GNU GRUB 0.97", true},
		{"GNU GRUB 2.06", false},
		{"iPXE 1.21.1+", true},
		{"iPXE", false},
		{"ISOLINUX 6.04 20200816 ", true},
		{"LINUX 6.04", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		start_again();
		qemu_map();
		cmdline("a b");
		loader_name(cases[i].loader);
		assert_int_equal(parse_well()->cmdline_has_path, cases[i].has_path);
	}
}

static void no_command_line_is_an_empty_one(void **state)
{
	struct bootinfo *bi;

	(void)state;
	qemu_map();
	loader_name("qemu");
	bi = parse_well();
	assert_int_equal(bi->cmdline_len, 0);
	assert_false(bi->cmdline_has_path);
}

static void first_module_is_the_initrd_others_are_reserved(void **state)
{
	struct bootinfo *bi;

	(void)state;
	map_entry(0x100000, 0x3f00000, 1);
	/* The first module lies above the second; both name strings in the initrd's last page. */
	module(0, 0x180000, 0x1a0123, 0x1a0200);
	module(1, 0x160000, 0x161000, 0x1a0300);
	machine_put(0x1a0200, "one", 4);
	machine_put(0x1a0300, "two", 4);
	bi = parse_well();
	check_regions(bi, PAGES(0, 0x100000, RESERVED), PAGES(0x100000, 0x4000000, FREE),
		      PAGES(0x150000, 0x151000, RESERVED), PAGES(0x160000, 0x161000, RESERVED),
		      BYTES(0x180000, 0x1a1000, INITRD, 0, 0x20123));
}

static void module_strings_are_reserved(void **state)
{
	struct bootinfo *bi;

	(void)state;
	map_entry(0x100000, 0x3f00000, 1);
	module(0, 0x180000, 0x181000, 0x1a0ffe);
	machine_put(0x1a0ffe, "initrd", 7);
	bi = parse_well();
	check_regions(bi, PAGES(0, 0x100000, RESERVED), PAGES(0x100000, 0x4000000, FREE),
		      PAGES(0x150000, 0x151000, RESERVED), PAGES(0x180000, 0x181000, INITRD),
		      PAGES(0x1a0000, 0x1a2000, RESERVED));
}

static void loader_structures_are_reserved(void **state)
{
	struct bootinfo *bi;

	(void)state;
	info = 0x120ffe; /* across two pages, and misaligned */
	map_entry(0x100000, 0x3f00000, 1);
	memcpy(machine_at(0x130001), machine_at(MMAP), 24);
	set(MMAP_ADDR, 0x130001);
	bi = parse_well();
	check_regions(bi, PAGES(0, 0x100000, RESERVED), PAGES(0x100000, 0x4000000, FREE),
		      PAGES(0x120000, 0x122000, RESERVED), PAGES(0x130000, 0x131000, RESERVED));
}

static void entries_longer_than_the_specification_says_are_stepped_over(void **state)
{
	struct bootinfo *bi;

	(void)state;
	map_entry_of(27, 0x100000, 0x100000, 1);
	map_entry_of(20, 0x200000, 0x100000, 3);
	map_entry_of(101, 0x300000, 0x100000, 1);
	bi = parse_well();
	check_regions(bi, PAGES(0, 0x100000, RESERVED), PAGES(0x100000, 0x200000, FREE),
		      PAGES(0x200000, 0x300000, RESERVED), PAGES(0x300000, 0x400000, FREE));
}

static void unsorted_and_overlapping_maps_are_taken_as_they_are(void **state)
{
	struct bootinfo *bi;

	(void)state;
	map_entry(0x1000000, 0x100000, 2);
	map_entry(0x800000, 0x1000000, 1);
	map_entry(0x100000, 0x1000000, 1);
	map_entry(0x1080000, 0x100000, 4);
	bi = parse_well();
	check_regions(bi, PAGES(0, 0x100000, RESERVED), PAGES(0x100000, 0x1100000, FREE),
		      PAGES(0x800000, 0x1800000, FREE), PAGES(0x1000000, 0x1100000, RESERVED),
		      PAGES(0x1100000, 0x1180000, RESERVED));
}

static void memory_above_4_gib_counts_and_wrapping_entries_are_clipped(void **state)
{
	struct bootinfo *bi;

	(void)state;
	map_entry(0x100000000, 0x7f00000000, 1);
	map_entry((1ULL << 52) - 0x1000, UINT64_MAX, 1);
	map_entry(UINT64_MAX - 5, 100, 1);
	bi = parse_well();
	check_regions(bi, PAGES(0, 0x100000, RESERVED), PAGES(0x100000000, 0x8000000000, FREE),
		      PAGES((1ULL << 52) - 0x1000, 1ULL << 52, FREE));
}

static void the_command_lines_nul_is_kept_too(void **state)
{
	(void)state;
	map_entry(0x100000, 0x3f00000, 1);
	flag(2);
	set(CMDLINE, 0x151ff0);
	memset(machine_at(0x151ff0), 'x', 16);
	check_regions(parse_well(), PAGES(0, 0x100000, RESERVED), PAGES(0x100000, 0x4000000, FREE),
		      PAGES(0x151000, 0x153000, RESERVED));
}

static void without_a_map_the_sizes_do(void **state)
{
	struct bootinfo *bi;

	(void)state;
	flag(0);
	set(MEM_LOWER, 639);
	set(MEM_UPPER, 64512 + 3);
	bi = parse_well();
	check_regions(bi, PAGES(0, 0x100000, RESERVED), PAGES(0x100000, 0x4000000, FREE));
	start_again();
	flag(0);
	set(MEM_UPPER, 0x800000);
	bi = parse_well();
	check_regions(bi, PAGES(0, 0x100000, RESERVED), PAGES(0x100000, 0x200100000, FREE));
}

static void sizes_are_ignored_when_there_is_a_map(void **state)
{
	(void)state;
	flag(0);
	set(MEM_UPPER, 0xffffffff);
	map_entry(0x100000, 0x100000, 1);
	check_regions(parse_well(), PAGES(0, 0x100000, RESERVED), PAGES(0x100000, 0x200000, FREE));
}

static void an_entry_that_claims_4_gib_ends_the_map(void **state)
{
	(void)state;
	map_entry(0x100000, 0x100000, 1);
	map_entry(0x200000, 0x100000, 1);
	put32(MMAP + 24, 0xffffffff);
	check_regions(parse_well(), PAGES(0, 0x100000, RESERVED), PAGES(0x100000, 0x200000, FREE),
		      PAGES(0x200000, 0x300000, FREE));
}

static void long_memory_maps_boot_with_a_warning(void **state)
{
	struct bootinfo *bi;
	uint32_t i;

	(void)state;
	map_end = 0x200000;
	for (i = 0; i < 10000; i++)
		map_entry(0x1000000 + i * 0x10000ull, 0x8000, i % 100 ? 1 : 2);
	set(MMAP_ADDR, 0x200000);
	set(MMAP_LENGTH, 10000 * 24);
	bi = parse_well();
	assert_int_equal(bi->mrds.count, BOOTINFO_REGIONS);
	assert_true(bi->too_long);
	assert_null(bi->warning);
	/* No reserved region was lost: the low one, the map's own, and 100 */
	for (i = 0; bi->mrds.count--;)
		i += bi->mrds.mrds[bi->mrds.count].type == RESERVED;
	assert_int_equal(i, 102);
}

static void command_lines_of_64_kib_are_fine(void **state)
{
	struct bootinfo *bi;

	(void)state;
	qemu_map();
	cmdline("");
	memset(machine_at(CMDLINE_AT), 'x', 0x10000);
	bi = parse_well();
	assert_int_equal(bi->cmdline_len, 0x10000);
	assert_int_equal(bi->mrds.mrds[2].pbase, 0x151000);
	assert_int_equal(bi->mrds.mrds[2].pg_count, 17);
}

static void names_that_nobody_needs_may_be_garbage(void **state)
{
	struct bootinfo *bi;

	(void)state;
	map_entry(0x100000, 0x3f00000, 1);
	module(0, 0x180000, 0x180000, 0xfffffff0);
	flag(9);
	set(LOADER_NAME, 0xffffffff);
	bi = parse_well();
	check_regions(bi, PAGES(0, 0x100000, RESERVED), PAGES(0x100000, 0x4000000, FREE),
		      PAGES(0x150000, 0x151000, RESERVED));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, setup)
	const struct CMUnitTest tests[] = {
		TEST(qemus_map_becomes_regions),
		TEST(some_loaders_command_lines_begin_with_a_path),
		TEST(no_command_line_is_an_empty_one),
		TEST(first_module_is_the_initrd_others_are_reserved),
		TEST(module_strings_are_reserved),
		TEST(loader_structures_are_reserved),
		TEST(entries_longer_than_the_specification_says_are_stepped_over),
		TEST(unsorted_and_overlapping_maps_are_taken_as_they_are),
		TEST(memory_above_4_gib_counts_and_wrapping_entries_are_clipped),
		TEST(the_command_lines_nul_is_kept_too),
		TEST(without_a_map_the_sizes_do),
		TEST(sizes_are_ignored_when_there_is_a_map),
		TEST(an_entry_that_claims_4_gib_ends_the_map),
		TEST(long_memory_maps_boot_with_a_warning),
		TEST(command_lines_of_64_kib_are_fine),
		TEST(names_that_nobody_needs_may_be_garbage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
