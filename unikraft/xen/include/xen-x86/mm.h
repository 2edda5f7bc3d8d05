/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Stands before Unikraft's header of that name, for which memory begins where the image does.
 * Here the image has an address of its own, and all other memory of the domain another.
 */
#include_next <xen-x86/mm.h>

#ifndef KASLR_XEN_MM_H
#define KASLR_XEN_MM_H

#include "../../../kaslr.h"

static inline unsigned long kaslr_to_phys(unsigned long va)
{
	return va - kaslr_moved.va < kaslr_moved.len ? va - kaslr_moved.va
						     : va - kaslr_moved.memory_va;
}

#undef to_phys
#define to_phys(x) kaslr_to_phys((unsigned long)(x))
#undef to_virt
#define to_virt(x) ((void *)((unsigned long)(x) + kaslr_moved.memory_va))

#endif /* KASLR_XEN_MM_H */
