/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * mkimage: the bootable file out of the linked, relocated ELF
 *
 * Writes what the loadable segments hold and nothing else. As an ELF (default)
 * the file keeps its program headers and loses its section headers; --blank
 * SYMBOL:LEN zeroes bytes of it, so that two files can differ in a header. With
 * --flat it is the segments' bytes at their distance from the first one, as a loader
 * of raw images wants it; with --linux the same behind the section .setup, which
 * makes a bzImage. --efi makes it a UEFI program, too.
 */
#include <fcntl.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "mkimage.h"

struct form {
	bool flat, bzimage, efi;
};

static const char *input;

_Noreturn void fail(const char *fmt, ...)
{
	va_list ap;

	fprintf(stderr, "mkimage: %s: ", input);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	exit(1);
}

static const unsigned char *file_bytes(Elf *elf, const GElf_Phdr *ph)
{
	size_t size;
	const char *raw = elf_rawfile(elf, &size);

	if (!raw || ph->p_offset > size || ph->p_filesz > size - ph->p_offset)
		fail("a segment reaches past the end of the file");
	return (const unsigned char *)raw + ph->p_offset;
}

/* Lays the loadable segments out by address; the ELF layout must agree with the file's. */
static struct image load(Elf *elf, bool flat)
{
	struct image im = {NULL, 0, 0, 0};
	size_t n;
	GElf_Phdr ph;

	if (elf_getphdrnum(elf, &n))
		fail("%s", elf_errmsg(-1));
	for (size_t i = 0; i < n; i++) {
		size_t at, end;

		if (!gelf_getphdr(elf, (int)i, &ph) || ph.p_type != PT_LOAD)
			continue;
		if (!im.memory_len)
			im.base = ph.p_vaddr;
		if (ph.p_vaddr + ph.p_memsz - im.base > im.memory_len)
			im.memory_len = ph.p_vaddr + ph.p_memsz - im.base;
		if (!ph.p_filesz)
			continue;
		at = (size_t)(ph.p_vaddr - im.base);
		if (ph.p_vaddr < im.base || (!flat && at != ph.p_offset))
			fail("segments are not where a flat loader would put them");
		end = at + (size_t)ph.p_filesz;
		if (end > im.len) {
			im.bytes = realloc(im.bytes, end);
			if (!im.bytes)
				fail("out of memory");
			memset(im.bytes + im.len, 0, end - im.len);
			im.len = end;
		}
		memcpy(im.bytes + at, file_bytes(elf, &ph), (size_t)ph.p_filesz);
	}
	if (!im.len)
		fail("no loadable segment");
	/* What is written over the first bytes needs no more. */
	if (im.len < sizeof(Elf64_Ehdr))
		fail("the loadable segments are shorter than an ELF header");
	return im;
}

static void drop_sections(struct image *im)
{
	Elf64_Ehdr eh;

	memcpy(&eh, im->bytes, sizeof(eh));
	if (memcmp(eh.e_ident, ELFMAG, SELFMAG) || eh.e_ident[EI_CLASS] != ELFCLASS64)
		fail("the first segment does not begin with the ELF64 header");
	eh.e_shoff = 0;
	eh.e_shnum = 0;
	eh.e_shstrndx = 0;
	memcpy(im->bytes, &eh, sizeof(eh));
}

GElf_Addr symbol(Elf *elf, const char *name, size_t name_len)
{
	Elf_Scn *scn = NULL;
	GElf_Shdr sh;
	GElf_Sym sym;

	while ((scn = elf_nextscn(elf, scn))) {
		Elf_Data *d;

		if (!gelf_getshdr(scn, &sh) || sh.sh_type != SHT_SYMTAB)
			continue;
		d = elf_getdata(scn, NULL);
		for (int i = 0; d && gelf_getsym(d, i, &sym); i++) {
			const char *s = elf_strptr(elf, sh.sh_link, sym.st_name);

			if (s && strlen(s) == name_len && !memcmp(s, name, name_len))
				return sym.st_value;
		}
	}
	fail("no symbol %.*s", (int)name_len, name);
}

static void blank(Elf *elf, struct image *im, const char *spec)
{
	const char *colon = strchr(spec, ':');
	char *end;
	unsigned long len;
	GElf_Addr at;

	if (!colon || !colon[1])
		fail("--blank %s: expected SYMBOL:LEN", spec);
	len = strtoul(colon + 1, &end, 0);
	at = symbol(elf, spec, (size_t)(colon - spec)) - im->base;
	if (*end || at > im->len || len > im->len - at)
		fail("--blank %s: outside of the image", spec);
	memset(im->bytes + at, 0, len);
}

