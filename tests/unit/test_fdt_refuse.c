/* SPDX-License-Identifier: BSD-3-Clause */
/* LIBS: -lfdt */
#include "fdt_fixture.h"

/* A tree with a bit of everything */
static int setup(void **state)
{
	(void)state;
	machine_open(RAM);
	dtb_at = RAM;
	fdt = machine_at(dtb_at);
	OK(fdt_create(fdt, DTB_SIZE));
	OK(fdt_add_reservemap_entry(fdt, 0x41000000, 0x1000));
	OK(fdt_finish_reservemap(fdt));
	begin_node("");
	cell("#address-cells", 2);
	cell("#size-cells", 2);
	begin_node("aliases");
	string("serial0", "/soc/pl011@9000000");
	end_node();
	begin_node("reserved-memory");
	cell("#address-cells", 2);
	cell("#size-cells", 2);
	memory_node("x@41800000", 0x41800000, 0x1000);
	end_node();
	memory_node("memory@40000000", RAM, 0x4000000);
	begin_node("psci");
	string("compatible", "arm,psci-1.0");
	string("method", "hvc");
	end_node();
	begin_node("soc");
	cell("#address-cells", 2);
	cell("#size-cells", 2);
	bytes("ranges", "", 0);
	memory_node("pl011@9000000", 0x9000000, 0x1000);
	string("compatible", "arm,pl011");
	end_node();
	begin_node("chosen");
	string("bootargs", "a=b");
	string("stdout-path", "serial0:115200n8");
	bytes("kaslr-seed", "01234567", 8);
	cell("linux,initrd-start", 0x42000000);
	cell("linux,initrd-end", 0x42001234);
	end_node();
	end_tree();
	return 0;
}

static void header(uint32_t word, uint32_t value)
{
	value = cpu_to_fdt32(value);
	machine_put(dtb_at + 4 * word, &value, sizeof(value));
}

enum {
	MAGIC,
	TOTALSIZE,
	OFF_STRUCT,
	OFF_STRINGS,
	OFF_RSVMAP,
	VERSION,
	LAST_COMP,
	BOOT_CPU,
	SIZE_STRINGS,
	SIZE_STRUCT
};

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

static void structure_blocks_cut_anywhere_are_refused(void **state)
{
	const uint32_t size = fdt_size_dt_struct(machine_at(dtb_at));
	uint32_t cut;

	(void)state;
	for (cut = 8; cut < size; cut++) {
		const char *err;

		setup(NULL);
		header(SIZE_STRUCT, cut);
		parse(&err);
		assert_non_null(err);
		assert_non_null(strstr(err, "nodes are damaged"));
	}
}

/* Replaces the n-th token of a kind. */
static void replace_token(uint32_t old, int n, uint32_t token)
{
	int at = 0, next, tag;

	for (;; at = next) {
		tag = (int)fdt_next_tag(fdt, at, &next);
		assert_int_not_equal(tag, FDT_END);
		if ((uint32_t)tag == old && !n--)
			break;
	}
	token = cpu_to_fdt32(token);
	machine_put(dtb_at + (uint32_t)fdt_off_dt_struct(fdt) + (uint32_t)at, &token,
		    sizeof(token));
}

static void structures_that_do_not_nest_are_refused(void **state)
{
	(void)state;
	replace_token(FDT_BEGIN_NODE, 0, FDT_NOP);
	refuse("nodes are damaged");
	setup(NULL);
	replace_token(FDT_BEGIN_NODE, 0, FDT_END_NODE);
	refuse("nodes are damaged");
	setup(NULL);
	replace_token(FDT_END_NODE, 0, FDT_NOP);
	refuse("nodes are damaged");
	setup(NULL);
	replace_token(FDT_END_NODE, 0, FDT_END);
	refuse("nodes are damaged");
	setup(NULL);
	replace_token(FDT_PROP, 3, 5);
	refuse("nodes are damaged");
	setup(NULL);
	replace_token(FDT_PROP, 3, 0xffffffff);
	refuse("nodes are damaged");
}

static void what_follows_the_root_node_is_refused(void **state)
{
	const uint32_t second_root[] = {cpu_to_fdt32(FDT_END_NODE), cpu_to_fdt32(FDT_BEGIN_NODE),
					0};
	const int node = fdt_path_offset(fdt, "/psci");

	(void)state;
	OK(fdt_nop_node(fdt, node));
	machine_put(dtb_at + (uint32_t)fdt_off_dt_struct(fdt) + (uint32_t)node, second_root,
		    sizeof(second_root));
	refuse("nodes are damaged");
	setup(NULL);
	header(SIZE_STRUCT, fdt_size_dt_struct(fdt) - 4);
	refuse("nodes are damaged");
}

static void deep_trees_are_refused_without_recursion(void **state)
{
	int i;

	(void)state;
	begin_tree();
	for (i = 0; i < 1000; i++)
		begin_node("n");
	for (i = 0; i < 1000; i++)
		end_node();
	end_tree();
	refuse("more than 64 deep");
}

static void wide_trees_are_read_to_their_end(void **state)
{
	int i;

	(void)state;
	begin_tree();
	for (i = 0; i < 2000; i++) {
		begin_node("memory-less");
		end_node();
	}
	memory_node("memory@40000000", RAM, 0x4000000);
	end_tree();
	parse_well();
}

/* More nodes end than begin: none of them has a place in the path. */
static void nodes_that_end_before_they_begin_are_refused(void **state)
{
	const uint32_t ends[] = {cpu_to_fdt32(FDT_END_NODE), cpu_to_fdt32(FDT_BEGIN_NODE), 0,
				 cpu_to_fdt32(FDT_END_NODE), cpu_to_fdt32(FDT_END)};

	(void)state;
	machine_put(dtb_at + (uint32_t)fdt_off_dt_struct(fdt), ends, sizeof(ends));
	refuse("nodes are damaged");
}

static void nodes_inside_each_other_are_64_at_most(void **state)
{
	int depth, i;

	(void)state;
	for (depth = 63; depth <= 64; depth++) {
		begin_tree();
		memory_node("memory@40000000", RAM, 0x4000000);
		for (i = 0; i < depth; i++)
			begin_node("n");
		for (i = 0; i < depth; i++)
			end_node();
		end_tree();
		if (depth == 63)
			parse_well();
		else
			refuse("more than 64 deep");
	}
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
			machine_open(RAM);
			OK(fdt_create(fdt, DTB_SIZE));
			OK(fdt_finish_reservemap(fdt));
			begin_node("");
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
		TEST(structure_blocks_cut_anywhere_are_refused),
		TEST(structures_that_do_not_nest_are_refused),
		TEST(what_follows_the_root_node_is_refused),
		TEST(deep_trees_are_refused_without_recursion),
		TEST(wide_trees_are_read_to_their_end),
		TEST(nodes_that_end_before_they_begin_are_refused),
		TEST(nodes_inside_each_other_are_64_at_most),
		TEST(there_is_nothing_in_an_empty_block_at_the_end),
		TEST(names_of_properties_end_inside_the_tree),
		TEST(trees_without_memory_are_refused),
		TEST(lying_initrds_and_command_lines_are_refused),
		TEST(memory_of_odd_cells_is_refused),
		TEST(no_changed_byte_leads_out_of_the_tree),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
