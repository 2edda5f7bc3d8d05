/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Force-included into Unikraft's bootinfo_fdt.c, which takes the image's addresses for
 * physical ones when it cuts it out of memory
 */
#include <uk/plat/common/sections.h>
#include "../kaslr.h"

#undef __BASE_ADDR
#undef __END
#define __BASE_ADDR kaslr_moved.pa
#define __END	    (kaslr_moved.pa + kaslr_moved.taken)
