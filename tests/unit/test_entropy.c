/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Sources are asked as their manuals say and credited with what they are worth
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

static void units_are_credited_with_what_they_are_worth(void **state)
{
	static const struct {
		uint32_t units;
		int ready;
		uint32_t credited;
	} cases[] = {
		{0, GOOD, 0},
		{ENTROPY_RDRAND, GOOD, 128},
		{ENTROPY_RDRAND, 1, 64},
		{ENTROPY_RDRAND, 0, 0},
		{ENTROPY_RNDR, GOOD, 128},
		{ENTROPY_RNDR, 3, 128},
		{ENTROPY_TRNG, GOOD, 128},
		{ENTROPY_RDSEED, GOOD, 256},
		{ENTROPY_RDSEED, 3, 192},
		{ENTROPY_RDSEED | ENTROPY_RDRAND, 2, 128}, /* RDRAND is never ready */
		{ENTROPY_RDSEED | ENTROPY_RDRAND, GOOD, 256},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct entropy e;

		reset_cpu(state);
		cpu.ready = cases[i].ready;
		e = gathered(cases[i].units);
		assert_int_equal(e.credited, cases[i].credited);
	}
}

static void sources_are_those_that_gave_anything(void **state)
{
	struct entropy e = gathered(ENTROPY_RDSEED | ENTROPY_RDRAND);

	assert_int_equal(e.sources, ENTROPY_RDSEED | ENTROPY_RDRAND | ENTROPY_JITTER);
	reset_cpu(state);
	cpu.ready = 0;
	e = gathered(ENTROPY_RNDR);
	assert_int_equal(e.sources, ENTROPY_JITTER);
}

static void busy_unit_is_asked_again_with_pauses(void **state)
{
	struct entropy e;

	(void)state;
	cpu.busy = 9;
	e = gathered(ENTROPY_RDRAND);
	assert_int_equal(e.credited, 128);
	assert_int_equal(cpu.asked, 4 * 10);
	assert_int_equal(cpu.relaxed, 4 * 9);
}

static void unit_that_never_answers_is_given_up(void **state)
{
	static const struct {
		enum entropy_source unit;
		int tries;
	} cases[] = {
		{ENTROPY_RDRAND, 10}, {ENTROPY_RNDR, 10}, {ENTROPY_TRNG, 10}, {ENTROPY_RDSEED, 32}};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct entropy e;

		reset_cpu(state);
		cpu.ready = 0;
		e = gathered(cases[i].unit);
		assert_int_equal(e.credited, 0);
		assert_int_equal(cpu.asked, cases[i].tries);
	}
}

static void unit_that_is_stuck_is_absorbed_but_not_credited(void **state)
{
	static const struct {
		size_t period;
		uint64_t word[4];
	} cases[] = {
		{1, {UINT64_MAX}},
		{1, {0}},
		{1, {0x5555aaaa12345678ull}},
		{2, {0x1111222233334444ull, 0x5555666677778888ull}},
		{3, {1, 2, 3}},
		{4, {1, 2, 3, 0}},
		{4, {UINT64_MAX, 2, 3, 4}},
		{4, {1, 2, 2, 3}},
	};
	static const enum entropy_source units[] = {ENTROPY_RDSEED, ENTROPY_RDRAND, ENTROPY_RNDR,
						    ENTROPY_TRNG};
	const size_t nr = sizeof(units) / sizeof(units[0]);
	uint64_t without;

	for (size_t i = 0; i < nr * sizeof(cases) / sizeof(cases[0]); i++) {
		struct entropy e;

		reset_cpu(state);
		e = gathered(0);
		without = entropy_u64(&e);
		reset_cpu(state);
		cpu.period = cases[i / nr].period;
		memcpy(cpu.word, cases[i / nr].word, sizeof(cpu.word));
		e = gathered(units[i % nr]);
		assert_int_equal(e.credited, 0);
		assert_int_equal(e.sources, ENTROPY_JITTER);
		assert_int_not_equal(entropy_u64(&e), without);
	}
}

static void seed_of_zeros_is_not_credited(void **state)
{
	const uint64_t zeros[4] = {0}, seed = 0x0102030405060708ull;
	struct entropy e;

	(void)state;
	entropy_init(&e);
	entropy_absorb(&e, ENTROPY_KASLR_SEED, zeros, 8, 64);
	entropy_absorb(&e, ENTROPY_RNG_SEED, zeros, 32, 256);
	assert_int_equal(e.credited, 0);
	assert_int_equal(e.sources, 0);
	entropy_absorb(&e, ENTROPY_KASLR_SEED, &seed, 8, 64);
	assert_int_equal(e.credited, 64);
	assert_int_equal(e.sources, ENTROPY_KASLR_SEED);
}

