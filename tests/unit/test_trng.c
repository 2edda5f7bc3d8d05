/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What firmware is asked for random numbers, and which of its answers is one
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include <ukaslr/trng.h>

/* What firmware answers, and what it was asked; DEN0098, 2.1 and 2.4 */
static uint64_t says[4], argument_seen;
static uint32_t function_seen;

void trng_call(uint32_t function, uint64_t argument, uint64_t answer[4])
{
	function_seen = function;
	argument_seen = argument;
	memcpy(answer, says, sizeof(says));
}

static void only_version_1_is_understood(void **state)
{
	static const struct {
		uint64_t x0;
		bool present;
	} cases[] = {
		{0x10000, true},
		{0x10001, true},
		{0x1ffff, true},
		{0x20000, false},
		{0x00001, false},
		{0, false},
		{0x80010000, false},
		{UINT64_MAX, false},	    /* NOT_SUPPORTED */
		{0xffffffff, false},	    /* the same, from firmware of 32 bits */
		{0xdead000000010000, true}, /* SMC32: the upper half is nobody's */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		says[0] = cases[i].x0;
		assert_int_equal(trng_present(), cases[i].present);
		assert_int_equal(function_seen, 0x84000050);
	}
}

static void word_is_the_last_register_of_a_success(void **state)
{
	uint64_t word = 7;

	(void)state;
	memcpy(says, (const uint64_t[]){0, 1, 2, 0xfedcba9876543210}, sizeof(says));
	assert_true(trng_step(&word));
	assert_int_equal(word, 0xfedcba9876543210);
	assert_int_equal(function_seen, 0xc4000053);
	assert_int_equal(argument_seen, 64);
}

static void failure_leaves_the_word_alone(void **state)
{
	/* NOT_SUPPORTED, INVALID_PARAMETERS, NO_ENTROPY, and what is no code at all */
	static const int64_t codes[] = {-1, -2, -3, 1, INT64_MIN};
	uint64_t word = 7;

	(void)state;
	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		memcpy(says, (const uint64_t[]){(uint64_t)codes[i], 1, 2, 3}, sizeof(says));
		assert_false(trng_step(&word));
		assert_int_equal(word, 7);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_version_1_is_understood),
		cmocka_unit_test(word_is_the_last_register_of_a_success),
		cmocka_unit_test(failure_leaves_the_word_alone),
	};

	return cmocka_run_group_tests_name("trng", tests, NULL, NULL);
}
