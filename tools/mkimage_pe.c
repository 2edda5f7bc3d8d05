/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The PE header that makes a UEFI program of an image
 *
 * "PE Format", Microsoft; what UEFI asks of it: UEFI Specification 2.10, 2.1.1. The
 * file is read as it will lie in memory but for one distance, so that there is
 * one image for all loaders. Sections are the ELF's segments, each writable or
 * executable and never both, on pages of their own, so that firmware can protect
 * them (NX_COMPAT).
 */
#include <endian.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include "mkimage.h"

#define DOS_MAGIC	    "MZ"
#define DOS_LFANEW	    0x3c /* where the PE header is */

#define MACHINE_X86_64	    0x8664
#define MACHINE_ARM64	    0xaa64

#define EXECUTABLE_IMAGE    0x0002
#define LINE_NUMS_STRIPPED  0x0004
#define LARGE_ADDRESS_AWARE 0x0020

#define OPTIONAL_MAGIC	    0x20b /* PE32+ */
#define SUBSYSTEM_EFI	    10
#define DLL_NX_COMPAT	    0x0100
#define DIRECTORIES	    6
#define DIRECTORY_RELOC	    5

#define SECTION_CODE	    (0x00000020u | 0x20000000u | 0x40000000u) /* execute, read */
#define SECTION_RODATA	    (0x00000040u | 0x40000000u)		      /* read */
#define SECTION_DATA	    (0x00000040u | 0x40000000u | 0x80000000u) /* read, write */
#define SECTION_RELOC	    (SECTION_RODATA | 0x02000000u)	      /* discardable */

#define PAGE		    4096u
#define FILE_ALIGN	    512u
#define MAX_SECTIONS	    4
#define ALIGN_UP(x, to)	    (((x) + (to)-1) / (to) * (to))

struct pe_section {
	char name[8];
	uint32_t memory_len, rva;
	uint32_t file_len, file_at;
	uint32_t unused[3];
	uint32_t flags;
} __attribute__((packed));

struct pe_header {
	char signature[4];
	uint16_t machine, nr_sections;
	uint32_t unused8[3];
	uint16_t optional_len, flags;
	/* the optional header, which images must have */
	uint16_t magic;
	uint8_t linker_version[2];
	uint32_t code_len, data_len, bss_len;
	uint32_t entry, code_start;
	uint64_t image_base;
	uint32_t section_align, file_align;
	uint16_t os_version[2], image_version[2], subsystem_version[2];
	uint32_t unused76;
	uint32_t image_len, headers_len, checksum;
	uint16_t subsystem, dll_flags;
	uint64_t stack_heap[4];
	uint32_t loader_flags, nr_directories;
	struct {
		uint32_t rva, len;
	} directory[DIRECTORIES];
	struct pe_section section[MAX_SECTIONS];
} __attribute__((packed));

_Static_assert(__builtin_offsetof(struct pe_header, section) == 24 + 112 + 8 * DIRECTORIES,
	       "PE32+: 24 bytes, 112 bytes, directories");
_Static_assert(sizeof(struct pe_header) == PE_HEADER_LEN, "linker/arm64.lds.S leaves as much");

/* A base relocation block without a relocation: two entries of the type that is nothing */
static const struct {
	uint32_t rva, len;
	uint16_t entry[2];
} no_relocations = {0, sizeof(no_relocations), {0, 0}};

static uint32_t le32(uint64_t x)
{
	if (x > UINT32_MAX)
		fail("the image does not fit into a PE file");
	return htole32((uint32_t)x);
}

/* Grows the image's bytes, with zeros, to a length. */
static void grow(struct image *im, size_t len)
{
	im->bytes = realloc(im->bytes, len);
	if (!im->bytes)
		fail("out of memory");
	memset(im->bytes + im->len, 0, len - im->len);
	im->len = len;
}

static struct pe_section *add_section(struct pe_header *pe, const char *name, uint32_t flags)
{
	const uint16_t n = le16toh(pe->nr_sections);
	struct pe_section *s = &pe->section[n];

	if (n == MAX_SECTIONS)
		fail("more segments than the PE header has room for");
	pe->nr_sections = htole16((uint16_t)(n + 1));
	strncpy(s->name, name, sizeof(s->name));
	s->flags = htole32(flags);
	return s;
}

/* Segments become sections; those that are writable become one. */
static void add_segments(Elf *elf, struct pe_header *pe, const struct image *im,
			 const struct pe_place *at)
{
	struct pe_section *s = NULL;
	uint64_t start = 0, end;
	GElf_Word last = 0;
	GElf_Phdr ph;

	for (int i = 0; gelf_getphdr(elf, i, &ph); i++) {
		if (ph.p_type != PT_LOAD || !ph.p_memsz)
			continue;
		if ((ph.p_flags & PF_W) && (ph.p_flags & PF_X))
			fail("a segment is writable and executable");
		end = ph.p_vaddr + ph.p_memsz - im->base;
		if (!s || ph.p_flags != last) {
			s = ph.p_flags & PF_X	? add_section(pe, ".text", SECTION_CODE)
			    : ph.p_flags & PF_W ? add_section(pe, ".data", SECTION_DATA)
						: add_section(pe, ".rodata", SECTION_RODATA);
			start = ph.p_vaddr - im->base;
			if (!start && at->first_page)
				start = PAGE;
			if (start % PAGE)
				fail("a segment does not begin on a page");
			s->rva = le32(start + at->rva);
		}
		s->memory_len = le32(end - start);
		if (ph.p_filesz) {
			/* Up to a page's end if the file goes on: signers want no gaps. */
			end = ALIGN_UP(ph.p_vaddr + ph.p_filesz - im->base, PAGE);
			s->file_at = le32(start + at->file);
			s->file_len = le32((end < im->len ? end : im->len) - start);
		}
		last = ph.p_flags;
	}
}

