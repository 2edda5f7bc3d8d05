/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Unikraft's management of memory on Xen, none of which but the last shall be called
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
