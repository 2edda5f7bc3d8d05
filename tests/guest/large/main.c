/* SPDX-License-Identifier: BSD-3-Clause */
/* So large that with 2 MiB of memory nothing is left for a stack. */

#include <stdio.h>

#define SIZE (880u << 10)

static char array[SIZE];

int main(int argc, char **argv)
{
	(void)argv;
	array[(unsigned int)argc * 4096 % SIZE] = 1;
	printf("Hello, of %u bytes\n", SIZE);
	return array[0];
}
