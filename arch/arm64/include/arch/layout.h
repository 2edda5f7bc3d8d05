/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef ARCH_LAYOUT_H
#define ARCH_LAYOUT_H

/* What TTBR1_EL1 translates: 48 bits, or 52 with 5 levels (FEAT_LPA2; Arm ARM D8.2). */
#define VSPACE_BITS(levels)   ((levels) == 5 ? 52 : 48)
#define VSPACE_START(levels)  (-1ull << VSPACE_BITS(levels))
#define VSPACE_PAGES(levels)  (1ull << (VSPACE_BITS(levels) - 12))

/*
 * L-1, L0, L1, L2 and a second pair for an image across a boundary; eight for the
 * rest. With 4 levels the root is L0.
 */
#define EARLY_TABLES_USED     6
#define EARLY_TABLES	      14

/*
 * Of these the first L2 table is a row of 2 MiB entries: where it begins, for
 * which address. The second is there only when the image crosses a GiB.
 */
#define EARLY_ROW_PAGE	      3
#define EARLY_ROW_PAGES	      1
#define EARLY_ROW_START(base) ((base) & -(1ull << 30))

/* The device tree names the console, or there is none. */
#define ARCH_FIXED_CONSOLE    0

/* TTBR0_EL1's half is switched on for it. */
#define ARCH_TABLES_APART     1

#endif /* ARCH_LAYOUT_H */
