/* SPDX-License-Identifier: BSD-3-Clause */
#include "boot_fixture.h"

/* Multiboot2 Specification 2.0, 3.6: types of tags */
enum {
	END = 0,
	CMDLINE = 1,
	LOADER_NAME = 2,
	MODULE = 3,
	MMAP = 6,
	EFI64_SYSTAB = 12,
	ACPI_OLD = 14,
	ACPI_NEW = 15,
	EFI_MMAP = 17,
};

#define INFO 0x200008u

static uint32_t info, at;

static void put32(uint64_t pa, uint32_t value)
{
	machine_put(pa, &value, sizeof(value));
}

/* Puts a tag behind the others; returns where its content is. */
static uint64_t tag(uint32_t type, const void *content, uint32_t len)
{
	const uint64_t data = info + at + 8;

	put32(info + at, type);
	put32(info + at + 4, 8 + len);
	if (len)
		machine_put(data, content, len);
	at += (8 + len + 7) & ~7u;
	put32(info, at);
	return data;
}

static uint64_t string_tag(uint32_t type, const char *text)
{
	return tag(type, text, (uint32_t)strlen(text) + 1);
}

static uint64_t module(uint32_t start, uint32_t end, const char *text)
{
	unsigned char content[64];

	memcpy(content, &start, 4);
	memcpy(content + 4, &end, 4);
	memcpy(content + 8, text, strlen(text) + 1);
	return tag(MODULE, content, 8 + (uint32_t)strlen(text) + 1);
}

struct entry {
	uint64_t addr, len;
	uint32_t type;
};

/* Entries that are `size` bytes long, as the specification lets them grow. */
static uint64_t mmap_of(uint32_t size, const struct entry *e, uint32_t n)
{
	unsigned char content[512] = {0};

	memcpy(content, &size, 4);
	for (uint32_t i = 0; i < n; i++)
		memcpy(content + 8 + i * size, &e[i], 20);
	return tag(MMAP, content, 8 + n * size);
}

/* What GRUB 2 says of QEMU's PC with 64 MiB */
static const struct entry pc[] = {
	{0, 0x9fc00, 1},
	{0x9fc00, 0x400, 2},
	{0xf0000, 0x10000, 2},
	{0x100000, 0x3ee0000, 1},
	{0x3fe0000, 0x20000, 2},
	{0xfffc0000, 0x40000, 2},
	{0xfd00000000, 0x300000000, 2},
};

static uint64_t pc_map(void)
{
	return mmap_of(24, pc, sizeof(pc) / sizeof(*pc));
}

static int setup(void **state)
{
	(void)state;
	machine_open(0);
	info = INFO;
	at = 8;
	put32(info, at);
	return 0;
}

static const struct parser multiboot2 = {multiboot2_parse, BOOT_MULTIBOOT2, "multiboot2: "};

static struct bootinfo *parse_well(void)
{
	tag(END, NULL, 0);
	return parse_well_at(&multiboot2, info);
}

static void refuse(const char *why)
{
	refuse_at(&multiboot2, info, why);
	setup(NULL);
}

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
	mmap_of(40, pc, sizeof(pc) / sizeof(*pc));
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

static void sizes_of_the_information_are_not_believed(void **state)
{
	(void)state;
	for (uint32_t size = 0; size < 8; size++) {
		put32(info, size);
		refuse("a size that nobody's has");
	}
	put32(info, 0x400001);
	refuse("a size that nobody's has");
	put32(info, 0x400000);
	refuse("cannot be read");
	info = MACHINE_SIZE - 7;
	refuse("cannot be read");
}

static void a_missing_end_tag_is_refused(void **state)
{
	uint32_t whole;

	(void)state;
	refuse("no end tag");
	pc_map();
	refuse("no end tag");
	for (uint32_t cut = 1; cut <= 8; cut++) {
		pc_map();
		tag(END, NULL, 0);
		whole = at;
		put32(info, whole - cut);
		refuse("no end tag");
	}
}

static void tags_that_lie_about_their_size_are_refused(void **state)
{
	(void)state;
	for (uint32_t size = 0; size < 8; size++) {
		pc_map();
		tag(END, NULL, 0);
		put32(info + 8 + 4, size);
		refuse("does not fit");
	}
	pc_map();
	tag(END, NULL, 0);
	put32(info + 8 + 4, at - 8 + 1);
	refuse("does not fit");
	pc_map();
	put32(info + 8 + 4, 0xffffffff);
	refuse("does not fit");
}

static void memory_maps_that_lie_are_refused(void **state)
{
	static const struct entry none[] = {{0, 0x200000, 2}};

	(void)state;
	tag(END, NULL, 0);
	refuse("no usable memory");
	mmap_of(24, none, 1);
	tag(END, NULL, 0);
	refuse("no usable memory");
	mmap_of(24, none, 0);
	tag(END, NULL, 0);
	refuse("map is empty");
	for (uint32_t size = 0; size < 24; size++) {
		const uint64_t map = pc_map();

		tag(END, NULL, 0);
		put32(map, size);
		refuse("too short");
	}
	put32(pc_map(), 25);
	tag(END, NULL, 0);
	refuse("in the middle of an entry");
	put32(pc_map(), 0xfffffff8);
	tag(END, NULL, 0);
	refuse("in the middle of an entry");
}

static void lying_modules_and_command_lines_are_refused(void **state)
{
	(void)state;
	pc_map();
	module(0x300001, 0x300000, "");
	tag(END, NULL, 0);
	refuse("ends before it starts");
	pc_map();
	tag(MODULE, "1234567", 7);
	tag(END, NULL, 0);
	refuse("too short");
	pc_map();
	for (unsigned i = 0; i <= BOOTINFO_MAX_MODULES; i++)
		module(0x300000, 0x300000, "");
	tag(END, NULL, 0);
	refuse("more modules");
	pc_map();
	tag(CMDLINE, "no end here", 11);
	tag(END, NULL, 0);
	refuse("command line has no end");
	pc_map();
	tag(CMDLINE, NULL, 0);
	tag(END, NULL, 0);
	refuse("command line has no end");
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
		TEST(sizes_of_the_information_are_not_believed),
		TEST(a_missing_end_tag_is_refused),
		TEST(tags_that_lie_about_their_size_are_refused),
		TEST(memory_maps_that_lie_are_refused),
		TEST(lying_modules_and_command_lines_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
