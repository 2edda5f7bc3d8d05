/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef RELOC_HOST_ENCODE_H
#define RELOC_HOST_ENCODE_H

/*
 * The relocation table, written and read on the host
 *
 * A slot is a place in the image that holds a link-time address. Encoding turns
 * a list of slots into RELR words and the remainder; decoding turns them into
 * the same list again. Host only: allocates, and exits when memory is out.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <ukaslr/reloc.h>

struct slot {
	uint64_t address; /* link time */
	uint64_t value;	  /* what it must hold: the link-time address that it stands for */
	uint8_t width;	  /* bytes */
	uint8_t flags;	  /* RELOC_REST_* */
};

struct slots {
	struct slot *at;
	size_t count, room;
};

/* RELR words first, the records of the remainder right behind them */
struct reloc_table {
	uint64_t *words;
	size_t relr_words, rest_words;
};

void slots_add(struct slots *s, struct slot slot);
void slots_sort(struct slots *s);
void slots_free(struct slots *s);

/*
 * Of sorted slots, the index of the first that overlaps its predecessor, else
 * .count.
 */
size_t slots_overlap(const struct slots *s);

/* Can RELR hold it? 8 bytes wide, at a multiple of 8, and moved by the slide. */
bool slot_is_relr(const struct slot *slot);

/*
 * Encodes sorted slots that do not overlap and lie in [base, base + 4 GiB). The
 * caller frees t->words.
 */
void reloc_encode(const struct slots *s, uint64_t base, struct reloc_table *t);

/*
 * Appends the slots of RELR words (or of remainder records) to s, without their
 * values. Returns NULL or what is wrong with them: order, alignment, a bitmap
 * without an address, unknown fields, more than about `limit` slots (a few
 * hostile words must not ask for all memory).
 */
const char *relr_decode(const uint64_t *words, size_t count, size_t limit, struct slots *s);
const char *rest_decode(const uint64_t *words, size_t count, uint64_t base, struct slots *s);

#endif /* RELOC_HOST_ENCODE_H */
