/* SPDX-License-Identifier: BSD-3-Clause */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "collect.h"
#include "machine.h"
#include "memory.h"
#include "place.h"

#define SLOT		      8u
#define WISH_SECTION	      ".ukaslr.reloc"
#define HAS_PREFIX(s, prefix) (strncmp(s, prefix, sizeof(prefix) - 1) == 0)

struct collector {
	const struct elf_view *v;
	struct source *src;
	enum collect_mode mode;
	struct collected *c;
	struct diag *d;
};

/* The symbol of a dynamic relocation, if the symbol table that it needs was kept. */
static const char *symbol_of(const struct elf_view *v, const struct section *s, uint64_t info)
{
	size_t link = s->h.sh_link, symbol = GELF_R_SYM(info);
	const GElf_Shdr *h = &v->sections[link < v->nr_sections ? link : 0].h;
	Elf_Data *data;
	GElf_Sym sym;
	const char *name;

	if (!symbol || (h->sh_type != SHT_DYNSYM && h->sh_type != SHT_SYMTAB))
		return "";
	data = elf_getdata(elf_getscn(v->elf, link), NULL);
	if (!data || symbol > INT32_MAX || !gelf_getsym(data, (int)symbol, &sym))
		return "";
	name = elf_strptr(v->elf, h->sh_link, sym.st_name);
	return name ? name : "";
}

static void complain(const struct collector *k, uint64_t address, const char *what,
		     const char *symbol, const char *advice)
{
	char place[PLACE_MAX];

	place_describe(k->v, k->src, section_at(k->v, address), address, place);
	diag_error(k->d, "%s: %s: %s%s%s%s: %s", k->v->name, place, what,
		   symbol[0] ? " against '" : "", symbol, symbol[0] ? "'" : "", advice);
}

/* A slot must lie in the file, and in an image not where nobody may write. */
static bool place_is_good(const struct collector *k, const struct slot *slot, const char *what)
{
	const struct section *s = &k->v->sections[section_at(k->v, slot->address)];
	uint64_t value = slot->value;
	struct symbol sym = {.name = ""};

	if (!bytes_at(k->v, slot->address, slot->width)) {
		diag_error(k->d, "%s: %s for 0x%" PRIx64 ", which is not in the file", k->v->name,
			   what, slot->address);
		return false;
	}
	if (k->mode != COLLECT_STRICT)
		return true;
	if (s->h.sh_flags & SHF_EXECINSTR) {
		complain(k, slot->address, what, "",
			 "text is the same wherever the image lies: keep the address in data, or "
			 "compute it (lea SYM(%rip), adrp and add)");
		return false;
	}
	if (HAS_PREFIX(s->name, ".got") || HAS_PREFIX(s->name, ".plt")) {
		if (!symbol_near(k->v, section_at(k->v, value), value, &sym))
			sym.name = "";
		complain(k, slot->address, "entry of the global offset table", sym.name,
			 reloc_advice(RELOC_GOT));
		return false;
	}
	return true;
}

static void add(const struct collector *k, struct slot slot, const char *what)
{
	if (place_is_good(k, &slot, what))
		slots_add(&k->c->slots, slot);
}

static bool in_section(const struct elf_view *v, const char *name, uint64_t address)
{
	return strcmp(v->sections[section_at(v, address)].name, name) == 0;
}

static bool collect_rela(const struct collector *k, const struct section *s)
{
	const unsigned char *at = section_bytes(k->v, s);
	size_t count = s->h.sh_size / sizeof(Elf64_Rela);

	if (s->h.sh_entsize != sizeof(Elf64_Rela) || s->h.sh_size % sizeof(Elf64_Rela))
		return diag_error(k->d, "%s: %s: not made of entries of %zu bytes", k->v->name,
				  s->name, sizeof(Elf64_Rela));
	k->c->rela_bytes += s->h.sh_size;
	for (size_t i = 0; i < count; i++, at += sizeof(Elf64_Rela)) {
		Elf64_Rela r;
		const struct reloc_type *type;

		memcpy(&r, at, sizeof(r));
		type = reloc_type_find(k->v->h.e_machine, (uint32_t)GELF_R_TYPE(r.r_info));
		if (type->class == RELOC_NOTHING)
			continue;
		/* The linker relocates Unikraft's hand-made entries, too */
		if (k->mode == COLLECT_UNIKRAFT && in_section(k->v, ".uk_reloc", r.r_offset))
			continue;
		k->c->rela++;
		if (type->class == RELOC_RELATIVE) {
			add(k,
			    (struct slot){.address = r.r_offset,
					  .value = (uint64_t)r.r_addend,
					  .width = SLOT},
			    type->name);
			continue;
		}
		k->c->others++;
		if (k->mode != COLLECT_COUNT)
			complain(k, r.r_offset, type->name, symbol_of(k->v, s, r.r_info),
				 reloc_advice(type->class));
	}
	return true;
}

