/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The formatter writes what the host's does, and loses no argument
 */

#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <ukaslr/format.h>

#define ROOM	      512
#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

struct text {
	char s[ROOM];
	size_t len;
};

static void to_text(void *arg, const char *s, size_t len)
{
	struct text *t = arg;

	assert_true(len < ROOM - t->len);
	memcpy(t->s + t->len, s, len);
	t->len += len;
	t->s[t->len] = '\0';
}

/* An image of 4 KiB, addresses that are nobody's business behind it, and the rest as it is */
#define IMAGE  0x70000000
#define SECRET (IMAGE + 0x1000)

const char *format_place(uint64_t *address)
{
	if (*address - IMAGE < 0x1000) {
		*address -= IMAGE;
		return "image";
	}
	if (*address - SECRET >= 0x1000)
		return NULL;
	*address = FORMAT_NO_OFFSET;
	return "(hidden)";
}

static struct text formatted(const char *fmt, va_list ap)
{
	struct text t = {.len = 0};

	const size_t len = format(to_text, &t, fmt, ap);

	assert_int_equal(len, t.len);
	return t;
}

/* The format is not checked by the compiler: some are such as it warns of. */
static void same_as_host(const char *fmt, ...)
{
	char expected[ROOM];
	struct text t;
	va_list ap;
	int len;

	va_start(ap, fmt);
	len = vsnprintf(expected, sizeof(expected), fmt, ap);
	va_end(ap);
	va_start(ap, fmt);
	t = formatted(fmt, ap);
	va_end(ap);
	if (strcmp(t.s, expected) != 0)
		print_error("%s gives '%s', not '%s'\n", fmt, t.s, expected);
	assert_int_equal(t.len, len);
	assert_memory_equal(t.s, expected, t.len + 1);
}

static void gives(const char *expected, const char *fmt, ...)
{
	struct text t;
	va_list ap;

	va_start(ap, fmt);
	t = formatted(fmt, ap);
	va_end(ap);
	assert_string_equal(t.s, expected);
}

/* All flags by all widths by all precisions by one letter, each with all values */
static void integers_are_the_hosts(void **state)
{
	static const char *const flags[] = {"",	  "-",	"0",  "#",  "+",  " ",
					    "-0", "+ ", "#0", "+0", "-#", " 0-"};
	static const char *const widths[] = {"", "1", "2", "7", "26"};
	static const char *const precisions[] = {"", ".", ".0", ".1", ".3", ".24"};
	static const int values[] = {0, 1, -1, 8, 255, 256, -32769, 65535, INT_MAX, INT_MIN};
	static const int64_t longs[] = {0, 7, -10, INT64_MAX, INT64_MIN, 0x123456789a};
	static const char letters[] = "diuxXo";
	char fmt[64];

	(void)state;
	for (size_t n = 0; n < LENGTH(flags) * LENGTH(widths) * LENGTH(precisions) * 6; n++) {
		const char *fl = flags[n / 6 % LENGTH(flags)];
		const char *w = widths[n / 6 / LENGTH(flags) % LENGTH(widths)];
		const char *p = precisions[n / 6 / LENGTH(flags) / LENGTH(widths)];

		snprintf(fmt, sizeof(fmt), "<%%%s%s%s%c> %%s", fl, w, p, letters[n % 6]);
		for (size_t i = 0; i < LENGTH(values); i++)
			same_as_host(fmt, values[i], "next");
		snprintf(fmt, sizeof(fmt), "<%%%s%s%sl%c> %%s", fl, w, p, letters[n % 6]);
		for (size_t i = 0; i < LENGTH(longs); i++)
			same_as_host(fmt, longs[i], "next");
	}
}

static void lengths_are_the_hosts(void **state)
{
	static const char *const small[] = {"hh", "h", ""}, *const big[] = {"l", "ll", "z", "j",
									    "t"};
	static const int64_t values[] = {0,	  -1,	      0x7f,	 0x80,
					 0xff80,  0x12345678, INT64_MIN, 0x7fffffffffffffff,
					 -0x8001, INT32_MIN};
	static const char letters[] = "diuxXo";
	char fmt[64];

	(void)state;
	for (size_t n = 0; n < LENGTH(values) * 6; n++) {
		for (size_t i = 0; i < LENGTH(small); i++) {
			snprintf(fmt, sizeof(fmt), "%%%s%c %%d", small[i], letters[n % 6]);
			same_as_host(fmt, (int)values[n / 6], 5);
		}
		for (size_t i = 0; i < LENGTH(big); i++) {
			snprintf(fmt, sizeof(fmt), "%%%s%c %%d", big[i], letters[n % 6]);
			same_as_host(fmt, values[n / 6], 5);
		}
	}
}

