/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef RELOC_HOST_ELF_VIEW_H
#define RELOC_HOST_ELF_VIEW_H

/*
 * An ELF file in memory, looked at through libelf, whose every offset and size
 * has been checked against the file when it is opened (System V gABI, chapters
 * 4 and 5). 64-bit little-endian files for x86-64 and AArch64 alone.
 */

#include <gelf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "diag.h"

struct section {
	GElf_Shdr h;
	const char *name;
};

struct elf_view {
	const char *name; /* for messages */
	unsigned char *data;
	size_t size;
	Elf *elf;
	GElf_Ehdr h;
	struct section *sections;
	size_t nr_sections;
	GElf_Phdr *segments;
	size_t nr_segments;
	Elf_Data *symtab; /* NULL: stripped */
	size_t nr_symbols;
	size_t strtab; /* section that has the symbols' names */
};

struct symbol {
	const char *name;
	const char *file; /* from STT_FILE, for a local symbol; else NULL */
	GElf_Sym s;
};

/* Reads a whole file; the caller frees *data. */
bool file_read(const char *name, unsigned char **data, size_t *size, struct diag *d);

/*
 * Opens the size bytes at data, which the caller keeps and may change in place
 * (but not headers). On failure says why; there is nothing to close then.
 */
bool elf_view_open(struct elf_view *v, const char *name, unsigned char *data, size_t size,
		   struct diag *d);
void elf_view_close(struct elf_view *v);

/* The bytes of a section that has some in the file. */
static inline unsigned char *section_bytes(const struct elf_view *v, const struct section *s)
{
	return v->data + s->h.sh_offset;
}

/* The i-th symbol; false if it cannot be read. .file is left alone. */
bool symbol_get(const struct elf_view *v, size_t i, struct symbol *out);

/* A defined symbol by name. */
bool symbol_find(const struct elf_view *v, const char *name, uint64_t *value);

/*
 * The symbol that address lies in, or the nearest before it in the same
 * section. In an object file addresses are offsets into that section.
 */
bool symbol_near(const struct elf_view *v, size_t section, uint64_t address, struct symbol *out);

/* The section with file or memory contents that address lies in, 0 if none. */
size_t section_at(const struct elf_view *v, uint64_t address);

/* The bytes in the file of [address, address + len) of a loaded segment, or NULL. */
unsigned char *bytes_at(const struct elf_view *v, uint64_t address, uint64_t len);

/* The lowest address that has contents in the file. */
uint64_t lowest_address(const struct elf_view *v);

/* The first section of this name, or NULL. */
const struct section *section_named(const struct elf_view *v, const char *name);

/* Little-endian values at any alignment */
uint64_t get_le(const unsigned char *p, unsigned width);
void put_le(unsigned char *p, uint64_t value, unsigned width);

#endif /* RELOC_HOST_ELF_VIEW_H */
