/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MKIMAGE_H
#define MKIMAGE_H

/*
 * What the parts of mkimage share
 */

#include <gelf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The loadable segments, laid out by address. The bytes are on the heap. */
struct image {
	unsigned char *bytes;
	size_t len;	     /* what the file holds */
	uint64_t memory_len; /* with what is not in the file */
	GElf_Addr base;	     /* address of bytes[0] */
};

/* Says what is wrong with the input, and exits with 1. */
_Noreturn void fail(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* The value of a symbol that must be there; the name needs no NUL. */
GElf_Addr symbol(Elf *elf, const char *name, size_t name_len);

/*
 * Makes a bzImage of it (include/ukaslr/linux_boot.h): fills in what the setup
 * header says of the image, and puts a jump to the 32-bit entry at its first byte.
 * setup is what the section .setup holds.
 */
void linux_header(Elf *elf, unsigned char *setup, size_t setup_len, struct image *im);

/* Where the PE header goes, and how long it is; the first fits before a setup header. */
#define PE_HEADER     0x40
#define PE_HEADER_LEN 344
#define PE_HEADERS    0x200 /* of a flat image */

/* How the image lies in a PE file */
struct pe_place {
	size_t file;	/* of the image's first byte in the file */
	uint64_t rva;	/* of the same in memory, from where the file is loaded */
	size_t headers; /* bytes of the file, a multiple of its sections' alignment */
	/* Address of the page that gets what the first page holds behind the headers, or 0 */
	uint64_t first_page;
	bool reloc; /* add a section .reloc, with nothing in it */
};

/*
 * Makes a UEFI program of it: fills in the DOS and PE headers at head, which is
 * what the file begins with, and rounds the image up to whole file sections.
 */
void pe_header(Elf *elf, unsigned char *head, struct image *im, const struct pe_place *at);

#endif /* MKIMAGE_H */
