/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Takes a piece of the heap and asks for the memory map, so that both are mapped, says
 * "ready", and then runs for ever, so that the audit can look at it from outside.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uk/plat/memory.h>

#define PIECE 100000

int main(void)
{
	char *p = malloc(PIECE);

	if (!p)
		return 1;
	memset(p, 1, PIECE);
	if (!ukplat_memregion_count())
		return 2;
	puts("ready");
	for (;;)
		__asm__ volatile("" : : "r"(p) : "memory");
}
