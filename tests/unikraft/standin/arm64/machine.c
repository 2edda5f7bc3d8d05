/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * QEMU's virt, and Unikraft's entry on it
 */
#include "../platform.h"

/* PL011 of QEMU's virt (hw/arm/virt.c) */
#define UARTDR		  0x09000000ull

/* Semihosting for AArch32 and AArch64, 2.0 */
#define SYS_EXIT_EXTENDED 0x20
#define STOPPED_BY_APP	  0x20026

#define PAR_F		  1 /* PAR_EL1: the translation failed */

/* .bss that no rounding of the file's size to 2 MiB would cover by chance */
char large[2 << 20];

void _ukplat_entry(void);

void machine_putc(char c)
{
	*(volatile uint32_t *)UARTDR = (uint8_t)c;
}

void machine_off(int status)
{
	uint64_t block[2] = {STOPPED_BY_APP, (uint64_t)status};
	register uint64_t op __asm__("x0") = SYS_EXIT_EXTENDED;
	register uint64_t *arg __asm__("x1") = block;

	__asm__ volatile("hlt #0xf000" : "+r"(op) : "r"(arg) : "memory");
	for (;;)
		;
}

/* Is the address mapped, for reading or for writing? (Arm ARM C5.5, AT) */
#define MAPPED(how, address)                                  \
	({                                                    \
		uint64_t par;                                 \
		__asm__ volatile("at " #how ", %1\n\t"        \
				 "isb\n\t"                    \
				 "mrs %0, par_el1"            \
				 : "=r"(par)                  \
				 : "r"((uint64_t)(address))); \
		!(par & PAR_F);                               \
	})

void _ukplat_entry(void)
{
	if (kaslr_moved.va != kaslr_moved.pa) {
		expect(!MAPPED(s1e1w, _ukplat_entry), "code is read-only");
		expect(!MAPPED(s1e1r, kaslr_moved.pa) && !MAPPED(s1e1r, kaslr_moved.stack_pa),
		       "hidden in the one-to-one map");
		expect(MAPPED(s1e1w, kaslr_moved.pa - 1) &&
			       MAPPED(s1e1w, kaslr_moved.pa + kaslr_moved.taken),
		       "memory around is mapped");
	}
	machine_off(main());
}
