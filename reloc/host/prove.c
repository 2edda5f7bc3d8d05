/* SPDX-License-Identifier: BSD-3-Clause */
/* Proofs over a finished image, by the code that will boot it. Declared in image.h. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "image.h"
#include "memory.h"

#define WORD	  8u

/* Holes between segments: a hostile file may ask for much memory with few bytes. */
#define MAX_HOLES ((size_t)64 << 20)

bool image_flatten(const struct elf_view *v, uint64_t base, unsigned char **flat, size_t *size,
		   struct diag *d)
{
	uint64_t end = 0;

	for (size_t i = 0; i < v->nr_segments; i++) {
		const GElf_Phdr *p = &v->segments[i];

		if (p->p_type != PT_LOAD || !p->p_filesz)
			continue;
		if (p->p_vaddr < base)
			return diag_error(d, "%s: segment %zu begins before the image", v->name, i);
		if (p->p_vaddr - base + p->p_filesz > end)
			end = p->p_vaddr - base + p->p_filesz;
	}
	if (end > v->size + MAX_HOLES)
		return diag_error(d, "%s: segments lie too far apart", v->name);
	*size = end;
	*flat = xrealloc(NULL, end + WORD);
	memset(*flat, 0, end + WORD);
	for (size_t i = 0; i < v->nr_segments; i++) {
		const GElf_Phdr *p = &v->segments[i];

		if (p->p_type == PT_LOAD && p->p_filesz)
			memcpy(*flat + (p->p_vaddr - base), v->data + p->p_offset, p->p_filesz);
	}
	return true;
}

/* Two slides without a pattern, neither zero in any byte */
#define PROOF_SLIDE 0x9d5a3c71e8f24b6bull
#define PROOF_PHYS  0x5b83f1d64e2c97a9ull

static bool prove_flat(const char *name, const struct image_layout *l, unsigned char *flat,
		       size_t size, const struct slots *want, struct diag *d)
{
	struct reloc_header h;
	struct reloc_target t = {
		.copy_base = l->base, .slide = PROOF_SLIDE, .phys_slide = PROOF_PHYS};
	unsigned char *expected;
	const char *wrong;
	bool same;

	if (l->header - l->base + sizeof(h) > size)
		return diag_error(d, "%s: header is not in the file", name);
	memcpy(&h, flat + (l->header - l->base), sizeof(h));
	wrong = reloc_check(&h, flat, size);
	if (wrong)
		return diag_error(d, "%s: check of what was written: %s", name, wrong);

	expected = xrealloc(NULL, size + WORD);
	memcpy(expected, flat, size);
	for (size_t i = 0; i < want->count; i++) {
		const struct slot *s = &want->at[i];
		uint64_t slide = s->flags & RELOC_REST_PHYS ? PROOF_PHYS : PROOF_SLIDE;

		if (s->address - l->base + s->width > size) /* only if headers are slots */
			break;
		put_le(expected + (s->address - l->base), s->value + slide, s->width);
	}
	t.copy = flat;
	reloc_apply(&h, flat, &t);
	same = memcmp(flat, expected, size) == 0;
	free(expected);
	return same ||
	       diag_error(d, "%s: the table written does not do what the relocations say", name);
}

bool image_prove(const struct elf_view *v, const struct image_layout *l, const struct slots *want,
		 struct diag *d)
{
	unsigned char *flat = NULL;
	size_t size = 0;
	bool good = image_flatten(v, l->base, &flat, &size, d) &&
		    prove_flat(v->name, l, flat, size, want, d);

	free(flat);
	return good;
}

/* The only header whose own sum is right, at a multiple of 8; else size. */
static size_t find_header(const unsigned char *flat, size_t size, struct reloc_header *h)
{
	size_t found = size;

	for (size_t i = 0; i + sizeof(*h) <= size; i += WORD) {
		if (get_le(flat + i, WORD) != RELOC_SIGNATURE)
			continue;
		memcpy(h, flat + i, sizeof(*h));
		found = i;
		if (h->header_sum == reloc_sum((const void *)h, sizeof(*h) / WORD - 1))
			break;
	}
	return found;
}

/* What the boot does not ask: order and overlap of both parts, the count. */
static const char *decode_strictly(const struct reloc_header *h, const unsigned char *flat)
{
	const uint64_t *words = (const void *)(flat + h->table);
	struct slots s = {0};
	const char *wrong = relr_decode(words, h->relr_words, h->table / WORD, &s);

	if (!wrong)
		wrong = rest_decode(words + h->relr_words, h->rest_words, h->base, &s);
	slots_sort(&s);
	if (!wrong && slots_overlap(&s) < s.count)
		wrong = "two relocations for the same bytes";
	if (!wrong && s.count != h->slots)
		wrong = "the header counts other slots than the table has";
	slots_free(&s);
	return wrong;
}

static bool check_flat(const char *name, const unsigned char *flat, size_t size,
		       struct reloc_header *h, struct diag *d)
{
	const char *wrong;

	if (find_header(flat, size, h) == size)
		return diag_error(d, "%s: no relocation header: run mkreloc on the linked image",
				  name);
	wrong = reloc_check(h, flat, size);
	if (!wrong)
		wrong = decode_strictly(h, flat);
	return wrong ? diag_error(d, "%s: %s", name, wrong) : true;
}

/* In an ELF file the section headers tell the same, if they are there at all. */
static bool check_sections(const struct elf_view *v, const struct reloc_header *h, struct diag *d)
{
	for (size_t i = 1; i < v->nr_sections; i++) {
		const struct section *s = &v->sections[i];

		if (!(s->h.sh_flags & SHF_ALLOC) || !s->h.sh_size)
			continue;
		if (s->h.sh_type == SHT_RELA)
			return diag_error(d, "%s: %s holds relocations beside the table", v->name,
					  s->name);
		if (s->h.sh_type == SHT_RELR && (s->h.sh_addr != h->base + h->table ||
						 s->h.sh_size != (uint64_t)h->relr_words * WORD))
			return diag_error(d, "%s: %s is not the table of the header", v->name,
					  s->name);
	}
	return true;
}

bool image_check(struct file *f, struct image_report *report, struct diag *d)
{
	struct reloc_header h = {0};
	struct elf_view v;
	unsigned char *flat = NULL;
	size_t size = 0;
	uint64_t base;
	bool good;

	if (f->size < SELFMAG || memcmp(f->data, ELFMAG, SELFMAG) != 0) {
		good = check_flat(f->name, f->data, f->size, &h, d);
	} else {
		if (!elf_view_open(&v, f->name, f->data, f->size, d))
			return false;
		base = lowest_address(&v);
		good = image_flatten(&v, base, &flat, &size, d) &&
		       check_flat(f->name, flat, size, &h, d) && check_sections(&v, &h, d);
		if (good && h.base != base)
			good = diag_error(d, "%s: header names another base address", f->name);
		elf_view_close(&v);
		free(flat);
	}
	*report = (struct image_report){h.slots, h.relr_words, h.rest_words, 0};
	return good;
}
