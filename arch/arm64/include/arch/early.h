/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef ARCH_EARLY_H
#define ARCH_EARLY_H

/* What <ukaslr/arch.h> asks of early code, in a few instructions */

#include <stdint.h>
#include <arch/arm64.h>
#include <ukaslr/addr.h>

static inline paddr_t arch_pt_root(void)
{
	uint64_t ttbr0;

	__asm__ volatile("mrs %0, ttbr0_el1" : "=r"(ttbr0));
	return PADDR(ttbr0);
}

static inline unsigned arch_pt_levels(void)
{
	uint64_t tcr;

	__asm__ volatile("mrs %0, tcr_el1" : "=r"(tcr));
	return 4 + (tcr >> TCR_DS_BIT & 1);
}

void arch_sync_code(const void *start, uint64_t len);

#endif /* ARCH_EARLY_H */
