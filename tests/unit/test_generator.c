/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What is absorbed ends in the generator that docs/entropy.md describes
 * (kaslr/entropy.c)
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <ukaslr/entropy.h>
#include "rng_stand_in.h"

static void assert_draws(struct entropy *e, const uint64_t *expected, size_t n)
{
	for (size_t i = 0; i < n; i++)
		assert_int_equal(entropy_u64(e), expected[i]);
}

/*
 * The generator. Expected values come from another implementation, written in
 * another language after docs/entropy.md.
 */

static void empty_generator_is_the_key_stream_of_zeros(void **state)
{
	static const uint64_t expected[] = {0x903df1a0ade0b876ull, 0x28bd8653e56a5d40ull,
					    0x1aed8da0b819d2bdull};
	struct entropy e;

	(void)state;
	entropy_init(&e);
	assert_draws(&e, expected, 3);
}

static void one_unit_and_jitter_give_the_documented_stream(void **state)
{
	static const uint64_t expected[] = {
		0xbd7a016397976e44ull, 0x3e712ef67ae1e3e9ull, 0xc44942cd1215b926ull,
		0xd14ee8bc10e2a097ull, 0x84321f4017f1b130ull, 0x6b086f48c1f55439ull,
		0x67c00eee5decabdaull, 0x4fee420d2116a8acull, 0x558d4eabd7a81636ull,
		0xc8246e0d6155e482ull, 0x6af9bfc73c06aad3ull, 0x041ea8f8916c066full,
		0x02e1880b47fd4e1full, 0x8ba51292469d4048ull,
	};
	struct entropy e = gathered(ENTROPY_RDRAND);

	(void)state;
	assert_draws(&e, expected, sizeof(expected) / sizeof(expected[0]));
}

/* What QEMU's device tree has: they fill one chunk, and jitter goes into that. */
static void two_seeds_and_jitter_share_one_block(void **state)
{
	static const uint64_t expected[] = {
		0x309e110d0fecb717ull, 0x327dab805f863daeull, 0x1ad0fbde7c0cd63full,
		0xb31396f0cfb2ec37ull, 0x61adeee6a9baf94aull, 0xe3d49a458180fb79ull,
		0x60034a6fb3e5ac56ull, 0x7023d320370143eeull, 0x6bff7c1c0f701564ull,
		0x62fe194bbf113643ull, 0xffb532abae924fb5ull, 0x2cffe3d6ab624a90ull,
	};
	_Alignas(4) unsigned char data[32];
	struct entropy e;

	(void)state;
	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (unsigned char)(7 * i + 3);
	entropy_init(&e);
	entropy_absorb(&e, ENTROPY_KASLR_SEED, data, 8, 0);
	entropy_absorb(&e, ENTROPY_RNG_SEED, data, 32, 0);
	entropy_from_cpu(&e);
	assert_draws(&e, expected, sizeof(expected) / sizeof(expected[0]));
	assert_int_equal(e.in.w[12], 1); /* the block counter */
}

static void records_of_any_length_between_draws_give_the_documented_stream(void **state)
{
	static const uint64_t expected[] = {
		0x5c56432cb2922293ull, 0x616304e035179798ull, 0x68e1c476f7b62904ull,
		0x47e12fda9daef9a0ull, 0x4917e1a114c880cfull, 0x078c9681450fdf38ull,
		0x69c46188797d9726ull, 0x4c2f27b73f7f4017ull, 0xfa63151f959855b3ull,
		0x829f4d556c11767cull, 0xd744a967bdda2f10ull, 0x6d4439855f36f7f9ull,
		0x55de2ae52035dacdull, 0x124f52b912ea0ce0ull, 0x52815ba77139b94eull,
	};
	_Alignas(4) unsigned char data[100];
	struct entropy e;

	(void)state;
	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (unsigned char)(7 * i + 3);
	entropy_init(&e);
	entropy_absorb(&e, ENTROPY_KASLR_SEED, data, 8, 0);
	entropy_absorb(&e, ENTROPY_RNG_SEED, data, 61, 0);
	assert_draws(&e, expected, 6);
	entropy_absorb(&e, ENTROPY_RNG_SEED, data, 3, 0);
	assert_draws(&e, expected + 6, 6);
	entropy_absorb(&e, ENTROPY_REPLAY, data, 42, 0);
	assert_draws(&e, expected + 12, 3);
}

static uint64_t first_draw(enum entropy_source source, const void *data, size_t len)
{
	struct entropy e;

	entropy_init(&e);
	entropy_absorb(&e, source, data, len, 0);
	return entropy_u64(&e);
}

