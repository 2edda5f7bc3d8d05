/* SPDX-License-Identifier: BSD-3-Clause */
/* The audit's rules */
#include "audit_fixture.h"

#define TEXT_VA 0xffff800000000000ull

static void good_mappings(void)
{
	mappings_add(&live, TEXT_VA, 0x100000, 4096, MAP_EXEC);
	mappings_add(&live, DATA_VA, 0x200000, 4096, MAP_WRITE);
}

static void rules_accept_what_is_right(void **state)
{
	(void)state;
	good_mappings();
	assert_int_equal(rules_check(&live, note, NULL), 0);
	assert_int_equal(reports, 0);
}

static void rules_find_writable_and_executable(void **state)
{
	(void)state;
	good_mappings();
	mappings_add(&live, DATA_VA + MIB(1), 0x300000, 4096, MAP_WRITE | MAP_EXEC);
	expect_one_report("writable and executable");
}

static void rules_find_identity(void **state)
{
	(void)state;
	good_mappings();
	mappings_add(&live, DATA_VA + MIB(1), DATA_VA + MIB(1), 4096, MAP_WRITE);
	expect_one_report("identity mapping");
}

static void rules_find_the_lower_half(void **state)
{
	(void)state;
	good_mappings();
	mappings_add(&live, 0x400000, 0x300000, 4096, 0);
	expect_one_report("in the lower half");
}

static void rules_find_a_writable_alias_inside_a_large_page(void **state)
{
	(void)state;
	good_mappings();
	mappings_add(&live, DATA_VA + MIB(2), 0, MIB(2), MAP_WRITE);
	expect_one_report("executable, with a writable alias");
}

static void rules_find_a_writable_alias_of_a_read_only_page(void **state)
{
	(void)state;
	good_mappings();
	mappings_add(&live, DATA_VA + MIB(1), 0x200000, 4096, 0);
	expect_one_report("read-only, with a writable alias");
}

static void rules_want_something_executable(void **state)
{
	(void)state;
	mappings_add(&live, DATA_VA, 0x200000, 4096, MAP_WRITE);
	expect_one_report("nothing is executable: these are not the live tables");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(rules_accept_what_is_right),
		TEST(rules_find_writable_and_executable),
		TEST(rules_find_identity),
		TEST(rules_find_the_lower_half),
		TEST(rules_find_a_writable_alias_inside_a_large_page),
		TEST(rules_find_a_writable_alias_of_a_read_only_page),
		TEST(rules_want_something_executable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
