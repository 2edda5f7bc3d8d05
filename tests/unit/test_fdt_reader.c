/* SPDX-License-Identifier: BSD-3-Clause */
/* LIBS: -lfdt */
#include "fdt_fixture.h"
#include <stdio.h>
#include <ukaslr/fdt.h>

/* root { a; node-with-a-long-name { b; abc; reg; }; z } */
static int setup(void **state)
{
	(void)state;
	begin_bare_tree();
	cell("a", 1);
	begin_node("node-with-a-long-name");
	cell("b", 2);
	string("abc", "value");
	string("reg", "value");
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

static const uint32_t *first_property(const char *name)
{
	return dt_skip_name((const uint32_t *)(const void *)name);
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
		assert_ptr_equal(first_property(name), name + (strlen(name) + 4) / 4 * 4);
	}
}

/* Is there one more property, of a name that only the caller knows? */
static bool has(struct dt_reader *r, const uint32_t *p, const char *also)
{
	struct dt_node node;

	r->also = also;
	dt_read(r, p, &node);
	assert_int_equal(*also == 'r', !dt_get(&node, DT_REG, 0));
	return dt_get(&node, DT_ALSO, 0);
}

static void one_more_property_is_found_by_its_whole_name(void **state)
{
	struct dt_reader r;
	const uint32_t *p;

	(void)state;
	assert_null(open_tree(&r));
	__asan_unpoison_memory_region(machine_memory, MACHINE_SIZE);
	p = first_property(named(&r, "/node-with-a-long-name"));
	assert_true(has(&r, p, "abc"));
	assert_true(has(&r, p, "b"));
	assert_true(has(&r, p, "abc:d"));
	assert_true(has(&r, p, "reg"));
	assert_false(has(&r, p, "ab"));
	assert_false(has(&r, p, "abcd"));
	assert_false(has(&r, p, "ab:c"));
	assert_false(has(&r, p, ""));
	assert_false(has(&r, p, "a"));
	assert_false(has(&r, p, "z"));
}

/* All but the first two, which have no name of their own */
static const char *const known[DT_NR_NAMES] = {
	[DT_ADDRESS_CELLS] = "#address-cells",
	[DT_SIZE_CELLS] = "#size-cells",
	[DT_RANGES] = "ranges",
	[DT_REG] = "reg",
	[DT_RNG_SEED] = "rng-seed",
	[DT_KASLR_SEED] = "kaslr-seed",
	[DT_STATUS] = "status",
	[DT_COMPATIBLE] = "compatible",
	[DT_METHOD] = "method",
	[DT_BOOTARGS] = "bootargs",
	[DT_STDOUT_PATH] = "stdout-path",
	[DT_INITRD_START] = "linux,initrd-start",
	[DT_INITRD_END] = "linux,initrd-end",
};

/* Which of the names does a node with one property of this name have? */
static uint32_t found(const char *name)
{
	struct dt_reader r;
	struct dt_node node;
	const uint32_t *behind;

	begin_tree();
	begin_node("n");
	string(name, "value");
	end_node();
	end_tree();
	assert_null(open_tree(&r));
	__asan_unpoison_memory_region(machine_memory, MACHINE_SIZE);
	behind = dt_read(&r, first_property(named(&r, "/n")), &node);
	assert_int_equal(*behind, dt32(DT_END_NODE));
	return node.found & ~(1u << DT_NOT_ASKED_FOR);
}

/* Each is found as itself, and with a letter changed, less or more it is none of them. */
static void names_are_known_to_the_last_letter(void **state)
{
	char name[32];
	size_t n, i;

	(void)state;
	for (n = DT_ALSO + 1; n < DT_NR_NAMES; n++) {
		assert_int_equal(found(known[n]), 1u << n);
		for (i = 0; known[n][i]; i++) {
			strcpy(name, known[n]);
			name[i] ^= 1;
			assert_int_equal(found(name), 0);
			name[i] = '\0';
			assert_int_equal(found(name), 0);
		}
		snprintf(name, sizeof(name), "%sx", known[n]);
		assert_int_equal(found(name), 0);
	}
}

static void a_value_may_have_to_be_long_enough(void **state)
{
	struct dt_reader r;
	struct dt_node node;

	(void)state;
	begin_tree();
	cell("reg", 1);
	bytes("ranges", NULL, 0);
	end_tree();
	assert_null(open_tree(&r));
	__asan_unpoison_memory_region(machine_memory, MACHINE_SIZE);
	dt_read(&r, first_property(named(&r, "/")), &node);
	assert_non_null(dt_get(&node, DT_REG, 4));
	assert_null(dt_get(&node, DT_REG, 5));
	assert_non_null(dt_get(&node, DT_RANGES, 0));
	assert_null(dt_get(&node, DT_RANGES, 1));
	assert_null(dt_get(&node, DT_STATUS, 0));
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
		const uint32_t *name, *behind;
		struct dt_node n;

		setup(NULL);
		header(SIZE_STRUCT, cut);
		assert_null(open_tree(&r));
		assert_true((const char *)r.end <= (const char *)r.start + cut);
		assert_true(r.names_end >= r.start && r.names_end <= r.end);
		name = r.start + node / 4 + 1;
		if (name >= r.names_end)
			continue;
		assert_true(dt_skip_name(name) <= r.names_end);
		behind = dt_read(&r, dt_skip_name(name), &n);
		assert_true(!dt_get(&n, DT_REG, 0) || dt_after(dt_get(&n, DT_REG, 0)) <= r.end);
		assert_true(behind <= r.end || !dt_get(&n, DT_REG, 0));
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
	struct dt_node node;
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
		dt_read(&r, first_property(named(&r, "/n")), &node);
		assert_int_equal(dt_enabled(&node), cases[i].enabled);
		dt_read(&r, first_property(named(&r, "/")), &node);
		assert_true(dt_enabled(&node));
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
		TEST(one_more_property_is_found_by_its_whole_name),
		TEST(names_are_known_to_the_last_letter),
		TEST(a_value_may_have_to_be_long_enough),
		TEST(nothing_is_found_beyond_a_cut),
		TEST(states_that_begin_with_ok_are_enabled),
		TEST(names_end_inside_the_tree),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
