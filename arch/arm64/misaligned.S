/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The one message that comes before the MMU; no device tree has been read, so it goes to
 * the console that this build was told to fall back to.
 */
#include <arch/arm64.h>
#include <arch/macros.inc>

	.section .boot.head, "ax"
	.globl stop_misaligned
stop_misaligned:
	MOVQ	x1, FALLBACK_PL011
	adr	x2, msg_misaligned
1:	ldrb	w3, [x2], #1
	cbz	w3, 2f
	str	w3, [x1]
	b	1b
2:	wfi
	b	2b
msg_misaligned:
	.asciz	"ukaslr: stop: the image's address is not a multiple of 4096\r\n"
	.balign	4

	.section .note.GNU-stack, "", @progbits
