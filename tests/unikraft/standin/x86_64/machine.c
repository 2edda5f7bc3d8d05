/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * QEMU's pc, and Unikraft's entry on it
 */
#include "../platform.h"

#define COM1	   0x3f8
#define DEBUG_EXIT 0xf4

void multiboot_entry(void *lcpu, void *info);
void do_uk_reloc_kmrds(__paddr_t pbase, __vaddr_t vbase);

static void outb(uint16_t port, uint8_t value)
{
	__asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

void machine_putc(char c)
{
	outb(COM1, (uint8_t)c);
}

void machine_off(int status)
{
	outb(DEBUG_EXIT, (uint8_t)status);
	for (;;)
		;
}

/* "full" on the command line: Multiboot 0.6.96, 3.3 */
static void read_command_line(const uint32_t *info)
{
	const char *word = "full", *at = (const char *)(uintptr_t)info[4];

	for (; *at; at++)
		word = *at == *word ? word + 1 : "full";
	if (!*word)
		fill_list();
}

void multiboot_entry(void *lcpu, void *info)
{
	(void)lcpu;
	read_command_line(info);
	do_uk_reloc_kmrds(0, 0);
	machine_off(main());
}
