/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef ARCH_LAYOUT_H
#define ARCH_LAYOUT_H

/* The upper canonical half: 47 bits, or 56 with 5 levels (Intel SDM vol. 1, 3.3.7.1). */
#define VSPACE_START(levels)  (-1ull << (12 + 9 * (levels)-1))
#define VSPACE_PAGES(levels)  (1ull << (9 * (levels)-1))

/*
 * PML5, PML4, PDPT and four page directories; up to eight more for what lies
 * above 4 GiB. With 4 levels the root is the PML4.
 */
#define EARLY_TABLES_USED     7
#define EARLY_TABLES	      15

/* Of these the page directories are one row of 2 MiB entries: where it begins, for which address.
 */
#define EARLY_ROW_PAGE	      3
#define EARLY_ROW_PAGES	      4
#define EARLY_ROW_START(base) (EARLY_ROW_GIB((base) >> 30) << 30)

/* From 0 on. A loader of a 64-bit entry may put the image above 4 GiB: then around it. */
#if PROTOCOL_LINUX || PROTOCOL_EFI
#define EARLY_ROW_LAST (512 - EARLY_ROW_PAGES)
#define EARLY_ROW_GIB(gib) \
	((gib) < EARLY_ROW_PAGES ? 0 : (gib) > EARLY_ROW_LAST ? EARLY_ROW_LAST : (gib))
#else
#define EARLY_ROW_GIB(gib) 0
#endif

/* COM1 is where every PC has its console; no protocol names another. */
#define ARCH_FIXED_CONSOLE  1

#define ARCH_TABLES_APART   0

/* Tables more than a boot takes as a rule, zeroed with the others: for what goes across 2 MiB. */
#define ARCH_TABLES_SPARE   2

/* A ring of Xen's is mapped at boot; nothing else has an address. */
#define ARCH_CONSOLE_ON_USE 0

/* Offset of .pool.va in struct handoff (boot/handoff.h), for moved_entry */
#define HANDOFF_POOL_VA	    16

#endif /* ARCH_LAYOUT_H */
