/* SPDX-License-Identifier: BSD-3-Clause */
/* Says "ready" and then runs for ever, so that the audit can look at it from outside. */

#include <stdio.h>

int main(void)
{
	puts("ready");
	for (;;)
		__asm__ volatile("" ::: "memory");
}
