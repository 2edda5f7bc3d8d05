/* SPDX-License-Identifier: BSD-3-Clause */
/* LIBS: -lfdt */
#include "fdt_fixture.h"
#include <ukaslr/fdt.h>

/* root { a; node-with-a-long-name { b; c; }; z } with a few NOPs */
static int setup(void **state)
{
	(void)state;
	machine_open(RAM);
	dtb_at = RAM;
	fdt = machine_at(dtb_at);
	OK(fdt_create(fdt, DTB_SIZE));
	OK(fdt_finish_reservemap(fdt));
	begin_node("");
	cell("a", 1);
	begin_node("node-with-a-long-name");
	cell("b", 2);
	string("abc", "value");
	end_node();
	begin_node("z");
	end_node();
	end_tree();
	return 0;
}

static void header(uint32_t word, uint32_t value)
{
	value = cpu_to_fdt32(value);
	machine_put(dtb_at + 4 * word, &value, sizeof(value));
}

static const char *open_tree(struct dt_reader *r)
{
	machine_seal();
	return dt_open(r, PADDR(dtb_at));
}

static void tokens_come_in_order(void **state)
{
	static const enum dt_token want[] = {
		DT_BEGIN_NODE, DT_PROP,	      DT_BEGIN_NODE, DT_PROP,	  DT_PROP,
		DT_END_NODE,   DT_BEGIN_NODE, DT_END_NODE,   DT_END_NODE, DT_END,
	};
	struct dt_reader r;
	size_t i;

	(void)state;
	assert_null(open_tree(&r));
	for (i = 0; i < sizeof(want) / sizeof(*want); i++) {
		assert_int_equal(dt_next(&r), want[i]);
		if (i == 2)
			assert_string_equal(r.name, "node-with-a-long-name");
		if (i == 4)
			assert_true(dt_value_is(r.prop, "value", 6));
	}
	assert_int_equal(dt_next(&r), DT_BAD);
	assert_non_null(r.error);
}

static void properties_are_found_by_their_whole_names(void **state)
{
	struct dt_reader r;
	const char *node;

	(void)state;
	assert_null(open_tree(&r));
	while (dt_next(&r) != DT_BEGIN_NODE || *r.name != 'n')
		;
	node = r.name;
	assert_non_null(dt_find(&r, node, "abc", 6));
	assert_non_null(dt_find(&r, node, "b", 4));
	assert_null(dt_find(&r, node, "abc", 7));
	assert_null(dt_find(&r, node, "ab", 0));
	assert_null(dt_find(&r, node, "abcd", 0));
	assert_null(dt_find(&r, node, "a", 0));
	assert_null(dt_find(&r, node, "z", 0));
}

static void blocks_cut_anywhere_end_with_a_message(void **state)
{
	const uint32_t size = fdt_size_dt_struct(fdt);
	const struct dt_prop *p;
	struct dt_reader r;
	enum dt_token token;
	uint32_t cut;

	(void)state;
	for (cut = 0; cut < size; cut++) {
		setup(NULL);
		header(9, cut);
		assert_null(open_tree(&r));
		do {
			token = dt_next(&r);
			assert_int_not_equal(token, DT_END);
			p = token == DT_BEGIN_NODE ? dt_find(&r, r.name, "abc", 0) : NULL;
			assert_true(!p || (const char *)p->value + dt_len(p) <=
						  (const char *)r.start + cut);
		} while (token != DT_BAD);
		assert_non_null(r.error);
	}
}

/* The tree ends in the middle of a name, and beyond it there is nothing. */
static void names_end_inside_the_tree(void **state)
{
	const int node = fdt_path_offset(fdt, "/node-with-a-long-name");
	const uint32_t cut = (uint32_t)node + 4 + 8;
	struct dt_reader r;

	(void)state;
	header(1, (uint32_t)fdt_off_dt_struct(fdt) + cut);
	header(9, cut);
	header(3, 0);
	header(8, 0);
	assert_null(open_tree(&r));
	assert_int_equal(dt_next(&r), DT_BEGIN_NODE);
	assert_int_equal(dt_next(&r), DT_PROP);
	assert_int_equal(dt_next(&r), DT_BAD);
	setup(NULL);
	header(1, (uint32_t)fdt_off_dt_struct(fdt) + cut);
	header(9, cut);
	header(3, 0);
	header(8, 0);
	refuse("in the middle of a node");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, setup)
	const struct CMUnitTest tests[] = {
		TEST(tokens_come_in_order),
		TEST(properties_are_found_by_their_whole_names),
		TEST(blocks_cut_anywhere_end_with_a_message),
		TEST(names_end_inside_the_tree),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
