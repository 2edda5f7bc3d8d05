/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Goes wrong before anything was said, in the way that its argument names: what reports it
 * is the first to use the console. "map" goes well, and says when the console was mapped.
 */

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <ukaslr/arch.h>
#include <ukaslr/machine.h>
#include "../../../boot/handoff.h"

#define PIECE	  (1u << 20)
#define FEW_BYTES 300 /* of stack: not enough to map the console */

static void *volatile nowhere;

static int is(const char *way)
{
	char **argv = (char **)(uintptr_t)handoff.argv.va;

	return handoff.argc > 1 && !strcmp(argv[1], way);
}

static void fault(void)
{
	*(volatile int *)nowhere = 1;
}

__attribute__((constructor)) static void constructor(void)
{
	if (is("constructor"))
		fault();
}

/* While tables can be written */
static void edit(bool begin)
{
	arch_edit_tables(begin);
	if (begin)
		fault();
}

/* A page is taken that no table leads to yet */
static int alloc(struct pagetable *pt, paddr_t *table)
{
	table_pool_alloc(pt, table);
	fault();
	return 0;
}

/* The pool is used up, or says so, and its window is being extended */
static void use_up_pool(void)
{
	handoff.pool.run.used = handoff.pool.mapped = handoff.pool.nr;
	handoff.pool.growing = true;
	fault();
}

static void speak_with_little_stack(void)
{
	const uint64_t start = machine_moved.stack_end - machine_moved.stack_len;
	char frame[(uintptr_t)__builtin_frame_address(0) - start - FEW_BYTES];

	__asm__ volatile("" : : "r"(frame) : "memory");
	puts("there was stack enough");
	__asm__ volatile("" : : "r"(frame) : "memory");
}

#if ARCH_CONSOLE_ON_USE
/* An exception when two of the console's tables are there, and a third is taken */
static int alloc_two(struct pagetable *pt, paddr_t *table)
{
	static unsigned nr;

	if (nr++ == 2)
		return alloc(pt, table);
	return table_pool_alloc(pt, table);
}

static void map_half_of_console(void)
{
	struct pagetable pt = handoff.pt;

	table_pool_attach(&machine_moved.uart_tables, &pt);
	pt.ops.alloc = alloc_two;
	pt.ops.edit = arch_edit_tables;
	pt_map(&pt, VADDR(machine_moved.uart_base), machine_moved.uart_page, PT_PAGE_SIZE,
	       PT_WRITE | PT_DEVICE);
}
#else
static void map_half_of_console(void)
{
}
#endif

static bool is_mapped(void)
{
	paddr_t pa;
	bool mapped;

	arch_edit_tables(true);
	mapped = !pt_translate(&handoff.pt, VADDR(machine_moved.uart_base), &pa, NULL, NULL);
	arch_edit_tables(false);
	return mapped;
}

static void say_when_mapped(void)
{
	bool before = is_mapped(), after;

	puts("first words");
	after = is_mapped();
	printf("mapped: %s before, %s now\n", before ? "yes" : "no", after ? "yes" : "no");
}

int main(void)
{
	if (is("map"))
		say_when_mapped();
	if (is("edit"))
		handoff.pt.ops.edit = edit;
	if (is("alloc"))
		handoff.pt.ops.alloc = alloc;
	if (is("edit") || is("alloc"))
		free(malloc(PIECE));
	if (is("half"))
		map_half_of_console();
	if (is("pool"))
		use_up_pool();
	if (is("wild"))
		memset(&handoff, 0xff, sizeof(handoff));
	if (handoff.argc == UINT64_MAX)
		fault();
	if (is("stack"))
		speak_with_little_stack();
	return 0;
}
