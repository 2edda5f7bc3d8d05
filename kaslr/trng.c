/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Firmware's TRNG; Arm DEN0098, chapter 2
 */

#include <ukaslr/trng.h>

#define TRNG_VERSION 0x84000050u
#define TRNG_RND64   0xc4000053u

#define MAJOR_SHIFT  16 /* of the version, whose bit 31 is set in errors */
#define SUCCESS	     0
#define WORD_BITS    64

bool trng_present(void)
{
	uint64_t answer[4];

	trng_call(TRNG_VERSION, 0, answer);
	return (uint32_t)answer[0] >> MAJOR_SHIFT == 1;
}

/* x3 has bits 63:0; x1 and x2 are for who asks for more. */
bool trng_step(uint64_t *word)
{
	uint64_t answer[4];

	trng_call(TRNG_RND64, WORD_BITS, answer);
	if ((int64_t)answer[0] != SUCCESS)
		return false;
	*word = answer[3];
	return true;
}
