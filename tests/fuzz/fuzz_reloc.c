/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Three ways into the relocation table, chosen by the first byte:
 * slots -> encode -> check, decode and apply must agree with the slots;
 * garbage words under a good seal: nothing outside the relocatable part changes;
 * a whole image of garbage: checked without a step outside it.
 */
#include <stdio.h>
#include "../unit/reloc_image.h"

#define SLIDE 0x123456789abcd000ull
#define PHYS  0x0000001234567000ull

static void require(bool true_statement, const char *what)
{
	if (!true_statement) {
		fprintf(stderr, "fuzz_reloc: %s\n", what);
		abort();
	}
}

/* Each 3 bytes: a gap, and width and flags; slots ascend without overlap. */
static struct slots slots_from(const uint8_t *data, size_t size)
{
	static const uint8_t widths[] = {8, 8, 4, 2};
	struct slots s = {0};
	uint64_t address = IMAGE_BASE + SLOTS_START;

	for (; size >= 3; data += 3, size -= 3) {
		struct slot slot = {.width = widths[data[1] & 3], .flags = data[1] >> 2 & 1};

		slot.address = address + data[0];
		if (data[1] & 8)
			slot.address = (slot.address + 7) & ~7ull;
		if (slot.address + slot.width > IMAGE_BASE + SLOTS_END)
			break;
		slot.value = IMAGE_BASE + data[2];
		address = slot.address + slot.width;
		slots_add(&s, slot);
	}
	return s;
}

static void apply(const struct test_image *m, void *copy)
{
	struct reloc_target t = {copy, IMAGE_BASE, SLIDE, PHYS};

	reloc_apply(m->h, m->bytes, &t);
}

static void decode_again(const struct test_image *m, const struct slots *s)
{
	const uint64_t *words = (const void *)(m->bytes + m->h->table);
	struct slots d = {0};

	require(!relr_decode(words, m->h->relr_words, SIZE_MAX, &d), "own RELR not decoded");
	require(!rest_decode(words + m->h->relr_words, m->h->rest_words, IMAGE_BASE, &d),
		"own remainder not decoded");
	slots_sort(&d);
	require(d.count == s->count, "count differs");
	for (size_t i = 0; i < s->count; i++)
		require(d.at[i].address == s->at[i].address && d.at[i].width == s->at[i].width &&
				d.at[i].flags == s->at[i].flags,
			"slot differs");
	slots_free(&d);
}

static void round_trip(const uint8_t *data, size_t size)
{
	struct slots s = slots_from(data, size);
	struct test_image m = image_make(&s);
	unsigned char *want = malloc(m.size);

	memcpy(want, m.bytes, m.size);
	for (size_t i = 0; i < s.count; i++) {
		uint64_t v = s.at[i].value + (s.at[i].flags ? PHYS : SLIDE);

		memcpy(want + (s.at[i].address - IMAGE_BASE), &v, s.at[i].width);
	}
	require(!reloc_check(m.h, m.bytes, m.size), "own table refused");
	decode_again(&m, &s);
	apply(&m, m.bytes);
	require(!memcmp(m.bytes, want, m.size), "applied otherwise");
	free(want);
	free(m.bytes);
	slots_free(&s);
}

static void garbage_table(const uint8_t *data, size_t size)
{
	struct slots none = {0};
	struct test_image m = image_make(&none);
	uint32_t words = (uint32_t)(size > 2 ? (size - 2) / 8 : 0);
	unsigned char *copy;

	if (size < 2)
		goto out;
	m.size += 8 * words;
	m.bytes = realloc(m.bytes, m.size);
	m.h = (void *)m.bytes;
	memcpy(m.bytes + SLOTS_END, data + 2, 8 * words);
	m.h->rest_words = data[0] * words / 255;
	m.h->relr_words = words - m.h->rest_words;
	m.h->base = data[1] & 1 ? IMAGE_BASE : (uint64_t)data[1] << 56;
	image_seal(&m);
	if (reloc_check(m.h, m.bytes, m.size))
		goto out;
	/* only the relocatable part is there: ASan sees a write beside it */
	copy = calloc(1, SLOTS_END - SLOTS_START);
	reloc_apply(m.h, m.bytes,
		    &(struct reloc_target){copy, m.h->base + SLOTS_START, SLIDE, PHYS});
	free(copy);
out:
	free(m.bytes);
}

static void garbage_image(const uint8_t *data, size_t size, bool seal)
{
	struct reloc_header h;
	unsigned char *image;

	if (size < sizeof(h))
		return;
	memcpy(&h, data, sizeof(h));
	size -= sizeof(h);
	image = malloc(size + 1);
	memcpy(image, data + sizeof(h), size);
	h.signature = RELOC_SIGNATURE;
	if (seal) {
		if (h.table % 8 == 0 &&
		    h.table + 8 * ((uint64_t)h.relr_words + h.rest_words) <= size)
			h.table_sum = reloc_sum((uint64_t *)(void *)(image + h.table),
						(uint64_t)h.relr_words + h.rest_words);
		h.header_sum = reloc_sum((uint64_t *)(void *)&h, sizeof(h) / 8 - 1);
	}
	if (!reloc_check(&h, image, size))
		reloc_apply(&h, image, &(struct reloc_target){image, h.base, SLIDE, PHYS});
	free(image);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 1)
		return 0;
	switch (data[0] & 3) {
	case 0:
		round_trip(data + 1, size - 1);
		break;
	case 1:
		garbage_table(data + 1, size - 1);
		break;
	default:
		garbage_image(data + 1, size - 1, data[0] & 1);
	}
	return 0;
}
