/* SPDX-License-Identifier: BSD-3-Clause */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "image.h"
#include "place.h"

#define WORD 8u

static bool layout_find(const struct elf_view *v, enum image_kind kind, struct image_layout *l,
			struct diag *d)
{
	const struct {
		const char *name[2]; /* by enum image_kind */
		uint64_t *value;
	} wanted[] = {
		{{"__base_addr", "_base_addr"}, &l->base},
		{{"__reloc_header", "__reloc_header"}, &l->header},
		{{"__slots_start", "_base_addr"}, &l->slots_start},
		{{"__slots_end", "_uk_reloc_start"}, &l->slots_end},
		{{"__reloc_start", "_uk_reloc_start"}, &l->table},
	};

	if (!v->nr_symbols)
		return diag_error(d, "%s: no symbol table: run mkreloc before strip", v->name);
	for (size_t i = 0; i < sizeof(wanted) / sizeof(*wanted); i++)
		if (!symbol_find(v, wanted[i].name[kind], wanted[i].value))
			return diag_error(d,
					  "%s: symbol %s is missing: the linker script must set it",
					  v->name, wanted[i].name[kind]);
	return true;
}

/* Everything that struct reloc_header and the relocator take for granted. */
static bool layout_is_sound(const struct elf_view *v, enum image_kind kind,
			    const struct image_layout *l, struct diag *d)
{
	static const unsigned char zeros[sizeof(struct reloc_header)];
	const unsigned char *header = bytes_at(v, l->header, sizeof(zeros));

	if (l->base != lowest_address(v))
		return diag_error(d, "%s: __base_addr is not the first byte of the image", v->name);
	if ((l->base | l->header | l->slots_start | l->table) % WORD)
		return diag_error(
			d,
			"%s: __base_addr, __reloc_header, __slots_start and __reloc_start "
			"must be multiples of 8",
			v->name);
	if (l->slots_start < l->base || l->slots_end < l->slots_start || l->table < l->slots_end ||
	    l->table - l->base > UINT32_MAX)
		return diag_error(d,
				  "%s: expected __base_addr <= __slots_start <= __slots_end <= "
				  "__reloc_start, within 4 GiB",
				  v->name);
	if (!header || l->header < l->base ||
	    (kind == IMAGE_UKASLR && l->header < l->slots_end &&
	     l->header + sizeof(zeros) > l->slots_start))
		return diag_error(d, "%s: __reloc_header must be in the file and outside the slots",
				  v->name);
	if (get_le(header, WORD) == RELOC_SIGNATURE)
		return diag_error(d, "%s: already has its table: link it again first", v->name);
	if (memcmp(header, zeros, sizeof(zeros)) != 0)
		return diag_error(d, "%s: __reloc_header is not %zu zero bytes: use RELOC_HEADER",
				  v->name, sizeof(zeros));
	return true;
}

static bool no_text_among_slots(const struct elf_view *v, const struct image_layout *l,
				struct diag *d)
{
	for (size_t i = 1; i < v->nr_sections; i++) {
		const struct section *s = &v->sections[i];

		if (s->h.sh_flags & SHF_ALLOC && s->h.sh_flags & SHF_EXECINSTR && s->h.sh_size &&
		    s->h.sh_addr < l->slots_end && s->h.sh_addr + s->h.sh_size > l->slots_start)
			return diag_error(d,
					  "%s: %s is text, between __slots_start and __slots_end",
					  v->name, s->name);
	}
	return true;
}

/* Each slot in the relocatable part, no two in each other's bytes */
static bool slots_are_sound(const struct elf_view *v, struct source *src,
			    const struct image_layout *l, const struct slots *s, struct diag *d)
{
	unsigned errors = d->errors;
	char place[PLACE_MAX];
	size_t both;

	for (size_t i = 0; i < s->count; i++) {
		const struct slot *slot = &s->at[i];

		if (slot->address >= l->slots_start &&
		    slot->address + slot->width <= l->slots_end &&
		    (slot->address + slot->width <= l->header ||
		     slot->address >= l->header + sizeof(struct reloc_header)))
			continue;
		place_describe(v, src, section_at(v, slot->address), slot->address, place);
		diag_error(d,
			   "%s: %s: relocation outside the relocatable part (__slots_start to "
			   "__slots_end): put the variable into .data or .data.rel.ro; code that "
			   "does not move with the image cannot have it relocated",
			   v->name, place);
	}
	both = slots_overlap(s);
	if (both < s->count) {
		place_describe(v, src, section_at(v, s->at[both].address), s->at[both].address,
			       place);
		diag_error(d, "%s: %s: two relocations for the same bytes", v->name, place);
	}
	return d->errors == errors;
}

