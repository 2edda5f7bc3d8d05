/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * setup: the real-mode part of a bzImage (Linux Documentation/arch/x86/boot.rst)
 *
 * A section that is not loaded: mkimage takes it from the linked ELF and puts it
 * before the image; .img and .pvh know nothing of it. It starts at a file's first
 * byte and holds the setup header at 0x1f1. A loader that has a protected or
 * 64-bit mode of its own reads the header and leaves the code alone. A loader that
 * comes from the BIOS runs it, as boot.rst, "Running the kernel", says: real mode,
 * interrupts off, DS = ES = FS = GS = SS = the segment where this section lies, CS
 * 20h further, the rest of the file at code32_start. It asks the BIOS for the
 * memory map and enters the rest by the 32-bit boot protocol.
 *
 *	register  live until   purpose
 *	ds, es    the jump     this section's segment; offsets are in this section
 *	esi       the jump     physical address of boot_params
 *	edi       the jump     code32_start
 *
 * Offsets of this section are differences of its labels: nothing to relocate.
 */
#include <ukaslr/linux_boot.h>

/* Behind this code and within the 32 KiB that boot.rst, "Memory layout", gives it */
#define BOOT_PARAMS 0x4000
#define STACK_TOP   0x8000

#define BOOT_CS	    0x10
#define BOOT_DS	    0x18
#define CR0_PE	    1

#define E820_SIGNATURE 0x534d4150 /* "SMAP": ACPI 6.4, 15.1 */
#define A20_PORT       0x92	  /* PS/2 system control port A: bit 1 is A20, bit 0 resets */

#define AT(label) (label - file)
#define PARAMS(offset) (BOOT_PARAMS + offset)

	.section .setup, "", @progbits
	.code16
file:
	.org	SETUP_HEADER
	.byte	0		/* setup_sects: mkimage */
	.word	0		/* root_flags */
	.long	0		/* syssize: mkimage */
	.word	0		/* ram_size */
	.word	0xffff		/* vid_mode: as it is */
	.word	0		/* root_dev */
	.word	0xaa55		/* boot_flag */
	.byte	0xeb		/* jump: a short one; its distance ends the header */
	.byte	real_mode - 1f
1:	.ascii	"HdrS"
	.word	0x020f		/* version 2.15 */
	.long	0		/* realmode_swtch */
	.word	0		/* start_sys_seg */
	.word	AT(name) - 0x200 /* kernel_version */
	.byte	0		/* type_of_loader: by the loader */
	.byte	LOADED_HIGH	/* loadflags */
	.word	0		/* setup_move_size */
	.long	0		/* code32_start: mkimage */
	.long	0, 0		/* ramdisk_image, ramdisk_size: by the loader */
	.long	0		/* bootsect_kludge */
	.word	0		/* heap_end_ptr */
	.byte	0, 0		/* ext_loader_ver, ext_loader_type */
	.long	0		/* cmd_line_ptr: by the loader */
	.long	0xffffffff	/* initrd_addr_max */
	.long	1 << ALIGN_BITS	/* kernel_alignment */
	.byte	1		/* relocatable_kernel */
	.byte	ALIGN_BITS	/* min_alignment */
	.word	XLF_KERNEL_64 | XLF_CAN_BE_LOADED_ABOVE_4G | XLF_5LEVEL | XLF_5LEVEL_ENABLED
	.long	0x7fff		/* cmdline_size: GRUB takes this much of low memory */
	.long	0		/* hardware_subarch */
	.quad	0		/* hardware_subarch_data */
	.long	0, 0		/* payload_offset, payload_length: nothing is compressed */
	.quad	0		/* setup_data: by the loader */
	.quad	0		/* pref_address: mkimage */
	.long	0		/* init_size: mkimage */
	.long	0		/* handover_offset */
	.long	0		/* kernel_info_offset */

real_mode:
	cli
	cld
	movw	%ds, %ax
	movw	%ax, %es
	movw	%ax, %ss
	movl	$STACK_TOP, %esp
	sti			/* the BIOS may want it */

	/* boot_params: zeros, and the setup header */
	xorl	%eax, %eax
	movw	$BOOT_PARAMS, %di
	movw	$(BOOT_PARAMS_SIZE / 4), %cx
	rep stosl
	movw	$SETUP_HEADER, %si
	movw	$PARAMS(SETUP_HEADER), %di
	movw	$AT(real_mode) - SETUP_HEADER, %cx
	rep movsb

	/* The memory map, INT 15h E820h: EBX is the BIOS's mark of how far it is. */
	movw	$PARAMS(E820_TABLE), %di
	xorl	%ebx, %ebx
1:	movl	$0xe820, %eax
	movl	$E820_SIGNATURE, %edx
	movl	$E820_ENTRY_SIZE, %ecx
	int	$0x15
	jc	2f
	cmpl	$E820_SIGNATURE, %eax
	jne	2f
	addw	$E820_ENTRY_SIZE, %di
	incb	PARAMS(E820_ENTRIES)
	cmpb	$E820_MAX, PARAMS(E820_ENTRIES)
	je	2f
	testl	%ebx, %ebx
	jnz	1b

	/* A20: by the BIOS, and by the port if that did not know how */
2:	movw	$0x2401, %ax
	int	$0x15
	cli
	inb	$A20_PORT, %al
	orb	$2, %al
	andb	$~1, %al
	outb	%al, $A20_PORT

	xorl	%eax, %eax
	movw	%ds, %ax
	shll	$4, %eax
	leal	BOOT_PARAMS(%eax), %esi
	movl	CODE32_START, %edi
	addl	%eax, AT(gdt_pointer) + 2
	addl	%eax, AT(far_target)
	lgdtl	AT(gdt_pointer)
	movl	$CR0_PE, %eax
	movl	%eax, %cr0
	ljmpl	*AT(far_target)

	.code32
protected_mode:
	movl	$BOOT_DS, %eax
	movl	%eax, %ds
	movl	%eax, %es
	movl	%eax, %fs
	movl	%eax, %gs
	movl	%eax, %ss
	movl	%edi, %eax
	xorl	%ebx, %ebx
	xorl	%ebp, %ebp
	xorl	%edi, %edi
	jmp	*%eax

	.balign	8
gdt:	.quad	0, 0
	.quad	0x00cf9b000000ffff	/* BOOT_CS: base 0, limit 4 GiB, 32 bits, execute and read */
	.quad	0x00cf93000000ffff	/* BOOT_DS: the same, read and write */
gdt_end:
gdt_pointer:
	.word	gdt_end - gdt - 1
	.long	AT(gdt)
far_target:
	.long	AT(protected_mode)
	.word	BOOT_CS

name:	.asciz	"ukaslr"
	.balign	512
	.section .note.GNU-stack, "", @progbits