/* Less than a word is not judged, so it is not believed; nor is what is behind the last word. */
static void bytes_outside_of_whole_words_are_not_credited(void **state)
{
	static const struct {
		size_t len;
		uint32_t credited;
	} cases[] = {{4, 0}, {7, 0}, {8, 64}, {15, 64}, {16, 128}, {31, 192}, {40, 256}};
	const uint64_t seed[5] = {1, 2, 3, 4, 5}, zeros = 0;
	struct entropy e;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		entropy_init(&e);
		entropy_absorb(&e, ENTROPY_RNG_SEED, seed, cases[i].len, 256);
		assert_int_equal(e.credited, cases[i].credited);
		assert_int_equal(e.sources, cases[i].credited ? ENTROPY_RNG_SEED : 0);
	}
	entropy_init(&e);
	entropy_absorb(&e, ENTROPY_KASLR_SEED, &zeros, 4, 32);
	entropy_absorb(&e, ENTROPY_RNG_SEED, &zeros, 7, 56);
	assert_int_equal(e.credited, 0);
	assert_int_equal(e.sources, 0);
}

static void empty_seed_changes_nothing(void **state)
{
	struct entropy e, before;

	(void)state;
	entropy_init(&e);
	before = e;
	entropy_absorb(&e, ENTROPY_RNG_SEED, NULL, 0, 256);
	assert_memory_equal(&e, &before, sizeof(e));
}

static void credit_is_never_more_than_the_key_holds(void **state)
{
	uint64_t seed[4] = {1, 2, 3, 4};
	struct entropy e;

	(void)state;
	entropy_init(&e);
	entropy_absorb(&e, ENTROPY_RNG_SEED, seed, sizeof(seed), 200);
	entropy_absorb(&e, ENTROPY_RNG_SEED, seed, sizeof(seed), 200);
	assert_int_equal(e.credited, ENTROPY_MAX_BITS);
}

static void replayed_seed_filled_up_with_zeros_is_a_source(void **state)
{
	uint64_t seed[4] = {1};
	struct entropy e;

	(void)state;
	entropy_init(&e);
	entropy_absorb(&e, ENTROPY_REPLAY, seed, sizeof(seed), 0);
	assert_int_equal(e.credited, 0);
	assert_int_equal(e.sources, ENTROPY_REPLAY);
}

static void jitter_counts_though_it_is_not_credited(void **state)
{
	uint64_t drawn[3];

	for (uint64_t i = 0; i < 3; i++) {
		struct entropy e;

		reset_cpu(state);
		cpu.counter += i == 1; /* later */
		cpu.tick += i == 2;    /* slower */
		e = gathered(0);
		assert_int_equal(e.credited, 0);
		drawn[i] = entropy_u64(&e);
	}
	assert_int_not_equal(drawn[0], drawn[1]);
	assert_int_not_equal(drawn[0], drawn[2]);
	assert_int_not_equal(drawn[1], drawn[2]);
}

static void every_source_has_its_name(void **state)
{
	static const char *const names[ENTROPY_SOURCES] = {
		"rdseed", "rdrand", "rndr",	      "kaslr-seed", "rng-seed",	    "jitter",
		"replay", "trng",   "setup-rng-seed", "efi-rng",    "bootargs-seed"};

	(void)state;
	for (unsigned int i = 0; i < ENTROPY_SOURCES; i++)
		assert_string_equal(entropy_source_name((enum entropy_source)(1 << i)), names[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(units_are_credited_with_what_they_are_worth, reset_cpu),
		cmocka_unit_test_setup(sources_are_those_that_gave_anything, reset_cpu),
		cmocka_unit_test_setup(busy_unit_is_asked_again_with_pauses, reset_cpu),
		cmocka_unit_test_setup(unit_that_never_answers_is_given_up, reset_cpu),
		cmocka_unit_test_setup(unit_that_is_stuck_is_absorbed_but_not_credited, reset_cpu),
		cmocka_unit_test_setup(seed_of_zeros_is_not_credited, reset_cpu),
		cmocka_unit_test_setup(bytes_outside_of_whole_words_are_not_credited, reset_cpu),
		cmocka_unit_test_setup(empty_seed_changes_nothing, reset_cpu),
		cmocka_unit_test_setup(credit_is_never_more_than_the_key_holds, reset_cpu),
		cmocka_unit_test_setup(replayed_seed_filled_up_with_zeros_is_a_source, reset_cpu),
		cmocka_unit_test_setup(jitter_counts_though_it_is_not_credited, reset_cpu),
		cmocka_unit_test_setup(every_source_has_its_name, reset_cpu),
	};

	return cmocka_run_group_tests_name("entropy", tests, NULL, NULL);
}
