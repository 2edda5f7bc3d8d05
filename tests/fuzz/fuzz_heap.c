/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The heap: any regions, any sequence of right use keeps every byte, and memory
 * that is all free again is whole
 *
 * Input: a byte of choices (number of regions, pages for tables), two bytes per
 * region (gap and length in pages), then records of 4 bytes, one call each.
 */
#include "../lib/heap_machine.h"

#define SLOTS	    32
#define MAX_CALLS   512
#define MAX_REGIONS 8

struct call {
	uint8_t kind, slot;
	uint16_t size;
};

static struct {
	unsigned char *p, fill;
	size_t size;
} slot[SLOTS];

static void check(unsigned i)
{
	for (size_t k = 0; k < slot[i].size; k++)
		if (slot[i].p[k] != slot[i].fill)
			abort();
}

static void drop(unsigned i)
{
	check(i);
	heap_free(slot[i].p);
	slot[i].p = NULL;
	slot[i].size = 0;
}

static void run(const struct call *call, unsigned n)
{
	/* Mostly small ones, and up to 4 MiB */
	size_t size = (size_t)(call->size & 0xfff) << (call->size >> 12 & 7), keep;
	unsigned i = call->slot % SLOTS;
	size_t align = 16;
	unsigned char *p;

	switch (call->kind % 4) {
	case 0:
		drop(i);
		return;
	case 1:
		check(i);
		p = heap_realloc(slot[i].p, size);
		break;
	case 2:
		drop(i);
		align = 1ull << (call->kind >> 2) % 16;
		p = heap_aligned_alloc(align, size);
		break;
	default:
		drop(i);
		p = heap_calloc(1, size);
		for (size_t k = 0; p && k < size; k++)
			if (p[k])
				abort();
	}
	if (!p)
		return;
	keep = size < slot[i].size ? size : slot[i].size;
	for (size_t k = 0; k < keep; k++)
		if (p[k] != slot[i].fill)
			abort();
	if ((uintptr_t)p % (call->kind % 4 == 2 ? align : CHUNK_ALIGN))
		abort();
	slot[i].p = p;
	slot[i].size = size;
	slot[i].fill = (unsigned char)n;
	memset(p, slot[i].fill, size);
}

/* Each chunk that is left is one whole run of memory between a start and a fence. */
static void all_is_whole(void)
{
	for (unsigned l = 0; l < sizeof(chunks.list) / sizeof(*chunks.list); l++)
		for (struct chunk *c = chunks.list[l]; c; c = chunks.list[l]) {
			struct head h = chunk_get(c, "damaged at the end");
			struct head f = chunk_get(chunk_at(c, h.size), "no fence at the end");

			if (h.before || f.before != h.size || (f.size & CHUNK_STATE) != CHUNK_FENCE)
				abort();
			chunk_remove(c, h.size);
		}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned regions, calls = 0;
	uint64_t pos = 0;

	if (size < 1)
		return 0;
	regions = 1 + data[0] % MAX_REGIONS;
	machine_reset(data[0] / MAX_REGIONS);
	data++;
	size--;
	if (size < 2 * regions)
		return 0;
	for (unsigned i = 0; i < regions; i++, data += 2, size -= 2) {
		pos += (1 + data[0]) * 4096ull;
		free_region(pos, (1 + data[1]) * 4096ull);
		pos += (1 + data[1]) * 4096ull;
	}
	machine_start();
	for (; calls < MAX_CALLS && size >= sizeof(struct call); size -= sizeof(struct call)) {
		struct call call;

		memcpy(&call, data, sizeof(call));
		data += sizeof(call);
		run(&call, calls++);
	}
	for (unsigned i = 0; i < SLOTS; i++)
		drop(i);
	all_is_whole();
	return 0;
}
