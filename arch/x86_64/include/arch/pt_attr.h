/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef ARCH_PT_ATTR_H
#define ARCH_PT_ATTR_H

/*
 * Attributes of mappings on x86_64: the bits in which a leaf differs from a read-only one
 *
 * Intel SDM vol. 3A, tables 4-15 to 4-20. PCD and PWT choose PAT entry 3, which is UC
 * after reset and, unlike UC-, is not overridden by an MTRR (tables 11-7 and 11-12).
 */

#define PT_WRITE  (1ull << 1)  /* R/W set */
#define PT_EXEC	  (1ull << 63) /* XD clear */
#define PT_DEVICE (3ull << 3)  /* PCD and PWT set */

#endif /* ARCH_PT_ATTR_H */
