/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef ARCH_TRAP_H
#define ARCH_TRAP_H

/* The exceptions of Intel SDM vol. 3, table 6-1; a stub of vectors.S for each. */
#define NR_TRAPS       22
#define TRAP_STUB_SIZE 8

#ifndef __ASSEMBLER__

#include <stdint.h>

/* 64-bit gate descriptor, Intel SDM vol. 3, 6.14.1 */
struct idt_gate {
	uint64_t low;  /* offset 15:0, selector, IST and type, offset 31:16 */
	uint64_t high; /* offset 63:32 */
};

/* What LGDT and LIDT load */
struct table_register {
	uint16_t limit;
	uint64_t base;
} __attribute__((packed));

/*
 * Fills the table of NR_TRAPS gates with the stubs at their present address and loads it.
 * ist is the interrupt stack table slot that each takes, 0 for the current stack.
 */
void idt_load(struct idt_gate *idt, uint32_t ist);

#endif /* !__ASSEMBLER__ */
#endif /* ARCH_TRAP_H */
