/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Checks the relocation table before anything is written. Runs before
 * relocation, and on the host in mkreloc and the tests.
 */
#include <stdbool.h>
#include <ukaslr/reloc.h>

_Static_assert(sizeof(struct reloc_header) == 56, "the header's layout is a file format");
_Static_assert(offsetof(struct reloc_header, header_sum) == 48,
	       "the header's sum is its last word");
_Static_assert(sizeof(struct reloc_rest) == 8, "the remainder's layout is a file format");

#define SUM_ROTATE 29u

/* Out of line: the compiler would rather have two copies. */
__attribute__((noinline)) uint64_t reloc_sum(const uint64_t *words, uint64_t count)
{
	const uint64_t *const end = words + count;
	uint64_t sum = 0;

	/* One jump a word; compilers that are to save bytes do not turn a for loop round. */
	if (count)
		do {
			sum = sum >> SUM_ROTATE | sum << (64 - SUM_ROTATE);
			sum = (sum ^ *words) * RELOC_SUM_FACTOR;
		} while (++words < end);
	return sum;
}

const char *reloc_check(const struct reloc_header *h, const void *image, uint64_t image_size)
{
	const uint64_t *table = (const void *)((const char *)image + h->table);
	uint64_t words = (uint64_t)h->relr_words + h->rest_words;

	if (h->signature != RELOC_SIGNATURE)
		return "relocation table: magic or version is wrong";
	if (h->header_sum != reloc_sum((const void *)h, sizeof(*h) / 8 - 1))
		return "relocation table: header checksum is wrong";
	if (h->table % 8 || h->table + 8 * words > image_size || h->slots_end > h->table)
		return "relocation table: size is wrong";
	if (h->table_sum != reloc_sum(table, words))
		return "relocation table: checksum is wrong";
	if (!reloc_walk(h, table, NULL, 0, 0))
		return "relocation table: slot outside the relocatable part";
	return NULL;
}
