/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef ARM64_CPU_H
#define ARM64_CPU_H

#include <uk/arch/types.h>

static inline __paddr_t table_root(void)
{
	__paddr_t root;

	__asm__ volatile("mrs %0, ttbr0_el1" : "=r"(root));
	return root;
}

#endif
