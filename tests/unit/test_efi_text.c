/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <uchar.h>
#include <cmocka.h>
#include <ukaslr/efi.h>

/* Exactly as much memory as is promised on either side, at an odd address */
static bool convert(const void *text, uint32_t size, char *result)
{
	uint8_t *const in = malloc(size + 1u);
	char *const out = malloc(EFI_UTF8_ROOM(size));
	bool right;

	memcpy(in + 1, text, size);
	right = efi_utf8(in + 1, size, out);
	if (right)
		strcpy(result, out);
	free(in);
	free(out);
	return right;
}

static void check(const char16_t *text, uint32_t size, const char *wanted)
{
	char result[256];

	assert_true(convert(text, size, result));
	assert_string_equal(result, wanted);
}

static void text_ends_with_its_size_or_a_nul(void **state)
{
	(void)state;
	check(u"", 0, "");
	check(u"", 2, "");
	check(u"ab", 4, "ab");
	check(u"ab\0cd", 10, "ab");
	check(u"a\tb", 8, "a\tb");
}

static void all_lengths_of_utf8_come_out(void **state)
{
	(void)state;
	check(u"\x7e\x80\x7ff\x800\xffff", 10, "\x7e\xc2\x80\xdf\xbf\xe0\xa0\x80\xef\xbf\xbf");
	check(u"\U00010000\U0010ffff", 8, "\xf0\x90\x80\x80\xf4\x8f\xbf\xbf");
}

static void what_is_no_text_is_refused(void **state)
{
	static const uint16_t control[] = {'a', 0x1b, 'b'}, del[] = {0x7f};
	static const uint16_t low[] = {0xdc00}, high[] = {0xd800};
	static const uint16_t pair_of_high[] = {0xd800, 0xd800}, half[] = {0xd800, 'a'};
	char result[64];

	(void)state;
	assert_false(convert(control, sizeof(control), result));
	assert_false(convert(del, sizeof(del), result));
	assert_false(convert(low, sizeof(low), result));
	assert_false(convert(high, sizeof(high), result));
	assert_false(convert(pair_of_high, sizeof(pair_of_high), result));
	assert_false(convert(half, sizeof(half), result));
	assert_false(convert("a\0b", 3, result));
	assert_false(convert("a", 1, result));
}

static void the_last_word_goes_if_it_is_qemus_initrd(void **state)
{
	static const char *const texts[][2] = {
		{"initrd=initrd", ""},
		{"one initrd=initrd", "one"},
		{"one xinitrd=initrd", "one xinitrd=initrd"},
		{"initrd=initrd one", "initrd=initrd one"},
		{"one initrd=initrd2", "one initrd=initrd2"},
		{"initrd", "initrd"},
		{"", ""},
	};
	char text[64];

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		strcpy(text, texts[i][0]);
		efi_cut_initrd(text);
		assert_string_equal(text, texts[i][1]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_ends_with_its_size_or_a_nul),
		cmocka_unit_test(all_lengths_of_utf8_come_out),
		cmocka_unit_test(what_is_no_text_is_refused),
		cmocka_unit_test(the_last_word_goes_if_it_is_qemus_initrd),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
