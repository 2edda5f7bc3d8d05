/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The cpio reader of examples/initrd
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "../../examples/initrd/cpio.c"

#define ROOM 4096

static char archive[ROOM];
static size_t length;

/* Appends an entry; its data is a string. */
static void add(const char *name, unsigned mode, const char *data)
{
	size_t name_len = strlen(name) + 1, size = strlen(data);

	length += (size_t)sprintf(archive + length,
				  "070701%08X%08X%08X%08X%08X%08X%08zx%08X%08X%08X%08X%08zX%08X", 1,
				  mode, 0, 0, 1, 0, size, 0, 0, 0, 0, name_len, 0);
	memcpy(archive + length, name, name_len);
	length = (length + name_len + 3) & ~(size_t)3;
	memcpy(archive + length, data, size);
	length = (length + size + 3) & ~(size_t)3;
}

static int make_archive(void **state)
{
	(void)state;
	memset(archive, 0, sizeof(archive));
	length = 0;
	add(".", 040755, "");
	add("a", 0100644, "x");
	add("folder/three", 0100644, "123");
	add("link", 0120777, "a");
	add("empty", 0100644, "");
	add(TRAILER, 0, "");
	return 0;
}

/* Reads the first len bytes to the end, from memory that ends there. */
static enum cpio_result read_all(size_t len, unsigned *entries)
{
	unsigned char *copy = malloc(len ? len : 1);
	struct cpio c = {.data = copy, .len = len};
	enum cpio_result result;
	struct cpio_entry e;
	size_t sum = 0;

	memcpy(copy, archive, len);
	*entries = 0;
	while ((result = cpio_next(&c, &e)) == CPIO_ENTRY) {
		sum += strlen(e.name);
		for (size_t i = 0; i < e.size; i++)
			sum += e.data[i];
		(*entries)++;
	}
	assert_true(sum < ROOM * 256);
	free(copy);
	return result;
}

static void entries_come_with_name_mode_and_data(void **state)
{
	struct cpio c = {.data = (unsigned char *)archive, .len = length};
	struct cpio_entry e;

	(void)state;
	assert_int_equal(cpio_next(&c, &e), CPIO_ENTRY);
	assert_string_equal(e.name, ".");
	assert_int_equal(e.mode & CPIO_TYPE, CPIO_DIRECTORY);
	assert_int_equal(cpio_next(&c, &e), CPIO_ENTRY);
	assert_string_equal(e.name, "a");
	assert_int_equal(e.mode & CPIO_TYPE, CPIO_FILE);
	assert_int_equal(e.size, 1);
	assert_int_equal(e.data[0], 'x');
	assert_int_equal(cpio_next(&c, &e), CPIO_ENTRY);
	assert_string_equal(e.name, "folder/three");
	assert_int_equal(e.size, 3);
	assert_memory_equal(e.data, "123", 3);
	assert_int_equal(cpio_next(&c, &e), CPIO_ENTRY);
	assert_int_equal(e.mode & CPIO_TYPE, CPIO_LINK);
	assert_int_equal(cpio_next(&c, &e), CPIO_ENTRY);
	assert_string_equal(e.name, "empty");
	assert_int_equal(e.size, 0);
	assert_int_equal(cpio_next(&c, &e), CPIO_END);
}

static void archive_cut_anywhere_is_damaged(void **state)
{
	unsigned entries, before = 0;
	size_t whole = 0;

	(void)state;
	for (size_t len = 0; len <= length; len++) {
		enum cpio_result result = read_all(len, &entries);

		assert_true(entries >= before);
		before = entries;
		/* The trailer's padding is not missed */
		if (result == CPIO_END && !whole)
			whole = len;
		assert_int_equal(result, whole ? CPIO_END : CPIO_DAMAGED);
	}
	assert_true(whole > length - 4);
	assert_int_equal(before, 5);
}

static void header_that_is_not_one_is_damaged(void **state)
{
	static const unsigned char wrong[] = {'G', 'g', '/', ':', '@', '`', ' ', '-', 0, 0xff};
	unsigned entries;

	(void)state;
	for (size_t at = 0; at < MAGIC_LEN; at++) {
		archive[at] ^= 1;
		assert_int_equal(read_all(length, &entries), CPIO_DAMAGED);
		archive[at] ^= 1;
	}
	for (size_t i = 0; i < sizeof(wrong); i++) {
		char *digit = archive + MAGIC_LEN + FILE_SIZE * DIGITS + DIGITS - 1, was = *digit;

		*digit = (char)wrong[i];
		assert_int_equal(read_all(length, &entries), CPIO_DAMAGED);
		assert_int_equal(entries, 0);
		*digit = was;
	}
	assert_int_equal(read_all(length, &entries), CPIO_END);
}

static void digits_are_of_either_case(void **state)
{
	uint32_t value;
	char header[128];

	(void)state;
	memcpy(header, archive, sizeof(header));
	memcpy(header + MAGIC_LEN + MODE * DIGITS, "0123aBcF", DIGITS);
	assert_true(number((unsigned char *)header, MODE, &value));
	assert_int_equal(value, 0x0123abcf);
	memcpy(header + MAGIC_LEN + MODE * DIGITS, "fFfF9876", DIGITS);
	assert_true(number((unsigned char *)header, MODE, &value));
	assert_int_equal(value, 0xffff9876);
}

static void sizes_that_lie_are_damaged(void **state)
{
	static const struct {
		enum field field;
		const char *value;
	} lie[] = {
		{FILE_SIZE, "FFFFFFFF"}, {FILE_SIZE, "FFFFFFFC"}, {FILE_SIZE, "00001000"},
		{NAME_SIZE, "00000000"}, {NAME_SIZE, "00000001"}, {NAME_SIZE, "FFFFFFFF"},
		{NAME_SIZE, "00001000"}, {NAME_SIZE, "FFFFFF92"},
	};
	unsigned entries;

	(void)state;
	for (size_t i = 0; i < sizeof(lie) / sizeof(lie[0]); i++) {
		make_archive(NULL);
		memcpy(archive + MAGIC_LEN + lie[i].field * DIGITS, lie[i].value, DIGITS);
		assert_int_equal(read_all(length, &entries), CPIO_DAMAGED);
		assert_int_equal(entries, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(entries_come_with_name_mode_and_data, make_archive),
		cmocka_unit_test_setup(archive_cut_anywhere_is_damaged, make_archive),
		cmocka_unit_test_setup(header_that_is_not_one_is_damaged, make_archive),
		cmocka_unit_test_setup(digits_are_of_either_case, make_archive),
		cmocka_unit_test_setup(sizes_that_lie_are_damaged, make_archive),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
