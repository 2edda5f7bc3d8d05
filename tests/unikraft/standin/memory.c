/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Another file of the platform's library: calls between the two are wrapped while that is
 * linked. Nothing is left for a second request.
 */
#include <uk/plat/common/bootinfo.h>

void *ukplat_memregion_alloc(__sz size, int type, __u16 flags)
{
	(void)size;
	(void)type;
	(void)flags;
	return NULL;
}
