/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TESTS_UNIT_SLOW_RELOC_H
#define TESTS_UNIT_SLOW_RELOC_H

/*
 * What a linked image must become, by another way than the code under test:
 * straight from the linker's tables, slowly and plainly. For files from our own
 * linkers alone, nothing is checked. Include after cmocka.h.
 */

#include <elf.h>

#include "link_fixture.h"

#define SLIDE 0xffff923456789000ull
#define PHYS  0x000000765432a000ull

/* An ELF file's headers by plain arithmetic, as the code under test does not */
static inline Elf64_Ehdr *eh(const struct file *f)
{
	return (void *)f->data;
}

static inline Elf64_Shdr *sh(const struct file *f, unsigned i)
{
	return (Elf64_Shdr *)(void *)(f->data + eh(f)->e_shoff) + i;
}

static inline Elf64_Phdr *ph(const struct file *f, unsigned i)
{
	return (Elf64_Phdr *)(void *)(f->data + eh(f)->e_phoff) + i;
}

static inline uint64_t symbol(const struct file *f, const char *name)
{
	for (unsigned i = 0; i < eh(f)->e_shnum; i++) {
		const Elf64_Sym *s = (void *)(f->data + sh(f, i)->sh_offset);
		const char *strings;

		if (sh(f, i)->sh_type != SHT_SYMTAB)
			continue;
		strings = (char *)f->data + sh(f, sh(f, i)->sh_link)->sh_offset;
		for (size_t n = 0; n < sh(f, i)->sh_size / sizeof(*s); n++)
			if (strcmp(strings + s[n].st_name, name) == 0)
				return s[n].st_value;
	}
	fail_msg("no symbol %s", name);
	return 0;
}

struct memory {
	unsigned char *bytes;
	size_t size;
};

/* What a loader would bring, up to the table's end */
static inline struct memory load(const struct file *f)
{
	uint64_t base = symbol(f, "__base_addr");
	struct memory m = {NULL, symbol(f, "__early_end") - base};

	m.bytes = calloc(1, m.size);
	for (unsigned i = 0; i < eh(f)->e_phnum; i++) {
		const Elf64_Phdr *p = ph(f, i);

		if (p->p_type == PT_LOAD)
			memcpy(m.bytes + (p->p_vaddr - base), f->data + p->p_offset, p->p_filesz);
	}
	return m;
}

static inline void add_at(struct memory *m, uint64_t offset, uint64_t value, unsigned width)
{
	assert_true(offset + width <= m->size);
	memcpy(m->bytes + offset, &value, width);
}

/* Bit by bit, as slow and plain as the gABI puts it */
static inline void slow_relr(struct memory *m, const uint64_t *w, size_t n, uint64_t base)
{
	uint64_t where = 0, old;

	for (; n; n--, w++) {
		if (!(*w & 1)) {
			memcpy(&old, m->bytes + (*w - base), 8);
			add_at(m, *w - base, old + SLIDE, 8);
			where = *w + 8;
			continue;
		}
		for (unsigned bit = 1; bit < 64; bit++, where += 8) {
			if (!(*w >> bit & 1))
				continue;
			memcpy(&old, m->bytes + (where - base), 8);
			add_at(m, where - base, old + SLIDE, 8);
		}
	}
}

static inline void slow_wishes(struct memory *m, const Elf64_Shdr *s, const unsigned char *w,
			       uint64_t base)
{
	for (size_t i = 0; i < s->sh_size / 24; i++, w += 24) {
		uint64_t slot, value;
		uint32_t width, flags;

		memcpy(&slot, w, 8);
		memcpy(&value, w + 8, 8);
		memcpy(&width, w + 16, 4);
		memcpy(&flags, w + 20, 4);
		add_at(m, slot - base, value + (flags & 1 ? PHYS : SLIDE), width);
	}
}

/* The linked image after its own relocations and wishes, by the linker's tables */
static inline struct memory expected(const struct file *f, size_t *slots)
{
	uint64_t base = symbol(f, "__base_addr");
	struct memory m = load(f);
	const char *names = (char *)f->data + sh(f, eh(f)->e_shstrndx)->sh_offset;

	*slots = 0;
	for (unsigned i = 0; i < eh(f)->e_shnum; i++) {
		const Elf64_Shdr *s = sh(f, i);
		const unsigned char *at = f->data + s->sh_offset;

		if (s->sh_type == SHT_RELA && s->sh_flags & SHF_ALLOC) {
			const Elf64_Rela *r = (const void *)at;

			for (size_t n = 0; n < s->sh_size / sizeof(*r); n++)
				if (ELF64_R_TYPE(r[n].r_info))
					add_at(&m, r[n].r_offset - base,
					       (uint64_t)r[n].r_addend + SLIDE, 8);
		} else if (s->sh_type == SHT_RELR) {
			slow_relr(&m, (const void *)at, s->sh_size / 8, base);
		} else if (strcmp(names + s->sh_name, ".ukaslr.reloc") == 0) {
			slow_wishes(&m, s, at, base);
			*slots += s->sh_size / 24;
		}
	}
	return m;
}

#endif /* TESTS_UNIT_SLOW_RELOC_H */
