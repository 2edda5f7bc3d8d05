/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TESTS_RANDOM_H
#define TESTS_RANDOM_H

/*
 * Random numbers for tests: the same ones in every run (splitmix64)
 */

#include <stdint.h>

static uint64_t rnd_state;

/* A number in [0, below). */
static inline uint64_t rnd(uint64_t below)
{
	uint64_t z = rnd_state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return (z ^ z >> 31) % below;
}

#endif /* TESTS_RANDOM_H */
