/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * reloc/table.c and reloc/relocate.c: what a table does, and that a damaged or
 * lying one is refused before anything is written
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "reloc_image.h"

#define SLIDE 0xffff812345678000ull
#define PHYS  0x7654321000ull

static const char *check(const struct test_image *m)
{
	return reloc_check(m->h, m->bytes, m->size);
}

static void apply(const struct test_image *m, unsigned char *copy)
{
	struct reloc_target t = {copy + SLOTS_START, IMAGE_BASE + SLOTS_START, SLIDE, PHYS};

	reloc_apply(m->h, m->bytes, &t);
}

static void each_slot_gains_its_slide_and_nothing_else_changes(void **state)
{
	struct slots s = sample();
	struct test_image m = image_make(&s);
	unsigned char *want = malloc(m.size), *copy = malloc(m.size);

	(void)state;
	memcpy(want, m.bytes, m.size);
	memcpy(copy, m.bytes, m.size);
	for (size_t i = 0; i < s.count; i++) {
		uint64_t v = s.at[i].value + (s.at[i].flags & RELOC_REST_PHYS ? PHYS : SLIDE);

		memcpy(want + (s.at[i].address - IMAGE_BASE), &v, s.at[i].width);
	}
	assert_null(check(&m));
	apply(&m, copy);
	assert_memory_equal(copy, want, m.size);

	/* in place, the table beside the slots */
	apply(&m, m.bytes);
	assert_memory_equal(m.bytes, want, m.size);
	free(want);
	free(copy);
	free(m.bytes);
	slots_free(&s);
}

static void any_damaged_byte_is_found(void **state)
{
	struct slots s = sample();
	struct test_image m = image_make(&s);
	size_t words = m.h->relr_words + m.h->rest_words;

	(void)state;
	for (size_t i = 0; i < sizeof(*m.h) + 8 * words; i++) {
		unsigned char *byte =
			i < sizeof(*m.h) ? m.bytes + i : m.bytes + SLOTS_END + i - sizeof(*m.h);
		unsigned char good = *byte;

		for (unsigned flip = 1; flip < 256; flip++) {
			*byte = good ^ (unsigned char)flip;
			if (!check(&m))
				fail_msg("byte %zu, flipped by 0x%x, goes unseen", i, flip);
		}
		*byte = good;
	}
	assert_null(check(&m));
	free(m.bytes);
	slots_free(&s);
}

static void exchanged_words_are_found(void **state)
{
	struct slots s = sample();
	struct test_image m = image_make(&s);
	uint64_t *w = (void *)(m.bytes + SLOTS_END);

	(void)state;
	for (size_t i = 1; i < m.h->relr_words; i++) {
		uint64_t a = w[i - 1], b = w[i];

		if (a == b)
			continue;
		w[i - 1] = b;
		w[i] = a;
		assert_non_null(check(&m));
		w[i - 1] = a;
		w[i] = b;
	}
	free(m.bytes);
	slots_free(&s);
}

/* One RELR word or record of a sealed table, else empty */
static const char *check_words(uint64_t relr0, uint64_t relr1, uint64_t rest)
{
	struct slots none = {0};
	struct test_image m = image_make(&none);
	uint64_t words[3];
	uint32_t n = 0;
	const char *msg;

	if (relr0)
		words[n++] = relr0;
	if (relr1)
		words[n++] = relr1;
	m.h->relr_words = n;
	if (rest)
		words[n++] = rest;
	m.h->rest_words = n - m.h->relr_words;
	m.size += 8 * n;
	m.bytes = realloc(m.bytes, m.size);
	m.h = (void *)m.bytes;
	memcpy(m.bytes + SLOTS_END, words, 8 * n);
	image_seal(&m);
	msg = check(&m);
	if (!msg)
		apply(&m, m.bytes); /* ASan looks on */
	free(m.bytes);
	return msg;
}

#define ADDR(offset) (IMAGE_BASE + (offset))
#define BIT(n)	     ((uint64_t)2 << (n))
#define REST(offset, width, flags) \
	((uint64_t)(offset) | (uint64_t)(width) << 32 | (uint64_t)(flags) << 40)

static void slots_outside_the_relocatable_part_are_refused(void **state)
{
	(void)state;
	assert_null(check_words(ADDR(SLOTS_START), 0, 0));
	assert_null(check_words(ADDR(SLOTS_END - 8), 0, 0));
	assert_non_null(check_words(ADDR(SLOTS_START - 8), 0, 0)); /* text */
	assert_non_null(check_words(ADDR(SLOTS_END), 0, 0));	   /* the table itself */
	assert_non_null(check_words(ADDR(1ull << 32), 0, 0));
	assert_non_null(check_words(8, 0, 0));
	assert_non_null(check_words(ADDR(1ull << 63), 0, 0));
	assert_non_null(check_words(ADDR((1ull << 63) - 8), 0, 0));
	assert_non_null(check_words((uint64_t)-8, 0, 0));
	assert_non_null(check_words(ADDR((uint64_t)-8), 0, 0));

	assert_null(check_words(ADDR(SLOTS_END - 16), 1 | BIT(0), 0));
	assert_non_null(check_words(ADDR(SLOTS_END - 16), 1 | BIT(1), 0));
	assert_non_null(check_words(ADDR(SLOTS_END - 8), 1 | BIT(0), 0));
	assert_null(check_words(ADDR(SLOTS_END - 64 * 8), 1 | BIT(62), 0));
	assert_non_null(check_words(ADDR(SLOTS_END - 63 * 8), 1 | BIT(62), 0));
}

