/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Normal boot, at the random address
 *
 * Early code has moved and relocated the image, built these page tables and
 * wiped its own state; the entry stub has dropped the identity map. From here on
 * the image is like any other program.
 */
#include <stdlib.h>
#include <string.h>
#include <ukaslr/arch.h>
#include <ukaslr/heap.h>
#include <ukaslr/image.h>
#include <ukaslr/machine.h>
#include <ukaslr/panic.h>
#include <ukaslr/shutdown.h>
#include <ukaslr/stack_guard.h>
#include <ukaslr/xenpv.h>
#include "handoff.h"

struct handoff handoff NOINIT;
struct machine machine_moved;

typedef void (*constructor_t)(void);
extern const constructor_t __init_array_start[], __init_array_end[];

int main(int argc, char *argv[]);

static void run_constructors(void)
{
	for (const constructor_t *c = __init_array_start; c < __init_array_end; c++)
		(*c)();
}

void normal_boot(struct handoff *h)
{
	arch_init(h->trap_stack);
	__stack_chk_guard = h->secret[SECRET_CANARY] & STACK_GUARD_MASK;
	h->secret[SECRET_CANARY] = 0;
	table_pool_attach(&h->pool, &h->pt);
	if (ARCH_TABLES_APART)
		table_pool_attach(&h->pool, &h->window);
	if (on_xenpv())
		xenpv_drop_early(&h->pt);
	else
		h->pt.ops.edit = arch_edit_tables;
	heap_init(&h->pt, h->heap, h->heap_first, &h->secret[SECRET_HEAP]);
	h->secret[SECRET_HEAP] = h->secret[SECRET_HEAP + 1] = 0;
	run_constructors();
	exit(main((int)h->argc, (char **)(uintptr_t)h->argv.va));
}

void exit(int status)
{
	shutdown(status);
}

void abort(void)
{
	shutdown(STATUS_STOP);
}
