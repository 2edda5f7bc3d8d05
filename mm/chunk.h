/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MM_CHUNK_H
#define MM_CHUNK_H

/*
 * Chunks, of which mm/malloc.c makes blocks
 *
 * Each run of mapped memory is cut into chunks without gaps:
 *
 *   |head|  payload  |head|  payload  | ... |head|
 *    chunk            chunk                  fence: no payload, never free
 *
 * A head knows the size of its chunk and of the one before it, so that neighbours
 * are found both ways, and no two free chunks are ever neighbours. Free chunks are
 * in lists by size, four per power of two; a bitmap says which have any.
 *
 * A head is sealed: beside the sizes it has 40 bits of a hash of them, of its
 * address and of a secret. Heads are checked whenever they are read. Links of
 * free chunks are masked with the secret, and checked when followed. What is
 * found broken is a panic.
 */

#include <stdint.h>

/* In the low bits of a size */
#define CHUNK_STATE 15ull
#define CHUNK_FREE  0ull
#define CHUNK_USED  1ull
#define CHUNK_FENCE 2ull
#define CHUNK_GONE  3ull /* became part of another: left behind to know double frees by */

struct chunk {
	uint64_t word[2]; /* struct head, sealed */
	uint64_t after;	  /* links of free chunks, masked; the payload starts here */
	uint64_t previous;
};

struct head {
	uint64_t size;	 /* bytes, the head's included, and the state in the low bits */
	uint64_t before; /* bytes of the chunk in front of this one; 0: there is none */
};

#define CHUNK_ALIGN 16ull
#define CHUNK_HEAD  16ull
#define CHUNK_MIN   sizeof(struct chunk)
#define CHUNK_MAX   (1ull << 44) /* sizes are less */

extern struct chunks {
	uint64_t low, high; /* all heads are in [low, high) */
	uint64_t secret[2];
	uint64_t map[2]; /* which lists have any */
	struct chunk *list[128];
} chunks;

static inline struct chunk *chunk_at(const void *base, uint64_t offset)
{
	return (struct chunk *)((uintptr_t)base + offset);
}

/* Writes a head. */
void chunk_put(struct chunk *c, uint64_t size, uint64_t before);

/* Reads one; panics with the message if it is broken. */
struct head chunk_get(const struct chunk *c, const char *broken);

/* Makes [c, c + size) a free chunk, with a head, and in a list. */
void chunk_insert(struct chunk *c, uint64_t size, uint64_t before);

/* Takes a free chunk out of its list. */
void chunk_remove(struct chunk *c, uint64_t size);

/*
 * A free chunk of size bytes or more, or NULL. Looks at the first `tries` of the
 * list where some are too small, and then into the longer ones, where all fit.
 */
struct chunk *chunk_find(uint64_t size, unsigned tries);

#endif /* MM_CHUNK_H */
