/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef ARCH_RING_H
#define ARCH_RING_H

/*
 * on_xenpv() of <ukaslr/machine.h>: Xen's PV guests are the ones that run in ring 3. The low
 * two bits of CS say which ring this is (Intel SDM vol. 3, 5.5).
 */

#include <stdbool.h>
#include <stdint.h>

#if __STDC_HOSTED__
bool on_xenpv(void); /* a test's own, as its host's programs are in ring 3 as well */
#else
static inline bool on_xenpv(void)
{
	uint32_t cs;

	__asm__("movl %%cs, %0" : "=r"(cs));
	return cs & 3;
}
#endif

#endif /* ARCH_RING_H */
