/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef UKASLR_TRNG_H
#define UKASLR_TRNG_H

/*
 * Firmware's true random number generator
 *
 * Arm True Random Number Generator Firmware Interface 1.0 (DEN0098): calls by
 * the SMC Calling Convention (DEN0028). One word of 64 bits is asked for at a
 * time; how often to ask, and what to believe, is in kaslr/entropy.c.
 */

#include <stdbool.h>
#include <stdint.h>

/* Is there one, of a version that is understood (1.x)? */
bool trng_present(void);

/* As rng_step() of <ukaslr/rng.h>. */
bool trng_step(uint64_t *word);

/*
 * Whoever uses the above gives this: calls firmware with x0 and x1, and stores x0
 * to x3 as it leaves them. Where nobody answers, x0 is -1 (NOT_SUPPORTED).
 */
void trng_call(uint32_t function, uint64_t argument, uint64_t answer[4]);

#endif /* UKASLR_TRNG_H */