static void misaligned_and_descending_addresses_are_refused(void **state)
{
	(void)state;
	assert_non_null(check_words(ADDR(SLOTS_START + 4), 0, 0));
	assert_non_null(check_words(ADDR(SLOTS_START + 16), ADDR(SLOTS_START + 8), 0));
	assert_non_null(check_words(ADDR(SLOTS_START + 8), ADDR(SLOTS_START + 8), 0));
	assert_null(check_words(ADDR(SLOTS_START + 8), ADDR(SLOTS_START + 16), 0));
}

static void bad_records_of_the_remainder_are_refused(void **state)
{
	(void)state;
	for (unsigned width = 1; width <= 8; width++) {
		assert_null(check_words(0, 0, REST(SLOTS_START, width, 0)));
		assert_null(check_words(0, 0, REST(SLOTS_END - width, width, RELOC_REST_PHYS)));
		assert_non_null(check_words(0, 0, REST(SLOTS_START - 1, width, 0)));
		assert_non_null(check_words(0, 0, REST(SLOTS_END - width + 1, width, 0)));
	}
	assert_non_null(check_words(0, 0, REST(UINT32_MAX, 8, 0)));
	assert_non_null(check_words(0, 0, REST(SLOTS_START, 0, 0)));
	assert_non_null(check_words(0, 0, REST(SLOTS_START, 9, 0)));
	assert_non_null(check_words(0, 0, REST(SLOTS_START, 8, 2)));
	assert_non_null(check_words(0, 0, REST(SLOTS_START, 8, 0) | 1ull << 48));
	assert_non_null(check_words(0, 0, REST(SLOTS_START, 8, 0) | 1ull << 63));
}

static void lying_headers_are_refused(void **state)
{
	struct slots s = sample();
	struct test_image m = image_make(&s);
	struct reloc_header good = *m.h;

	(void)state;
#define LIE(field, value)                                            \
	do {                                                         \
		*m.h = good;                                         \
		m.h->field = (value);                                \
		m.h->header_sum = reloc_sum((uint64_t *)m.bytes, 6); \
		assert_non_null(check(&m));                          \
	} while (0)
	LIE(signature, good.signature ^ 1);
	LIE(signature, good.signature ^ 1ull << 32);
	LIE(table, good.table + 8);
	LIE(table, good.table - 8);
	LIE(table, good.table - 4);
	LIE(table, UINT32_MAX & ~7u);
	LIE(relr_words, good.relr_words + 1);
	LIE(relr_words, UINT32_MAX);
	LIE(rest_words, good.rest_words + 1);
	LIE(rest_words, UINT32_MAX);
	LIE(slots_start, good.slots_start + 8);
	LIE(slots_start, good.slots_start + 1);
	LIE(slots_end, good.slots_end + 8);
	LIE(slots_end, good.slots_end - 8);
	LIE(slots_end, 0);
	LIE(base, good.base + 8);
	LIE(base, 0);
#undef LIE
	*m.h = good;
	assert_null(check(&m));
	assert_non_null(reloc_check(m.h, m.bytes, m.size - 1));
	free(m.bytes);
	slots_free(&s);
}

static void an_empty_table_is_good(void **state)
{
	(void)state;
	assert_null(check_words(0, 0, 0));
}

static void a_slide_of_zero_touches_nothing(void **state)
{
	struct slots s = sample();
	struct test_image m = image_make(&s);

	(void)state;
	assert_true(reloc_walk(m.h, (uint64_t *)(void *)(m.bytes + SLOTS_END), NULL, 0, 0));
	free(m.bytes);
	slots_free(&s);
}

/* The bytes of docs/reloc-format.md, so that sum and layout cannot change unseen */
static void the_documented_example_is_good(void **state)
{
	static const unsigned char documented[56] = {
		0x55, 0x4b, 0x52, 0x4c, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x10, 0x00, 0x00, 0x00,
		0x00, 0x00, 0x00, 0x31, 0x00, 0x00, 0x02, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00,
		0x00, 0x30, 0x00, 0x00, 0x00, 0x31, 0x00, 0x00, 0x04, 0x00, 0x00, 0x00, 0xb4, 0x53,
		0xf3, 0xf6, 0x0c, 0x8a, 0xe2, 0xf2, 0x06, 0x8b, 0x7e, 0xcf, 0x8e, 0x91, 0x03, 0xf5};
	static const uint64_t table[] = {0x103000, 0x0b, 0x0000010400003041};
	uint64_t image[0x3118 / 8] = {0}, slot = 0;
	struct reloc_header h;

	(void)state;
	memcpy(&h, documented, sizeof(h));
	memcpy((char *)image + 0x3100, table, sizeof(table));
	assert_null(reloc_check(&h, image, sizeof(image)));
	reloc_apply(&h, image, &(struct reloc_target){image, 0x100000, 1, 0x11223344});
	assert_true(image[0x3000 / 8] == 1 && image[0x3008 / 8] == 1 && image[0x3018 / 8] == 1);
	memcpy(&slot, (char *)image + 0x3041, 4);
	assert_int_equal(slot, 0x11223344);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_slot_gains_its_slide_and_nothing_else_changes),
		cmocka_unit_test(any_damaged_byte_is_found),
		cmocka_unit_test(exchanged_words_are_found),
		cmocka_unit_test(slots_outside_the_relocatable_part_are_refused),
		cmocka_unit_test(misaligned_and_descending_addresses_are_refused),
		cmocka_unit_test(bad_records_of_the_remainder_are_refused),
		cmocka_unit_test(lying_headers_are_refused),
		cmocka_unit_test(an_empty_table_is_good),
		cmocka_unit_test(the_documented_example_is_good),
		cmocka_unit_test(a_slide_of_zero_touches_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
