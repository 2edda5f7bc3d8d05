/* SPDX-License-Identifier: BSD-3-Clause */
/* LIBS: -ldw -lelf */
/*
 * mkreloc on images of every compiler and linker: the table does what the
 * linker's own relocations say
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "slow_reloc.h"

static struct diag quiet = {.tool = "test", .out = NULL};
static struct diag loud = {.tool = "test"};

static struct reloc_header header(const struct memory *m, uint64_t offset)
{
	struct reloc_header h;

	memcpy(&h, m->bytes + offset, sizeof(h));
	return h;
}

static void does_what_the_linker_says(const struct toolchain *t)
{
	struct file f;
	struct memory want, got;
	struct image_report r;
	struct reloc_header h;
	struct reloc_target target = {.slide = SLIDE, .phys_slide = PHYS};
	size_t wishes, moved;
	uint64_t base, table;

	if (!fixture_link(t))
		fail_msg("%s: does not link (see %s/link.log)", t->name, fixture_dir);
	f = fixture_load("image");
	want = expected(&f, &wishes);
	assert_int_equal(wishes, 5);
	if (!image_relocate(&f, &r, &loud))
		fail_msg("%s: refused", t->name);
	assert_true(r.slots == 3 + 4 + 1 + 3 + wishes);
	assert_true(r.rest_words == 1 + 4);
	assert_true(image_check(&f, &r, &loud));

	base = symbol(&f, "__base_addr");
	table = symbol(&f, "__reloc_start") - base;
	got = load(&f);
	h = header(&got, symbol(&f, "__reloc_header") - base);
	assert_int_equal(h.table, table);
	assert_null(reloc_check(&h, got.bytes, table + 8 * (h.relr_words + h.rest_words)));
	target.copy = got.bytes;
	target.copy_base = base;
	reloc_apply(&h, got.bytes, &target);
	/* text, rodata but for the header, data */
	moved = symbol(&f, "__reloc_header") - base;
	assert_memory_equal(got.bytes, want.bytes, moved);
	moved += sizeof(h);
	assert_memory_equal(got.bytes + moved, want.bytes + moved, table - moved);

	free(want.bytes);
	free(got.bytes);
	free(f.data);
}

static void every_compiler_and_linker_gives_a_table_that_does_what_its_relocations_say(void **state)
{
	(void)state;
	for (size_t i = 0; i < NR_TOOLCHAINS; i++)
		does_what_the_linker_says(&toolchains[i]);
}

static struct file linked_once(void)
{
	static struct file f;
	struct file copy;

	if (!f.data) {
		assert_true(fixture_link(&toolchains[0]));
		f = fixture_load("image");
	}
	copy = f;
	copy.data = malloc(f.size);
	memcpy(copy.data, f.data, f.size);
	return copy;
}

static void the_file_ends_with_the_table_and_one_segment_covers_data_and_bss(void **state)
{
	struct file f = linked_once();
	struct image_report r;
	Elf64_Phdr *data;
	uint64_t table = symbol(&f, "__reloc_start"), end = symbol(&f, "__early_end");

	(void)state;
	assert_int_equal(eh(&f)->e_phnum, 3);
	assert_true(image_relocate(&f, &r, &loud));
	assert_int_equal(eh(&f)->e_type, ET_DYN);
	assert_int_equal(eh(&f)->e_phnum, 2);
	data = ph(&f, 1);
	assert_true(data->p_vaddr + data->p_filesz == table + 8 * (r.relr_words + r.rest_words));
	assert_true(data->p_vaddr + data->p_memsz == end);
	free(f.data);
}

static void section_headers_show_the_table(void **state)
{
	struct file f = linked_once();
	struct image_report r;
	struct elf_view v;
	const struct section *relr, *rest;

	(void)state;
	assert_true(image_relocate(&f, &r, &loud));
	assert_true(elf_view_open(&v, "image", f.data, f.size, &loud));
	relr = section_named(&v, ".relr.dyn");
	rest = section_named(&v, ".reloc.rest");
	assert_non_null(relr);
	assert_non_null(rest);
	assert_null(section_named(&v, ".rela.dyn"));
	assert_int_equal(relr->h.sh_type, SHT_RELR);
	assert_int_equal(relr->h.sh_flags, SHF_ALLOC);
	assert_int_equal(relr->h.sh_entsize, 8);
	assert_true(relr->h.sh_addr == symbol(&f, "__reloc_start"));
	assert_true(relr->h.sh_size == 8 * r.relr_words);
	assert_true(rest->h.sh_addr == relr->h.sh_addr + relr->h.sh_size);
	assert_true(rest->h.sh_size == 8 * r.rest_words);
	elf_view_close(&v);
	free(f.data);
}

static void an_image_without_relocations_gets_an_empty_table(void **state)
{
	static const char source[] = "int early[64] __attribute__((section(\".early\")));\n"
				     "int use(int i) { return early[i]; }\n";

	(void)state;
	for (size_t i = 0; i < NR_TOOLCHAINS; i++) {
		struct file f;
		struct image_report r;

		assert_true(fixture_link_with(&toolchains[i], source, "-DNO_WISHES"));
		f = fixture_load("image");
		if (!image_relocate(&f, &r, &loud) || !image_check(&f, &r, &loud))
			fail_msg("%s", toolchains[i].name);
		assert_int_equal(r.slots, 0);
		free(f.data);
	}
}

