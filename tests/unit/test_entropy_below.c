/* SPDX-License-Identifier: BSD-3-Clause */
/* LIBS: -lm */
/*
 * Numbers below a limit are equally likely (kaslr/entropy.c)
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include <ukaslr/entropy.h>
#include "rng_stand_in.h"
#include "stats.h"

#define MAX_CELLS 1000

/* A generator whose next 64-bit words of output are the given ones, the last of a block */
static struct entropy scripted(const uint64_t *values, uint32_t n)
{
	struct entropy e;

	entropy_init(&e);
	e.next = 512 - 64 * n;
	memcpy(&e.out.w[16 - 2 * n], values, n * sizeof(values[0]));
	return e;
}

static void values_beyond_the_limit_are_drawn_again(void **state)
{
	/* by 2 bits: 3, 3, 1; then 2 */
	const uint64_t three[] = {0x9full};
	const uint64_t big = (1ull << 63) + 1, many[] = {big, UINT64_MAX, big - 1, 1};
	struct entropy e;

	(void)state;
	e = scripted(three, 1);
	assert_int_equal(entropy_below(&e, 3), 1);
	assert_int_equal(e.next, 512 - 64 + 6);
	assert_int_equal(entropy_below(&e, 3), 2);
	assert_int_equal(e.next, 512 - 64 + 8);
	e = scripted(many, 4);
	assert_int_equal(entropy_below(&e, big), big - 1);
	assert_int_equal(entropy_u64(&e), 1);
	assert_int_equal(e.next, 512);
}

/* As many as n - 1 has, of two words of 32 bits; no bit is used twice. */
static void numbers_take_the_bits_that_follow(void **state)
{
	const uint64_t values[] = {0x8899aabbccddeeffull, 0x0011223344556677ull,
				   0x123456789abcdef0ull};
	struct entropy e = scripted(values, 3);

	(void)state;
	assert_int_equal(entropy_below(&e, 1ull << 44), 0xabbccddeeffull);
	assert_int_equal(entropy_below(&e, 1 << 20), 0x8899a);
	assert_int_equal(entropy_below(&e, 1ull << 44), 0x23344556677ull);
	/* 20 of the one, and 4 of the next */
	assert_int_equal(entropy_below(&e, 1 << 24), 0x000112);
	assert_int_equal(e.next, 512 - 64 + 4);
	/* 60 are just what is left; of 61 one would be of a third word */
	assert_int_equal(entropy_below(&e, 1ull << 60), 0x123456789abcdefull);
	assert_int_equal(e.next, 512);
	e = scripted(values, 3);
	assert_int_equal(entropy_below(&e, 16), 0xf);
	assert_int_equal(entropy_below(&e, 1ull << 61), 0x045566778899aabbull);
	assert_int_equal(e.next, 512 - 192 + 32 + 61);
	assert_int_equal(entropy_below(&e, 8), 2); /* the highest of 0x44556677 */
	assert_int_equal(entropy_u64(&e), 0x9abcdef000112233ull);
	/* 32 are left, too few: then comes the next block */
	assert_int_equal(entropy_u64(&e), 0x903df1a0ade0b876ull);
	assert_int_equal(entropy_u64(&e), 0x28bd8653e56a5d40ull);
}

static void numbers_are_below_their_limit(void **state)
{
	struct entropy e = gathered(ENTROPY_RDRAND);

	(void)state;
	for (unsigned int bits = 0; bits < 64; bits++) {
		const uint64_t n = 1ull << bits;

		for (int i = 0; i < 1000; i++) {
			assert_true(entropy_below(&e, n) < n);
			assert_true(entropy_below(&e, n + n / 2 + 1) < n + n / 2 + 1);
			assert_true(entropy_below(&e, UINT64_MAX - n + 1) < UINT64_MAX - n + 1);
		}
	}
	assert_int_equal(entropy_below(&e, 1), 0);
}

static void numbers_are_equally_likely(void **state)
{
	static const uint64_t limits[] = {2, 3, 5, 7, 16, 100, 1000};
	const size_t m = sizeof(limits) / sizeof(limits[0]);
	struct entropy e = gathered(ENTROPY_RDRAND);
	static uint64_t counts[MAX_CELLS];

	(void)state;
	for (size_t i = 0; i < m; i++) {
		memset(counts, 0, sizeof(counts));
		for (int k = 0; k < 500000; k++)
			counts[entropy_below(&e, limits[i])]++;
		assert_true(chi_square_p(counts, limits[i]) > FAMILY_P / (double)m);
	}
}

/* Where plain multiplication or modulo would be off by a third: n = 3/4 of 2^64 */
static void large_ranges_are_not_biased(void **state)
{
	const uint64_t n = 3ull << 62;
	struct entropy e = gathered(ENTROPY_RDRAND);
	uint64_t thirds[3] = {0}, residues[3] = {0};

	(void)state;
	for (int k = 0; k < 300000; k++) {
		const uint64_t value = entropy_below(&e, n);

		thirds[value >> 62]++;
		residues[value % 3]++;
	}
	assert_true(chi_square_p(thirds, 3) > FAMILY_P / 2);
	assert_true(chi_square_p(residues, 3) > FAMILY_P / 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(values_beyond_the_limit_are_drawn_again, reset_cpu),
		cmocka_unit_test_setup(numbers_take_the_bits_that_follow, reset_cpu),
		cmocka_unit_test_setup(numbers_are_below_their_limit, reset_cpu),
		cmocka_unit_test_setup(numbers_are_equally_likely, reset_cpu),
		cmocka_unit_test_setup(large_ranges_are_not_biased, reset_cpu),
	};

	return cmocka_run_group_tests_name("generator", tests, NULL, NULL);
}
