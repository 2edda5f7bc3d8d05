/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "elf_view.h"
#include "memory.h"

/* Does [offset, offset + size) lie in the file? */
static bool in_file(const struct elf_view *v, uint64_t offset, uint64_t size)
{
	return offset <= v->size && size <= v->size - offset;
}

bool file_read(const char *name, unsigned char **data, size_t *size, struct diag *d)
{
	FILE *f = fopen(name, "rb");
	size_t room = 1 << 16, got;

	*data = NULL;
	*size = 0;
	if (!f)
		return diag_error(d, "%s: cannot open: %s", name, strerror(errno));
	do {
		*data = xrealloc(*data, *size + room);
		got = fread(*data + *size, 1, room, f);
		*size += got;
		room = *size;
	} while (got);
	if (!ferror(f)) {
		fclose(f);
		return true;
	}
	diag_error(d, "%s: cannot read: %s", name, strerror(errno));
	fclose(f);
	free(*data);
	*data = NULL;
	return false;
}

static bool check_ident(const struct elf_view *v, struct diag *d)
{
	const unsigned char *e = v->data;

	if (v->size < SELFMAG || memcmp(e, ELFMAG, SELFMAG) != 0)
		return diag_error(d, "%s: not an ELF file", v->name);
	if (v->size < sizeof(Elf64_Ehdr))
		return diag_error(d, "%s: truncated: shorter than an ELF header", v->name);
	if (e[EI_CLASS] != ELFCLASS64 || e[EI_DATA] != ELFDATA2LSB)
		return diag_error(d, "%s: not a 64-bit little-endian ELF file", v->name);
	return true;
}

static bool open_sections(struct elf_view *v, struct diag *d)
{
	size_t names = 0;

	if (v->h.e_shoff && v->h.e_shentsize != sizeof(Elf64_Shdr))
		return diag_error(d, "%s: section headers of %u bytes, not %zu", v->name,
				  v->h.e_shentsize, sizeof(Elf64_Shdr));
	if (!in_file(v, v->h.e_shoff, v->h.e_shnum * sizeof(Elf64_Shdr)))
		return diag_error(d, "%s: truncated: section headers lie outside the file",
				  v->name);
	if (elf_getshdrnum(v->elf, &v->nr_sections) || elf_getshdrstrndx(v->elf, &names))
		return diag_error(d, "%s: section headers: %s", v->name, elf_errmsg(-1));
	if (!in_file(v, v->h.e_shoff, v->nr_sections * sizeof(Elf64_Shdr)))
		return diag_error(d, "%s: truncated: section headers lie outside the file",
				  v->name);

	v->sections = xrealloc(NULL, v->nr_sections * sizeof(*v->sections));
	for (size_t i = 0; i < v->nr_sections; i++) {
		struct section *s = &v->sections[i];

		if (!gelf_getshdr(elf_getscn(v->elf, i), &s->h))
			return diag_error(d, "%s: section %zu: %s", v->name, i, elf_errmsg(-1));
		if (s->h.sh_type == SHT_NULL)
			memset(&s->h, 0, sizeof(s->h));
		else if (s->h.sh_type != SHT_NOBITS && !in_file(v, s->h.sh_offset, s->h.sh_size))
			return diag_error(d, "%s: truncated: section %zu lies outside the file",
					  v->name, i);
		s->name = elf_strptr(v->elf, names, s->h.sh_name);
		if (!s->name)
			s->name = "";
	}
	return true;
}

static bool open_segments(struct elf_view *v, struct diag *d)
{
	if (v->h.e_phnum && v->h.e_phentsize != sizeof(Elf64_Phdr))
		return diag_error(d, "%s: program headers of %u bytes, not %zu", v->name,
				  v->h.e_phentsize, sizeof(Elf64_Phdr));
	v->nr_segments = v->h.e_phnum;
	if (v->nr_segments == PN_XNUM ||
	    !in_file(v, v->h.e_phoff, v->nr_segments * sizeof(Elf64_Phdr)))
		return diag_error(d, "%s: truncated: program headers lie outside the file",
				  v->name);

	v->segments = xrealloc(NULL, v->nr_segments * sizeof(*v->segments));
	for (size_t i = 0; i < v->nr_segments; i++) {
		GElf_Phdr *p = &v->segments[i];

		if (!gelf_getphdr(v->elf, (int)i, p))
			return diag_error(d, "%s: segment %zu: %s", v->name, i, elf_errmsg(-1));
		if (p->p_type != PT_LOAD)
			continue;
		if (p->p_filesz && !in_file(v, p->p_offset, p->p_filesz))
			return diag_error(d, "%s: truncated: segment %zu lies outside the file",
					  v->name, i);
		if (p->p_memsz < p->p_filesz || p->p_vaddr + p->p_memsz < p->p_vaddr)
			return diag_error(d, "%s: segment %zu: impossible size", v->name, i);
	}
	return true;
}

