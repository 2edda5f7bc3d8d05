/* SPDX-License-Identifier: BSD-3-Clause */
/* LIBS: -lfdt */
#include "fdt_fixture.h"
#include <ukaslr/entropy.h>

static int setup(void **state)
{
	(void)state;
	begin_tree();
	return 0;
}

static void command_line_lies_in_the_tree(void **state)
{
	static const char text[] = "kaslr=strict  kaslr.report";
	struct bootinfo *bi;

	(void)state;
	begin_chosen();
	string("bootargs", text);
	end_chosen();
	bi = parse_well();
	assert_int_equal(bi->cmdline_len, sizeof(text) - 1);
	assert_memory_equal(peek(bi->cmdline, sizeof(text)), text, sizeof(text));
	assert_false(bi->cmdline_has_path);
}

static void command_line_ends_at_its_first_nul(void **state)
{
	(void)state;
	begin_chosen();
	bytes("bootargs", "abc\0def", 8);
	end_chosen();
	assert_int_equal(parse_well()->cmdline_len, 3);
}

static void command_lines_of_64_kib_are_fine(void **state)
{
	char *text = calloc(1, 0x10001);
	struct bootinfo *bi;

	(void)state;
	memset(text, 'x', 0x10000);
	machine_open(RAM);
	OK(fdt_create(fdt, 0x20000));
	OK(fdt_finish_reservemap(fdt));
	begin_node("");
	cell("#address-cells", 2);
	cell("#size-cells", 2);
	begin_chosen();
	bytes("bootargs", text, 0x10001);
	end_chosen();
	free(text);
	bi = parse_well();
	assert_int_equal(bi->cmdline_len, 0x10000);
}

static void seeds_are_recorded_where_they_lie(void **state)
{
	struct bootinfo *bi;

	(void)state;
	begin_chosen();
	bytes("rng-seed", "0123456789abcdef0123456789abcdef", 32);
	bytes("kaslr-seed", "ABCDEFGH", 8);
	end_chosen();
	bi = parse_well();
	assert_int_equal(bi->nr_seeds, 2);
	assert_int_equal(bi->seed[0].source, ENTROPY_KASLR_SEED);
	assert_int_equal(bi->seed[0].len, 8);
	assert_memory_equal(peek(bi->seed[0].pa, 8), "ABCDEFGH", 8);
	assert_int_equal(bi->seed[1].source, ENTROPY_RNG_SEED);
	assert_int_equal(bi->seed[1].len, 32);
	assert_memory_equal(peek(bi->seed[1].pa, 16), "0123456789abcdef", 16);
}

static void empty_seeds_are_none(void **state)
{
	(void)state;
	begin_chosen();
	bytes("rng-seed", "", 0);
	end_chosen();
	assert_int_equal(parse_well()->nr_seeds, 0);
}

/* The initrd, with addresses of 4 and 8 bytes mixed; not page aligned at its end */
static void initrd_may_have_addresses_of_either_size(void **state)
{
	int start8, end8;

	(void)state;
	for (start8 = 0; start8 < 2; start8++)
		for (end8 = 0; end8 < 2; end8++) {
			struct bootinfo *bi;

			begin_tree();
			begin_chosen();
			if (start8)
				OK(fdt_property_u64(fdt, "linux,initrd-start", 0x42000010));
			else
				cell("linux,initrd-start", 0x42000010);
			if (end8)
				OK(fdt_property_u64(fdt, "linux,initrd-end", 0x42001234));
			else
				cell("linux,initrd-end", 0x42001234);
			end_chosen();
			bi = parse_well();
			assert_int_equal(bi->mrds.count, 3);
			assert_int_equal(bi->mrds.mrds[2].type, INITRD);
			assert_int_equal(bi->mrds.mrds[2].pbase, 0x42000000);
			assert_int_equal(bi->mrds.mrds[2].pg_off, 0x10);
			assert_int_equal(bi->mrds.mrds[2].len, 0x1224);
			assert_int_equal(bi->mrds.mrds[2].pg_count, 2);
		}
}

static void half_an_initrd_is_none(void **state)
{
	(void)state;
	begin_chosen();
	cell("linux,initrd-start", 0x42000000);
	end_chosen();
	assert_int_equal(parse_well()->mrds.count, 2);
	begin_tree();
	begin_chosen();
	cell("linux,initrd-end", 0x42000000);
	end_chosen();
	assert_int_equal(parse_well()->mrds.count, 2);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, setup)
	const struct CMUnitTest tests[] = {
		TEST(command_line_lies_in_the_tree),
		TEST(command_line_ends_at_its_first_nul),
		TEST(command_lines_of_64_kib_are_fine),
		TEST(seeds_are_recorded_where_they_lie),
		TEST(empty_seeds_are_none),
		TEST(initrd_may_have_addresses_of_either_size),
		TEST(half_an_initrd_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
