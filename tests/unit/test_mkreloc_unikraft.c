/* SPDX-License-Identifier: BSD-3-Clause */
/* LIBS: -ldw -lelf */
/*
 * mkreloc --unikraft: what Unikraft's assembly asks for by the names of symbols
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "slow_reloc.h"

static struct diag quiet = {.tool = "test", .out = NULL};
static struct diag loud = {.tool = "test"};

/* Everything that is right: all widths, both bases, a page-table entry, 16-bit code */
#define GOOD                                                                      \
	".text\n.globl _start\n_start: .byte 0xb8\n"                              \
	".set target_uk_reloc_imm4_1, .\n.long 0xb0b0\n.byte 0\n"                 \
	".set target_uk_reloc_imm2_2, .\n.word 0xb0b0\n"                          \
	".set target_imm4_start16_uk_reloc_imm4_9, .\n.long 0xb0b0\n"             \
	".data\n.byte 0\n.set target_uk_reloc_data8_phys_3, .\n.quad 0xb0b0\n"    \
	".balign 8\n.set table_uk_reloc_data8_phys_4, .\n.quad 0xb0b0\n"          \
	".set table_uk_reloc_pte_attr0_5, 0x63\n"                                 \
	"pointer: .quad target\n.bss\n.balign 4096\ntarget: .skip 8\n"            \
	"table: .skip 8\n.section .reloc.header, \"a\"\nheader: .fill 56, 1, 0\n" \
	".section .uk_reloc, \"a\"\n.quad 0, 0\n.reloc ., R_X86_64_64, target\n"  \
	".long 0, 0\n.fill 64, 1, 0\n"

static const char script[] =
	"ENTRY(_start)\n"
	"PHDRS { text PT_LOAD FLAGS(5); data PT_LOAD FLAGS(6); }\n"
	"SECTIONS {\n"
	"\t. = 0x100000; _base_addr = .; __base_addr = .;\n"
	"\t.text : { *(.text) } :text\n"
	"\t.rodata : { . = ALIGN(8); __reloc_header = .; KEEP(*(.reloc.header)) } :text\n"
	"\t. = ALIGN(4096);\n"
	"\t.data : { *(.data) } :data\n"
	"\t. = ALIGN(4096);\n"
	"\t.uk_reloc : { _uk_reloc_start = .; . += 4; KEEP(*(.uk_reloc)) } :data\n"
	"\t.rela.dyn : { *(.rela .rela.*) } :data\n"
	"\t_uk_reloc_end = .;\n"
	"\t. = ALIGN(4096);\n"
	"\t.bss : { *(.bss) } :data\n"
	"\t__early_end = .;\n"
	"\t/DISCARD/ : { *(.dynamic .dynsym .dynstr .hash .gnu.* .note*) }\n"
	"}\n";

/* The image of this assembly, as Unikraft's linker would leave it */
static struct file linked(const char *source)
{
	char command[1024];
	struct file f;

	fixture_write("u.s", source);
	fixture_write("u.lds", script);
	snprintf(command, sizeof(command),
		 "cd %s && as --64 u.s -o u.o && ld.bfd -m elf_x86_64 -pie --no-dynamic-linker "
		 "-z notext -T u.lds u.o -o image 2>link.log",
		 fixture_dir);
	if (fixture_run(command))
		fail_msg("does not link (see %s/link.log)", fixture_dir);
	f = fixture_load("image");
	f.kind = IMAGE_UNIKRAFT;
	return f;
}

static uint64_t at(const struct memory *m, uint64_t offset, unsigned width)
{
	return get_le(m->bytes + offset, width);
}

