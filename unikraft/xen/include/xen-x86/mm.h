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

/* Nothing that Unikraft maps itself is code, be it memory of others or page tables of its own. */
#define KASLR_PROT (1ul << 63 | _PAGE_PRESENT | _PAGE_ACCESSED | _PAGE_USER)

#undef L1_PROT
#define L1_PROT (KASLR_PROT | _PAGE_RW)
#undef L1_PROT_RO
#define L1_PROT_RO KASLR_PROT
#undef L2_PROT
#define L2_PROT (KASLR_PROT | _PAGE_RW | _PAGE_DIRTY)
#undef L3_PROT
#define L3_PROT L2_PROT
#undef L4_PROT
#define L4_PROT L2_PROT

#endif /* KASLR_XEN_MM_H */
