/* SPDX-License-Identifier: BSD-3-Clause */
/* For paging.c alone, as Unikraft has it; without a guard */
#include "cpu.h"

#define DIRECTMAP_AREA_START 0xffffff8000000000
#define DIRECTMAP_AREA_END   0xffffffffffffffff
#define DIRECTMAP_AREA_SIZE  (DIRECTMAP_AREA_END - DIRECTMAP_AREA_START + 1)

static inline __vaddr_t directmap(__paddr_t pa)
{
	return pa + DIRECTMAP_AREA_START;
}
