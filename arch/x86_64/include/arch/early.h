/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef ARCH_EARLY_H
#define ARCH_EARLY_H

/* What <ukaslr/arch.h> asks of early code, in a few instructions */

#include <stdint.h>
#include <arch/x86.h>
#include <ukaslr/addr.h>

static inline paddr_t arch_pt_root(void)
{
	uint64_t cr3;

	__asm__ volatile("movq %%cr3, %0" : "=r"(cr3));
	return PADDR(cr3);
}

static inline unsigned arch_pt_levels(void)
{
	uint64_t cr4;

	__asm__ volatile("movq %%cr4, %0" : "=r"(cr4));
	return 4 + (cr4 >> CR4_LA57_BIT & 1);
}

/* The write to CR3 in arch_enter() serialises, as Intel SDM vol. 3, 12.6 asks for. */
static inline void arch_sync_code(const void *start, uint64_t len)
{
	(void)start;
	(void)len;
}

#endif /* ARCH_EARLY_H */
