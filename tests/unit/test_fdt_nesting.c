/* SPDX-License-Identifier: BSD-3-Clause */
/* LIBS: -lfdt */
#include "fdt_whole_tree.h"

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

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, setup)
	const struct CMUnitTest tests[] = {
		TEST(structure_blocks_cut_anywhere_are_refused),
		TEST(structures_that_do_not_nest_are_refused),
		TEST(what_follows_the_root_node_is_refused),
		TEST(deep_trees_are_refused_without_recursion),
		TEST(wide_trees_are_read_to_their_end),
		TEST(nodes_that_end_before_they_begin_are_refused),
		TEST(nodes_inside_each_other_are_64_at_most),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
