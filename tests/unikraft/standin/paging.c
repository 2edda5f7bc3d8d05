/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The platform's page tables, which with PAGING it reaches through a map of all memory
 */
#include "platform.h"
#ifdef __aarch64__
#include <arm/arm64/paging.h>
#else
#include <x86/paging.h>
#endif

#define ENTRIES	  512
#define PTE_VALID 1
#define PTE_PADDR 0xfffffffff000ull

static const volatile uint64_t *at(uint64_t pa)
{
	return (const volatile uint64_t *)directmap(pa);
}

/* All 512 GiB, of which the last are no memory: only their entry is looked at. */
uint64_t check_direct_map(uint64_t pa)
{
	const uint64_t last = DIRECTMAP_AREA_END;
	const volatile uint64_t *root = at(table_root() & PTE_PADDR), *table;

	expect(*at(pa) == *(const uint64_t *)_base_addr, "memory is in the map of all of it");
	table = at(root[last >> 39 & (ENTRIES - 1)] & PTE_PADDR);
	expect((table[last >> 30 & (ENTRIES - 1)] & PTE_PADDR) == (ENTRIES - 1ull) << 30 &&
		       last - DIRECTMAP_AREA_START == DIRECTMAP_AREA_SIZE - 1,
	       "up to the end");
	expect((kaslr_moved.va == kaslr_moved.pa) == (root[ENTRIES - 1] & PTE_VALID),
	       "there is one such map");
	return DIRECTMAP_AREA_START;
}
