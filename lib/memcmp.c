/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * For processors without string instructions
 */
#include <string.h>

int memcmp(const void *a, const void *b, size_t n)
{
	const unsigned char *x = a, *y = b;

	for (; n; n--, x++, y++)
		if (*x != *y)
			return *x - *y;
	return 0;
}
