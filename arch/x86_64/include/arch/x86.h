/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef ARCH_X86_H
#define ARCH_X86_H

/*
 * Bits and numbers of the Intel SDM (volume 3) that C and assembly share.
 */

/* Control registers, 2.5 */
#define CR0_PE	       (1 << 0)
#define CR0_MP	       (1 << 1)
#define CR0_ET	       (1 << 4)
#define CR0_NE	       (1 << 5)
#define CR0_WP	       (1 << 16)
#define CR0_PG	       (1 << 31)
#define CR4_PAE	       (1 << 5)
#define CR4_MCE	       (1 << 6)
#define CR4_OSFXSR     (1 << 9)
#define CR4_OSXMMEXCPT (1 << 10)
#define CR4_UMIP_BIT   11
#define CR4_LA57_BIT   12
#define CR4_LA57       (1 << CR4_LA57_BIT)

/* IA32_EFER, 2.2.1 */
#define MSR_EFER       0xc0000080
#define EFER_LME       (1 << 8)
#define EFER_NXE       (1 << 11)
#define EFER_FFXSR     (1 << 14) /* AMD's: FXRSTOR without XMM registers (APM vol. 2, 3.1.7) */

#define CR4_SMEP_BIT   20
#define CR4_SMAP_BIT   21

/* EFLAGS: the bit that is always 1, vol. 1, 3.4.3 */
#define EFLAGS_FIXED   0x2

/* CPUID leaf 7: EBX, then ECX */
#define CPUID_FEAT     7
#define CPUID_SMEP_BIT 7
#define CPUID_SMAP_BIT 20
#define CPUID_UMIP_BIT 2
#define CPUID_LA57_BIT 16

/* CPUID leaf 80000001h, EDX */
#define CPUID_EXT_MAX  0x80000000
#define CPUID_EXT_FEAT 0x80000001
#define CPUID_NX_BIT   20
#define CPUID_LM_BIT   29

/* Page-table entries as the 32-bit entry writes them, 4.5 */
#define PTE_P_RW       0x003
#define PTE_P_RW_PS    0x083

/* Segment selectors of our GDTs, and the code descriptor, 3.4.5 */
#define SEL_CODE64     0x08
#define SEL_TSS	       0x10
#define EARLY_GDT_LAST (SEL_CODE64 + 8 - 1)
#define DESC_CODE64    0x00209b0000000000

/* COM1 of the PC */
#define COM1	       0x3f8
#define UART_THR       0
#define UART_LSR       5
#define UART_LSR_THRE  0x20

/* MXCSR after reset: all exceptions masked (SDM vol. 1, 10.2.3) */
#define MXCSR_DEFAULT  0x1f80

/* QEMU -device isa-debug-exit,iobase=0xf4 */
#define DEBUG_EXIT     0xf4

#endif /* ARCH_X86_H */
