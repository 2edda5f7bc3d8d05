/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XEN_X86_MM_H
#define XEN_X86_MM_H

/* Where the image begins, memory does: this project's header of this name says otherwise. */

extern char _text[];

#define to_phys(x)	 ((unsigned long)(x) - (unsigned long)_text)
#define to_virt(x)	 ((void *)((unsigned long)(x) + (unsigned long)_text))

/* Xen's table, and the domain's */
#define mfn_to_pfn(mfn)	 (((const unsigned long *)0xffff800000000000)[mfn])
#define pfn_to_mfn(pfn)	 (phys_to_machine_mapping[pfn])
#define mfn_to_virt(mfn) (to_virt(mfn_to_pfn(mfn) << 12))

extern unsigned long *phys_to_machine_mapping, *pt_base, mfn_zero;

void _init_mem_build_pagetable(unsigned long *start_pfn, unsigned long *max_pfn);
void _init_mem_clear_bootstrap(void);
void _init_mem_set_readonly(void *text, void *end);
void _init_mem_demand_area(unsigned long start, unsigned long pages);
void *map_frames_ex(const unsigned long *mfns, unsigned long n, unsigned long stride,
		    unsigned long incr, unsigned long alignment, unsigned short id, int *err,
		    unsigned long prot, struct uk_alloc *a);

#endif /* XEN_X86_MM_H */
