/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "encode.h"
#include "memory.h"

#define SLOT 8u /* bytes of a RELR slot */

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
	       "tables are written as they lie in memory");

void slots_add(struct slots *s, struct slot slot)
{
	if (s->count == s->room) {
		s->room = s->room ? 2 * s->room : 1024;
		s->at = xrealloc(s->at, s->room * sizeof(*s->at));
	}
	s->at[s->count++] = slot;
}

void slots_free(struct slots *s)
{
	free(s->at);
	*s = (struct slots){0};
}

static int by_address(const void *a, const void *b)
{
	const struct slot *x = a, *y = b;

	return x->address < y->address ? -1 : x->address > y->address;
}

void slots_sort(struct slots *s)
{
	for (size_t i = 1; i < s->count; i++) {
		if (s->at[i].address < s->at[i - 1].address) {
			qsort(s->at, s->count, sizeof(*s->at), by_address);
			return;
		}
	}
}

size_t slots_overlap(const struct slots *s)
{
	for (size_t i = 1; i < s->count; i++)
		if (s->at[i].address - s->at[i - 1].address < s->at[i - 1].width)
			return i;
	return s->count;
}

bool slot_is_relr(const struct slot *slot)
{
	return slot->width == SLOT && slot->address % SLOT == 0 && !slot->flags;
}

/* The bitmap of the RELR slots in the 63 places from *next; moves *i behind them. */
static uint64_t take_bitmap(const struct slots *s, size_t *i, uint64_t next)
{
	uint64_t bits = 0;

	for (; *i < s->count; (*i)++) {
		const struct slot *slot = &s->at[*i];

		if (!slot_is_relr(slot))
			continue;
		if ((slot->address - next) / SLOT >= RELR_BITMAP_SLOTS)
			break;
		bits |= (uint64_t)1 << (slot->address - next) / SLOT;
	}
	return bits;
}

static size_t encode_relr(const struct slots *s, uint64_t *words)
{
	size_t n = 0, i = 0;

	while (i < s->count) {
		uint64_t next, bits;

		if (!slot_is_relr(&s->at[i])) {
			i++;
			continue;
		}
		words[n++] = s->at[i].address;
		next = s->at[i++].address + SLOT;
		while ((bits = take_bitmap(s, &i, next)) != 0) {
			words[n++] = bits << 1 | 1;
			next += SLOT * RELR_BITMAP_SLOTS;
		}
	}
	return n;
}

void reloc_encode(const struct slots *s, uint64_t base, struct reloc_table *t)
{
	/* No word without a slot of its own: never more words than slots */
	t->words = xrealloc(NULL, (s->count + 1) * sizeof(*t->words));
	t->relr_words = encode_relr(s, t->words);
	t->rest_words = 0;

	for (size_t i = 0; i < s->count; i++) {
		const struct slot *slot = &s->at[i];
		struct reloc_rest r = {.offset = (uint32_t)(slot->address - base),
				       .width = slot->width,
				       .flags = slot->flags};

		if (!slot_is_relr(slot))
			memcpy(&t->words[t->relr_words + t->rest_words++], &r, sizeof(r));
	}
}

const char *relr_decode(const uint64_t *words, size_t count, size_t limit, struct slots *s)
{
	uint64_t next = 0;
	bool have_address = false;

	for (size_t i = 0; i < count; i++) {
		if (s->count > limit)
			return "RELR words stand for more slots than the file has room for";
		if (!(words[i] & 1)) {
			if (have_address && words[i] < next)
				return "RELR addresses do not ascend";
			slots_add(s, (struct slot){.address = words[i], .width = SLOT});
			next = words[i] + SLOT;
			have_address = true;
			continue;
		}
		if (!have_address)
			return "a RELR bitmap comes before any address";
		for (uint64_t bits = words[i] >> 1; bits; bits &= bits - 1)
			slots_add(s,
				  (struct slot){
					  .address = next + SLOT * (unsigned)__builtin_ctzll(bits),
					  .width = SLOT,
				  });
		if (next + SLOT * RELR_BITMAP_SLOTS < next)
			return "RELR bitmaps run beyond the address space";
		next += SLOT * RELR_BITMAP_SLOTS;
	}
	return NULL;
}

const char *rest_decode(const uint64_t *words, size_t count, uint64_t base, struct slots *s)
{
	for (size_t i = 0; i < count; i++) {
		struct reloc_rest r;

		memcpy(&r, &words[i], sizeof(r));
		if (r.reserved || r.flags & ~RELOC_REST_PHYS)
			return "the remainder has a record of an unknown kind";
		if (r.width < 1 || r.width > SLOT)
			return "the remainder has a slot of an impossible width";
		slots_add(s, (struct slot){.address = base + r.offset,
					   .width = r.width,
					   .flags = r.flags});
	}
	return NULL;
}
