/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef UK_ARCH_PAGING_H
#define UK_ARCH_PAGING_H

/*
 * The smallest page: 4 KiB on both architectures
 */

#include <uk/arch/limits.h>
#include <uk/arch/types.h>
#include <uk/essentials.h>

#define PAGE_SHIFT	      __PAGE_SHIFT
#define PAGE_SIZE	      __PAGE_SIZE
#define PAGE_MASK	      __PAGE_MASK

/* PAGE_ALIGN_UP and PAGE_COUNT wrap to 0 for more than 2^64 - PAGE_SIZE bytes. */
#define PAGE_ALIGN_UP(addr)   ALIGN_UP(addr, PAGE_SIZE)
#define PAGE_ALIGN_DOWN(addr) ALIGN_DOWN(addr, PAGE_SIZE)
#define PAGE_ALIGNED(addr)    IS_ALIGNED(addr, PAGE_SIZE)
#define PAGE_COUNT(len)	      DIV_ROUND_UP((len), PAGE_SIZE)

#endif /* UK_ARCH_PAGING_H */
