/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef X86_CPU_H
#define X86_CPU_H

#include <uk/arch/types.h>

static inline __paddr_t table_root(void)
{
	__paddr_t root;

	__asm__ volatile("mov %%cr3, %0" : "=r"(root));
	return root;
}

#endif
