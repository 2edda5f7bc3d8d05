/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The boot's options are read and taken out; the rest is main's, to the letter
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <ukaslr/cmdline.h>

#define STRINGS_VA 0xffffd2345678a123ull
#define MAX_ARGS   8

/* A copy with nothing behind it, so that reading beyond its length is caught */
static struct cmdline exact(const char *text, size_t len)
{
	char *copy = malloc(len + (len == 0));

	memcpy(copy, text, len);
	return (struct cmdline){.text = copy, .len = len};
}

static void release(struct cmdline *c)
{
	free((void *)(uintptr_t)c->text);
}

static void assert_args(const struct cmdline *c, const char *const *args)
{
	struct cmdline_options o;
	char *strings;
	uint64_t *argv;
	size_t n = 0, bytes = 0;

	assert_null(cmdline_scan(c, &o));
	strings = malloc(o.strings + 1);
	argv = malloc((o.argc + 1) * sizeof(*argv));
	memset(strings, 0xff, o.strings + 1);
	cmdline_args(c, &o, strings, argv, VADDR(STRINGS_VA));
	for (; args[n]; n++) {
		assert_true(n < o.argc);
		assert_int_equal(argv[n], STRINGS_VA + bytes);
		assert_string_equal(strings + bytes, args[n]);
		bytes += strlen(args[n]) + 1;
	}
	assert_int_equal(o.argc, n);
	assert_int_equal(argv[n], 0);
	assert_int_equal(o.strings, bytes);
	assert_int_equal(strings[bytes], (char)0xff);
	free(strings);
	free(argv);
}

struct line {
	const char *text;
	const char *args[MAX_ARGS];
};

static void assert_lines(const struct line *lines, size_t n, bool has_path)
{
	for (size_t i = 0; i < n; i++) {
		struct cmdline c = exact(lines[i].text, strlen(lines[i].text));

		c.has_path = has_path;
		assert_args(&c, lines[i].args);
		release(&c);
	}
}

static void words_that_are_not_the_boots_are_arguments_of_main(void **state)
{
	static const struct line cases[] = {
		{"", {NULL}},
		{"   \t\n ", {NULL}},
		{"one two three", {"one", "two", "three"}},
		{"  one\t\ttwo\nthree  ", {"one", "two", "three"}},
		{"long-enough-for-eight-at-a-time and-more-of-it",
		 {"long-enough-for-eight-at-a-time", "and-more-of-it"}},
		{"kaslr=on a kaslr.report b kaslr.seed=00 c", {"a", "b", "c"}},
		{"kaslrs kasl kaslr-report Kaslr.seed xkaslr=off ukaslr.x k",
		 {"kaslrs", "kasl", "kaslr-report", "Kaslr.seed", "xkaslr=off", "ukaslr.x", "k"}},
		{"umlaut=\xc3\xa4\xc3\xb6\xc3\xbc x \xff\xfe\x80\x80\x80\x80\x80\x80\x80",
		 {"umlaut=\xc3\xa4\xc3\xb6\xc3\xbc", "x", "\xff\xfe\x80\x80\x80\x80\x80\x80\x80"}},
	};

	(void)state;
	assert_lines(cases, sizeof(cases) / sizeof(cases[0]), false);
}

static void quotes_group_and_are_taken_out(void **state)
{
	static const struct line cases[] = {
		{"\"one two\" three", {"one two", "three"}},
		{"name=\"one two\"", {"name=one two"}},
		{"a\"b c\"d\"e f\"g", {"ab cde fg"}},
		{"\"\"", {""}},
		{"a \"\" b", {"a", "", "b"}},
		{"\"never closed  ", {"never closed  "}},
		{"\"", {""}},
		{"\"tab\there\nand a line\"", {"tab\there\nand a line"}},
		{"\"kaslr=off\" \"kaslr.report\"", {"kaslr=off", "kaslr.report"}},
		{"\"kaslr\" \"kaslr.x\" \"\"kaslr.y", {"kaslr", "kaslr.x", "kaslr.y"}},
		{"!\"#$ '\"' !!!!!!!!!! #########", {"!#$ ''", "!!!!!!!!!!", "#########"}},
	};

	(void)state;
	assert_lines(cases, sizeof(cases) / sizeof(cases[0]), false);
}

static void first_word_is_skipped_if_it_is_the_images_path(void **state)
{
	static const struct line cases[] = {
		{"/boot/hello.img", {NULL}},
		{"/boot/hello.img a b", {"a", "b"}},
		{"  build/hello.img   kaslr.report a", {"a"}},
		{"a\"quote.img b c", {"b", "c"}}, /* in a path it is a letter */
		{"kaslr=wrong b", {"b"}},
		{"kaslr.img b", {"b"}},
	};

	(void)state;
	assert_lines(cases, sizeof(cases) / sizeof(cases[0]), true);
}

static struct cmdline_options scan(const char *text, const char *expected)
{
	struct cmdline c = exact(text, strlen(text));
	struct cmdline_options o;
	const char *message = cmdline_scan(&c, &o);

	release(&c);
	if (expected)
		assert_string_equal(message, expected);
	else
		assert_null(message);
	return o;
}

static void kaslr_says_whether_to_move(void **state)
{
	(void)state;
	assert_int_equal(scan("", NULL).mode, KASLR_ON);
	assert_int_equal(scan("a kaslr=off b", NULL).mode, KASLR_OFF);
	assert_int_equal(scan("kaslr=strict", NULL).mode, KASLR_STRICT);
	assert_int_equal(scan("kaslr=strict kaslr=off kaslr=on", NULL).mode, KASLR_ON);
}

