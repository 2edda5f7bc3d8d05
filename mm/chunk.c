/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Heads of chunks, and the lists of the free ones
 */
#include <stddef.h>
#include <ukaslr/panic.h>
#include "chunk.h"

/* word[0]: seal 63:48, size 47:0. word[1]: before / 16 in 63:24, seal 23:0. */
#define SIZE_BITS    48u
#define BEFORE_SHIFT 20u /* 24 bits up, less the 4 that are 0 in a size */
#define SEAL1_MASK   ((1ull << 24) - 1)

/* Lists: one for each size up to 7 units of 16 bytes, then 4 per power of two; the rest in the last
 */
#define NR_LISTS     (sizeof(chunks.list) / sizeof(*chunks.list))
#define LISTS_LOG2   2u
#define MAP_BITS     64u

struct chunks chunks;

/* The two words that say h at c. */
static struct head sealed(const struct chunk *c, struct head h)
{
	uint64_t where = (uintptr_t)c ^ h.before << 16 ^ chunks.secret[0];
	unsigned __int128 product = (unsigned __int128)where * (h.size ^ chunks.secret[1]);
	uint64_t seal = (uint64_t)product ^ (uint64_t)(product >> 64);

	h.size |= seal >> SIZE_BITS << SIZE_BITS;
	h.before = h.before << BEFORE_SHIFT | (seal & SEAL1_MASK);
	return h;
}

void chunk_put(struct chunk *c, uint64_t size, uint64_t before)
{
	struct head h = sealed(c, (struct head){size, before});

	c->word[0] = h.size;
	c->word[1] = h.before;
}

struct head chunk_get(const struct chunk *c, const char *broken)
{
	struct head h = {c->word[0] & ((1ull << SIZE_BITS) - 1),
			 c->word[1] >> BEFORE_SHIFT & ~CHUNK_STATE};
	struct head s = sealed(c, h);

	if (s.size != c->word[0] || s.before != c->word[1])
		panic("heap: %s", broken);
	return h;
}

static unsigned list_of(uint64_t size)
{
	uint64_t units = size / CHUNK_ALIGN;
	unsigned log2 = MAP_BITS - 1 - (unsigned)__builtin_clzll(units), list;

	if (log2 <= LISTS_LOG2)
		return (unsigned)units;
	log2 -= LISTS_LOG2;
	list = (log2 << LISTS_LOG2) + (unsigned)(units >> log2);
	return list < NR_LISTS ? list : NR_LISTS - 1;
}

/* Masks a link of c, or takes the mask off. */
static uint64_t masked(const struct chunk *c, const void *link)
{
	return (uintptr_t)link ^ (uintptr_t)c ^ chunks.secret[0];
}

/* The chunk that a link of c leads to, or NULL. */
static struct chunk *follow(const struct chunk *c, uint64_t link)
{
	uint64_t to = masked(c, (void *)(uintptr_t)link);

	if (to && (to % CHUNK_ALIGN || to < chunks.low || to >= chunks.high))
		panic("heap: freed memory was written to");
	return (struct chunk *)(uintptr_t)to;
}

void chunk_insert(struct chunk *c, uint64_t size, uint64_t before)
{
	unsigned list = list_of(size);
	struct chunk *first = chunks.list[list];

	chunk_put(c, size | CHUNK_FREE, before);
	c->after = masked(c, first);
	c->previous = masked(c, NULL);
	if (first)
		first->previous = masked(first, c);
	chunks.list[list] = c;
	chunks.map[list / MAP_BITS] |= 1ull << list % MAP_BITS;
}

void chunk_remove(struct chunk *c, uint64_t size)
{
	struct chunk *after = follow(c, c->after), *previous = follow(c, c->previous);
	unsigned list = list_of(size);

	if ((after && after->previous != masked(after, c)) ||
	    (previous ? previous->after != masked(previous, c) : chunks.list[list] != c))
		panic("heap: freed memory was written to");
	if (after)
		after->previous = masked(after, previous);
	if (previous)
		previous->after = masked(previous, after);
	else
		chunks.list[list] = after;
	/* Whoever gets the memory learns nothing of the secret */
	c->after = c->previous = 0;
	if (!chunks.list[list])
		chunks.map[list / MAP_BITS] &= ~(1ull << list % MAP_BITS);
}

struct chunk *chunk_find(uint64_t size, unsigned tries)
{
	unsigned list = list_of(size);

	for (struct chunk *c = chunks.list[list]; c && tries; c = follow(c, c->after), tries--)
		if (chunk_get(c, "freed memory was written to").size >= size)
			return c;
	for (list++; list < NR_LISTS; list = (list | (MAP_BITS - 1)) + 1) {
		uint64_t map = chunks.map[list / MAP_BITS] >> list % MAP_BITS;

		if (map)
			return chunks.list[list + (unsigned)__builtin_ctzll(map)];
	}
	return NULL;
}
