/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Draws the memory map; then takes nearly all free memory from the heap, in
 * blocks of odd sizes, fills them, gives them back in another order, and looks
 * whether each still has what was written to it. In the end the largest free
 * region must be one piece again.
 *
 * Every byte is written and read if that is 128 MiB or less. Of more memory it is
 * every n-th block, and a word in each page of the others; the argument "all"
 * asks for every byte of all of it.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uk/plat/memory.h>
#include "map.h"

#define BLOCKS	     2048u
#define FULL_BYTES   (128ull << 20)
#define LEAST_BLOCK  64u
#define WORD	     sizeof(uint64_t)
#define PAGE_WORDS   (PAGE_SIZE / WORD)
#define GOLDEN_RATIO 0x9e3779b97f4a7c15u /* of 2^64; odd */

struct block {
	uint64_t *p;
	size_t size;
};

static struct {
	struct block *block;
	unsigned nr, full;
	unsigned every; /* this many-th block is filled completely */
	uint64_t bytes, bytes_full;
} taken;

/* What word i of a block has */
static uint64_t pattern(unsigned block, size_t i)
{
	return (block + 1ull) * GOLDEN_RATIO + i * (GOLDEN_RATIO << 1 | 1);
}

static bool is_full(unsigned block)
{
	return block % taken.every == 0;
}

/* Words from one that is written to the next */
static size_t stride(unsigned block)
{
	return is_full(block) ? 1 : PAGE_WORDS;
}

static void fill(unsigned block)
{
	const struct block *b = &taken.block[block];
	const size_t words = b->size / WORD, step = stride(block);
	const uint64_t last = pattern(block, words);

	for (size_t i = 0; i < words; i += step)
		b->p[i] = pattern(block, i);
	memcpy(b->p + words, &last, b->size % WORD);
}

static bool is_whole(unsigned block)
{
	const struct block *b = &taken.block[block];
	const size_t words = b->size / WORD, step = stride(block);
	const uint64_t last = pattern(block, words);

	for (size_t i = 0; i < words; i += step)
		if (b->p[i] != pattern(block, i))
			return false;
	return !memcmp(b->p + words, &last, b->size % WORD);
}

/* Sizes that look random but are the same in every run, 1 to limit or little more, odd */
static size_t odd_size(unsigned i, size_t limit)
{
	return (size_t)((i + 1ull) * GOLDEN_RATIO >> 16) % limit | 1;
}

/* Takes blocks until there is no memory for even a small one. */
static bool take_all(uint64_t free_bytes)
{
	size_t limit = free_bytes / (BLOCKS / 4);

	while (taken.nr < BLOCKS && limit >= LEAST_BLOCK) {
		struct block *b = &taken.block[taken.nr];

		b->size = odd_size(taken.nr, limit);
		errno = 0;
		b->p = malloc(b->size);
		if (!b->p) {
			if (errno != ENOMEM)
				return false;
			limit /= 2;
			continue;
		}
		fill(taken.nr);
		taken.bytes += b->size;
		if (is_full(taken.nr)) {
			taken.full++;
			taken.bytes_full += b->size;
		}
		taken.nr++;
	}
	return true;
}

static bool give_back(unsigned block)
{
	if (!is_whole(block)) {
		printf("memory: WRONG: block %u of %lu bytes has changed\n", block,
		       (unsigned long)taken.block[block].size);
		return false;
	}
	free(taken.block[block].p);
	return true;
}

/* Every other block from the first on, then the rest from the last on */
static bool give_all_back(void)
{
	for (unsigned i = 0; i < taken.nr; i += 2)
		if (!give_back(i))
			return false;
	for (unsigned i = taken.nr / 2; i-- > 0;)
		if (!give_back(2 * i + 1))
			return false;
	free(taken.block);
	return true;
}

static int wrong(const char *what)
{
	printf("memory: WRONG: %s\n", what);
	return EXIT_FAILURE;
}

static void summarise(uint64_t free_bytes)
{
	printf("memory: took %lu of %lu bytes in %u blocks\n", (unsigned long)taken.bytes,
	       (unsigned long)free_bytes, taken.nr);
	if (taken.every == 1)
		printf("memory: every byte");
	else
		printf("memory: every byte of %u blocks, %lu bytes, and a word in each page",
		       taken.full, (unsigned long)taken.bytes_full);
	puts(" was written, read and given back in another order: right");
}

int main(int argc, char *argv[])
{
	struct ukplat_memregion_desc *r;
	uint64_t free_bytes = 0, largest = 0;
	void *piece;

	ukplat_memregion_foreach (&r, UKPLAT_MEMRT_FREE, 0, 0) {
		free_bytes += r->len;
		if (r->len > largest)
			largest = r->len;
	}
	map_draw();
	taken.every = 1;
	if (argc < 2 || strcmp(argv[1], "all"))
		taken.every += (unsigned)((free_bytes - 1) / FULL_BYTES);
	taken.block = malloc(BLOCKS * sizeof(*taken.block));
	if (!taken.block)
		return wrong("no memory for a table of blocks");
	if (!take_all(free_bytes))
		return wrong("memory ran out without ENOMEM");
	if (taken.bytes < free_bytes - free_bytes / 16)
		return wrong("the heap gave less than most of free memory");
	if (!give_all_back())
		return EXIT_FAILURE;
	piece = malloc(largest - largest / 16);
	if (!piece)
		return wrong("the largest free region is in pieces");
	free(piece);
	summarise(free_bytes);
	return EXIT_SUCCESS;
}
