/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef UKASLR_RELOC_H
#define UKASLR_RELOC_H

/*
 * The relocation table of an image, and the relocator
 *
 * mkreloc (reloc/mkreloc.c, host) turns the linker's relative relocations into a
 * table of two parts that follows .data in the image, where .bss will be: once
 * the image is moved, no memory is kept for it.
 *
 *   RELR       words of 8 bytes (ELF gABI, SHT_RELR) for 8-byte slots at
 *              addresses that are multiples of 8, ascending
 *   remainder  records of 8 bytes for the slots that RELR cannot hold:
 *              unaligned, 2 or 4 bytes wide, or to be moved by the physical slide
 *
 * Each slot holds the link-time address (modulo its width) that it stands for;
 * the relocator adds the slide. A header, reserved in the image by boot code
 * and filled in by mkreloc, says what the table must be. All numbers are little
 * endian. docs/reloc-format.md has everything to the byte.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The first 8 bytes: "UKRL", then the version of the format as a 32-bit number */
#define RELOC_MAGIC	0x4c524b55ull
#define RELOC_VERSION	1ull
#define RELOC_SIGNATURE (RELOC_VERSION << 32 | RELOC_MAGIC)

/*
 * Offsets are in bytes from the image's first byte, the one linked at .base; an
 * image is smaller than 4 GiB. 8-byte aligned. Both sums are reloc_sum().
 */
struct reloc_header {
	uint64_t signature;
	uint64_t base;	      /* __base_addr */
	uint32_t table;	      /* offset of the RELR words; a multiple of 8 */
	uint32_t relr_words;  /* RELR words */
	uint32_t rest_words;  /* records of the remainder, right behind them */
	uint32_t slots_start; /* the relocatable part: every slot lies in [start, end) */
	uint32_t slots_end;   /* not above .table */
	uint32_t slots;	      /* in both parts together; for tools, not checked at boot */
	uint64_t table_sum;   /* over RELR words and remainder */
	uint64_t header_sum;  /* over all of the header before it */
};

/* One record of the remainder */
struct reloc_rest {
	uint32_t offset; /* of the slot, any alignment */
	uint8_t width;	 /* bytes of the slot, 1 to 8 */
	uint8_t flags;
	uint16_t reserved; /* 0 */
};

#define RELOC_REST_PHYS	  0x01u /* holds a physical address: add the physical slide */

/* Slots that one RELR bitmap word covers; the lowest bit tells it from an address. */
#define RELR_BITMAP_SLOTS 63u

/*
 * The sum that header and table are checked with: for each 64-bit word,
 * sum = (rotate_right(sum, 29) ^ word) * RELOC_SUM_FACTOR, from 0.
 *
 * Each step is a bijection of the word for a fixed sum, and of the sum for a
 * fixed word (the factor is odd). So damage inside one aligned word, in however
 * many bits, always changes the result.
 */
#define RELOC_SUM_FACTOR  0x9e3779b1ull /* 2^32 / golden ratio, a prime */
uint64_t reloc_sum(const uint64_t *words, uint64_t count);

/*
 * Checks header and table of an image that lies unmodified at `image` (the
 * byte linked at __base_addr, 8-byte aligned), image_size readable bytes.
 * Returns NULL, or a message without a newline that says what is wrong. Writes
 * nothing. Damage in one byte of header or table is always found (see above;
 * the header's sum is proven before a length from it is used).
 */
const char *reloc_check(const struct reloc_header *h, const void *image, uint64_t image_size);

/*
 * The relocator: adds slide (runtime address - link address, modulo 2^64) to
 * each slot, modulo the slot's width; phys_slide where the remainder says so.
 * `copy` is where the byte linked at .base is or would be, 8-byte aligned; only
 * the relocatable part is touched. `table` points to the RELR words; it may lie
 * in the same image (in place), as no slot lies in the table.
 *
 * A slide of 0 leaves its slots alone, does not even read them: with both 0,
 * copy may be NULL. Returns whether all slots are inside the relocatable part;
 * else it stopped at the first that is not. Only for a header
 * that reloc_check() has found good (which has then walked without writing).
 */
bool reloc_walk(const struct reloc_header *h, const uint64_t *table, void *copy, uint64_t slide,
		uint64_t phys_slide);

/*
 * Where and how to relocate: `copy` holds what was linked at copy_base and
 * following, at least all of the relocatable part, with the same alignment
 * modulo 8.
 */
struct reloc_target {
	void *copy;
	uint64_t copy_base;
	uint64_t slide;
	uint64_t phys_slide;
};

/* Applies the checked table of the pristine `image` to a copy. */
static inline void reloc_apply(const struct reloc_header *h, const void *image,
			       const struct reloc_target *t)
{
	reloc_walk(h, (const uint64_t *)(const void *)((const char *)image + h->table),
		   (void *)((uintptr_t)t->copy - (t->copy_base - h->base)), t->slide,
		   t->phys_slide);
}

#endif /* UKASLR_RELOC_H */
