/* SPDX-License-Identifier: BSD-3-Clause */
#include <ukaslr/panic.h>
#include <ukaslr/stack_guard.h>

uintptr_t __stack_chk_guard;

void __stack_chk_fail(void)
{
	panic("something was written past the end of a buffer on the stack");
}
