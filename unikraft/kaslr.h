/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef UNIKRAFT_KASLR_H
#define UNIKRAFT_KASLR_H

/*
 * What early code tells the moved image
 *
 * It is written into the copy's .bss, after that was zeroed. Plain types: one side is
 * compiled with this project's headers, the other with Unikraft's.
 */

#include <stdint.h>

/*
 * Boot page tables map memory one to one, from IDENTITY_START up to IDENTITY_END: in blocks of 2
 * MiB or less, from LARGE_BLOCKS on of 1 GiB (plat/kvm/x86/pagetable64.S,
 * plat/kvm/arm/qemu_bpt64.S).
 */
#ifdef __aarch64__
#define KASLR_IDENTITY_START (1ull << 30)
#define KASLR_LARGE_BLOCKS   (1ull << 31)
#define KASLR_IDENTITY_END   (1ull << 38)
#else
#define KASLR_IDENTITY_START (1ull << 12) /* null pointers fault */
#define KASLR_LARGE_BLOCKS   (1ull << 32)
#define KASLR_IDENTITY_END   (1ull << 32)
#endif

/* Bytes of physical memory that Unikraft maps as a whole with PAGING (paging.h of the platform) */
#define KASLR_DIRECT_MAP_SIZE (1ull << 39)

struct kaslr_moved {
	uint64_t base;	     /* address that the image was loaded at, its first byte */
	uint64_t len;	     /* bytes to _end */
	uint64_t pa, va;     /* where that byte is now */
	uint64_t taken;	     /* bytes from there that are not free: image, tables, boot stack */
	uint64_t tables_pa;  /* page tables of ours that are in use, behind the image */
	uint64_t tables_len; /* bytes; 0: none */
	uint64_t heap_va;    /* where the heap begins, with PAGING */
	uint64_t direct_va;  /* where all memory is mapped, with PAGING */
	uint64_t stack_pa, stack_va; /* the boot stack's first byte */
	uint64_t stack_len;	     /* bytes; 0: none */
	uint64_t stack_taken;	     /* has Unikraft got it? */
	/* Xen PV: where all memory but the image is mapped, and where grants of others will be */
	uint64_t memory_va, demand_va;
};

extern struct kaslr_moved kaslr_moved;

#endif /* UNIKRAFT_KASLR_H */
