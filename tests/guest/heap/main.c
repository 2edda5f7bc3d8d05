/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Takes blocks of odd sizes from the heap until it has 512 KiB, or as much as
 * there is, fills each, frees every other one, takes them anew, and looks
 * whether any byte changed that nobody wrote.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLOCKS	  128
#define MAX_BLOCK 8000
#define ALIGNMENT 16 /* of every block: alignof(max_align_t) on both architectures */

static struct {
	unsigned char *p;
	size_t size;
} block[BLOCKS];

/* Sizes that look random but are the same in every run */
static size_t odd_size(unsigned i)
{
	return 1 + (size_t)i * 2654435761u % MAX_BLOCK;
}

static bool take(unsigned i, size_t size)
{
	block[i].p = malloc(size);
	block[i].size = size;
	if (!block[i].p)
		return false;
	if ((uintptr_t)block[i].p % ALIGNMENT) {
		puts("heap: a block is not aligned");
		return false;
	}
	memset(block[i].p, (int)i, size);
	return true;
}

static bool is_whole(unsigned i)
{
	for (size_t k = 0; k < block[i].size; k++)
		if (block[i].p[k] != (unsigned char)i)
			return false;
	return true;
}

static int all_whole(const char *when)
{
	for (unsigned i = 0; i < BLOCKS; i++) {
		if (!is_whole(i)) {
			printf("heap: block %u is damaged %s\n", i, when);
			return 1;
		}
	}
	return 0;
}

int main(void)
{
	unsigned i;

	for (i = 0; i < BLOCKS; i++)
		if (!take(i, odd_size(i)))
			return 2;
	if (all_whole("after the first round"))
		return 1;
	for (i = 0; i < BLOCKS; i += 2)
		free(block[i].p);
	for (i = 0; i < BLOCKS; i += 2)
		if (!take(i, odd_size(i + BLOCKS)))
			return 2;
	if (all_whole("after the second round"))
		return 1;
	for (i = 0; i < BLOCKS; i++)
		free(block[i].p);
	free(NULL);
	if (malloc(SIZE_MAX / 2)) {
		puts("heap: gave more than there is");
		return 3;
	}
	puts("heap: whole");
	return 0;
}
