/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * How x86_64 guests call Xen: arch-x86/xen-x86_64.h. The instruction that is the
 * processor maker's own needs no page of Xen's code, which would have to be
 * writable for it and executable.
 */
#include <ukaslr/machine.h>
#include <ukaslr/xen.h>

int64_t xen_hypercall(uint32_t call, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	register uint64_t r10 __asm__("r10") = d;
	const enum xen_call how = machine()->xen.call;
	int64_t result;

	if (PROTOCOL_XENPV && how == XEN_SYSCALL)
		__asm__ volatile("syscall"
				 : "=a"(result), "+D"(a), "+S"(b), "+d"(c), "+r"(r10)
				 : "a"(call)
				 : "rcx", "r11", "memory");
	else if (how == XEN_VMMCALL)
		__asm__ volatile("vmmcall"
				 : "=a"(result), "+D"(a), "+S"(b), "+d"(c), "+r"(r10)
				 : "a"(call)
				 : "memory");
	else
		__asm__ volatile("vmcall"
				 : "=a"(result), "+D"(a), "+S"(b), "+d"(c), "+r"(r10)
				 : "a"(call)
				 : "memory");
	return result;
}
