/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XEN_X86_MM_H
#define XEN_X86_MM_H

/* Where the image begins, memory does: this project's header of this name says otherwise. */

extern char _text[];

#define to_phys(x)	 ((unsigned long)(x) - (unsigned long)_text)
#define to_virt(x)	 ((void *)((unsigned long)(x) + (unsigned long)_text))

#define _PAGE_PRESENT	 0x001ul
#define _PAGE_RW	 0x002ul
#define _PAGE_USER	 0x004ul
#define _PAGE_ACCESSED	 0x020ul
#define _PAGE_DIRTY	 0x040ul
#define L1_PROT		 (_PAGE_PRESENT | _PAGE_RW | _PAGE_ACCESSED | _PAGE_USER)
#define L1_PROT_RO	 (_PAGE_PRESENT | _PAGE_ACCESSED | _PAGE_USER)
#define L2_PROT		 (L1_PROT | _PAGE_DIRTY)
#define L3_PROT		 L2_PROT
#define L4_PROT		 L2_PROT

/* Xen's table, and the domain's */
#define mfn_to_pfn(mfn)	 (((const unsigned long *)0xffff800000000000)[mfn])
#define pfn_to_mfn(pfn)	 (phys_to_machine_mapping[pfn])
#define mfn_to_virt(mfn) (to_virt(mfn_to_pfn(mfn) << 12))

extern unsigned long *phys_to_machine_mapping, *pt_base, mfn_zero;

void _init_mem_build_pagetable(unsigned long *start_pfn, unsigned long *max_pfn);
void _init_mem_clear_bootstrap(void);
void _init_mem_set_readonly(void *text, void *end);
void _init_mem_demand_area(unsigned long start, unsigned long pages);

#endif /* XEN_X86_MM_H */
