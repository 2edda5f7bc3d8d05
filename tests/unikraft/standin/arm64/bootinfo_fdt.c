/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Unikraft's parser of device trees, as far as it has to know the image's physical address
 */
#include "../platform.h"
#include <uk/plat/common/sections.h>

#define FDT_MAGIC 0xedfe0dd0u /* Devicetree Specification 0.4, 5.2; big endian */

void ukplat_bootinfo_fdt_setup(void *fdtp);

void ukplat_bootinfo_fdt_setup(void *fdtp)
{
	uint64_t pa = ukplat_virt_to_phys(_base_addr), len = (uint64_t)(_end - _base_addr);

	expect(*(uint32_t *)fdtp == FDT_MAGIC, "the device tree is handed on");
	expect(__BASE_ADDR == pa && __END >= pa + len, "the image is cut out of memory");
}
