/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Images that Unikraft linked: relocations that its assembly asks for by the names of
 * symbols, and the section .uk_reloc, whose place the table takes. The names are an
 * interface of Unikraft's lib/ukreloc (release 0.17). Declared in collect.h and image.h.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "image.h"
#include "memory.h"

#define INFIX	   "_uk_reloc_"
#define SECTION	   ".uk_reloc"

/* Bytes that anything in the file is aligned to, a cache line */
#define FILE_ALIGN 64u

/* The parts of SYM_uk_reloc_KINDwidth[_phys]_N */
struct wish_name {
	size_t target; /* bytes of SYM */
	bool pte;      /* KIND is pte_attr: the symbol is a value, not a slot */
	unsigned long width;
	bool phys;
};

static const char *skip(const char *s, const char *prefix)
{
	size_t len = strlen(prefix);

	return s && strncmp(s, prefix, len) == 0 ? s + len : NULL;
}

/* Does the name ask for a relocation? Those of 16-bit code are made when it is copied. */
static bool parse_name(const char *name, struct wish_name *w)
{
	const char *infix = strstr(name, INFIX), *kind, *at;
	char *end;

	if (!infix || infix == name || strstr(name, "_start16"))
		return false;
	kind = infix + strlen(INFIX);
	at = skip(kind, "pte_attr");
	w->pte = at != NULL;
	if (!at && !(at = skip(kind, "data")))
		at = skip(kind, "imm");
	if (!at || *at < '0' || *at > '9')
		return false;
	w->target = (size_t)(infix - name);
	w->width = strtoul(at, &end, 10);
	w->phys = skip(end, "_phys") != NULL;
	return true;
}

static bool has_name(const char *name, const char *want, size_t len)
{
	return strncmp(name, want, len) == 0 && !name[len];
}

/*
 * What the symbols say of the first w->target bytes of `name`: the address of that symbol
 * (attr false), or the bits that a page-table entry has besides it. Two answers are none.
 */
static bool look_up(const struct elf_view *v, const char *name, const struct wish_name *w,
		    bool attr, uint64_t *value)
{
	struct symbol sym;
	struct wish_name other;
	bool found = false;

	*value = 0;
	for (size_t i = 1; i < v->nr_symbols; i++) {
		if (!symbol_get(v, i, &sym) || sym.s.st_shndx == SHN_UNDEF)
			continue;
		if (attr ? !(parse_name(sym.name, &other) && other.pte &&
			     other.target == w->target && !strncmp(sym.name, name, w->target))
			 : !has_name(sym.name, name, w->target))
			continue;
		if (found && *value != sym.s.st_value)
			return false;
		*value = sym.s.st_value;
		found = true;
	}
	return found || attr;
}

bool unikraft_collect(const struct elf_view *v, struct collected *c, struct diag *d)
{
	unsigned errors = d->errors;

	for (size_t i = 1; i < v->nr_symbols; i++) {
		struct symbol sym;
		struct wish_name w;
		struct slot slot;
		uint64_t attr;

		if (!symbol_get(v, i, &sym) || !parse_name(sym.name, &w) || w.pte)
			continue;
		slot = (struct slot){.address = sym.s.st_value, .width = (uint8_t)w.width};
		if (w.width != 2 && w.width != 4 && w.width != 8) {
			diag_error(d, "%s: %s: expected a width of 2, 4 or 8", v->name, sym.name);
		} else if (!look_up(v, sym.name, &w, false, &slot.value) ||
			   !look_up(v, sym.name, &w, true, &attr)) {
			diag_error(d, "%s: %s: there is not exactly one %.*s", v->name, sym.name,
				   (int)w.target, sym.name);
		} else if (!bytes_at(v, slot.address, slot.width)) {
			diag_error(d, "%s: %s: 0x%" PRIx64 " is not in the file", v->name, sym.name,
				   slot.address);
		} else {
			slot.value += attr;
			slot.flags = w.phys || attr ? RELOC_REST_PHYS : 0;
			slots_add(&c->slots, slot);
			c->wishes++;
		}
	}
	return d->errors == errors;
}

bool unikraft_make_room(struct file *f, const struct image_layout *l, size_t need, size_t *offset,
			struct diag *d)
{
	unsigned char *at = NULL;
	const struct section *s;
	struct elf_view v;
	uint64_t end = l->table;

	if (!elf_view_open(&v, f->name, f->data, f->size, d))
		return false;
	s = section_named(&v, SECTION);
	symbol_find(&v, "_uk_reloc_end", &end);
	if (!s || s->h.sh_addr != l->table || s->h.sh_type == SHT_NOBITS)
		diag_error(d, "%s: no section " SECTION " with contents at _uk_reloc_start",
			   v.name);
	else if (end - l->table < need || !(at = bytes_at(&v, l->table, need)))
		diag_error(d,
			   "%s: the table of %zu bytes does not fit before _uk_reloc_end "
			   "(0x%" PRIx64 ")",
			   v.name, need, end);
	if (at)
		*offset = (size_t)(at - f->data);
	elf_view_close(&v);
	return at != NULL;
}

/*
 * Pages are aligned by their addresses alone: whoever loads such an image copies its segments
 * (Multiboot 0.6.96, 3.1.3; QEMU), and strip, which follows, pads the file as these fields say.
 */
static void relax_alignment(struct file *f)
{
	const Elf64_Ehdr *h = (const void *)f->data;
	Elf64_Phdr *p = (void *)(f->data + h->e_phoff);
	Elf64_Shdr *s = (void *)(f->data + h->e_shoff);

	for (unsigned i = 0; i < h->e_phnum; i++)
		if (p[i].p_type == PT_LOAD && p[i].p_align > FILE_ALIGN)
			p[i].p_align = FILE_ALIGN;
	for (unsigned i = 0; i < h->e_shnum; i++)
		if (s[i].sh_addralign > FILE_ALIGN)
			s[i].sh_addralign = FILE_ALIGN;
}

bool unikraft_headers(struct file *f, const struct image_layout *l, size_t table_size,
		      struct diag *d)
{
	Elf64_Ehdr *h = (void *)f->data;
	Elf64_Shdr *s = (void *)(f->data + h->e_shoff);
	struct elf_view v;
	size_t i;

	if ((h->e_shoff | h->e_phoff) % sizeof(uint64_t))
		return diag_error(d, "%s: ELF headers are not aligned", f->name);
	if (!elf_view_open(&v, f->name, f->data, f->size, d))
		return false;
	i = (size_t)(section_named(&v, SECTION) - v.sections);
	elf_view_close(&v);
	s[i].sh_size = table_size;
	/* The linker's entries are in the table now, which may cover them. */
	for (unsigned k = 1; k < h->e_shnum; k++)
		if (s[k].sh_type == SHT_RELA && s[k].sh_flags & SHF_ALLOC &&
		    s[k].sh_addr >= l->table)
			s[k].sh_size = 0;
	relax_alignment(f);
	return true;
}
