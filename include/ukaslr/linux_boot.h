/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef UKASLR_LINUX_BOOT_H
#define UKASLR_LINUX_BOOT_H

/*
 * The Linux boot protocol's structures, for C and assembly
 *
 * Linux Documentation/arch/x86/boot.rst, "The Real-Mode Kernel Header", and
 * zero-page.rst. The setup header has the same offsets in a bzImage and in struct
 * boot_params. A bzImage is [setup, sectors of 512 bytes][protected-mode part].
 */

/* struct boot_params, the "zero page" */
#define BOOT_PARAMS_SIZE	   4096
#define BP_ACPI_RSDP_ADDR	   0x070 /* 64 bits */
#define BP_EXT_RAMDISK_IMAGE	   0x0c0 /* the upper 32 bits of ... */
#define BP_EXT_RAMDISK_SIZE	   0x0c4
#define BP_EXT_CMD_LINE_PTR	   0x0c8
#define BP_EFI_INFO		   0x1c0 /* struct efi_info */
#define E820_ENTRIES		   0x1e8 /* 8 bits */
#define E820_TABLE		   0x2d0
#define E820_ENTRY_SIZE		   20
#define E820_MAX		   128

/* The setup header */
#define SETUP_HEADER		   0x1f1
#define SETUP_SECTS		   0x1f1 /* 8 bits: sectors of setup, but for the first */
#define SYSSIZE			   0x1f4 /* 16-byte units of the protected-mode part */
#define HDRS			   0x202 /* "HdrS" */
#define CODE32_START		   0x214
#define RAMDISK_IMAGE		   0x218
#define RAMDISK_SIZE		   0x21c
#define CMD_LINE_PTR		   0x228
#define SETUP_DATA		   0x250 /* 64 bits */
#define PREF_ADDRESS		   0x258 /* 64 bits */
#define INIT_SIZE		   0x260
#define ENTRY64_OFFSET		   0x200 /* of the 64-bit entry in the protected-mode part */

#define LOADED_HIGH		   0x01 /* loadflags: the protected-mode part is at 1 MiB */
#define XLF_KERNEL_64		   (1 << 0)
#define XLF_CAN_BE_LOADED_ABOVE_4G (1 << 1)
#define XLF_5LEVEL		   (1 << 5)
#define XLF_5LEVEL_ENABLED	   (1 << 6)

/* The image may be at any multiple of 4096. */
#define ALIGN_BITS		   12

/* setup_data, types of arch/x86/include/uapi/asm/setup_data.h */
#define SETUP_E820_EXT		   1
#define SETUP_RNG_SEED		   9

#endif /* UKASLR_LINUX_BOOT_H */
