/* SPDX-License-Identifier: BSD-3-Clause */
#include "linux_fixture.h"

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
		TEST(parameters_without_sense_are_refused),
		TEST(of_the_map_in_setup_data_too_much_is_refused),
		TEST(setup_data_that_lies_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
