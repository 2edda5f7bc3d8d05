/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef UK_PLAT_IO_H
#define UK_PLAT_IO_H

#include <uk/arch/types.h>

__paddr_t ukplat_virt_to_phys(const volatile void *address);

#endif
