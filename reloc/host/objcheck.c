/* SPDX-License-Identifier: BSD-3-Clause */
#include <string.h>

#include "machine.h"
#include "objcheck.h"
#include "place.h"

struct checker {
	const struct elf_view *o;
	struct source *src;
	const struct allowed *allowed;
	struct diag *d;
};

static bool is_allowed(const struct allowed *a, const char *name)
{
	for (size_t i = 0; i < a->count; i++)
		if (strcmp(a->names[i], name) == 0)
			return true;
	return false;
}

/*
 * Compilers refer to variables by their section, or by an anchor (.LANCHOR0),
 * and a distance: say the name that the source has.
 */
static void name_target(const struct checker *k, const Elf64_Rela *r, struct symbol *sym)
{
	struct symbol near = {0};

	if (!symbol_get(k->o, GELF_R_SYM(r->r_info), sym))
		*sym = (struct symbol){.name = ""};
	else if (sym->name[0] == '.' &&
		 symbol_near(k->o, sym->s.st_shndx, sym->s.st_value + (uint64_t)r->r_addend, &near))
		sym->name = near.name;
}

static void check_one(const struct checker *k, size_t target, const Elf64_Rela *r)
{
	uint32_t number = (uint32_t)GELF_R_TYPE(r->r_info);
	const struct reloc_type *type = reloc_type_find(k->o->h.e_machine, number);
	struct symbol sym = {0};
	char place[PLACE_MAX];

	if (type->class == RELOC_NOTHING || type->class == RELOC_PC)
		return;
	name_target(k, r, &sym);
	/* An absolute number is the same everywhere; the assembler knows some, --allow others. */
	if ((type->class == RELOC_ABSOLUTE || type->class == RELOC_SHORT_ABS) &&
	    (sym.s.st_shndx == SHN_ABS || is_allowed(k->allowed, sym.name)))
		return;
	place_describe(k->o, k->src, target, r->r_offset, place);
	if (type->class == RELOC_UNKNOWN)
		diag_error(k->d, "%s: %s: relocation type %u against '%s': %s", k->o->name, place,
			   number, sym.name, reloc_advice(type->class));
	else
		diag_error(k->d, "%s: %s: %s against '%s': %s", k->o->name, place, type->name,
			   sym.name, reloc_advice(type->class));
}

/* .eh_frame is read by debuggers and unwinders of the host, and kept out of images. */
static bool is_checked(const struct elf_view *o, size_t target)
{
	const struct section *s = &o->sections[target];

	return s->h.sh_flags & SHF_ALLOC && strcmp(s->name, ".eh_frame") != 0;
}

static void check_section(const struct checker *k, const struct section *s)
{
	const unsigned char *at = section_bytes(k->o, s);

	if (s->h.sh_info >= k->o->nr_sections || s->h.sh_entsize != sizeof(Elf64_Rela)) {
		diag_error(k->d, "%s: %s: damaged", k->o->name, s->name);
		return;
	}
	if (!is_checked(k->o, s->h.sh_info))
		return;
	for (size_t i = 0; i + sizeof(Elf64_Rela) <= s->h.sh_size; i += sizeof(Elf64_Rela)) {
		Elf64_Rela r;

		memcpy(&r, at + i, sizeof(r));
		check_one(k, s->h.sh_info, &r);
	}
}

/* Where an undefined symbol is used first, in a section that is loaded. */
static bool find_use(const struct checker *k, size_t symbol, char place[PLACE_MAX])
{
	for (size_t i = 1; i < k->o->nr_sections; i++) {
		const struct section *s = &k->o->sections[i];
		Elf64_Rela r;

		if (s->h.sh_type != SHT_RELA || s->h.sh_info >= k->o->nr_sections ||
		    !is_checked(k->o, s->h.sh_info))
			continue;
		for (size_t n = 0; n + sizeof(r) <= s->h.sh_size; n += sizeof(r)) {
			memcpy(&r, section_bytes(k->o, s) + n, sizeof(r));
			if (GELF_R_SYM(r.r_info) != symbol)
				continue;
			place_describe(k->o, k->src, s->h.sh_info, r.r_offset, place);
			return true;
		}
	}
	return false;
}

static void check_symbols(const struct checker *k)
{
	for (size_t i = 1; i < k->o->nr_symbols; i++) {
		struct symbol sym = {0};
		const char *advice;
		char place[PLACE_MAX];

		if (!symbol_get(k->o, i, &sym) || sym.s.st_shndx != SHN_UNDEF ||
		    is_allowed(k->allowed, sym.name))
			continue;
		advice = runtime_of(sym.name);
		if (!advice)
			continue;
		if (!find_use(k, i, place))
			strcpy(place, "undefined symbol");
		diag_error(k->d, "%s: %s: uses '%s', of %s", k->o->name, place, sym.name, advice);
	}
}

bool objcheck(const struct elf_view *o, struct source *src, const struct allowed *allowed,
	      struct diag *d)
{
	const struct checker k = {o, src, allowed, d};
	unsigned errors = d->errors;

	if (o->h.e_type != ET_REL)
		return diag_error(d, "%s: not an object file (.o)", o->name);
	for (size_t i = 1; i < o->nr_sections; i++) {
		const struct section *s = &o->sections[i];

		if (s->h.sh_type == SHT_RELA)
			check_section(&k, s);
		else if (s->h.sh_type == SHT_REL)
			diag_error(d, "%s: %s: REL entries, where both architectures have RELA",
				   o->name, s->name);
		if (s->h.sh_flags & SHF_TLS && s->h.sh_size)
			diag_error(d, "%s: %s: %s", o->name, s->name, reloc_advice(RELOC_TLS));
	}
	check_symbols(&k);
	return d->errors == errors;
}
