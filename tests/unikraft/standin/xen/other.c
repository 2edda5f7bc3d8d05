/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Other libraries, and other files of the platform's: calls to what is here are wrapped
 */
#include "platform.h"

void do_uk_reloc(__paddr_t pbase, __vaddr_t vbase);
void ukplat_memregion_list_coalesce(struct ukplat_memregion_list *list);

void do_uk_reloc(__paddr_t pbase, __vaddr_t vbase)
{
	(void)pbase;
	(void)vbase;
	say("BROKEN do_uk_reloc is not wrapped\n");
}

void ukplat_memregion_list_coalesce(struct ukplat_memregion_list *list)
{
	for (__u32 i = 0; i < list->count; i++)
		expect(list->mrds[i].pbase == list->mrds[i].vbase,
		       "a region's two addresses are the same");
}
