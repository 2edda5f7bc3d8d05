/* SPDX-License-Identifier: BSD-3-Clause */
#include <arch/trap.h>
#include <ukaslr/machine.h>
#include <ukaslr/trap.h>

_Noreturn void x86_trap(const uint64_t *stack);

enum {
	TRAP_DE = 0,
	TRAP_BP = 3,
	TRAP_UD = 6,
	TRAP_DF = 8,
	TRAP_SS = 12,
	TRAP_GP = 13,
	TRAP_PF = 14,
};

/* Vectors that push an error code: 8, 10-14, 17, 21 */
#define HAS_ERROR_CODE 0x00227d00u

/* Page-fault error code, 4.7 */
#define PF_WRITE       (1u << 1)
#define PF_FETCH       (1u << 4)

static const char *kind(uint64_t vector, uint64_t error)
{
	switch (vector) {
	case TRAP_DE:
		return "divide error";
	case TRAP_BP:
		return "breakpoint";
	case TRAP_UD:
		return "invalid opcode";
	case TRAP_DF:
		return "double fault";
	case TRAP_SS:
		return "stack fault";
	case TRAP_GP:
		return "general protection";
	case TRAP_PF:
		return error & PF_FETCH	  ? "page fault (fetch)"
		       : error & PF_WRITE ? "page fault (write)"
					  : "page fault (read)";
	default:
		return "exception";
	}
}

void x86_trap(const uint64_t *stack)
{
	uint64_t vector = *stack++, error = 0;
	struct trap t = {.has_target = vector == TRAP_PF};

	/* Xen has pushed what SYSCALL loses: rcx and r11 */
	if (on_xenpv())
		stack += 2;
	if (HAS_ERROR_CODE >> vector & 1)
		error = *stack++;
	if (t.has_target)
		__asm__ volatile("movq %%cr2, %0" : "=r"(t.target));
	t.kind = kind(vector, error);
	t.pc = stack[0];
	t.sp = stack[3];
	trap_report(&t);
}
