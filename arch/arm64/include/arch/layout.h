/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef ARCH_LAYOUT_H
#define ARCH_LAYOUT_H

/* What TTBR1_EL1 translates: 48 bits, or 52 with 5 levels (FEAT_LPA2; Arm ARM D8.2). */
#define VSPACE_BITS(levels)   ((levels) == 5 ? 52 : 48)
#define VSPACE_START(levels)  (-1ull << VSPACE_BITS(levels))
#define VSPACE_PAGES(levels)  (1ull << (VSPACE_BITS(levels) - 12))

/*
 * Two each of levels 2, 1 and 0, for an image across a boundary, and level -1; eight
 * for the rest. With 4 levels the root is level 0.
 */
#define EARLY_TABLES_USED     7
#define EARLY_TABLES	      15

/* Of these the first is a row of 2 MiB entries: where it begins, for which address. */
#define EARLY_ROW_PAGE	      0
#define EARLY_ROW_PAGES	      1
#define EARLY_ROW_START(base) ((base) & -(1ull << 30))

/* The device tree names the console, or there is none. */
#define ARCH_FIXED_CONSOLE    0

/* TTBR0_EL1's half is switched on for it. */
#define ARCH_TABLES_APART     1

/* Tables more than a boot takes as a rule: none, as each costs a wipe. */
#define ARCH_TABLES_SPARE     0

/* So a device's registers need tables of their own: not before something is said. */
#define ARCH_CONSOLE_ON_USE   1

/* Offset of .window.root in struct handoff (boot/handoff.h), for moved_entry */
#define HANDOFF_WINDOW_ROOT   120

#endif /* ARCH_LAYOUT_H */
