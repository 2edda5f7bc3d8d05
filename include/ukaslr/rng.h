/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef UKASLR_RNG_H
#define UKASLR_RNG_H

/*
 * The processor's random number units: the contract of arch/<arch>/rng.c
 *
 * The architecture says which units there are and how one is asked once. How
 * often to ask, what to believe and what it is worth is the same for all, in
 * kaslr/entropy.c; host tests stand in for these functions.
 */

#include <stdbool.h>
#include <stdint.h>
#include <ukaslr/entropy.h>

/* A mask of ENTROPY_RDSEED, ENTROPY_RDRAND, ENTROPY_RNDR and ENTROPY_TRNG: what there is. */
uint32_t rng_units(void);

/*
 * Asks one unit, one that rng_units() named, once. Returns false, and leaves
 * *word alone, when it has nothing now.
 */
bool rng_step(enum entropy_source unit, uint64_t *word);

/* A hint to the processor between two tries. */
void rng_relax(void);

/* A counter as fine as there is (TSC, CNTVCT_EL0); it may stand still. */
uint64_t rng_counter(void);

#endif /* UKASLR_RNG_H */
