/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdio.h>
#include <ukaslr/image.h>
#include <ukaslr/machine.h>
#include <ukaslr/panic.h>
#include <ukaslr/trap.h>

/* Return addresses shown: enough for what crashes, and not a whole stack of recursion */
#define TRACE_MAX 32

static void print_offset(uint64_t address)
{
	printf("%s+0x%lx", app_name, (unsigned long)(address - IMAGE_ADDR(__base_addr)));
}

static void print_place(uint64_t address)
{
	if (in_image(address))
		print_offset(address);
	else
		printf("%s", address < NULL_PAGE_END ? "the null page" : "outside of the image");
}

/*
 * Words of the stack that point into text. What has pushed the stack below its end was
 * to be reported as well; any other stack pointer is a stray one, and says nothing.
 */
static void print_stack(uint64_t sp)
{
	uint64_t at = sp & -8ull, end = machine()->stack_end;
	unsigned shown = 0;

	if (end - at > machine()->stack_len + PAGE_SIZE)
		return;
	if (end - at > machine()->stack_len)
		at = end - machine()->stack_len;
	for (; at < end && shown < TRACE_MAX; at += 8) {
		uint64_t word = *(const uint64_t *)(uintptr_t)at;

		if (word - IMAGE_ADDR(__base_addr) >= IMAGE_OFFSET(__rodata_start))
			continue;
		printf("  stack+0x%lx: ", (unsigned long)(at - sp));
		print_offset(word);
		putchar('\n');
		shown++;
	}
}

void trap_report(const struct trap *t)
{
	if (machine()->reporting)
		shutdown(STATUS_STOP);
	machine()->reporting = true;
	printf("fault: %s at ", t->kind);
	print_place(t->pc);
	if (t->has_target) {
		printf(", target: ");
		print_place(t->target);
	}
	putchar('\n');
	if (in_image(t->link)) {
		printf("  link: ");
		print_offset(t->link);
		putchar('\n');
	}
	print_stack(t->sp);
	shutdown(STATUS_STOP);
}