/* The bytes of a section that is not loaded; on the heap. */
static unsigned char *section(Elf *elf, const char *name, size_t *len)
{
	Elf_Scn *scn = NULL;
	size_t names;
	GElf_Shdr sh;

	if (elf_getshdrstrndx(elf, &names))
		fail("%s", elf_errmsg(-1));
	while ((scn = elf_nextscn(elf, scn))) {
		const char *s;
		Elf_Data *d;
		unsigned char *copy;

		if (!gelf_getshdr(scn, &sh) || !(s = elf_strptr(elf, names, sh.sh_name)) ||
		    strcmp(s, name))
			continue;
		d = elf_getdata(scn, NULL);
		copy = d && d->d_size ? malloc(d->d_size) : NULL;
		if (!copy)
			fail("the section %s cannot be read", name);
		memcpy(copy, d->d_buf, d->d_size);
		*len = d->d_size;
		return copy;
	}
	fail("no section %s", name);
}

/* The image, and what goes before it. */
static void write_file(const char *path, const unsigned char *head, size_t head_len,
		       const struct image *im)
{
	FILE *f = fopen(path, "wb");

	if (!f || (head && fwrite(head, 1, head_len, f) != head_len) ||
	    fwrite(im->bytes, 1, im->len, f) != im->len || fclose(f)) {
		perror(path);
		exit(1);
	}
}

/* What is in front of the image in a file of its own, and where PE loaders put the image */
#define EFI_HEADER_LEN 0x400
#define EFI_IMAGE_RVA  0x1000

/* A flat image has room for the headers in its first page (linker/arm64.lds.S). */
static void make_flat(Elf *elf, struct form form, const char *path)
{
	struct pe_place place = {.headers = PE_HEADERS};
	struct image im = load(elf, true);
	unsigned char head[PE_HEADERS];

	if (form.efi) {
		if (im.len < sizeof(head))
			fail("there is no room for a PE header");
		place.first_page = symbol(elf, "__first_page", strlen("__first_page")) - im.base;
		memcpy(head, im.bytes, sizeof(head));
		pe_header(elf, head, &im, &place);
		memcpy(im.bytes, head, sizeof(head));
	}
	write_file(path, NULL, 0, &im);
	free(im.bytes);
}

static void make_elf(Elf *elf, const char *to_blank, const char *path)
{
	struct image im = load(elf, false);

	drop_sections(&im);
	if (to_blank)
		blank(elf, &im, to_blank);
	write_file(path, NULL, 0, &im);
	free(im.bytes);
}

static void make_program(Elf *elf, struct form form, const char *path)
{
	struct pe_place place = {.file = EFI_HEADER_LEN, .rva = EFI_IMAGE_RVA, .reloc = true};
	struct image im = load(elf, false);
	unsigned char *head;

	if (form.bzimage)
		head = section(elf, ".setup", &place.file);
	else
		head = calloc(1, place.file);
	if (!head)
		fail("out of memory");
	place.headers = place.file;
	if (form.efi)
		pe_header(elf, head, &im, &place);
	if (form.bzimage)
		linux_header(elf, head, place.file, &im);
	write_file(path, head, place.file, &im);
	free(head);
	free(im.bytes);
}

static void make(Elf *elf, struct form form, const char *to_blank, const char *path)
{
	if (form.flat)
		make_flat(elf, form, path);
	else if (form.bzimage || form.efi)
		make_program(elf, form, path);
	else
		make_elf(elf, to_blank, path);
}

static int usage(void)
{
	fprintf(stderr, "usage: mkimage [--blank SYMBOL:LEN] ELF IMAGE\n"
			"       mkimage --flat [--efi] ELF IMAGE\n"
			"       mkimage [--linux] [--efi] ELF IMAGE\n");
	return 2;
}

int main(int argc, char **argv)
{
	static const struct option longs[] = {{"flat", no_argument, NULL, 'f'},
					      {"linux", no_argument, NULL, 'l'},
					      {"efi", no_argument, NULL, 'e'},
					      {"blank", required_argument, NULL, 'b'},
					      {0}};
	const char *to_blank = NULL;
	struct form form = {0};
	Elf *elf;
	int c, fd;

	while ((c = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		if (c == 'f')
			form.flat = true;
		else if (c == 'l')
			form.bzimage = true;
		else if (c == 'e')
			form.efi = true;
		else if (c == 'b')
			to_blank = optarg;
		else
			return usage();
	}
	if (argc - optind != 2 || (form.flat && form.bzimage) ||
	    (to_blank && (form.flat || form.bzimage || form.efi)))
		return usage();
	input = argv[optind];
	fd = open(input, O_RDONLY);
	if (fd < 0) {
		perror(input);
		return 1;
	}
	elf_version(EV_CURRENT);
	elf = elf_begin(fd, ELF_C_READ, NULL);
	if (!elf || elf_kind(elf) != ELF_K_ELF)
		fail("not an ELF file");
	make(elf, form, to_blank, argv[optind + 1]);
	elf_end(elf);
	close(fd);
	return 0;
}
