/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef ARCH_ARM64_H
#define ARCH_ARM64_H

/*
 * Register fields of the Arm ARM (DDI 0487, chapter D19) that C and assembly share.
 */

/* SCTLR_ELx */
#define SCTLR_M		   (1 << 0)
#define SCTLR_A		   (1 << 1)
#define SCTLR_C		   (1 << 2)
#define SCTLR_SA	   (1 << 3)
#define SCTLR_I		   (1 << 12)
#define SCTLR_WXN	   (1 << 19) /* what can be written is never executed */
/* bits that are RES1 without later extensions: 29, 28, 23, 22, 20, 11, 8, 7 */
#define SCTLR_EL1_RES1	   0x30d00980

/* HCR_EL2, CNTHCTL_EL2, CPTR_EL2, SPSR_EL2 */
#define HCR_RW		   (1 << 31)
#define CNTHCTL_EL1_TIMER  3
#define CPTR_EL2_RES1	   0x33ff
#define SPSR_DAIF_EL1H	   0x3c5

/* CPACR_EL1.FPEN: no trap of SIMD and floating point */
#define CPACR_FPEN	   (3 << 20)

/*
 * TCR_EL1: 4 KiB granule, walks write-back and inner shareable. EPD0 and EPD1 are set while
 * a half has no tables: in early code the upper one, but for head.S's first map, and later
 * the lower one, but for edits. IPS is filled in from ID_AA64MMFR0_EL1; with FEAT_LPA2 T0SZ
 * and T1SZ are 12, for 52 bits, and DS is 1.
 */
#define TCR_T0SZ_48	   (16 << 0)
#define TCR_EPD0	   (1 << 7)
#define TCR_WALK0	   ((1 << 8) | (1 << 10) | (3 << 12))
#define TCR_T1SZ_BIT	   16
#define TCR_EPD1	   (1 << 23)
#define TCR_WALK1	   ((1 << 24) | (1 << 26) | (3 << 28))
#define TCR_TG1_4K	   (2 << 30)
#define TCR_IPS_BIT	   32
#define TCR_IPS_48	   5
#define TCR_DS_BIT	   59

/* ID_AA64MMFR0_EL1.TGRAN4: 4 KiB pages with 52-bit addresses */
#define MMFR0_TGRAN4_BIT   28
#define MMFR0_TGRAN4_52	   1

/* ID_AA64MMFR1_EL1.PAN: privileged access never, for pages of user mode's */
#define MMFR1_PAN_MASK	   (0xf << 20)

/* CTR_EL0: IminLine 3:0, DminLine 19:16 (log2 of words) */
#define CTR_DMINLINE_BIT   16
#define CTR_IDC		   (1 << 28)

/* CLIDR_EL1: LoUIS and LoUU, both 0 if no cache is before the point of unification */
#define CLIDR_LOU	   ((7 << 21) | (7 << 27))

/* MAIR_EL1 as <arch/pte.h> numbers it: 0 Normal write-back, 1 Device-nGnRnE */
#define MAIR_NORMAL_DEVICE 0x00ff

/*
 * Where a message goes before a device tree has named a console, or when none can
 * be read: the PL011 of QEMU's virt machine, unless the build says otherwise.
 */
#ifndef FALLBACK_PL011
#define FALLBACK_PL011 0x09000000
#endif

/* Descriptors that the entry writes, D8.3: block, Normal (MAIR index 0), AF, inner shareable */
#define DESC_TABLE    0x3
#define DESC_BLOCK    0x701
/* The same with TCR_EL1.DS = 1, where the shareability is TCR_EL1's to say */
#define DESC_BLOCK_52 0x401

#endif /* ARCH_ARM64_H */
