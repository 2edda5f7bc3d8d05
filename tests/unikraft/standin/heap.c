/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * libukboot, which with PAGING has the heap where its configuration says
 */
#include "platform.h"

uint64_t heap_base(void)
{
	return CONFIG_LIBUKBOOT_HEAP_BASE;
}
