/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Another library: calls to it are wrapped by the last link
 */
#include <uk/plat/common/bootinfo.h>
#include <uk/plat/io.h>

void say(const char *s);
void do_uk_reloc_kmrds(__paddr_t pbase, __vaddr_t vbase);

void do_uk_reloc_kmrds(__paddr_t pbase, __vaddr_t vbase)
{
	(void)pbase;
	(void)vbase;
	say("BROKEN do_uk_reloc_kmrds is not wrapped\n");
}

__paddr_t ukplat_virt_to_phys(const volatile void *address)
{
	return (__paddr_t)address;
}
