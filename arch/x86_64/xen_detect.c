/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Is this Xen? (arch-x86/cpuid.h)
 *
 * Xen's leaves begin here for every guest but those that are shown Hyper-V's as
 * well, which PVH guests are not. Where no hypervisor answers, CPUID gives what
 * some other leaf says.
 */
#include <arch/cpuid.h>
#include <ukaslr/xen.h>

#define XEN_CPUID_SIGNATURE 0x40000000u

/* Four characters as CPUID gives them */
#define WORD(a, b, c, d) \
	((uint32_t)(a) | (uint32_t)(b) << 8 | (uint32_t)(c) << 16 | (uint32_t)(d) << 24)

/* The instruction is the processor maker's; Xen shows guests who that is. */
enum xen_call arch_xen_detect(void)
{
	const struct cpuid xen = cpuid(XEN_CPUID_SIGNATURE);

	if (xen.ebx != WORD('X', 'e', 'n', 'V') || xen.ecx != WORD('M', 'M', 'X', 'e') ||
	    xen.edx != WORD('n', 'V', 'M', 'M'))
		return XEN_NONE;
	switch (cpuid(CPUID_MAX).ebx) {
	case WORD('A', 'u', 't', 'h'): /* AuthenticAMD */
	case WORD('H', 'y', 'g', 'o'): /* HygonGenuine */
		return XEN_VMMCALL;
	}
	return XEN_VMCALL;
}
