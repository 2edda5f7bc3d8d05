/* SPDX-License-Identifier: BSD-3-Clause */
#include <arch/firmware.h>
#include <ukaslr/trap.h>

uint64_t arm64_trap(uint64_t slot, uint64_t esr, uint64_t elr, uint64_t far,
		    const uint64_t *pushed);

/* ESR_EL1.EC and fields of its ISS, Arm ARM D19.2.40 */
#define ESR_EC(esr)    ((unsigned)((esr) >> 26) & 0x3f)
#define ISS_WNR	       (1u << 6)
#define ISS_DFSC       0x3fu

#define DFSC_EXTERNAL  0x10u
#define DFSC_ALIGNMENT 0x21u

enum {
	EC_UNKNOWN = 0x00,
	EC_IABORT = 0x21,
	EC_PC_ALIGN = 0x22,
	EC_DABORT = 0x25,
	EC_SP_ALIGN = 0x26,
	EC_BRK = 0x3c,
};

/* The vector of a slot, modulo 4; the first four are taken from code that runs on SP_EL0 */
enum { SLOT_SYNC = 0, SLOT_SERROR = 3, SLOT_SPX = 4 };

static const char *kind(uint64_t slot, uint64_t esr)
{
	if ((slot & 3) != SLOT_SYNC)
		return "system error";
	switch (ESR_EC(esr)) {
	case EC_UNKNOWN:
		return "undefined instruction";
	case EC_IABORT:
		return "page fault (fetch)";
	case EC_DABORT:
		if ((esr & ISS_DFSC) == DFSC_ALIGNMENT)
			return "alignment fault";
		if ((esr & ISS_DFSC) == DFSC_EXTERNAL)
			return "external abort";
		return esr & ISS_WNR ? "page fault (write)" : "page fault (read)";
	case EC_PC_ALIGN:
		return "misaligned program counter";
	case EC_SP_ALIGN:
		return "misaligned stack pointer";
	case EC_BRK:
		return "breakpoint";
	default:
		return "exception";
	}
}

/* pushed: x29 and x30, on top of the exception stack */
uint64_t arm64_trap(uint64_t slot, uint64_t esr, uint64_t elr, uint64_t far, const uint64_t *pushed)
{
	unsigned ec = ESR_EC(esr);
	struct trap t;

	t.pc = elr;
	t.link = pushed[1];
	t.sp = (uintptr_t)(pushed + 2);
	t.target = far;
	t.has_target = ec == EC_IABORT || ec == EC_DABORT;
	if (firmware_probe(elr))
		return elr + 4;
	t.kind = kind(slot, esr);
	if (slot < SLOT_SPX)
		__asm__("mrs %0, sp_el0" : "=r"(t.sp));
	trap_report(&t);
}
