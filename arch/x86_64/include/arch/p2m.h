/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef ARCH_P2M_H
#define ARCH_P2M_H

/* Xen's list of a domain's frames: one word each (xen/include/public/xen.h) */

#include <stdbool.h>
#include <stdint.h>

#define P2M_HOLE UINT64_MAX /* there is no memory */

/* How many of the first n frames there are before a hole, or n. */
static inline uint64_t p2m_run(const uint64_t *p2m, uint64_t n)
{
	const uint64_t *at = p2m;
	uint64_t left = n;
	bool found;

	/* Cleared beforehand: of no words none is a hole */
	__asm__("testq %%rsp, %%rsp\n\trepne scasq"
		: "+D"(at), "+c"(left), "=@ccz"(found)
		: "a"(P2M_HOLE)
		: "memory");
	return n - left - found;
}

#endif /* ARCH_P2M_H */
