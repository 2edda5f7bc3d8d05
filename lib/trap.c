/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdio.h>
#include <ukaslr/image.h>
#include <ukaslr/machine.h>
#include <ukaslr/panic.h>
#include <ukaslr/trap.h>

#define NULL_PAGE_END 4096

static bool in_image(uint64_t address)
{
	return address - IMAGE_ADDR(__base_addr) < IMAGE_OFFSET(__early_end);
}

static void print_place(uint64_t address)
{
	if (in_image(address))
		printf("%s+0x%lx", app_name, (unsigned long)(address - IMAGE_ADDR(__base_addr)));
	else
		printf("%s", address < NULL_PAGE_END ? "the null page" : "outside of the image");
}

void trap_report(const char *kind, uint64_t pc, bool has_target, uint64_t target)
{
	if (machine()->reporting)
		shutdown(STATUS_STOP);
	machine()->reporting = true;
	printf("fault: %s at ", kind);
	print_place(pc);
	if (has_target) {
		printf(", target: ");
		print_place(target);
	}
	putchar('\n');
	shutdown(STATUS_STOP);
}
