/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Takes a piece of the heap, so that it is mapped, says "ready", and then runs
 * for ever, so that the audit can look at it from outside.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PIECE 100000

int main(void)
{
	char *p = malloc(PIECE);

	if (!p)
		return 1;
	memset(p, 1, PIECE);
	puts("ready");
	for (;;)
		__asm__ volatile("" : : "r"(p) : "memory");
}
