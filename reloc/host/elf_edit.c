/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Changes to an image's ELF headers, in the bytes of the file. libelf would
 * write a file of its own layout; here everything that is not said to change
 * stays where it is.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "image.h"
#include "memory.h"

#define WORD	   8u
#define FILE_ALIGN 64u /* of what is moved up in the file: no section wants more unless loaded */
#define NO_SEGMENT SIZE_MAX

static Elf64_Ehdr *ehdr(const struct file *f)
{
	return (void *)f->data;
}

/* Headers at odd offsets are nothing that a linker makes. */
static bool headers_are_aligned(const struct file *f, struct diag *d)
{
	if ((ehdr(f)->e_shoff | ehdr(f)->e_phoff) % WORD)
		return diag_error(d, "%s: ELF headers are not aligned", f->name);
	return true;
}

/* The segment with file contents that the table's address is in, or ends. */
static size_t table_segment(const struct elf_view *v, uint64_t table)
{
	for (size_t i = 0; i < v->nr_segments; i++) {
		const GElf_Phdr *p = &v->segments[i];

		if (p->p_type == PT_LOAD && p->p_filesz && p->p_flags & PF_W &&
		    table - p->p_vaddr <= p->p_filesz)
			return i;
	}
	return NO_SEGMENT;
}

/* Only relocations may be in the file from the table's address on. */
static bool nothing_in_the_way(const struct elf_view *v, const struct image_layout *l, size_t need,
			       struct diag *d)
{
	for (size_t i = 1; i < v->nr_sections; i++) {
		const struct section *s = &v->sections[i];
		uint64_t end = s->h.sh_addr + s->h.sh_size;

		if (!(s->h.sh_flags & SHF_ALLOC) || !s->h.sh_size || end <= l->table)
			continue;
		if (s->h.sh_type == SHT_RELA || s->h.sh_type == SHT_RELR) {
			if (s->h.sh_addr < l->table)
				return diag_error(d, "%s: %s lies before __reloc_start", v->name,
						  s->name);
		} else if (s->h.sh_type != SHT_NOBITS) {
			return diag_error(
				d, "%s: %s lies behind __reloc_start, where the file must end",
				v->name, s->name);
		} else if (s->h.sh_addr > l->table && s->h.sh_addr < l->table + need) {
			return diag_error(
				d,
				"%s: the table of %zu bytes reaches into %s: keep the linker "
				"from packing relocations, or leave room in the linker script",
				v->name, need, s->name);
		}
	}
	return true;
}

/* Moves everything from file offset `from` up by `by` bytes, and what points there. */
static void move_up(struct file *f, size_t from, size_t by)
{
	Elf64_Ehdr *h;
	Elf64_Shdr *s;

	f->data = xrealloc(f->data, f->size + by);
	memmove(f->data + from + by, f->data + from, f->size - from);
	memset(f->data + from, 0, by);
	f->size += by;
	h = ehdr(f);
	if (h->e_shoff >= from)
		h->e_shoff += by;
	s = (void *)(f->data + h->e_shoff);
	for (unsigned i = 0; i < h->e_shnum; i++)
		if (s[i].sh_offset >= from)
			s[i].sh_offset += by;
}

bool edit_make_room(struct file *f, const struct image_layout *l, size_t need, size_t *offset,
		    struct diag *d)
{
	struct elf_view v;
	bool good = false;
	size_t i, end = 0, room = 0;

	if (!elf_view_open(&v, f->name, f->data, f->size, d))
		return false;
	*offset = 0;
	i = table_segment(&v, l->table);
	if (i == NO_SEGMENT && need) {
		diag_error(d, "%s: no writable segment has contents up to __reloc_start", f->name);
	} else if (headers_are_aligned(f, d) && nothing_in_the_way(&v, l, need, d)) {
		good = true;
		if (i != NO_SEGMENT) {
			*offset = v.segments[i].p_offset + (l->table - v.segments[i].p_vaddr);
			end = v.segments[i].p_offset + v.segments[i].p_filesz;
			room = end - *offset;
		}
	}
	for (size_t k = 0; k < v.nr_segments && good && need > room; k++)
		if (v.segments[k].p_type == PT_LOAD && v.segments[k].p_filesz &&
		    v.segments[k].p_offset >= end)
			good = diag_error(
				d,
				"%s: the table needs %zu bytes, there are %zu, and segments "
				"follow in the file",
				f->name, need, room);
	elf_view_close(&v);
	if (good && need > room)
		move_up(f, end, (need - room + FILE_ALIGN - 1) / FILE_ALIGN * FILE_ALIGN);
	if (good)
		memset(f->data + *offset, 0, need > room ? need : room);
	return good;
}

static void drop_segment(struct file *f, size_t i)
{
	Elf64_Ehdr *h = ehdr(f);
	Elf64_Phdr *p = (void *)(f->data + h->e_phoff);

	memmove(&p[i], &p[i + 1], (h->e_phnum - i - 1) * sizeof(*p));
	memset(&p[--h->e_phnum], 0, sizeof(*p));
}

/*
 * The table's segment ends with the table, and what is only memory behind it
 * joins it. Segments of no size at all go.
 */
