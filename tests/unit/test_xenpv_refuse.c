/* SPDX-License-Identifier: BSD-3-Clause */
#include "xenpv_fixture.h"

#define BAD "bad start info"

static void refuse(const char *why)
{
	const char *err;

	parse(&err);
	assert_non_null(err);
	assert_string_equal(err, why);
}

static void other_magic_numbers_are_refused(void **state)
{
	(void)state;
	put32(start_info + MAGIC, 0x336ec578);
	refuse(BAD);
}

static void start_info_out_of_reach_is_refused(void **state)
{
	(void)state;
	start_info = MACHINE_SIZE - END;
	begin();
	parse_well();
	for (start_info++; start_info < MACHINE_SIZE + 3; start_info++) {
		machine_open(0);
		refuse(BAD);
	}
	start_info = UINT64_MAX - 3;
	refuse(BAD);
}

static void lying_counts_are_refused(void **state)
{
	static const struct {
		unsigned field;
		uint64_t value;
	} lies[] = {
		{NR_PAGES, 0},
		{NR_PAGES, (MACHINE_SIZE - P2M) / 8 + 1}, /* beyond what there is */
		{NR_PAGES, (1ull << 32) + 1},
		{NR_PAGES, (1ull << 61) + FRAMES}, /* times 8 it is a list that can be read */
		{NR_PAGES, UINT64_MAX},
		{NR_PT_FRAMES, FRAMES},
		{NR_PT_FRAMES, UINT64_MAX},
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(lies) / sizeof(*lies); i++) {
		begin();
		say(lies[i].field, lies[i].value);
		refuse(BAD);
	}
}

static void lists_that_cannot_be_read_are_refused(void **state)
{
	static const uint64_t places[] = {
		P2M + 8, P2M + 1, MACHINE_SIZE, MACHINE_SIZE - PAGE_SIZE, -PAGE_SIZE, UINT64_MAX};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(places) / sizeof(*places); i++) {
		begin();
		say(MFN_LIST, places[i]);
		refuse(BAD);
	}
}

/* Beyond all frames that Xen's own table can have */
static void shared_pages_that_cannot_be_are_refused(void **state)
{
	static const unsigned fields[] = {STORE_MFN, CONSOLE_MFN};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(fields) / sizeof(*fields); i++) {
		begin();
		say(fields[i], 1ull << 32);
		refuse(BAD);
		begin();
		say(fields[i], UINT64_MAX);
		refuse(BAD);
	}
}

static void domains_without_memory_are_refused(void **state)
{
	uint64_t pfn;

	(void)state;
	for (pfn = 1; pfn < FRAMES; pfn++)
		frame(pfn, HOLE);
	refuse("there is no usable memory in what the loader says");
	begin();
	say(NR_PAGES, 1);
	say(NR_PT_FRAMES, 0);
	refuse("there is no usable memory in what the loader says");
}

static void command_lines_without_end_are_refused(void **state)
{
	(void)state;
	memset(machine_at(start_info + CMD_LINE), 'x', MACHINE_SIZE - start_info - CMD_LINE);
	refuse("the command line cannot be read or has no end");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, setup)
	const struct CMUnitTest tests[] = {
		TEST(other_magic_numbers_are_refused),
		TEST(start_info_out_of_reach_is_refused),
		TEST(lying_counts_are_refused),
		TEST(lists_that_cannot_be_read_are_refused),
		TEST(shared_pages_that_cannot_be_are_refused),
		TEST(domains_without_memory_are_refused),
		TEST(command_lines_without_end_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