static bool open_symbols(struct elf_view *v, struct diag *d)
{
	for (size_t i = 0; i < v->nr_sections; i++) {
		const GElf_Shdr *h = &v->sections[i].h;

		if (h->sh_type != SHT_SYMTAB)
			continue;
		if (h->sh_entsize != sizeof(Elf64_Sym) || h->sh_link >= v->nr_sections)
			return diag_error(d, "%s: symbol table is damaged", v->name);
		v->symtab = elf_getdata(elf_getscn(v->elf, i), NULL);
		v->nr_symbols = v->symtab ? v->symtab->d_size / sizeof(Elf64_Sym) : 0;
		v->strtab = h->sh_link;
		break;
	}
	return true;
}

bool elf_view_open(struct elf_view *v, const char *name, unsigned char *data, size_t size,
		   struct diag *d)
{
	*v = (struct elf_view){.name = name, .data = data, .size = size};
	if (!check_ident(v, d))
		return false;
	elf_version(EV_CURRENT);
	v->elf = elf_memory((char *)data, size);
	if (!v->elf || !gelf_getehdr(v->elf, &v->h))
		diag_error(d, "%s: %s", name, elf_errmsg(-1));
	else if (v->h.e_machine != EM_X86_64 && v->h.e_machine != EM_AARCH64)
		diag_error(d, "%s: for machine %u, neither x86-64 nor AArch64", name,
			   v->h.e_machine);
	else if (open_sections(v, d) && open_segments(v, d) && open_symbols(v, d))
		return true;
	elf_view_close(v);
	return false;
}

void elf_view_close(struct elf_view *v)
{
	free(v->sections);
	free(v->segments);
	elf_end(v->elf);
	v->elf = NULL;
	v->sections = NULL;
	v->segments = NULL;
}

size_t section_at(const struct elf_view *v, uint64_t address)
{
	size_t found = 0;

	/* Of two at one address (.bss over the table) the one in the file counts. */
	for (size_t i = 1; i < v->nr_sections; i++) {
		const GElf_Shdr *h = &v->sections[i].h;

		if (!(h->sh_flags & SHF_ALLOC) || address - h->sh_addr >= h->sh_size)
			continue;
		if (h->sh_type != SHT_NOBITS)
			return i;
		found = i;
	}
	return found;
}

unsigned char *bytes_at(const struct elf_view *v, uint64_t address, uint64_t len)
{
	for (size_t i = 0; i < v->nr_segments; i++) {
		const GElf_Phdr *p = &v->segments[i];
		uint64_t at = address - p->p_vaddr;

		if (p->p_type == PT_LOAD && at <= p->p_filesz && len <= p->p_filesz - at && len)
			return v->data + p->p_offset + at;
	}
	return NULL;
}

uint64_t lowest_address(const struct elf_view *v)
{
	uint64_t lowest = UINT64_MAX;

	for (size_t i = 0; i < v->nr_segments; i++) {
		const GElf_Phdr *p = &v->segments[i];

		if (p->p_type == PT_LOAD && p->p_filesz && p->p_vaddr < lowest)
			lowest = p->p_vaddr;
	}
	return lowest;
}

const struct section *section_named(const struct elf_view *v, const char *name)
{
	for (size_t i = 1; i < v->nr_sections; i++)
		if (strcmp(v->sections[i].name, name) == 0)
			return &v->sections[i];
	return NULL;
}

uint64_t get_le(const unsigned char *p, unsigned width)
{
	uint64_t value = 0;

	memcpy(&value, p, width);
	return value;
}

void put_le(unsigned char *p, uint64_t value, unsigned width)
{
	memcpy(p, &value, width);
}
