/* SPDX-License-Identifier: BSD-3-Clause */
/* LIBS: -lfdt */
#include "fdt_whole_tree.h"

static void refuse_header(uint32_t word, uint32_t value, const char *why)
{
	setup(NULL);
	header(word, value);
	refuse(why);
}

static void the_tree_itself_is_fine(void **state)
{
	struct bootinfo *bi;

	(void)state;
	fdt = machine_at(dtb_at);
	bi = parse_well();
	assert_int_equal(bi->mrds.count, 5);
	assert_int_equal(bi->psci, PSCI_HVC);
}

static void lying_headers_are_refused(void **state)
{
	const uint32_t total = fdt_totalsize(machine_at(dtb_at));

	(void)state;
	refuse_header(MAGIC, 0xd00dfeee, "none where the loader says");
	refuse_header(TOTALSIZE, 0, "size");
	refuse_header(TOTALSIZE, 39, "size");
	refuse_header(TOTALSIZE, 0x200001, "size");
	refuse_header(TOTALSIZE, 0xffffffff, "size");
	refuse_header(VERSION, 16, "version");
	refuse_header(LAST_COMP, 18, "version");
	refuse_header(OFF_STRUCT, total + 4, "block is not inside");
	refuse_header(OFF_STRUCT, 0xfffffffc, "block is not inside");
	refuse_header(OFF_STRUCT, 0x4a, "block is not inside");
	refuse_header(SIZE_STRUCT, total, "block is not inside");
	refuse_header(SIZE_STRUCT, 0xffffffff, "block is not inside");
	refuse_header(OFF_STRINGS, total + 1, "block is not inside");
	refuse_header(SIZE_STRINGS, 0xffffffff, "block is not inside");
	refuse_header(OFF_RSVMAP, total + 8, "block is not inside");
	refuse_header(OFF_RSVMAP, 0x2c, "block is not inside");
	refuse_header(OFF_RSVMAP, total & ~7u, "block is not inside");
	refuse_header(OFF_RSVMAP, 0xfffffff8, "block is not inside");
	refuse_header(SIZE_STRUCT, 0, "nodes are damaged");
	refuse_header(SIZE_STRUCT, 3, "nodes are damaged");
	refuse_header(SIZE_STRINGS, 0, "no usable memory");
}

static void trees_out_of_reach_or_misaligned_are_refused(void **state)
{
	uint32_t i;

	(void)state;
	for (i = 1; i < 8; i++) {
		dtb_at = RAM + i;
		refuse("none where the loader says");
	}
	dtb_at = RAM + MACHINE_SIZE - 32;
	refuse("none where the loader says");
	dtb_at = RAM + MACHINE_SIZE - 64;
	setup(NULL);
	memmove(machine_at(RAM + MACHINE_SIZE - 512), fdt, 512);
	dtb_at = RAM + MACHINE_SIZE - 512;
	refuse("size is wrong");
}

static void there_is_nothing_in_an_empty_block_at_the_end(void **state)
{
	const uint32_t total = fdt_totalsize(machine_at(dtb_at)) & ~7u;
	uint32_t words;

	(void)state;
	for (words = 0; words < 3; words++) {
		setup(NULL);
		machine_put(dtb_at + total - 8, "\0\0\0\1aaaa", 8);
		header(TOTALSIZE, total);
		header(SIZE_STRINGS, 0);
		header(OFF_STRUCT, total - 4 * words);
		header(SIZE_STRUCT, 4 * words);
		refuse("nodes are damaged");
	}
}

/* The last name of the strings block, which ends the tree, has no NUL. */
static void names_of_properties_end_inside_the_tree(void **state)
{
	const uint32_t total = fdt_totalsize(machine_at(dtb_at));

	(void)state;
	fdt = machine_at(dtb_at);
	assert_string_equal((char *)fdt + total - sizeof("#address-cells"), "#address-cells");
	header(SIZE_STRINGS, fdt_size_dt_strings(fdt) - 1);
	header(TOTALSIZE, total - 1);
	parse_well(); /* in which there are 2 of these, named or not */
}

static void trees_without_memory_are_refused(void **state)
{
	(void)state;
	begin_tree();
	end_tree();
	refuse("no usable memory");
	begin_tree();
	memory_node("memory@40000000", RAM, 0xfff);
	end_tree();
	refuse("no usable memory");
}

static void lying_initrds_and_command_lines_are_refused(void **state)
{
	(void)state;
	begin_tree();
	memory_node("memory@40000000", RAM, 0x4000000);
	begin_node("chosen");
	cell("linux,initrd-start", 0x42000000);
	cell("linux,initrd-end", 0x41ffffff);
	end_node();
	end_tree();
	refuse("initrd ends before it starts");
	begin_tree();
	memory_node("memory@40000000", RAM, 0x4000000);
	begin_node("chosen");
	bytes("bootargs", "abcd", 4);
	end_node();
	end_tree();
	refuse("command line has no end");
}

static void memory_of_odd_cells_is_refused(void **state)
{
	uint32_t addr, size;

	(void)state;
	for (addr = 0; addr < 5; addr++)
		for (size = 0; size < 5; size++) {
			begin_bare_tree();
			cell("#address-cells", addr);
			cell("#size-cells", size);
			memory_node("memory@40000000", 1, 1);
			end_tree();
			if (addr < 1 || addr > 2 || size < 1 || size > 2)
				refuse("neither 1 nor 2 cells");
		}
}

/* Whatever one changes in a tree: the parser ends, and reads nothing outside of it. */
static void no_changed_byte_leads_out_of_the_tree(void **state)
{
	const uint32_t total = fdt_totalsize(machine_at(dtb_at));
	unsigned char *original = malloc(total);
	static const unsigned char values[] = {0x00, 0x01, 0x04, 0x7f, 0x80, 0xff};
	const char *err;
	uint32_t at;
	size_t i;

	(void)state;
	memcpy(original, machine_at(dtb_at), total);
	for (at = 0; at < total; at++)
		for (i = 0; i < sizeof(values); i++) {
			__asan_unpoison_memory_region(machine_memory, total + 8);
			machine_memory[at] = values[i];
			parse(&err);
			__asan_unpoison_memory_region(machine_memory, total + 8);
			memcpy(machine_memory, original, total);
		}
	free(original);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, setup)
	const struct CMUnitTest tests[] = {
		TEST(the_tree_itself_is_fine),
		TEST(lying_headers_are_refused),
		TEST(trees_out_of_reach_or_misaligned_are_refused),
		TEST(there_is_nothing_in_an_empty_block_at_the_end),
		TEST(names_of_properties_end_inside_the_tree),
		TEST(trees_without_memory_are_refused),
		TEST(lying_initrds_and_command_lines_are_refused),
		TEST(memory_of_odd_cells_is_refused),
		TEST(no_changed_byte_leads_out_of_the_tree),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
