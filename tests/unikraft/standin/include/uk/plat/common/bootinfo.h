/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef UK_PLAT_COMMON_BOOTINFO_H
#define UK_PLAT_COMMON_BOOTINFO_H

#include <uk/plat/common/memory.h>

struct ukplat_bootinfo {
	struct ukplat_memregion_list mrds;
};

struct ukplat_bootinfo *ukplat_bootinfo_get(void);
_Noreturn void ukplat_crash(void);

#endif