static void hand_made_slots_hold_their_values_and_move_with_the_right_base(void **state)
{
	struct file f = linked(GOOD);
	const uint64_t base = symbol(&f, "_base_addr"), target = symbol(&f, "target");
	const uint64_t data = symbol(&f, "pointer") - base;
	struct image_report r;
	struct memory got;
	struct reloc_header h;

	(void)state;
	assert_true(image_relocate(&f, &r, &loud));
	assert_int_equal(r.slots, 5);
	assert_int_equal(r.relr_words, 1);
	assert_int_equal(r.rest_words, 4);

	/* Link-time values first: an image at its link address needs no relocation. */
	got = load(&f);
	assert_int_equal(at(&got, 1, 4), target);
	assert_int_equal(at(&got, 6, 2), target & 0xffff);
	assert_int_equal(at(&got, 8, 4), 0xb0b0);
	assert_int_equal(at(&got, data - 8, 8), symbol(&f, "table") + 0x63);

	memcpy(&h, got.bytes + (symbol(&f, "__reloc_header") - base), sizeof(h));
	assert_int_equal(h.base + h.table, symbol(&f, "_uk_reloc_start"));
	reloc_apply(&h, got.bytes, &(struct reloc_target){got.bytes, base, SLIDE, PHYS});
	assert_int_equal(at(&got, 1, 4), (uint32_t)(target + SLIDE));
	assert_int_equal(at(&got, 6, 2), (uint16_t)(target + SLIDE));
	assert_int_equal(at(&got, 8, 4), 0xb0b0);
	assert_int_equal(at(&got, data, 8), target + SLIDE);
	assert_int_equal(at(&got, data - 8, 8), symbol(&f, "table") + 0x63 + PHYS);
	free(got.bytes);
	free(f.data);
}

/* .uk_reloc becomes the table, and nothing of the linker's own is left. */
static void the_section_holds_the_table_alone(void **state)
{
	struct file f = linked(GOOD);
	struct image_report r;
	struct elf_view v;

	(void)state;
	assert_true(image_relocate(&f, &r, &loud));
	assert_true(elf_view_open(&v, f.name, f.data, f.size, &loud));
	assert_int_equal(section_named(&v, ".uk_reloc")->h.sh_size, 5 * 8);
	assert_int_equal(section_named(&v, ".rela.dyn")->h.sh_size, 0);
	elf_view_close(&v);
	assert_true(image_check(&f, &r, &loud));
	assert_false(image_relocate(&f, &r, &quiet)); /* a second time */
	free(f.data);
}

/* strip pads the file as the headers say: no page of nothing before a segment. */
static void nothing_is_page_aligned_in_the_file(void **state)
{
	struct file f = linked(GOOD);
	struct image_report r;
	struct elf_view v;
	unsigned loaded = 0;

	(void)state;
	assert_true(image_relocate(&f, &r, &loud));
	assert_true(elf_view_open(&v, f.name, f.data, f.size, &loud));
	for (size_t i = 0; i < v.nr_segments; i++)
		if (v.segments[i].p_type == PT_LOAD) {
			assert_in_range(v.segments[i].p_align, 1, 64);
			loaded++;
		}
	assert_int_not_equal(loaded, 0);
	for (size_t i = 1; i < v.nr_sections; i++)
		assert_in_range(v.sections[i].h.sh_addralign, 0, 64);
	elf_view_close(&v);
	free(f.data);
}

static void what_makes_no_sense_is_refused(void **state)
{
	static const char *const bad[] = {
		GOOD ".data\n.set nowhere_uk_reloc_data8_7, .\n.quad 0\n", /* no such symbol */
		GOOD ".data\n.set target_uk_reloc_data3_7, .\n.quad 0\n",  /* no such width */
		GOOD ".set target_uk_reloc_data8_7, 0x10\n",		   /* not in the file */
		GOOD ".set target_uk_reloc_data8_7, target\n",		   /* in .bss */
		GOOD ".set table_uk_reloc_pte_attr0_8, 0x3\n",		   /* two attributes */
		GOOD ".data\n.set target_uk_reloc_data8_7, pointer + 4\n", /* two in one place */
		GOOD ".set target_uk_reloc_data8_7, header + 8\n",	   /* the header */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct file f = linked(bad[i]);
		struct image_report r;

		if (image_relocate(&f, &r, &quiet))
			fail_msg("number %zu is not refused", i);
		free(f.data);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hand_made_slots_hold_their_values_and_move_with_the_right_base),
		cmocka_unit_test(the_section_holds_the_table_alone),
		cmocka_unit_test(nothing_is_page_aligned_in_the_file),
		cmocka_unit_test(what_makes_no_sense_is_refused),
	};

	return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
