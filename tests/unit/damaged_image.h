/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TESTS_UNIT_DAMAGED_IMAGE_H
#define TESTS_UNIT_DAMAGED_IMAGE_H

/*
 * For tests that damage a linked image in one place, and look at what mkreloc
 * says to that. Include after cmocka.h.
 */

#include <elf.h>

#include "link_fixture.h"

static inline struct file fresh(unsigned toolchain)
{
	static struct file files[NR_TOOLCHAINS];
	struct file *f = &files[toolchain], copy;

	if (!f->data) {
		assert_true(fixture_link(&toolchains[toolchain]));
		*f = fixture_load("image");
	}
	copy = *f;
	copy.data = malloc(f->size);
	memcpy(copy.data, f->data, f->size);
	return copy;
}

enum what { RELOCATE, CHECK, STAT };

/* Runs on f, frees it, and gives what was said. The file on disk stays as linked. */
static inline const char *said(struct file f, enum what what, bool *good)
{
	static char *text;
	size_t size;
	struct diag d = {.tool = "mkreloc"};
	struct image_report r;
	FILE *sink = fopen("/dev/null", "w");

	free(text);
	d.out = open_memstream(&text, &size);
	if (what == RELOCATE)
		*good = image_relocate(&f, &r, &d);
	else if (what == CHECK)
		*good = image_check(&f, &r, &d);
	else
		*good = image_stat(&f, sink, &d);
	fclose(d.out);
	fclose(sink);
	free(f.data);
	if (!*good)
		assert_true(d.errors > 0);
	return text;
}

static inline void expect_refusal(struct file f, const char *const *words)
{
	bool good;
	const char *text = said(f, RELOCATE, &good);

	if (good)
		fail_msg("accepted; expected a complaint about '%s'", words[0]);
	for (; *words; words++)
		if (!strstr(text, *words))
			fail_msg("'%s' is not in: %s", *words, text);
}

#define REFUSED(f, ...) expect_refusal(f, (const char *const[]){__VA_ARGS__, NULL})

static inline Elf64_Shdr *sections(const struct file *f)
{
	return (void *)(f->data + ((Elf64_Ehdr *)(void *)f->data)->e_shoff);
}

static inline const char *section_name(const struct file *f, const Elf64_Shdr *s)
{
	const Elf64_Ehdr *h = (void *)f->data;

	return (char *)f->data + sections(f)[h->e_shstrndx].sh_offset + s->sh_name;
}

static inline Elf64_Shdr *named(const struct file *f, const char *name)
{
	const Elf64_Ehdr *h = (void *)f->data;

	for (unsigned i = 1; i < h->e_shnum; i++)
		if (strcmp(section_name(f, &sections(f)[i]), name) == 0)
			return &sections(f)[i];
	fail_msg("no section %s", name);
	return NULL;
}

static inline Elf64_Rela *rela(const struct file *f)
{
	return (void *)(f->data + named(f, ".rela.dyn")->sh_offset);
}

static inline Elf64_Sym *find_symbol(const struct file *f, const char *name)
{
	const Elf64_Shdr *s = named(f, ".symtab");
	Elf64_Sym *sym = (void *)(f->data + s->sh_offset);
	const char *strings = (char *)f->data + sections(f)[s->sh_link].sh_offset;

	for (size_t i = 0; i < s->sh_size / sizeof(*sym); i++)
		if (strcmp(strings + sym[i].st_name, name) == 0)
			return &sym[i];
	fail_msg("no symbol %s", name);
	return NULL;
}

#endif /* TESTS_UNIT_DAMAGED_IMAGE_H */
