/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Force-included into Unikraft's boot.c, which with PAGING maps the heap at an address
 * from its configuration
 */
#include <uk/config.h>
#include "kaslr.h"

#ifdef CONFIG_LIBUKBOOT_HEAP_BASE
#undef CONFIG_LIBUKBOOT_HEAP_BASE
#define CONFIG_LIBUKBOOT_HEAP_BASE kaslr_moved.heap_va
#endif
