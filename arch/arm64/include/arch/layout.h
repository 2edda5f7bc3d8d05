/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef ARCH_LAYOUT_H
#define ARCH_LAYOUT_H

/* What TTBR1_EL1 translates: 48 bits, T1SZ = 16 (Arm ARM D8.2). */
#define VSPACE_START(levels)  (-1ull << (12 + 9 * (levels)))
#define VSPACE_PAGES(levels)  (1ull << (9 * (levels)))

/* L0, L1, L2 and a second pair for an image across a boundary; eight for the rest */
#define EARLY_TABLES_USED     5
#define EARLY_TABLES	      13

/*
 * Of these the first L2 table is a row of 2 MiB entries: where it begins, for
 * which address. The second is there only when the image crosses a GiB.
 */
#define EARLY_ROW_PAGE	      2
#define EARLY_ROW_PAGES	      1
#define EARLY_ROW_START(base) ((base) & -(1ull << 30))

/* The device tree names the console, or there is none. */
#define ARCH_FIXED_CONSOLE    0

#endif /* ARCH_LAYOUT_H */
