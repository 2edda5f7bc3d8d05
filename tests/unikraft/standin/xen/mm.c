/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Unikraft's management of memory on Xen, none of which but the last two shall be called
 */
#include "platform.h"

unsigned long *phys_to_machine_mapping, *pt_base, mfn_zero;

void _init_mem_build_pagetable(unsigned long *start_pfn, unsigned long *max_pfn)
{
	(void)start_pfn;
	(void)max_pfn;
	say("BROKEN _init_mem_build_pagetable is not wrapped\n");
}

void _init_mem_clear_bootstrap(void)
{
	say("BROKEN _init_mem_clear_bootstrap is not wrapped\n");
}

void _init_mem_set_readonly(void *text, void *end)
{
	(void)text;
	(void)end;
	say("BROKEN _init_mem_set_readonly is not wrapped\n");
}

void _init_mem_demand_area(unsigned long start, unsigned long pages)
{
	expect(start != 1 && pages == 2, "an area for others' memory of its own");
	say_hex("demand=", start);
}

/* The rights that were asked for, as an answer */
void *map_frames_ex(const unsigned long *mfns, unsigned long n, unsigned long stride,
		    unsigned long incr, unsigned long alignment, unsigned short id, int *err,
		    unsigned long prot, struct uk_alloc *a)
{
	expect(!mfns && n == 1 && stride == 2 && incr == 3 && alignment == 4 && id == 5 && !err &&
		       !a,
	       "arguments of map_frames_ex");
	return (void *)prot;
}
