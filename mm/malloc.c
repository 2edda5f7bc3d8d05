/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * malloc() and its family
 *
 * A block is the payload of a used chunk (mm/chunk.h). A request takes from the
 * list of its own size what fits among the first few, else the first of the next
 * longer list, else the heap grows. What it does not need goes back.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <ukaslr/heap.h>
#include <ukaslr/panic.h>
#include "chunk.h"
#include "heap_grow.h"

#define FIRST_TRIES 8
#define ALL_TRIES   (~0u)

#ifndef errno
int errno;
#endif

void malloc_init(const uint64_t secret[2])
{
	/* In a guest, .bss has just been zeroed */
	if (chunks.low)
		memset(&chunks, 0, sizeof(chunks));
	chunks.secret[0] = secret[0];
	chunks.secret[1] = secret[1];
}

static bool is_free(struct head h)
{
	return (h.size & CHUNK_STATE) == CHUNK_FREE;
}

/* The chunk behind one of size bytes. A block that was written past its end meets its head. */
static struct chunk *behind(const struct chunk *c, uint64_t size, struct head *h)
{
	struct chunk *next = chunk_at(c, size);

	*h = chunk_get(next, "a block was written past its end");
	return next;
}

/* Tells the chunk behind c how long c is now. */
static void set_size_in_front(const struct chunk *c, uint64_t size)
{
	struct head h;
	struct chunk *next = behind(c, size, &h);

	chunk_put(next, h.size, size);
}

/* The used chunk whose payload is block. */
static struct chunk *chunk_of(void *block, struct head *h)
{
	uint64_t addr = (uintptr_t)block;
	struct chunk *c = chunk_at(block, -CHUNK_HEAD);

	if (addr % CHUNK_ALIGN || addr < chunks.low + CHUNK_HEAD || addr >= chunks.high)
		panic("heap: a pointer is freed that is not the heap's");
	*h = chunk_get(c,
		       "no block starts at a pointer that is freed, or its head was overwritten");
	if ((h->size & CHUNK_STATE) != CHUNK_USED)
		panic("heap: a block was freed twice");
	h->size -= CHUNK_USED;
	return c;
}

/* Bytes from c on if the chunk behind it, should it be free, becomes part of it. Its head stays:
 * free. */
static uint64_t absorb_next(const struct chunk *c, uint64_t size)
{
	struct head h;
	struct chunk *next = behind(c, size, &h);

	if (!is_free(h))
		return size;
	chunk_remove(next, h.size);
	return size + h.size;
}

/* Makes a used chunk free, and one with its free neighbours. */
static void release(struct chunk *c, struct head h)
{
	uint64_t size = absorb_next(c, h.size);

	if (h.before) {
		struct chunk *front = chunk_at(c, -h.before);
		struct head f = chunk_get(front, "the head of a block was overwritten");

		if (is_free(f)) {
			chunk_remove(front, f.size);
			chunk_put(c, CHUNK_GONE, 0);
			size += f.size;
			c = front;
			h.before = f.before;
		}
	}
	chunk_insert(c, size, h.before);
	set_size_in_front(c, size);
}

/* Makes two used chunks of one, the first of `first` bytes; returns the second. */
static struct chunk *split(struct chunk *c, struct head h, uint64_t first)
{
	struct chunk *second = chunk_at(c, first);

	chunk_put(c, first | CHUNK_USED, h.before);
	chunk_put(second, (h.size - first) | CHUNK_USED, first);
	set_size_in_front(second, h.size - first);
	return second;
}

/* Gives back what a used chunk has beyond size bytes. */
static void trim(struct chunk *c, struct head h, uint64_t size)
{
	if (h.size - size >= CHUNK_MIN)
		release(split(c, h, size), (struct head){h.size - size, size});
}

/* Adds memory to the free chunks, best with room for one of size bytes; false: there is no more. */
static bool more(uint64_t size)
{
	uint64_t start, before = 0, len = heap_grow(size + CHUNK_HEAD, &start);
	struct chunk *c;

	if (!len)
		return false;
	if (!chunks.low)
		chunks.low = start;
	c = chunk_at(NULL, start);
	if (start == chunks.high) {
		/* The run goes on: its fence becomes the head */
		c = chunk_at(c, -CHUNK_HEAD);
		before = chunk_get(c, "a block was written past its end").before;
		len += CHUNK_HEAD;
	}
	len -= CHUNK_HEAD;
	chunks.high = (uintptr_t)c + len + CHUNK_HEAD;
	chunk_put(chunk_at(c, len), CHUNK_HEAD | CHUNK_FENCE, len);
	release(c, (struct head){len, before});
	return true;
}

