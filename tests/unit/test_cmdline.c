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
#include "cmdline_text.h"

#define STRINGS_VA 0xffffd2345678a123ull
#define MAX_ARGS   8

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
	static const char *const texts[] = {"kaslr",
					    "a kaslr b",
					    "kaslr kaslr=strict",
					    "kaslr.",
					    "kaslr.repor",
					    "kaslr.reports",
					    "kaslr.report=1",
					    "kaslr.Report",
					    "kaslr.seed",
					    "kaslr.seeds=00",
					    "kaslr.strict",
					    "kaslr.entropy",
					    "kaslr.entropys=00",
					    "x kaslr.\"report\""};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		(void)scan(texts[i],
			   "kaslr: not one of kaslr=, kaslr.report, kaslr.entropy=, kaslr.seed=");
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
		cmocka_unit_test(sixty_four_kib_are_no_harder),
		cmocka_unit_test(absent_command_line_is_an_empty_one),
	};

	return cmocka_run_group_tests_name("cmdline", tests, NULL, NULL);
}
