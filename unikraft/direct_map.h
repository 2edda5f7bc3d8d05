/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Included by a copy of Unikraft's paging.h that is made while a user builds (Makefile.uk),
 * behind the lines that say where all memory is mapped: here that is a variable
 */
#include "kaslr.h"

_Static_assert(DIRECTMAP_AREA_SIZE == KASLR_DIRECT_MAP_SIZE,
	       "kaslr: the map of all memory has not the size of Unikraft 0.17's");

#undef DIRECTMAP_AREA_START
#undef DIRECTMAP_AREA_END
#undef DIRECTMAP_AREA_SIZE
#define DIRECTMAP_AREA_START kaslr_moved.direct_va
#define DIRECTMAP_AREA_END   (DIRECTMAP_AREA_START + DIRECTMAP_AREA_SIZE - 1)
#define DIRECTMAP_AREA_SIZE  KASLR_DIRECT_MAP_SIZE
