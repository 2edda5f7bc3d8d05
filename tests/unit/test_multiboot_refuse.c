/* SPDX-License-Identifier: BSD-3-Clause */
#include "multiboot_fixture.h"

static void absent_memory_maps_are_refused(void **state)
{
	(void)state;
	refuse("the loader gave no memory map");
}

static void empty_memory_maps_are_refused(void **state)
{
	(void)state;
	flag(6);
	set(MMAP_ADDR, MMAP);
	refuse("the memory map is empty");
	start_again();
	map_entry(0, 0x100000, 1);
	map_entry(0x200000, 0, 1);
	map_entry(0x200000, 0x100000, 2);
	refuse("no usable memory");
	start_again();
	flag(0);
	refuse("no usable memory");
}

static void truncated_memory_maps_are_refused(void **state)
{
	uint32_t cut;

	(void)state;
	for (cut = 1; cut < 24; cut++) {
		start_again();
		qemu_map();
		set(MMAP_LENGTH, map_end - MMAP - cut);
		refuse("in the middle of an entry");
	}
}

static void entries_that_are_too_short_are_refused(void **state)
{
	uint32_t size;

	(void)state;
	for (size = 0; size < 20; size++) {
		start_again();
		map_entry(0x100000, 0x3f00000, 1);
		map_entry_of(size, 0x100000, 0x3f00000, 1);
		map_entry(0x100000, 0x3f00000, 1);
		refuse("too short");
	}
}

static void memory_maps_that_are_absurdly_long_or_out_of_reach_are_refused(void **state)
{
	(void)state;
	qemu_map();
	set(MMAP_LENGTH, 0x100001);
	refuse("longer than");
	start_again();
	qemu_map();
	set(MMAP_ADDR, MACHINE_SIZE - 8);
	refuse("cannot be read");
}

static void command_lines_without_end_are_refused(void **state)
{
	(void)state;
	qemu_map();
	cmdline("");
	memset(machine_at(CMDLINE_AT), 'x', MACHINE_SIZE - CMDLINE_AT);
	refuse("command line");
	start_again();
	qemu_map();
	cmdline("");
	set(CMDLINE, 0xfffffff0);
	refuse("command line");
}

static void lying_modules_are_refused(void **state)
{
	(void)state;
	qemu_map();
	module(0, 0x200000, 0x1fffff, 0);
	refuse("ends before it starts");

	start_again();
	qemu_map();
	module(0, 0x200000, 0x201000, 0);
	set(MODS_COUNT, 0x10000001);
	refuse("more modules");

	start_again();
	qemu_map();
	module(0, 0x200000, 0x201000, 0);
	set(MODS_ADDR, MACHINE_SIZE - 15);
	refuse("module list");
}

static void information_out_of_reach_is_refused(void **state)
{
	(void)state;
	for (info = MACHINE_SIZE - 67; info < MACHINE_SIZE + 3; info++)
		refuse("cannot be read");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, setup)
	const struct CMUnitTest tests[] = {
		TEST(absent_memory_maps_are_refused),
		TEST(empty_memory_maps_are_refused),
		TEST(truncated_memory_maps_are_refused),
		TEST(entries_that_are_too_short_are_refused),
		TEST(memory_maps_that_are_absurdly_long_or_out_of_reach_are_refused),
		TEST(command_lines_without_end_are_refused),
		TEST(lying_modules_are_refused),
		TEST(information_out_of_reach_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
