/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef RELOC_HOST_IMAGE_H
#define RELOC_HOST_IMAGE_H

/*
 * What mkreloc does to an image, in memory
 *
 * The linker script promises these symbols, all addresses:
 *   __base_addr                  first byte of the image
 *   __reloc_header               56 zero bytes (RELOC_HEADER), outside the slots
 *   __slots_start, __slots_end   the relocatable part
 *   __reloc_start                where the linker's relocations are, behind it, and
 *                                where .bss begins: the table takes their place
 */

#include "collect.h"

/*
 * Whose linker script laid the image out. Unikraft's has names of its own: all from
 * _base_addr to _uk_reloc_start may hold slots, text as well, and the table takes the
 * place of the section .uk_reloc. Only __reloc_header is ours there, anywhere in it.
 */
enum image_kind { IMAGE_UKASLR, IMAGE_UNIKRAFT };

struct image_layout {
	uint64_t base, header, slots_start, slots_end, table;
};

/* A file in memory that may grow */
struct file {
	const char *name;  /* for messages */
	const char *debug; /* where libdw finds the same file, or NULL */
	unsigned char *data;
	size_t size;
	enum image_kind kind;
};

/* What the table came to */
struct image_report {
	size_t slots, relr_words, rest_words, rela_bytes;
};

/*
 * Replaces the relocations of a linked image by a table, fills in the header,
 * and proves the result with image_check() and by applying it to a copy. On
 * failure, after complaining, *f is half done and must not be kept.
 */
bool image_relocate(struct file *f, struct image_report *report, struct diag *d);

/*
 * Checks a finished image: an ELF file, or flat (its first byte the one linked
 * at __base_addr). The header is found by its contents, so that stripped ones
 * will do.
 */
bool image_check(struct file *f, struct image_report *report, struct diag *d);

/* Prints counts and sizes of any linked ELF file's relocations. */
bool image_stat(struct file *f, FILE *out, struct diag *d);

/*
 * The image as it lies in memory, from its first byte to the end of what is in
 * the file: allocated, 8-byte aligned.
 */
bool image_flatten(const struct elf_view *v, uint64_t base, unsigned char **flat, size_t *size,
		   struct diag *d);

/*
 * Proves that header and table in v make of every slot in `want` its value plus
 * the slide, and of nothing else anything else: by the code that boots.
 */
bool image_prove(const struct elf_view *v, const struct image_layout *l, const struct slots *want,
		 struct diag *d);

/* elf_edit.c */

/*
 * Gives the file `need` bytes for the table at its place, moving up what follows
 * in the file when the linker's relocations took less, and says where.
 */
bool edit_make_room(struct file *f, const struct image_layout *l, size_t need, size_t *offset,
		    struct diag *d);

/*
 * Makes the headers say what is there now: the segment ends with the table, and
 * covers .bss and what follows; .relr.dyn and .reloc.rest are sections. The file
 * becomes ET_DYN.
 */
bool edit_headers(struct file *f, const struct image_layout *l, const struct reloc_table *t,
		  size_t offset, struct diag *d);

/* unikraft.c: the same two steps for the section .uk_reloc, which only shrinks */
bool unikraft_make_room(struct file *f, const struct image_layout *l, size_t need, size_t *offset,
			struct diag *d);
bool unikraft_headers(struct file *f, const struct image_layout *l, size_t table_size,
		      struct diag *d);

#endif /* RELOC_HOST_IMAGE_H */
