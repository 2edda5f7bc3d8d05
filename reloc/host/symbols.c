/* SPDX-License-Identifier: BSD-3-Clause */
/* Symbols of an ELF file: by name, by address. Declared in elf_view.h. */
#include <string.h>

#include "elf_view.h"

bool symbol_get(const struct elf_view *v, size_t i, struct symbol *out)
{
	if (!v->symtab || !gelf_getsym(v->symtab, (int)i, &out->s))
		return false;
	out->name = elf_strptr(v->elf, v->strtab, out->s.st_name);
	if (!out->name)
		out->name = "";
	/* Section symbols have their section's name */
	if (GELF_ST_TYPE(out->s.st_info) == STT_SECTION && out->s.st_shndx < v->nr_sections)
		out->name = v->sections[out->s.st_shndx].name;
	return true;
}

bool symbol_find(const struct elf_view *v, const char *name, uint64_t *value)
{
	struct symbol sym;

	for (size_t i = 1; i < v->nr_symbols; i++) {
		if (!symbol_get(v, i, &sym) || sym.s.st_shndx == SHN_UNDEF)
			continue;
		if (strcmp(sym.name, name) == 0) {
			*value = sym.s.st_value;
			return true;
		}
	}
	return false;
}

/* AArch64 mapping symbols ($d, $x) and local labels (.L) name nothing in the source. */
static bool names_something(const struct symbol *sym)
{
	unsigned type = GELF_ST_TYPE(sym->s.st_info);

	return type != STT_SECTION && type != STT_FILE && sym->name[0] && sym->name[0] != '$' &&
	       sym->name[0] != '.';
}

bool symbol_near(const struct elf_view *v, size_t section, uint64_t address, struct symbol *out)
{
	const char *file = NULL;
	bool found = false;

	for (size_t i = 1; i < v->nr_symbols; i++) {
		struct symbol sym = {0};
		bool local, sized;

		if (!symbol_get(v, i, &sym))
			continue;
		if (GELF_ST_TYPE(sym.s.st_info) == STT_FILE)
			file = sym.name;
		if (sym.s.st_shndx != section || sym.s.st_value > address || !names_something(&sym))
			continue;
		local = GELF_ST_BIND(sym.s.st_info) == STB_LOCAL;
		sym.file = local ? file : NULL;
		sized = address - sym.s.st_value < sym.s.st_size;
		if (!found || sym.s.st_value > out->s.st_value ||
		    (sized && sym.s.st_value == out->s.st_value)) {
			*out = sym;
			found = true;
		}
	}
	return found;
}
