/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The platform's file of which the library takes the place: there is a second definition of
 * both, and no link, unless what the library adds to this file's flags does away with these.
 */
#include <uk/plat/common/bootinfo.h>

void *ukplat_memregion_alloc(__sz size, int type, __u16 flags)
{
	(void)size;
	(void)type;
	(void)flags;
	return NULL;
}

void ukplat_memregion_list_coalesce(struct ukplat_memregion_list *list)
{
	(void)list;
}
