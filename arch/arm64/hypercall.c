/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * How arm64 guests call Xen: arch-arm.h
 */
#include <ukaslr/xen.h>

int64_t xen_hypercall(uint32_t call, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	register uint64_t x0 __asm__("x0") = a;
	register uint64_t x1 __asm__("x1") = b;
	register uint64_t x2 __asm__("x2") = c;
	register uint64_t x3 __asm__("x3") = d;
	register uint64_t x16 __asm__("x16") = call;

	__asm__ volatile("hvc #0xea1"
			 : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3), "+r"(x16)
			 :
			 : "memory");
	return (int64_t)x0;
}
