/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TESTS_UNIT_RNG_STAND_IN_H
#define TESTS_UNIT_RNG_STAND_IN_H

/*
 * A processor whose random number units do what the test wants
 *
 * After cmocka.h; for one source file of a program, as it defines rng_step() and
 * the others of <ukaslr/rng.h>.
 */

#include <stdint.h>
#include <string.h>
#include <ukaslr/rng.h>

/* The stand-in for the processor: what each unit answers, and how often it was asked */
#define GOOD	  (-1) /* .ready: always has a number */
#define MAX_ASKED 1000

static struct {
	uint32_t units;
	int ready;     /* words until the unit fails for good, or GOOD */
	int busy;      /* how often it fails before each word */
	size_t period; /* of the words; 0: never the same again */
	uint64_t word[4];
	uint64_t counter; /* what the counter says, growing by .tick */
	uint64_t tick;
	int asked, given, relaxed, failed;
} cpu;

uint32_t rng_units(void)
{
	return cpu.units;
}

bool rng_step(enum entropy_source unit, uint64_t *word)
{
	assert_true(cpu.units & unit);
	assert_true(++cpu.asked < MAX_ASKED);
	if (cpu.ready != GOOD && cpu.given >= cpu.ready)
		return false;
	if (cpu.failed++ < cpu.busy)
		return false;
	cpu.failed = 0;
	*word = cpu.period ? cpu.word[(size_t)cpu.given % cpu.period]
			   : 0x0123456789abcdefull * ((uint64_t)cpu.given + 1);
	cpu.given++;
	return true;
}

void rng_relax(void)
{
	cpu.relaxed++;
}

uint64_t rng_counter(void)
{
	uint64_t now = cpu.counter;

	cpu.counter += cpu.tick;
	return now;
}

static inline int reset_cpu(void **state)
{
	(void)state;
	memset(&cpu, 0, sizeof(cpu));
	cpu.ready = GOOD;
	cpu.counter = 1000;
	cpu.tick = 4000;
	return 0;
}

static inline struct entropy gathered(uint32_t units)
{
	struct entropy e;

	cpu.units = units;
	entropy_init(&e);
	entropy_from_cpu(&e);
	return e;
}

/* A generator whose stream the test fixes */
static inline struct entropy seeded(uint64_t seed)
{
	struct entropy e;

	entropy_init(&e);
	entropy_absorb(&e, ENTROPY_REPLAY, &seed, sizeof(seed), 0);
	return e;
}

#endif /* TESTS_UNIT_RNG_STAND_IN_H */
