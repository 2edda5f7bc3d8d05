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
void *__real_ukplat_memregion_alloc(__sz size, int type, __u16 flags);
void *__wrap_ukplat_memregion_alloc(__sz size, int type, __u16 flags);
__paddr_t __real_ukplat_virt_to_phys(const volatile void *address);
__paddr_t __wrap_ukplat_virt_to_phys(const volatile void *address);

/*
 * The regions of the image, which the build wrote with link-time addresses. The page tables
 * behind it are a region too, so that they are nobody's free memory.
 */
void __wrap_do_uk_reloc_kmrds(__paddr_t pbase __unused, __vaddr_t vbase __unused)
{
	const struct kaslr_moved *m = &kaslr_moved;
	struct ukplat_memregion_desc *mrd, tables = {
						   .pbase = m->tables_pa,
						   .vbase = m->tables_pa,
						   .len = m->tables_len,
						   .pg_count = m->tables_len / PAGE_SIZE,
						   .type = UKPLAT_MEMRT_RESERVED,
						   .flags = UKPLAT_MEMRF_READ,
					   };

	ukplat_memregion_foreach (&mrd, UKPLAT_MEMRT_KERNEL, 0, 0) {
		mrd->pbase += m->pa - __reloc_header.base;
		mrd->vbase += m->va - __reloc_header.base;
	}
	if (m->tables_len &&
	    ukplat_memregion_list_insert(&ukplat_bootinfo_get()->mrds, &tables) < 0)
		boot_stop("Unikraft's list of memory regions is full (%u)",
			  ukplat_bootinfo_get()->mrds.capacity);
}

/* Devices are given physical addresses of variables; without PAGING these were their own. */
__paddr_t __wrap_ukplat_virt_to_phys(const volatile void *address)
{
	const struct kaslr_moved *m = &kaslr_moved;
	__vaddr_t offset = (__vaddr_t)address - m->va;

	if (offset < m->len)
		return m->pa + offset;
	return __real_ukplat_virt_to_phys(address);
}

/*
 * The boot stack: Unikraft takes the first memory there is. Its is the first request for a
 * stack; later ones, and memory for other things, are none of ours.
 */
void *__wrap_ukplat_memregion_alloc(__sz size, int type, __u16 flags)
{
	struct ukplat_memregion_list *list = &ukplat_bootinfo_get()->mrds;
	struct ukplat_memregion_desc mrd = {.len = size, .type = (__u16)type, .flags = flags};
	__u64 draw = kaslr_moved.stack_draw, slots;

	if (type != UKPLAT_MEMRT_STACK || !draw)
		return __real_ukplat_memregion_alloc(size, type, flags);
	kaslr_moved.stack_draw = 0;
	slots = ukplat_memregion_list_count_slots(list, size, PAGE_SIZE, KASLR_IDENTITY_END);
	if (!slots || ukplat_memregion_list_take(list, &mrd, KASLR_IDENTITY_END, draw % slots) < 0)
		return __real_ukplat_memregion_alloc(size, type, flags);
	return (void *)mrd.vbase;
}