/* Link-time values into the slots, table and header into their places. */
static bool fill_in(struct file *f, const struct image_layout *l, const struct slots *s,
		    const struct reloc_table *t, size_t offset, struct diag *d)
{
	size_t words = t->relr_words + t->rest_words;
	struct reloc_header h = {
		.signature = RELOC_SIGNATURE,
		.base = l->base,
		.table = (uint32_t)(l->table - l->base),
		.relr_words = (uint32_t)t->relr_words,
		.rest_words = (uint32_t)t->rest_words,
		.slots_start = (uint32_t)(l->slots_start - l->base),
		.slots_end = (uint32_t)(l->slots_end - l->base),
		.slots = (uint32_t)s->count,
		.table_sum = reloc_sum(t->words, words),
	};
	struct elf_view v;
	unsigned char *at;
	bool good;

	/* Without slots there may be no data in the file for these to be in. */
	if (!s->count)
		h.table = h.slots_start = h.slots_end = 0;
	h.header_sum = reloc_sum((const uint64_t *)(const void *)&h, sizeof(h) / WORD - 1);
	if (!elf_view_open(&v, f->name, f->data, f->size, d))
		return false;
	for (size_t i = 0; i < s->count; i++) {
		at = bytes_at(&v, s->at[i].address, s->at[i].width);
		if (at)
			put_le(at, s->at[i].value, s->at[i].width);
	}
	memcpy(f->data + offset, t->words, words * WORD);
	at = bytes_at(&v, l->header, sizeof(h));
	good = at || diag_error(d, "%s: header is not in the file", f->name);
	if (at)
		memcpy(at, &h, sizeof(h));
	elf_view_close(&v);
	return good;
}

static bool write_table(struct file *f, const struct image_layout *l, const struct slots *s,
			struct image_report *report, struct diag *d)
{
	struct reloc_table t;
	struct elf_view v;
	size_t offset, need;
	bool good;

	reloc_encode(s, l->base, &t);
	need = (t.relr_words + t.rest_words) * WORD;
	if (f->kind == IMAGE_UNIKRAFT)
		good = unikraft_make_room(f, l, need, &offset, d) &&
		       fill_in(f, l, s, &t, offset, d) && unikraft_headers(f, l, need, d);
	else
		good = edit_make_room(f, l, need, &offset, d) && fill_in(f, l, s, &t, offset, d) &&
		       edit_headers(f, l, &t, offset, d);
	if (good && (good = elf_view_open(&v, f->name, f->data, f->size, d))) {
		good = image_prove(&v, l, s, d);
		elf_view_close(&v);
	}
	report->slots = s->count;
	report->relr_words = t.relr_words;
	report->rest_words = t.rest_words;
	free(t.words);
	return good;
}

bool image_relocate(struct file *f, struct image_report *report, struct diag *d)
{
	const bool unikraft = f->kind == IMAGE_UNIKRAFT;
	struct source src = {.file = f->debug};
	struct collected c = {0};
	struct image_layout l;
	struct elf_view v;
	bool good = false;

	*report = (struct image_report){0};
	if (!elf_view_open(&v, f->name, f->data, f->size, d))
		return false;
	if (v.h.e_type != ET_DYN && v.h.e_type != ET_EXEC)
		diag_error(d, "%s: not a linked image", f->name);
	else
		good = layout_find(&v, f->kind, &l, d) && layout_is_sound(&v, f->kind, &l, d) &&
		       (unikraft || no_text_among_slots(&v, &l, d)) &&
		       collect(&v, &src, unikraft ? COLLECT_UNIKRAFT : COLLECT_STRICT, &c, d) &&
		       slots_are_sound(&v, &src, &l, &c.slots, d);
	elf_view_close(&v);
	source_close(&src);
	report->rela_bytes = c.rela_bytes;
	if (good)
		good = write_table(f, &l, &c.slots, report, d);
	collected_free(&c);
	return good;
}
