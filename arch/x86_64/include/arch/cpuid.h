/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef ARCH_CPUID_H
#define ARCH_CPUID_H

/* Intel SDM volume 2, CPUID */

#include <stdint.h>

#define CPUID_MAX 0u /* EAX: the highest leaf; EBX, EDX, ECX: the vendor */

struct cpuid {
	uint32_t eax, ebx, ecx, edx;
};

/* A leaf whose subleaf, if it has any, is 0 */
static inline struct cpuid cpuid(uint32_t leaf)
{
	struct cpuid r;

	__asm__ volatile("cpuid"
			 : "=a"(r.eax), "=b"(r.ebx), "=c"(r.ecx), "=d"(r.edx)
			 : "a"(leaf), "c"(0));
	return r;
}

/* What Xen wants its PV guests to see: the instruction is marked (arch-x86/xen.h, XEN_CPUID) */
static inline struct cpuid cpuid_xenpv(uint32_t leaf)
{
	struct cpuid r;

	__asm__ volatile("ud2\n\t.ascii \"xen\"\n\tcpuid"
			 : "=a"(r.eax), "=b"(r.ebx), "=c"(r.ecx), "=d"(r.edx)
			 : "a"(leaf), "c"(0));
	return r;
}

#endif /* ARCH_CPUID_H */
