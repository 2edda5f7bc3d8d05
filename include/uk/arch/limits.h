/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef UK_ARCH_LIMITS_H
#define UK_ARCH_LIMITS_H

/*
 * Limits of the types in <uk/arch/types.h>, and the size of a page
 */

#define __PAGE_SHIFT 12
#define __PAGE_SIZE  (1UL << __PAGE_SHIFT)
#define __PAGE_MASK  (~(__PAGE_SIZE - 1))

#define __U32_MAX    0xffffffffU
#define __U64_MAX    0xffffffffffffffffUL

#define __SZ_MAX     __U64_MAX
#define __VADDR_MAX  __U64_MAX
#define __PADDR_MAX  __U64_MAX

#endif /* UK_ARCH_LIMITS_H */
