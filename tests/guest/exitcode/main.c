/* SPDX-License-Identifier: BSD-3-Clause */
/* Returns the number that it is given, so that a test sees it as QEMU's exit status. */

#include <stdio.h>

int main(int argc, char **argv)
{
	int value = 0;

	for (const char *s = argc > 1 ? argv[1] : ""; *s >= '0' && *s <= '9'; s++)
		value = value * 10 + *s - '0';
	printf("returning %d\n", value);
	return value;
}
