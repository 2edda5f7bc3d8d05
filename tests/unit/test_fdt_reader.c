/* SPDX-License-Identifier: BSD-3-Clause */
/* LIBS: -lfdt */
#include "fdt_fixture.h"
#include <ukaslr/fdt.h>

/* root { a; node-with-a-long-name { b; abc; }; z } */
static int setup(void **state)
{
	(void)state;
	begin_bare_tree();
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

static const char *open_tree(struct dt_reader *r)
{
	machine_seal();
	return dt_open(r, PADDR(dtb_at));
}

/* The name of a node that libfdt knows */
static const char *named(const struct dt_reader *r, const char *path)
{
	const int node = fdt_path_offset(fdt, path);

	assert_true(node >= 0);
	return (const char *)r->start + node + 4;
}

static void names_end_with_the_word_that_has_nuls(void **state)
{
	static const char *const paths[] = {"/", "/node-with-a-long-name", "/z"};
	struct dt_reader r;
	size_t i;

	(void)state;
	for (i = 0; i < 3; i++) {
		const char *name;

		setup(NULL);
		assert_null(open_tree(&r));
		__asan_unpoison_memory_region(machine_memory, MACHINE_SIZE);
		name = named(&r, paths[i]);
		assert_ptr_equal(dt_skip_name((const uint32_t *)(const void *)name),
				 name + (strlen(name) + 4) / 4 * 4);
	}
}

static void properties_are_found_by_their_whole_names(void **state)
{
	struct dt_reader r;
	const char *node;

	(void)state;
	assert_null(open_tree(&r));
	__asan_unpoison_memory_region(machine_memory, MACHINE_SIZE);
	node = named(&r, "/node-with-a-long-name");
	assert_non_null(dt_find(&r, node, "abc", 6));
	assert_non_null(dt_find(&r, node, "b", 4));
	assert_non_null(dt_find(&r, node, "abc:d", 0));
	assert_null(dt_find(&r, node, "abc", 7));
	assert_null(dt_find(&r, node, "ab", 0));
	assert_null(dt_find(&r, node, "abcd", 0));
	assert_null(dt_find(&r, node, "ab:c", 0));
	assert_null(dt_find(&r, node, "", 0));
	assert_null(dt_find(&r, node, "a", 0));
	assert_null(dt_find(&r, node, "z", 0));
}

/* Blocks are cut where a name ends, and a property is all inside or not there. */
static void nothing_is_found_beyond_a_cut(void **state)
{
	const uint32_t size = fdt_size_dt_struct(fdt);
	const uint32_t node = (uint32_t)fdt_path_offset(fdt, "/node-with-a-long-name");
	struct dt_reader r;
	uint32_t cut;

	(void)state;
	for (cut = 0; cut < size; cut++) {
		const struct dt_prop *p;

		setup(NULL);
		header(SIZE_STRUCT, cut);
		assert_null(open_tree(&r));
		assert_true((const char *)r.end <= (const char *)r.start + cut);
		assert_true(r.end == r.start || r.end[-1] <= dt32(DT_END));
		if ((const char *)r.end < (const char *)r.start + node + 8)
			continue;
		p = dt_find(&r, (const char *)r.start + node + 4, "abc", 0);
		assert_true(!p || dt_after(p) <= r.end);
	}
}

static void states_that_begin_with_ok_are_enabled(void **state)
{
	static const struct {
		const char *status;
		bool enabled;
	} cases[] = {{"okay", true},	{"ok", true}, {"disabled", false}, {"fail", false},
		     {"fail-x", false}, {"o", false}, {"", false}};
	struct dt_reader r;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		begin_tree();
		begin_node("n");
		string("status", cases[i].status);
		end_node();
		end_tree();
		assert_null(open_tree(&r));
		__asan_unpoison_memory_region(machine_memory, MACHINE_SIZE);
		assert_int_equal(dt_enabled(&r, named(&r, "/n")), cases[i].enabled);
		assert_true(dt_enabled(&r, named(&r, "/")));
	}
}

/* The tree ends in the middle of a name, and beyond it there is nothing. */
static void names_end_inside_the_tree(void **state)
{
	const int node = fdt_path_offset(fdt, "/node-with-a-long-name");
	const uint32_t cut = (uint32_t)node + 4 + 8;

	(void)state;
	header(TOTALSIZE, (uint32_t)fdt_off_dt_struct(fdt) + cut);
	header(SIZE_STRUCT, cut);
	header(OFF_STRINGS, 0);
	header(SIZE_STRINGS, 0);
	refuse("nodes are damaged");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, setup)
	const struct CMUnitTest tests[] = {
		TEST(names_end_with_the_word_that_has_nuls),
		TEST(properties_are_found_by_their_whole_names),
		TEST(nothing_is_found_beyond_a_cut),
		TEST(states_that_begin_with_ok_are_enabled),
		TEST(names_end_inside_the_tree),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
