/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TESTS_UNIT_RELOC_IMAGE_H
#define TESTS_UNIT_RELOC_IMAGE_H

/*
 * A small image in memory with a header, slots and a table, as mkreloc leaves
 * it: header | text | slots | table.
 */

#include <stdlib.h>
#include <string.h>
#include <ukaslr/reloc.h>
#include "../../reloc/host/encode.h"

#define IMAGE_BASE  0x100000ull
#define SLOTS_START 0x1000u
#define SLOTS_END   0x3000u

struct test_image {
	unsigned char *bytes;
	size_t size;
	struct reloc_header *h;
};

static inline void image_seal(struct test_image *m)
{
	struct reloc_header *h = m->h;

	h->table_sum = reloc_sum((uint64_t *)(void *)(m->bytes + h->table),
				 (uint64_t)h->relr_words + h->rest_words);
	h->header_sum = reloc_sum((uint64_t *)(void *)h, sizeof(*h) / 8 - 1);
}

/* Sorted slots; each is made to hold its value. Exactly sized, so that ASan sees every step aside.
 */
static inline struct test_image image_make(const struct slots *s)
{
	struct test_image m;
	struct reloc_table t;
	size_t words;

	reloc_encode(s, IMAGE_BASE, &t);
	words = t.relr_words + t.rest_words;
	m.size = SLOTS_END + 8 * words;
	m.bytes = calloc(1, m.size);
	m.h = (void *)m.bytes;
	*m.h = (struct reloc_header){
		.signature = RELOC_SIGNATURE,
		.base = IMAGE_BASE,
		.table = SLOTS_END,
		.relr_words = (uint32_t)t.relr_words,
		.rest_words = (uint32_t)t.rest_words,
		.slots_start = SLOTS_START,
		.slots_end = SLOTS_END,
		.slots = (uint32_t)s->count,
	};
	for (size_t i = 0; i < s->count; i++)
		memcpy(m.bytes + (s->at[i].address - IMAGE_BASE), &s->at[i].value, s->at[i].width);
	memcpy(m.bytes + SLOTS_END, t.words, 8 * words);
	image_seal(&m);
	free(t.words);
	return m;
}

static inline uint64_t rng(void)
{
	static uint64_t rng_state = 0x243f6a8885a308d3ull;

	rng_state ^= rng_state << 13;
	rng_state ^= rng_state >> 7;
	rng_state ^= rng_state << 17;
	return rng_state;
}

static inline void add_slot(struct slots *s, uint32_t offset, unsigned width, unsigned flags)
{
	slots_add(s, (struct slot){.address = IMAGE_BASE + offset,
				   .value = IMAGE_BASE + rng() % SLOTS_END,
				   .width = (uint8_t)width,
				   .flags = (uint8_t)flags});
}

/* Runs, gaps, ends of bitmaps, both ends of the relocatable part, and a remainder */
static inline struct slots sample(void)
{
	struct slots s = {0};

	for (uint32_t i = 0; i < 130; i++)
		add_slot(&s, SLOTS_START + 8 * i, 8, 0);
	for (uint32_t i = 0; i < 40; i++)
		add_slot(&s, 0x1800 + 24 * i, 8, 0);
	add_slot(&s, 0x2001, 8, 0);
	add_slot(&s, 0x2010, 8, RELOC_REST_PHYS);
	add_slot(&s, 0x2019, 4, 0);
	add_slot(&s, 0x2020, 2, RELOC_REST_PHYS);
	add_slot(&s, 0x2022, 4, RELOC_REST_PHYS);
	add_slot(&s, 0x2100, 8, 0);
	add_slot(&s, 0x2108 + 62 * 8, 8, 0);
	add_slot(&s, 0x2108 + 126 * 8, 8, 0);
	add_slot(&s, SLOTS_END - 8, 8, 0);
	return s;
}

#endif /* TESTS_UNIT_RELOC_IMAGE_H */