static int compare_u64(const void *a, const void *b)
{
	const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static void every_length_and_source_and_bit_counts(void **state)
{
	_Alignas(4) unsigned char data[200] = {0};
	uint64_t seen[200 + 16 + 8 * 200];
	size_t n = 0;

	(void)state;
	for (size_t len = 1; len <= sizeof(data); len++)
		seen[n++] = first_draw(ENTROPY_RNG_SEED, data, len);
	for (unsigned int source = 1; source <= 1 << 15; source <<= 1)
		if (source != ENTROPY_RNG_SEED)
			seen[n++] = first_draw((enum entropy_source)source, data, 8);
	for (size_t bit = 0; bit < 8 * sizeof(data); bit++) {
		data[bit / 8] = (unsigned char)(1 << bit % 8);
		seen[n++] = first_draw(ENTROPY_RNG_SEED, data, sizeof(data));
		data[bit / 8] = 0;
	}
	qsort(seen, n, sizeof(seen[0]), compare_u64);
	for (size_t i = 1; i < n; i++)
		assert_int_not_equal(seen[i - 1], seen[i]);
}

static void two_records_are_not_one(void **state)
{
	_Alignas(4) const unsigned char data[16] = "0123456789abcdef";
	struct entropy one, two;

	(void)state;
	entropy_init(&one);
	entropy_absorb(&one, ENTROPY_RNG_SEED, data, 16, 0);
	entropy_init(&two);
	entropy_absorb(&two, ENTROPY_RNG_SEED, data, 8, 0);
	entropy_absorb(&two, ENTROPY_RNG_SEED, data + 8, 8, 0);
	assert_int_not_equal(entropy_u64(&one), entropy_u64(&two));
}

static void what_was_absorbed_before_a_draw_lasts(void **state)
{
	const uint64_t early[] = {1, 2}, late = 3;
	uint64_t drawn[2];

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct entropy e;

		entropy_init(&e);
		entropy_absorb(&e, ENTROPY_RDSEED, &early[i], sizeof(early[i]), 0);
		for (int n = 0; n < 20; n++)
			(void)entropy_u64(&e);
		entropy_absorb(&e, ENTROPY_JITTER, &late, sizeof(late), 0);
		drawn[i] = entropy_u64(&e);
	}
	assert_int_not_equal(drawn[0], drawn[1]);
}

static void fourteen_draws_after_the_cpu_cost_two_blocks(void **state)
{
	struct entropy e = gathered(ENTROPY_RDRAND);

	(void)state;
	for (int i = 0; i < 14; i++)
		(void)entropy_u64(&e);
	assert_int_equal(e.in.w[12], 2); /* the block counter */
}

static void rest_of_a_record_that_is_too_long_is_left_out(void **state)
{
	const size_t len = ENTROPY_MAX_RECORD + 8;
	unsigned char *data = calloc(1, len);
	uint64_t whole, cut;

	(void)state;
	whole = first_draw(ENTROPY_RNG_SEED, data, ENTROPY_MAX_RECORD);
	memset(data + ENTROPY_MAX_RECORD, 1, 8);
	cut = first_draw(ENTROPY_RNG_SEED, data, len);
	free(data);
	assert_int_equal(whole, cut);
}

static void wiping_leaves_zeros(void **state)
{
	struct entropy e = gathered(ENTROPY_RDRAND);
	const struct entropy zero = {0};

	(void)state;
	(void)entropy_u64(&e);
	entropy_wipe(&e);
	assert_memory_equal(&e, &zero, sizeof(e));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(empty_generator_is_the_key_stream_of_zeros, reset_cpu),
		cmocka_unit_test_setup(one_unit_and_jitter_give_the_documented_stream, reset_cpu),
		cmocka_unit_test_setup(two_seeds_and_jitter_share_one_block, reset_cpu),
		cmocka_unit_test_setup(
			records_of_any_length_between_draws_give_the_documented_stream, reset_cpu),
		cmocka_unit_test_setup(every_length_and_source_and_bit_counts, reset_cpu),
		cmocka_unit_test_setup(two_records_are_not_one, reset_cpu),
		cmocka_unit_test_setup(what_was_absorbed_before_a_draw_lasts, reset_cpu),
		cmocka_unit_test_setup(fourteen_draws_after_the_cpu_cost_two_blocks, reset_cpu),
		cmocka_unit_test_setup(rest_of_a_record_that_is_too_long_is_left_out, reset_cpu),
		cmocka_unit_test_setup(wiping_leaves_zeros, reset_cpu),
	};

	return cmocka_run_group_tests_name("generator", tests, NULL, NULL);
}
