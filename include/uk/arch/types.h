/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef UK_ARCH_TYPES_H
#define UK_ARCH_TYPES_H

/*
 * Unikraft's integer types for 64-bit machines with the LP64 data model, both
 * architectures alike. 64 bits are a long, as in Unikraft, so that "%lx" fits.
 */

typedef signed char __s8;
typedef unsigned char __u8;
typedef signed short __s16;
typedef unsigned short __u16;
typedef signed int __s32;
typedef unsigned int __u32;
typedef signed long __s64;
typedef unsigned long __u64;

typedef __s64 __sptr;
typedef __u64 __uptr;
typedef __uptr __sz;  /* size in bytes */
typedef __sptr __ssz; /* the same, or a negative errno */
typedef __sptr __off; /* offset in bytes */

typedef __uptr __vaddr_t; /* virtual address */
typedef __u64 __paddr_t;  /* physical address */

#endif /* UK_ARCH_TYPES_H */
