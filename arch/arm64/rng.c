/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * RNDR, firmware's TRNG and the virtual counter; Arm ARM (DDI 0487), RNDR,
 * CNTVCT_EL0 and ID_AA64ISAR0_EL1
 */

#include <arch/firmware.h>
#include <ukaslr/machine.h>
#include <ukaslr/rng.h>
#include <ukaslr/trng.h>

#define ID_AA64ISAR0_EL1_RNDR_SHIFT 60
#define ID_AA64ISAR0_EL1_RNDR_MASK  0xfu

/* By PSCI's conduit: who answers that one has the calling convention. */
void trng_call(uint32_t function, uint64_t argument, uint64_t answer[4])
{
	if (machine()->psci == PSCI_HVC)
		firmware_hvc(function, argument, answer);
	else
		firmware_smc(function, argument, answer);
}

uint32_t rng_units(void)
{
	uint32_t units = 0;
	uint64_t isar0;

	__asm__ volatile("mrs %0, ID_AA64ISAR0_EL1" : "=r"(isar0));
	if (isar0 >> ID_AA64ISAR0_EL1_RNDR_SHIFT & ID_AA64ISAR0_EL1_RNDR_MASK)
		units |= ENTROPY_RNDR;
	if (machine()->psci != PSCI_NONE && trng_present())
		units |= ENTROPY_TRNG;
	return units;
}

/*
 * S3_3_C2_C4_0 is RNDR, for assemblers that know no FEAT_RNG. Reading it sets
 * NZCV to 0b0000, or to 0b0100 (Z) and the value to 0 when there was no number
 * in time.
 */
bool rng_step(enum entropy_source unit, uint64_t *word)
{
	uint64_t value;
	uint32_t ok;

	if (unit == ENTROPY_TRNG)
		return trng_step(word);
	__asm__ volatile("mrs	%0, S3_3_C2_C4_0\n\t"
			 "cset	%w1, ne"
			 : "=r"(value), "=r"(ok)
			 :
			 : "cc");
	if (ok)
		*word = value;
	return ok != 0;
}

void rng_relax(void)
{
	__asm__ volatile("yield");
}

/* Without ISB: it may run ahead or late, and that is as welcome as any jitter. */
uint64_t rng_counter(void)
{
	uint64_t count;

	__asm__ volatile("mrs %0, CNTVCT_EL0" : "=r"(count));
	return count;
}