/* Debug information, symbols and their names, by name in both files */
static void assert_other_sections_stay(const struct file *before, const struct file *after)
{
	struct elf_view b, a;

	assert_true(elf_view_open(&b, "before", before->data, before->size, &loud));
	assert_true(elf_view_open(&a, "after", after->data, after->size, &loud));
	for (size_t i = 1; i < b.nr_sections; i++) {
		const struct section *s = &b.sections[i], *now = section_named(&a, s->name);

		if (s->h.sh_flags & SHF_ALLOC || strcmp(s->name, ".shstrtab") == 0)
			continue;
		assert_non_null(now);
		assert_true(now->h.sh_size == s->h.sh_size);
		assert_memory_equal(section_bytes(&a, now), section_bytes(&b, s), s->h.sh_size);
	}
	elf_view_close(&b);
	elf_view_close(&a);
}

static void hand_made_slots_alone_make_their_own_room_in_the_file(void **state)
{
	static const char source[] = "int numbers[3] = {1};\n"
				     "int use(int i) { return numbers[i]; }\n";

	(void)state;
	for (size_t i = 0; i < NR_TOOLCHAINS; i++) {
		struct file f, linked;
		struct image_report r;

		assert_true(fixture_link_with(&toolchains[i], source, ""));
		linked = fixture_load("image");
		f = fixture_load("image");
		if (!image_relocate(&f, &r, &loud) || !image_check(&f, &r, &loud))
			fail_msg("%s", toolchains[i].name);
		assert_int_equal(r.slots, 5);
		assert_other_sections_stay(&linked, &f);
		free(linked.data);
		free(f.data);
	}
}

static void a_second_run_is_refused(void **state)
{
	struct file f = linked_once();
	struct image_report r;

	(void)state;
	assert_true(image_relocate(&f, &r, &loud));
	assert_false(image_relocate(&f, &r, &quiet));
	free(f.data);
}

static void the_same_image_gives_the_same_bytes(void **state)
{
	struct file a = linked_once(), b = linked_once();
	struct image_report r;

	(void)state;
	assert_true(image_relocate(&a, &r, &loud));
	assert_true(image_relocate(&b, &r, &loud));
	assert_int_equal(a.size, b.size);
	assert_memory_equal(a.data, b.data, a.size);
	free(a.data);
	free(b.data);
}

static void check_finds_every_damaged_byte_of_a_real_table(void **state)
{
	struct file f = linked_once();
	struct image_report r;
	uint64_t places[2], sizes[2];
	unsigned char *at;
	struct elf_view v;

	(void)state;
	assert_true(image_relocate(&f, &r, &loud));
	places[0] = symbol(&f, "__reloc_header");
	sizes[0] = sizeof(struct reloc_header);
	places[1] = symbol(&f, "__reloc_start");
	sizes[1] = 8 * (r.relr_words + r.rest_words);
	for (unsigned k = 0; k < 2; k++) {
		assert_true(elf_view_open(&v, "image", f.data, f.size, &loud));
		at = bytes_at(&v, places[k], sizes[k]);
		assert_non_null(at);
		elf_view_close(&v);
		for (size_t i = 0; i < sizes[k]; i++) {
			for (unsigned bit = 0; bit < 8; bit++) {
				at[i] ^= (unsigned char)(1 << bit);
				assert_false(image_check(&f, &r, &quiet));
				at[i] ^= (unsigned char)(1 << bit);
			}
		}
	}
	assert_true(image_check(&f, &r, &loud));
	free(f.data);
}

static void a_flat_image_is_checked_as_well(void **state)
{
	struct file f = linked_once(), flat = {.name = "flat"};
	struct image_report r;
	struct elf_view v;

	(void)state;
	assert_true(image_relocate(&f, &r, &loud));
	assert_true(elf_view_open(&v, "image", f.data, f.size, &loud));
	assert_true(image_flatten(&v, symbol(&f, "__base_addr"), &flat.data, &flat.size, &loud));
	elf_view_close(&v);
	assert_true(image_check(&flat, &r, &loud));
	flat.data[flat.size - 1] ^= 1;
	assert_false(image_check(&flat, &r, &quiet));
	free(flat.data);
	free(f.data);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			every_compiler_and_linker_gives_a_table_that_does_what_its_relocations_say),
		cmocka_unit_test(the_file_ends_with_the_table_and_one_segment_covers_data_and_bss),
		cmocka_unit_test(section_headers_show_the_table),
		cmocka_unit_test(an_image_without_relocations_gets_an_empty_table),
		cmocka_unit_test(hand_made_slots_alone_make_their_own_room_in_the_file),
		cmocka_unit_test(a_second_run_is_refused),
		cmocka_unit_test(the_same_image_gives_the_same_bytes),
		cmocka_unit_test(check_finds_every_damaged_byte_of_a_real_table),
		cmocka_unit_test(a_flat_image_is_checked_as_well),
	};

	loud.out = stderr;
	return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
