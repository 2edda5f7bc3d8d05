/* SPDX-License-Identifier: BSD-3-Clause */
#include "pvh_fixture.h"

static void other_magic_numbers_are_refused(void **state)
{
	(void)state;
	qemu_map();
	put32(start_info + MAGIC, 0x336ec579);
	refuse("magic");
}

static void version_0_is_refused(void **state)
{
	(void)state;
	qemu_map();
	put32(start_info + VERSION, 0);
	refuse("version 0, which has no memory map");
}

static void empty_memory_maps_are_refused(void **state)
{
	(void)state;
	refuse("the memory map is empty");
	begin();
	qemu_map();
	put64(start_info + MEMMAP, 0);
	refuse("the memory map is empty");
	begin();
	map_entry(0, 0x100000, 1);
	map_entry(0x200000, 0x100000, 2);
	refuse("no usable memory");
}

static void memory_maps_that_are_absurdly_long_or_out_of_reach_are_refused(void **state)
{
	(void)state;
	qemu_map();
	put32(start_info + MEMMAP_ENTRIES, 0xffffffff);
	refuse("longer than");
	begin();
	qemu_map();
	put64(start_info + MEMMAP, MACHINE_SIZE - 24 * 7 + 1);
	refuse("cannot be read");
	begin();
	qemu_map();
	put64(start_info + MEMMAP, UINT64_MAX - 23);
	refuse("cannot be read");
}

static void lying_modules_are_refused(void **state)
{
	(void)state;
	qemu_map();
	module(0, 0x200000, UINT64_MAX, 0);
	refuse("larger than the address space");
	begin();
	qemu_map();
	module(0, 0x200000, 0x1000, 0);
	put32(start_info + NR_MODULES, 0xffffffff);
	refuse("more modules");
	begin();
	qemu_map();
	module(0, 0x200000, 0x1000, 0);
	put64(start_info + MODLIST, UINT64_MAX - 31);
	refuse("module list");
}

static void command_lines_without_end_are_refused(void **state)
{
	(void)state;
	qemu_map();
	cmdline("");
	memset(machine_at(CMDLINE_AT), 'x', MACHINE_SIZE - CMDLINE_AT);
	refuse("command line");
	begin();
	qemu_map();
	put64(start_info + CMDLINE, UINT64_MAX);
	refuse("command line");
}

static void start_info_out_of_reach_is_refused(void **state)
{
	(void)state;
	for (start_info = MACHINE_SIZE - 55; start_info < MACHINE_SIZE + 3; start_info++) {
		machine_open(0);
		if (start_info + 8 <= MACHINE_SIZE) {
			put32(start_info + MAGIC, 0x336ec578);
			put32(start_info + VERSION, 1);
		}
		refuse("the start info cannot be read");
	}
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, setup)
	const struct CMUnitTest tests[] = {
		TEST(other_magic_numbers_are_refused),
		TEST(version_0_is_refused),
		TEST(empty_memory_maps_are_refused),
		TEST(memory_maps_that_are_absurdly_long_or_out_of_reach_are_refused),
		TEST(lying_modules_are_refused),
		TEST(command_lines_without_end_are_refused),
		TEST(start_info_out_of_reach_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