static void edit_segments(struct file *f, const struct elf_view *v, const struct image_layout *l,
			  size_t table_size)
{
	Elf64_Ehdr *h = ehdr(f);
	Elf64_Phdr *p = (void *)(f->data + h->e_phoff), *mine = NULL;
	size_t table = table_segment(v, l->table);
	uint64_t end = 0;

	if (table != NO_SEGMENT) {
		mine = &p[table];
		mine->p_filesz = l->table + table_size - mine->p_vaddr;
		end = mine->p_vaddr + mine->p_filesz;
	}
	for (size_t i = h->e_phnum; i-- > 0;) {
		const Elf64_Phdr *q = &p[i];
		bool joins = mine && i > table && !q->p_filesz && q->p_vaddr >= l->table &&
			     q->p_flags == mine->p_flags;

		if (q->p_type != PT_LOAD || q == mine || (q->p_memsz && !joins))
			continue;
		if (joins && q->p_vaddr + q->p_memsz > end)
			end = q->p_vaddr + q->p_memsz;
		if (mine && i < table)
			mine--;
		drop_segment(f, i);
	}
	if (mine)
		mine->p_memsz = end - mine->p_vaddr;
}

struct new_section {
	const char *name;
	uint32_t type;
	uint64_t address, size;
	size_t offset;
};

static void put_section(Elf64_Shdr *s, const struct new_section *n, size_t name)
{
	*s = (Elf64_Shdr){
		.sh_name = (Elf64_Word)name,
		.sh_type = n->type,
		.sh_flags = SHF_ALLOC,
		.sh_addr = n->address,
		.sh_offset = n->offset,
		.sh_size = n->size,
		.sh_addralign = WORD,
		.sh_entsize = WORD,
	};
}

/*
 * New section headers and names at the end of the file, in place of the old
 * headers if those were there. Headers of the linker's relocations are used
 * again, so that no index changes; one too many becomes SHT_NULL.
 */
static bool edit_sections(struct file *f, const struct elf_view *v, const struct new_section *want,
			  size_t nr_want, struct diag *d)
{
	size_t names = v->h.e_shstrndx, count = v->nr_sections, used = 0;
	size_t old_size = v->sections[names < count ? names : 0].h.sh_size, at = f->size,
	       names_size;
	Elf64_Shdr *s;
	char *strings;

	if (names >= count || count + nr_want >= SHN_LORESERVE ||
	    v->sections[names].h.sh_type != SHT_STRTAB)
		return diag_error(d, "%s: section headers without names", f->name);
	if (v->h.e_shoff + count * sizeof(*s) == f->size)
		at = v->h.e_shoff;
	s = xrealloc(NULL, (count + nr_want) * sizeof(*s));
	memcpy(s, f->data + v->h.e_shoff, count * sizeof(*s));
	strings = xrealloc(NULL, old_size + nr_want * sizeof(".reloc.rest"));
	memcpy(strings, f->data + s[names].sh_offset, old_size);
	names_size = old_size;

	for (size_t i = 1; i < count || used < nr_want; i++) {
		bool old = i < count;

		if (old && (!(s[i].sh_flags & SHF_ALLOC) ||
			    (s[i].sh_type != SHT_RELA && s[i].sh_type != SHT_RELR)))
			continue;
		if (old)
			memset(&s[i], 0, sizeof(*s));
		if (used == nr_want)
			continue;
		put_section(&s[i], &want[used], names_size);
		strcpy(strings + names_size, want[used].name);
		names_size += strlen(want[used++].name) + 1;
		if (!old)
			count++;
	}
	s[names].sh_offset = at;
	s[names].sh_size = names_size;

	f->size = (at + names_size + WORD - 1) / WORD * WORD;
	f->data = xrealloc(f->data, f->size + count * sizeof(*s));
	memset(f->data + at, 0, f->size - at);
	memcpy(f->data + at, strings, names_size);
	ehdr(f)->e_shoff = f->size;
	ehdr(f)->e_shnum = (Elf64_Half)count;
	memcpy(f->data + f->size, s, count * sizeof(*s));
	f->size += count * sizeof(*s);
	free(strings);
	free(s);
	return true;
}

bool edit_headers(struct file *f, const struct image_layout *l, const struct reloc_table *t,
		  size_t offset, struct diag *d)
{
	const struct new_section want[] = {
		{".relr.dyn", SHT_RELR, l->table, t->relr_words * WORD, offset},
		{".reloc.rest", SHT_PROGBITS, l->table + t->relr_words * WORD, t->rest_words * WORD,
		 offset + t->relr_words * WORD},
	};
	struct elf_view v;
	bool good;

	if (!elf_view_open(&v, f->name, f->data, f->size, d))
		return false;
	if (!headers_are_aligned(f, d)) {
		elf_view_close(&v);
		return false;
	}
	edit_segments(f, &v, l, (t->relr_words + t->rest_words) * WORD);
	good = edit_sections(f, &v, want + !t->relr_words,
			     (t->relr_words ? 1u : 0u) + (t->rest_words ? 1u : 0u), d);
	elf_view_close(&v);
	ehdr(f)->e_type = ET_DYN;
	return good;
}
