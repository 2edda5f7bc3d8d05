/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef ARCH_PT_ATTR_H
#define ARCH_PT_ATTR_H

/*
 * Attributes of mappings on arm64: the bits in which a leaf differs from a read-only one
 *
 * Arm ARM (DDI 0487), D8.3. AttrIndx chooses a byte of MAIR_EL1 (D17.2):
 *   0  0xff  Normal, inner and outer write-back non-transient, read and write allocate
 *   1  0x00  Device-nGnRnE
 */

/* Unikraft's MAIR_EL1 has the same two elsewhere. */
#ifndef PTE_INDX_NORMAL
#define PTE_INDX_NORMAL 0
#define PTE_INDX_DEVICE 1
#endif

#define PT_WRITE  (1ull << 7)					      /* AP[2] clear */
#define PT_EXEC	  (1ull << 53)					      /* PXN clear */
#define PT_DEVICE ((PTE_INDX_NORMAL ^ PTE_INDX_DEVICE) * (1ull << 2)) /* the other AttrIndx */

#endif /* ARCH_PT_ATTR_H */
