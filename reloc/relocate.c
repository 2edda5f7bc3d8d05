/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The relocator: one walk over the table, which proves each slot to be inside
 * the relocatable part, and adds the slide to it when there is one. Runs before relocation, and on
 * the host in mkreloc and the tests.
 */
#include <ukaslr/reloc.h>

#define SLOT 8u /* bytes of a RELR slot */

/* 8 bytes at any address: page-table entries that hold physical addresses, the usual remainder */
struct unaligned {
	uint64_t value;
} __attribute__((packed, may_alias));

/* The width that is added at once: none where that would be done byte by byte as well */
#ifdef __x86_64__
#define WHOLE_WIDTH SLOT
#else
#define WHOLE_WIDTH 0
#endif

/*
 * Adds byte by byte, so that any width and any alignment will do. What does not
 * fit in the sum any more would be carried out of the slot anyway.
 */
static void add_bytes(unsigned char *slot, uint64_t width, uint64_t sum)
{
	for (; width; width--, slot++, sum >>= 8) {
		sum += *slot;
		*slot = (unsigned char)sum;
	}
}

/*
 * Number of the lowest bit set; bits is not 0. The compiler's builtin is an int,
 * and x86 compilers extend its sign, an instruction more for each slot. (rep bsf
 * is TZCNT where there is one, BSF elsewhere: Intel SDM vol. 2.)
 */
static inline uint64_t lowest_bit(uint64_t bits)
{
#ifdef __x86_64__
	uint64_t n;

	__asm__("rep bsf %1, %0" : "=r"(n) : "r"(bits) : "cc");
	return n;
#else
	return (uint64_t)__builtin_ctzll(bits);
#endif
}

/*
 * The loop that counts: five instructions a slot. The empty assembly keeps slot
 * in one register; taken apart, its sum is added up again each time.
 */
static inline void add_slide(uint64_t *slot, uint64_t bits, uint64_t slide)
{
	__asm__("" : "+r"(slot));
	do
		slot[lowest_bit(bits)] += slide;
	while (bits &= bits - 1);
}

/*
 * RELR: an address is a slot; a bitmap says which of the 63 slots behind the
 * last word's are slots as well. Counting trailing zeros jumps over those that
 * are none. What is checked is the word, not the slot: all of its slots lie
 * between where it begins, not before the end of the word before it, and the
 * end of its highest. Addresses below the relocatable part are negative or small
 * offsets (signed), those above it large ones (unsigned): nothing can wrap.
 */
static bool walk_relr(const struct reloc_header *h, const uint64_t *w, char *copy, uint64_t slide)
{
	uint64_t next = h->slots_start;

	for (const uint64_t *stop = w + h->relr_words; w < stop; w++) {
		uint64_t bits = *w, first = next, end;

		if (bits & 1) {
			next = first + SLOT * RELR_BITMAP_SLOTS;
			end = next - SLOT * (unsigned)__builtin_clzll(bits);
			bits >>= 1;
		} else {
			first = bits - h->base;
			if ((int64_t)first < (int64_t)next)
				return false;
			end = next = first + SLOT;
			bits = 1;
		}
		if (end > h->slots_end || first % SLOT)
			return false;
		if (slide && bits)
			add_slide((uint64_t *)(copy + first), bits, slide);
	}
	return true;
}

/* The remainder. A record is looked at as one word, as struct reloc_rest lays it out. */
static bool walk_rest(const struct reloc_header *h, const uint64_t *w, unsigned char *copy,
		      uint64_t slide, uint64_t phys_slide)
{
	for (const uint64_t *stop = w + h->rest_words; w < stop; w++) {
		uint64_t offset = (uint32_t)*w, kind = *w >> 32;
		uint64_t width = kind & ~(uint64_t)(RELOC_REST_PHYS << 8);
		uint64_t add = kind == width ? slide : phys_slide;

		if (width - 1 >= SLOT || offset < h->slots_start || offset + width > h->slots_end)
			return false;
		if (!add)
			continue;
		if (width == WHOLE_WIDTH)
			((struct unaligned *)(copy + offset))->value += add;
		else
			add_bytes(copy + offset, width, add);
	}
	return true;
}

bool reloc_walk(const struct reloc_header *h, const uint64_t *table, void *copy, uint64_t slide,
		uint64_t phys_slide)
{
	/* Code that takes no addresses in its data has none. */
	if (!(h->relr_words | h->rest_words))
		return true;
	return walk_relr(h, table, copy, slide) &&
	       walk_rest(h, table + h->relr_words, copy, slide, phys_slide);
}
