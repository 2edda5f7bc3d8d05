/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef UNIKRAFT_MEMREGION_ABI_H
#define UNIKRAFT_MEMREGION_ABI_H

/*
 * Lists of memory regions as Unikraft 0.17 lays them out
 *
 * wrap.c hands Unikraft's to code that is compiled with this project's header. Included
 * once behind each of the two headers: whichever is another stops the build.
 */

#include <stddef.h>

#define KASLR_AT(type, member, at)                            \
	_Static_assert(offsetof(struct type, member) == (at), \
		       "kaslr: struct " #type " is not that of Unikraft 0.17")

KASLR_AT(ukplat_memregion_desc, pbase, 0);
KASLR_AT(ukplat_memregion_desc, vbase, 8);
KASLR_AT(ukplat_memregion_desc, pg_off, 16);
KASLR_AT(ukplat_memregion_desc, len, 24);
KASLR_AT(ukplat_memregion_desc, pg_count, 32);
KASLR_AT(ukplat_memregion_desc, type, 40);
KASLR_AT(ukplat_memregion_desc, flags, 42);
KASLR_AT(ukplat_memregion_list, capacity, 0);
KASLR_AT(ukplat_memregion_list, count, 4);
KASLR_AT(ukplat_memregion_list, mrds, 8);
#ifdef CONFIG_UKPLAT_MEMRNAME
KASLR_AT(ukplat_memregion_list, mrds[1], 8 + 80);
#else
KASLR_AT(ukplat_memregion_list, mrds[1], 8 + 48);
#endif

#endif /* UNIKRAFT_MEMREGION_ABI_H */
