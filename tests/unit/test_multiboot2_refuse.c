/* SPDX-License-Identifier: BSD-3-Clause */
#include "multiboot2_fixture.h"

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
	static const struct map_range none[] = {{0, 0x200000, 2}};

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
		TEST(sizes_of_the_information_are_not_believed),
		TEST(a_missing_end_tag_is_refused),
		TEST(tags_that_lie_about_their_size_are_refused),
		TEST(memory_maps_that_lie_are_refused),
		TEST(lying_modules_and_command_lines_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
