/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef ARCH_CPUID_H
#define ARCH_CPUID_H

/* Intel SDM volume 2, CPUID */

#include <stdint.h>

#define CPUID_MAX 0u /* EAX: the highest leaf; EBX, EDX, ECX: the vendor */

struct cpuid {
	uint32_t eax, ebx, ecx, edx;
};

static inline struct cpuid cpuid(uint32_t leaf)
{
	struct cpuid r;

	__asm__ volatile("cpuid"
			 : "=a"(r.eax), "=b"(r.ebx), "=c"(r.ecx), "=d"(r.edx)
			 : "a"(leaf), "c"(0));
	return r;
}

#endif /* ARCH_CPUID_H */
