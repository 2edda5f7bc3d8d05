/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef UKASLR_ADDR_H
#define UKASLR_ADDR_H

/*
 * Physical and virtual addresses
 *
 * They are structs of one member, so that one never stands where the other is
 * meant: mixing them does not compile. Both ABIs pass them in a register.
 * Units are bytes. Ranges are half open, [start, start + len), everywhere.
 */

#include <stdint.h>

typedef struct {
	uint64_t pa;
} paddr_t;

typedef struct {
	uint64_t va;
} vaddr_t;

#define PADDR(x) ((paddr_t){(uint64_t)(x)})
#define VADDR(x) ((vaddr_t){(uint64_t)(x)})

static inline paddr_t paddr_add(paddr_t p, uint64_t n)
{
	return PADDR(p.pa + n);
}

static inline vaddr_t vaddr_add(vaddr_t v, uint64_t n)
{
	return VADDR(v.va + n);
}

#endif /* UKASLR_ADDR_H */
