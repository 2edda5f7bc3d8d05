/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Seeds on the command line are read, and their place is known so that they can be wiped
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <ukaslr/cmdline.h>
#include "cmdline_text.h"

#define STRINGS_VA 0xffffd2345678a123ull
#define BAD_SEED                                                                 \
	"kaslr.seed=, kaslr.entropy=: expected once, an even number of 2 to 64 " \
	"hexadecimal digits"

static void assert_seed(const struct cmdline_seed *seed, const uint8_t *bytes, size_t pos,
			size_t len)
{
	assert_memory_equal(seed->bytes, bytes, CMDLINE_SEED_BYTES);
	assert_int_equal(seed->pos, pos);
	assert_int_equal(seed->len, len);
}

static void seed_is_read_and_its_place_is_known(void **state)
{
	static const uint8_t full[CMDLINE_SEED_BYTES] = {
		0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0a,
		0x0b, 0x0c, 0x0d, 0x0e, 0x0f, 0x10, 0x21, 0x32, 0x43, 0x54, 0x65,
		0x76, 0x87, 0x98, 0xa9, 0xba, 0xcb, 0xdc, 0xed, 0xfe, 0xff};
	static const uint8_t some[CMDLINE_SEED_BYTES] = {0xde, 0xad, 0xbe, 0xef};
	struct cmdline_options o = scan("seed=00 entropy=00", NULL);

	(void)state;
	assert_int_equal(o.seed.len | o.entropy.len, 0);
	o = scan("kaslr.seed=000102030405060708090a0b0c0d0e0f102132435465768798a9bacbdcedfeff",
		 NULL);
	assert_seed(&o.seed, full, 11, 32);
	o = scan("x kaslr.seed=DeadBEef y", NULL);
	assert_seed(&o.seed, some, 13, 4);
	assert_int_equal(o.entropy.len, 0);
	o = scan("kaslr.entropy=DEadbEEf kaslr.seed=deadbeef", NULL);
	assert_seed(&o.entropy, some, 14, 4);
	assert_seed(&o.seed, some, 34, 4);
}

static void seeds_without_sense_are_refused(void **state)
{
	static const char *const texts[] = {
		"kaslr.seed=",
		"kaslr.seed= 00",
		"kaslr.seed=123",
		"kaslr.seed=0123456789012345678901234567890123456789012345678901234567890123ab",
		"kaslr.seed=00 kaslr.seed=00",
		"kaslr.entropy=",
		"kaslr.entropy=1",
		"kaslr.entropy=0x12",
		"kaslr.entropy=00 kaslr.seed=00 kaslr.entropy=00",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		(void)scan(texts[i], BAD_SEED);
	for (unsigned int c = '!'; c < 256; c++) {
		char text[] = "kaslr.seed=0?";

		if (c == '"' || (c < 128 && strchr("0123456789abcdefABCDEF", (int)c)))
			continue;
		text[12] = (char)c;
		(void)scan(text, BAD_SEED);
		text[11] = (char)c;
		text[12] = '0';
		(void)scan(text, BAD_SEED);
	}
}

static void seed_may_be_wiped_before_arguments_are_written(void **state)
{
	static const char text[] = "a kaslr.seed=0123456789abcdef b";
	struct cmdline c = exact(text, strlen(text));
	struct cmdline_options o;
	char strings[16];
	uint64_t argv[3];

	(void)state;
	assert_null(cmdline_scan(&c, &o));
	memset((char *)(uintptr_t)c.text + o.seed.pos, 0, 2 * o.seed.len);
	cmdline_args(&c, &o, strings, argv, VADDR(STRINGS_VA));
	release(&c);
	assert_memory_equal(strings, "a\0b", 4);
	assert_int_equal(argv[1], STRINGS_VA + 2);
	assert_int_equal(argv[2], 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(seed_is_read_and_its_place_is_known),
		cmocka_unit_test(seeds_without_sense_are_refused),
		cmocka_unit_test(seed_may_be_wiped_before_arguments_are_written),
	};

	return cmocka_run_group_tests_name("cmdline_seed", tests, NULL, NULL);
}