static void strings_characters_and_pointers_are_the_hosts(void **state)
{
	/* No NUL behind it: a precision keeps the reader off. */
	const char open[3] = {'a', 'b', 'c'};
	void *p = (void *)(uintptr_t)0x12345678abcd;

	(void)state;
	same_as_host("");
	same_as_host("plain");
	same_as_host("100%% %s", "next");
	same_as_host("%s|%5s|%-5s|%2s|%s", "abc", "abc", "abc", "abc", "");
	same_as_host("%.3s|%.2s|%.0s|%.s|%.9s|%d", open, "abc", "abc", "abc", "abc", 5);
	same_as_host("%6.2s|%-6.2s|%d", "abc", "abc", 5);
	same_as_host("%c%3c%-3c|%d", 'x', 'y', 'z', 5);
	same_as_host("%p|%20p|%-20p|%4p|%d", p, p, p, p, 5);
	same_as_host("%s", NULL);
	gives("0x0 5", "%p %d", NULL, 5);
	gives("0x0000ab", "%08p", (void *)(uintptr_t)0xab);
}

static void pointers_tell_offsets_or_nothing(void **state)
{
	void *const inside = (void *)(uintptr_t)(IMAGE + 0x12), *const first = (void *)IMAGE;
	void *const secret = (void *)(uintptr_t)SECRET;

	(void)state;
	gives("image+0x12 image+0x0 (hidden) 5", "%p %p %p %d", inside, first, secret, 5);
	gives("|  image+0x12|image+0x12  |", "|%12p|%-12p|", inside, inside);
	gives("|    (hidden)|(hidden)    |(hidden)", "|%12p|%-12p|%3p", secret, secret, secret);
	gives("0xffffffffffffffff", "%p", (void *)UINTPTR_MAX);
}

static void nul_character_is_output(void **state)
{
	(void)state;
	same_as_host("a%cb", 0);
}

static void star_takes_width_and_precision(void **state)
{
	static const int numbers[] = {0, 1, 4, 12, -1, -4, -12};

	(void)state;
	for (size_t w = 0; w < LENGTH(numbers); w++) {
		for (size_t p = 0; p < LENGTH(numbers); p++) {
			same_as_host("<%*.*s> %d", numbers[w], numbers[p], "abcdef", 5);
			same_as_host("<%*.*d> %d", numbers[w], numbers[p], -34, 5);
			same_as_host("<%0*.*lx> %d", numbers[w], numbers[p], 0xabl, 5);
		}
		same_as_host("<%*d> <%.*d> %s", numbers[w], 3, numbers[w], 0, "next");
		same_as_host("<%0*d> %s", numbers[w], -3, "next");
	}
}

static void arguments_stay_in_step_through_many(void **state)
{
	(void)state;
	/* More than there are registers for */
	same_as_host("%d %ld %hhx %s %c %p %zu %jd %td %X %#o %+d % d %.2s %*d", 1, 2l, 3, "four",
		     '5', (void *)(uintptr_t)6, (size_t)7, (intmax_t)8, (ptrdiff_t)9, 10, 11, 12,
		     13, "14", 15, 16);
}

static void rest_is_literal_from_an_unsupported_conversion_on(void **state)
{
	static const char *const unsupported[] = {
		"%f", "%e", "%g", "%a", "%n",	 "%8.3f", "%Lf",   "%ls", "%lc",   "%hs", "%",
		"%5", "%-", "%.", "%l", "%llld", "%zzu",  "%hhhd", "%y",  "%.-3d", "%!d", "%\xff",
	};
	char fmt[64], expected[64];

	(void)state;
	for (size_t i = 0; i < LENGTH(unsupported); i++) {
		snprintf(fmt, sizeof(fmt), "%%d %s", unsupported[i]);
		snprintf(expected, sizeof(expected), "1 %s", unsupported[i]);
		/* A pointer that must not be followed is next. */
		gives(expected, fmt, 1, (void *)(uintptr_t)1);
		snprintf(fmt, sizeof(fmt), "%%s %s| %%s %%d", unsupported[i]);
		snprintf(expected, sizeof(expected), "a %s| %%s %%d", unsupported[i]);
		gives(expected, fmt, "a", (void *)(uintptr_t)1);
	}
	gives("2%q %s", "%lld%q %s", 2ll, (void *)(uintptr_t)1);
	gives("%*f %s", "%*f %s", 3, (void *)(uintptr_t)1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(integers_are_the_hosts),
		cmocka_unit_test(lengths_are_the_hosts),
		cmocka_unit_test(strings_characters_and_pointers_are_the_hosts),
		cmocka_unit_test(pointers_tell_offsets_or_nothing),
		cmocka_unit_test(nul_character_is_output),
		cmocka_unit_test(star_takes_width_and_precision),
		cmocka_unit_test(arguments_stay_in_step_through_many),
		cmocka_unit_test(rest_is_literal_from_an_unsupported_conversion_on),
	};

	return cmocka_run_group_tests_name("format", tests, NULL, NULL);
}