static void *no_memory(void)
{
	errno = ENOMEM;
	return NULL;
}

/* Bytes of the chunk for a block; size < CHUNK_MAX. */
static uint64_t chunk_size(size_t size)
{
	uint64_t n = (size + CHUNK_HEAD + CHUNK_ALIGN - 1) & -CHUNK_ALIGN;

	return n < CHUNK_MIN ? CHUNK_MIN : n;
}

void *heap_malloc(size_t size)
{
	uint64_t n = chunk_size(size);
	struct chunk *c;
	struct head h;

	if (size >= CHUNK_MAX)
		return no_memory();
	while (!(c = chunk_find(n, FIRST_TRIES)) && more(n))
		;
	if (!c)
		c = chunk_find(n, ALL_TRIES);
	if (!c)
		return no_memory();

	h = chunk_get(c, "freed memory was written to");
	chunk_remove(c, h.size);
	if (h.size - n >= CHUNK_MIN) {
		/* What is behind c is not free: the rest stays alone */
		struct chunk *rest = chunk_at(c, n);

		chunk_insert(rest, h.size - n, n);
		set_size_in_front(rest, h.size - n);
		h.size = n;
	}
	chunk_put(c, h.size | CHUNK_USED, h.before);
	return chunk_at(c, CHUNK_HEAD);
}

void *heap_calloc(size_t n, size_t size)
{
	size_t bytes;
	void *block;

	if (__builtin_mul_overflow(n, size, &bytes))
		return no_memory();
	block = heap_malloc(bytes);
	return block ? memset(block, 0, bytes) : NULL;
}

void heap_free(void *block)
{
	struct head h;

	if (block)
		release(chunk_of(block, &h), h);
}

void *heap_realloc(void *block, size_t size)
{
	uint64_t n = chunk_size(size);
	struct head h, next;
	struct chunk *c;
	void *moved;

	if (!block || size >= CHUNK_MAX)
		return heap_malloc(size); /* NULL if too large: the block stays */
	c = chunk_of(block, &h);
	behind(c, h.size, &next);
	if (n > h.size && is_free(next) && n <= h.size + next.size) {
		h.size = absorb_next(c, h.size);
		chunk_put(c, h.size | CHUNK_USED, h.before);
		set_size_in_front(c, h.size);
	}
	if (n <= h.size) {
		trim(c, h, n);
		return block;
	}
	moved = heap_malloc(size);
	if (moved) {
		memcpy(moved, block, h.size - CHUNK_HEAD);
		heap_free(block);
	}
	return moved;
}

void *heap_aligned_alloc(size_t align, size_t size)
{
	struct chunk *c;
	struct head h;
	uint64_t skip;
	char *block;

	if (!align || (align & (align - 1))) {
		errno = EINVAL;
		return NULL;
	}
	if (align <= CHUNK_ALIGN)
		return heap_malloc(size);
	if (size >= CHUNK_MAX)
		return no_memory();
	block = heap_malloc(size + align + CHUNK_MIN);
	if (!block)
		return NULL;
	skip = -(uintptr_t)block & (align - 1);
	if (skip) {
		/* What is skipped becomes a chunk of its own, and needs room for that */
		if (skip < CHUNK_MIN)
			skip += align;
		c = chunk_of(block, &h);
		split(c, h, skip);
		heap_free(block);
		block += skip;
	}
	c = chunk_of(block, &h);
	trim(c, h, chunk_size(size));
	return block;
}

#if !__STDC_HOSTED__
/* The guest's names; host tests keep their own allocator beside this one. */
void *malloc(size_t size) __attribute__((alias("heap_malloc")));
void *calloc(size_t n, size_t size) __attribute__((alias("heap_calloc")));
void *realloc(void *block, size_t size) __attribute__((alias("heap_realloc")));
void *aligned_alloc(size_t align, size_t size) __attribute__((alias("heap_aligned_alloc")));
void free(void *block) __attribute__((alias("heap_free")));
#endif
