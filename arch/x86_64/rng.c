/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * RDSEED, RDRAND and the time-stamp counter; Intel SDM volume 1, 7.3.17 and
 * volume 2, CPUID, RDRAND, RDSEED, RDTSC
 */

#include <arch/cpuid.h>
#include <ukaslr/machine.h>
#include <ukaslr/rng.h>

#define CPUID_FEATURES	      1u
#define CPUID_FEATURES_RDRAND (1u << 30) /* ECX */
#define CPUID_EXTENDED	      7u
#define CPUID_EXTENDED_RDSEED (1u << 18) /* EBX */

static struct cpuid ask(uint32_t leaf)
{
	return on_xenpv() ? cpuid_xenpv(leaf) : cpuid(leaf);
}

uint32_t rng_units(void)
{
	uint32_t units = 0;

	if (ask(CPUID_FEATURES).ecx & CPUID_FEATURES_RDRAND)
		units |= ENTROPY_RDRAND;
	/* Above the highest leaf, CPUID answers with what another leaf says. */
	if (ask(CPUID_MAX).eax >= CPUID_EXTENDED &&
	    (ask(CPUID_EXTENDED).ebx & CPUID_EXTENDED_RDSEED))
		units |= ENTROPY_RDSEED;
	return units;
}

/* Both set CF if there was a number, and else give 0. */
bool rng_step(enum entropy_source unit, uint64_t *word)
{
	uint64_t value;
	bool ok;

	if (unit == ENTROPY_RDSEED)
		__asm__ volatile("rdseed %0" : "=r"(value), "=@ccc"(ok));
	else
		__asm__ volatile("rdrand %0" : "=r"(value), "=@ccc"(ok));
	if (ok)
		*word = value;
	return ok;
}

void rng_relax(void)
{
	__asm__ volatile("pause");
}

uint64_t rng_counter(void)
{
	uint32_t low, high;

	__asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
	return (uint64_t)high << 32 | low;
}
