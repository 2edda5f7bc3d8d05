/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TESTS_UNIT_STATS_H
#define TESTS_UNIT_STATS_H

/*
 * Statistics for tests of randomness. LIBS: -lm
 *
 * The tests draw from generators of fixed seeds, so a test that passes once
 * passes always; a family of m comparisons is held to FAMILY_P / m (Bonferroni).
 */

#include <math.h>
#include <stddef.h>
#include <stdint.h>

#define FAMILY_P 0.001

/*
 * Pearson's chi-square of counts[0..n) against equal chances, as the chance of
 * a value as high or higher (Wilson and Hilferty's normal approximation; each
 * cell should expect 5 or more).
 */
static inline double chi_square_p(const uint64_t *counts, size_t n)
{
	const double df = (double)n - 1, shrink = 2 / (9 * df);
	double total = 0, expected, stat = 0, z;

	for (size_t i = 0; i < n; i++)
		total += (double)counts[i];
	expected = total / (double)n;
	for (size_t i = 0; i < n; i++)
		stat += ((double)counts[i] - expected) * ((double)counts[i] - expected) / expected;
	z = (cbrt(stat / df) - (1 - shrink)) / sqrt(shrink);
	return erfc(z / sqrt(2)) / 2;
}

#endif /* TESTS_UNIT_STATS_H */
