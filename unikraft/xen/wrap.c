/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * In the moved image on Xen: what takes the image's address for that of memory, or has
 * a fixed one, mended from outside by the linker's --wrap
 */
#include <uk/plat/common/bootinfo.h>
#include <uk/plat/common/memory.h>
#include "../kaslr.h"

void __wrap_do_uk_reloc(__paddr_t pbase, __vaddr_t vbase);
void __real_ukplat_memregion_list_coalesce(struct ukplat_memregion_list *list);
void __wrap_ukplat_memregion_list_coalesce(struct ukplat_memregion_list *list);
void __real__init_mem_demand_area(unsigned long start, unsigned long pages);
void __wrap__init_mem_demand_area(unsigned long start, unsigned long pages);

/*
 * The image is relocated; its regions are not, which the build wrote with link-time addresses.
 * On Xen, Unikraft has virtual addresses for physical ones in its list.
 */
void __wrap_do_uk_reloc(__paddr_t pbase __unused, __vaddr_t vbase __unused)
{
	struct ukplat_memregion_desc *mrd;

	ukplat_memregion_foreach (&mrd, UKPLAT_MEMRT_KERNEL, 0, 0) {
		mrd->vbase += kaslr_moved.va - kaslr_moved.base;
		mrd->pbase = mrd->vbase;
	}
}

/* The same for free memory, whose region was not yet asked for when it comes here. */
void __wrap_ukplat_memregion_list_coalesce(struct ukplat_memregion_list *list)
{
	for (__u32 i = 0; i < list->count; i++)
		list->mrds[i].pbase = list->mrds[i].vbase;
	__real_ukplat_memregion_list_coalesce(list);
}

void __wrap__init_mem_demand_area(unsigned long start __unused, unsigned long pages)
{
	__real__init_mem_demand_area(kaslr_moved.demand_va, pages);
}
