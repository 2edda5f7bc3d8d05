/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef ARCH_XENPV_H
#define ARCH_XENPV_H

/*
 * Numbers of Xen PV that C and assembly share: xen/include/public/xen.h and
 * arch-x86/xen-x86_64.h
 */

/* Hypercalls */
#define XEN_SET_TRAP_TABLE    0
#define XEN_MMU_UPDATE	      1
#define XEN_UPDATE_VA_MAPPING 14
#define XEN_MMUEXT_OP	      26

/* struct mmuext_op: command, machine frame; 24 bytes */
#define MMUEXT_PIN_L4	      3
#define MMUEXT_UNPIN	      4
#define MMUEXT_FLUSH_LOCAL    6

/* UPDATE_VA_MAPPING: forget the old translation, on this processor */
#define UVMF_INVLPG_LOCAL     2

/* FLAT_RING3_CS64 */
#define XENPV_CODE_SELECTOR   0xe033

#endif /* ARCH_XENPV_H */