static void other_values_of_kaslr_are_refused(void **state)
{
	static const char *const texts[] = {
		"kaslr=",	   "kaslr=o",	"kaslr=of",	 "kaslr=offf", "kaslr=strictly",
		"kaslr=OFF",	   "kaslr=1",	"kaslr=\"off\"", "kaslr=off,", "kaslr=foo kaslr=on",
		"kaslr=o\xc3\xa4", "x kaslr=no"};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		(void)scan(texts[i], "kaslr=: expected on, off or strict");
}

static void report_is_asked_for_by_its_word_alone(void **state)
{
	(void)state;
	assert_true(scan("kaslr.report", NULL).report);
	assert_true(scan("a kaslr.report b", NULL).report);
	assert_false(scan("\"kaslr.report\" report", NULL).report);
}

static void options_that_are_unknown_are_refused(void **state)
{
	static const char *const texts[] = {"kaslr",	      "a kaslr b",    "kaslr kaslr=strict",
					    "kaslr.",	      "kaslr.repor",  "kaslr.reports",
					    "kaslr.report=1", "kaslr.Report", "kaslr.seed",
					    "kaslr.seeds=00", "kaslr.strict", "x kaslr.\"report\""};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		(void)scan(texts[i], "kaslr: not one of kaslr=, kaslr.report, kaslr.seed=");
}

static void assert_seed(const char *text, const uint8_t *seed, size_t pos, size_t len)
{
	struct cmdline_options o = scan(text, NULL);

	assert_true(o.has_seed);
	assert_memory_equal(o.seed, seed, CMDLINE_SEED_BYTES);
	assert_int_equal(o.seed_pos, pos);
	assert_int_equal(o.seed_len, len);
}

static void seed_is_read_and_its_place_is_known(void **state)
{
	static const uint8_t full[CMDLINE_SEED_BYTES] = {
		0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0a,
		0x0b, 0x0c, 0x0d, 0x0e, 0x0f, 0x10, 0x21, 0x32, 0x43, 0x54, 0x65,
		0x76, 0x87, 0x98, 0xa9, 0xba, 0xcb, 0xdc, 0xed, 0xfe, 0xff};
	static const uint8_t some[CMDLINE_SEED_BYTES] = {0xde, 0xad, 0xbe, 0xef};

	(void)state;
	assert_false(scan("seed=00", NULL).has_seed);
	assert_seed("kaslr.seed=000102030405060708090a0b0c0d0e0f102132435465768798a9bacbdcedfeff",
		    full, 11, 64);
	assert_seed("x kaslr.seed=DeadBEef y", some, 13, 8);
}

static void seeds_without_sense_are_refused(void **state)
{
	static const char length[] =
		"kaslr.seed=: expected 2 to 64 hexadecimal digits, an even number";
	static const char digit[] = "kaslr.seed=: not a hexadecimal digit";

	(void)state;
	(void)scan("kaslr.seed=", length);
	(void)scan("kaslr.seed= 00", length);
	(void)scan("kaslr.seed=123", length);
	(void)scan("kaslr.seed=0123456789012345678901234567890123456789012345678901234567890123ab",
		   length);
	for (unsigned int c = '!'; c < 256; c++) {
		char text[] = "kaslr.seed=0?";

		if (c == '"' || (c < 128 && strchr("0123456789abcdefABCDEF", (int)c)))
			continue;
		text[12] = (char)c;
		(void)scan(text, digit);
		text[11] = (char)c;
		text[12] = '0';
		(void)scan(text, digit);
	}
	(void)scan("kaslr.seed=00 kaslr.seed=00", "kaslr.seed=: given twice");
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
	memset((char *)(uintptr_t)c.text + o.seed_pos, 0, o.seed_len);
	cmdline_args(&c, &o, strings, argv, VADDR(STRINGS_VA));
	release(&c);
	assert_memory_equal(strings, "a\0b", 4);
	assert_int_equal(argv[1], STRINGS_VA + 2);
	assert_int_equal(argv[2], 0);
}

static void sixty_four_kib_are_no_harder(void **state)
{
	enum { LEN = 65536 };
	char *text = malloc(LEN);
	struct cmdline c = {.text = text, .len = LEN};
	struct cmdline_options o;

	(void)state;
	memset(text, 'x', LEN);
	assert_null(cmdline_scan(&c, &o));
	assert_int_equal(o.argc, 1);
	assert_int_equal(o.strings, LEN + 1);
	for (size_t i = 1; i < LEN; i += 2)
		text[i] = ' ';
	assert_null(cmdline_scan(&c, &o));
	assert_int_equal(o.argc, LEN / 2);
	assert_int_equal(o.strings, LEN);
	free(text);
}

static void absent_command_line_is_an_empty_one(void **state)
{
	const struct cmdline c = {.text = NULL};

	(void)state;
	assert_args(&c, (const char *const[]){NULL});
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_that_are_not_the_boots_are_arguments_of_main),
		cmocka_unit_test(quotes_group_and_are_taken_out),
		cmocka_unit_test(first_word_is_skipped_if_it_is_the_images_path),
		cmocka_unit_test(kaslr_says_whether_to_move),
		cmocka_unit_test(other_values_of_kaslr_are_refused),
		cmocka_unit_test(report_is_asked_for_by_its_word_alone),
		cmocka_unit_test(options_that_are_unknown_are_refused),
		cmocka_unit_test(seed_is_read_and_its_place_is_known),
		cmocka_unit_test(seeds_without_sense_are_refused),
		cmocka_unit_test(seed_may_be_wiped_before_arguments_are_written),
		cmocka_unit_test(sixty_four_kib_are_no_harder),
		cmocka_unit_test(absent_command_line_is_an_empty_one),
	};

	return cmocka_run_group_tests_name("cmdline", tests, NULL, NULL);
}
