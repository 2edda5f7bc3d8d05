/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TESTS_BENCH_GUEST_COUNTER_H
#define TESTS_BENCH_GUEST_COUNTER_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

/* ns: CNTFRQ is 62.5 MHz on the virt machine of QEMU before 9.0 */
#define CNTVCT_PERIOD 16

/*
 * The counter that a guest of QEMU without -icount would read, but for where it
 * began: its TSC is the host's, or nanoseconds if the host has none; its CNTVCT
 * counts the host's time.
 */
static inline uint64_t guest_counter(bool x86)
{
	struct timespec t;
	uint64_t ns;

#ifdef __x86_64__
	if (x86)
		return __builtin_ia32_rdtsc();
#endif
	clock_gettime(CLOCK_MONOTONIC, &t);
	ns = (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
	return x86 ? ns : ns / CNTVCT_PERIOD;
}

#endif /* TESTS_BENCH_GUEST_COUNTER_H */