static bool collect_relr(const struct collector *k, const struct section *s)
{
	size_t count = s->h.sh_size / SLOT;
	uint64_t *words = xrealloc(NULL, s->h.sh_size);
	struct slots found = {0};
	const char *wrong;

	memcpy(words, section_bytes(k->v, s), s->h.sh_size);
	wrong = s->h.sh_size % SLOT ? "not made of words of 8 bytes"
				    : relr_decode(words, count, k->v->size / SLOT, &found);
	free(words);
	k->c->relr_bytes += s->h.sh_size;
	k->c->relr += found.count;
	for (size_t i = 0; i < found.count && !wrong; i++) {
		const unsigned char *at = bytes_at(k->v, found.at[i].address, SLOT);

		if (at)
			found.at[i].value = get_le(at, SLOT);
		add(k, found.at[i], "RELR entry");
	}
	slots_free(&found);
	return wrong ? diag_error(k->d, "%s: %s: %s", k->v->name, s->name, wrong) : true;
}

static bool collect_wishes(const struct collector *k, const struct section *s)
{
	const unsigned char *at = section_bytes(k->v, s);
	struct reloc_wish wish;

	if (s->h.sh_type == SHT_NOBITS || s->h.sh_size % sizeof(wish))
		return diag_error(k->d, "%s: %s: not made of records of %zu bytes", k->v->name,
				  s->name, sizeof(wish));
	for (size_t i = 0; i < s->h.sh_size; i += sizeof(wish)) {
		memcpy(&wish, at + i, sizeof(wish));
		if ((wish.width != 2 && wish.width != 4 && wish.width != 8) ||
		    wish.flags & ~RELOC_REST_PHYS) {
			diag_error(k->d,
				   "%s: %s: wish for a slot at 0x%" PRIx64
				   " of width %u, flags 0x%x: "
				   "expected a width of 2, 4 or 8 and flags 0 or RELOC_PHYS",
				   k->v->name, s->name, wish.slot, wish.width, wish.flags);
			continue;
		}
		k->c->wishes++;
		add(k,
		    (struct slot){.address = wish.slot,
				  .value = wish.value,
				  .width = (uint8_t)wish.width,
				  .flags = (uint8_t)wish.flags},
		    "slot wished for in " WISH_SECTION);
	}
	return true;
}

bool collect(const struct elf_view *v, struct source *src, enum collect_mode mode,
	     struct collected *c, struct diag *d)
{
	const struct collector k = {v, src, mode, c, d};
	unsigned errors = d->errors;

	*c = (struct collected){0};
	for (size_t i = 1; i < v->nr_sections; i++) {
		const struct section *s = &v->sections[i];
		bool loaded = s->h.sh_flags & SHF_ALLOC, good = true;

		if (s->h.sh_type == SHT_RELA && loaded)
			good = collect_rela(&k, s);
		else if (s->h.sh_type == SHT_RELR && loaded)
			good = collect_relr(&k, s);
		else if (s->h.sh_type == SHT_REL && loaded && s->h.sh_size)
			good = diag_error(d,
					  "%s: %s: REL entries, where both architectures have RELA",
					  v->name, s->name);
		else if (strcmp(s->name, WISH_SECTION) == 0)
			good = collect_wishes(&k, s);
		if (!good)
			break;
	}
	if (mode == COLLECT_UNIKRAFT)
		unikraft_collect(v, c, d);
	slots_sort(&c->slots);
	return d->errors == errors;
}

void collected_free(struct collected *c)
{
	slots_free(&c->slots);
}