/* What lies between the headers and the first section, in a page of its own at the image's end */
static void add_first_page(struct pe_header *pe, const struct pe_place *at)
{
	struct pe_section *data = &pe->section[le16toh(pe->nr_sections) - 1];
	struct pe_section *s = add_section(pe, ".first", SECTION_RODATA);

	data->memory_len = le32(at->first_page + at->rva - le32toh(data->rva));
	s->rva = le32(at->first_page + at->rva);
	s->memory_len = s->file_len = le32(PAGE - at->headers);
	s->file_at = le32(at->headers);
}

/* Loaders that insist on it find relocations: none, as the image does that by itself. */
static void add_reloc(struct pe_header *pe, struct image *im, const struct pe_place *at)
{
	struct pe_section *s = add_section(pe, ".reloc", SECTION_RELOC);
	const uint64_t rva = ALIGN_UP(im->memory_len, PAGE) + at->rva;

	s->memory_len = pe->directory[DIRECTORY_RELOC].len = le32(sizeof(no_relocations));
	s->rva = pe->directory[DIRECTORY_RELOC].rva = le32(rva);
	s->file_len = le32(FILE_ALIGN);
	s->file_at = le32(im->len + at->file);
	grow(im, im->len + FILE_ALIGN);
	memcpy(im->bytes + im->len - FILE_ALIGN, &no_relocations, sizeof(no_relocations));
	pe->image_len = le32(rva + PAGE);
}

/* Sums of sections that some tools want to see; the code's start is the first section's. */
static void sum_up(struct pe_header *pe)
{
	uint32_t code = 0, data = 0;

	for (int i = 0; i < le16toh(pe->nr_sections); i++) {
		const uint32_t len = le32toh(pe->section[i].file_len);

		if (le32toh(pe->section[i].flags) == SECTION_CODE)
			code += len;
		else
			data += len;
	}
	pe->code_len = htole32(code);
	pe->data_len = htole32(data);
	pe->code_start = pe->section[0].rva;
}

static uint16_t machine(Elf *elf)
{
	GElf_Ehdr eh;

	if (!gelf_getehdr(elf, &eh))
		fail("%s", elf_errmsg(-1));
	if (eh.e_ident[EI_CLASS] == ELFCLASS64 && eh.e_machine == EM_X86_64)
		return htole16(MACHINE_X86_64);
	if (eh.e_ident[EI_CLASS] == ELFCLASS64 && eh.e_machine == EM_AARCH64)
		return htole16(MACHINE_ARM64);
	fail("a UEFI program is made of x86_64 or arm64 code, this is neither");
}

void pe_header(Elf *elf, unsigned char *head, struct image *im, const struct pe_place *at)
{
	static const char entry[] = "efi_entry";
	const uint32_t lfanew = htole32(PE_HEADER);
	struct pe_header pe = {.signature = "PE"};

	if (at->headers < PE_HEADER + PE_HEADER_LEN)
		fail("there is no room for a PE header");
	pe.machine = machine(elf);
	pe.optional_len = htole16(__builtin_offsetof(struct pe_header, section) -
				  __builtin_offsetof(struct pe_header, magic));
	pe.flags = htole16(EXECUTABLE_IMAGE | LINE_NUMS_STRIPPED | LARGE_ADDRESS_AWARE);
	pe.magic = htole16(OPTIONAL_MAGIC);
	pe.entry = le32(symbol(elf, entry, strlen(entry)) - im->base + at->rva);
	pe.section_align = htole32(PAGE);
	pe.file_align = htole32(FILE_ALIGN);
	pe.image_len = le32(ALIGN_UP(im->memory_len, PAGE) + at->rva);
	pe.headers_len = le32(at->headers);
	pe.subsystem = htole16(SUBSYSTEM_EFI);
	pe.dll_flags = htole16(DLL_NX_COMPAT);
	pe.nr_directories = htole32(DIRECTORIES);
	grow(im, ALIGN_UP(im->len, FILE_ALIGN));
	add_segments(elf, &pe, im, at);
	if (at->first_page)
		add_first_page(&pe, at);
	if (at->reloc)
		add_reloc(&pe, im, at);
	sum_up(&pe);

	memcpy(head, DOS_MAGIC, strlen(DOS_MAGIC));
	memcpy(head + DOS_LFANEW, &lfanew, sizeof(lfanew));
	memcpy(head + PE_HEADER, &pe, sizeof(pe));
}
