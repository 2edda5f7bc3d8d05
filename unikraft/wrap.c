/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * In the moved image: what Unikraft gets wrong once virtual and physical addresses of the
 * image differ, mended from outside by the linker's --wrap
 */
#include <uk/plat/common/bootinfo.h>
#include <uk/plat/common/memory.h>
#include <uk/plat/io.h>
#include <ukaslr/memregion.h>
#include <ukaslr/panic.h>
#include <ukaslr/reloc.h>
#include "kaslr.h"
#include "memregion_abi.h"

extern const struct reloc_header __reloc_header;

void __wrap_do_uk_reloc_kmrds(__paddr_t pbase, __vaddr_t vbase);
__paddr_t __real_ukplat_virt_to_phys(const volatile void *address);
__paddr_t __wrap_ukplat_virt_to_phys(const volatile void *address);

static void add(__paddr_t pa, __vaddr_t va, __sz len, __u16 type, __u16 flags)
{
	const struct ukplat_memregion_desc mrd = {.pbase = pa,
						  .vbase = va,
						  .len = len,
						  .pg_count = len / PAGE_SIZE,
						  .type = type,
						  .flags = flags};
	struct ukplat_memregion_list *list = &ukplat_bootinfo_get()->mrds;

	if (len && ukplat_memregion_list_insert(list, &mrd) < 0)
		boot_stop("Unikraft's list of memory regions is full (%u)", list->capacity);
}

/*
 * The regions of the image, which the build wrote with link-time addresses. The page tables
 * behind it and the boot stack are regions too, so that they are nobody's free memory.
 */
void __wrap_do_uk_reloc_kmrds(__paddr_t pbase __unused, __vaddr_t vbase __unused)
{
	const struct kaslr_moved *m = &kaslr_moved;
	struct ukplat_memregion_list *list = &ukplat_bootinfo_get()->mrds;
	struct ukplat_memregion_desc *mrd = list->mrds;

	for (; mrd < &list->mrds[list->count]; mrd++)
		if (mrd->type == UKPLAT_MEMRT_KERNEL) {
			mrd->pbase += m->pa - __reloc_header.base;
			mrd->vbase += m->va - __reloc_header.base;
		}
	add(m->tables_pa, m->tables_pa, m->tables_len, UKPLAT_MEMRT_RESERVED, UKPLAT_MEMRF_READ);
	add(m->stack_pa, m->stack_va, m->stack_len, UKPLAT_MEMRT_STACK,
	    UKPLAT_MEMRF_READ | UKPLAT_MEMRF_WRITE);
}

/* Devices are given physical addresses of variables; without PAGING these were their own. */
__paddr_t __wrap_ukplat_virt_to_phys(const volatile void *address)
{
	const struct kaslr_moved *m = &kaslr_moved;
	__vaddr_t va = (__vaddr_t)address;

	if (va - m->va < m->len)
		return va - m->va + m->pa;
	if (va - m->stack_va < m->stack_len)
		return va - m->stack_va + m->stack_pa;
	return __real_ukplat_virt_to_phys(address);
}

/*
 * The first request for a stack is that for the boot stack, which is there already. All
 * others get the first memory that is free, and none once the frame allocator has it.
 */
void *ukplat_memregion_alloc(__sz size, int type, __u16 flags)
{
	struct ukplat_memregion_desc mrd = {.len = size, .type = (__u16)type, .flags = flags},
				     *free;
	struct ukplat_memregion_list *list = &ukplat_bootinfo_get()->mrds;
	const __u16 rw = UKPLAT_MEMRF_READ | UKPLAT_MEMRF_WRITE;
	struct kaslr_moved *m = &kaslr_moved;

	if (type == UKPLAT_MEMRT_STACK && size <= m->stack_len && !m->stack_taken++)
		return (void *)m->stack_va;
	if (ukplat_memregion_find_next(-1, UKPLAT_MEMRT_FREE, rw, rw, &free) < 0 ||
	    ukplat_memregion_list_take(list, &mrd, KASLR_IDENTITY_END, 0) < 0)
		return NULL;
	return (void *)mrd.vbase;
}
