/* SPDX-License-Identifier: BSD-3-Clause */
/* The archive of `make INITRD=` as a section of its own (linker/common.lds.h) */
	.section .initrd, "a"
	.incbin	INITRD_FILE

	.section .note.GNU-stack, "", %progbits
