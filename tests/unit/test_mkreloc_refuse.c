/* SPDX-License-Identifier: BSD-3-Clause */
/* LIBS: -ldw -lelf */
/*
 * mkreloc says what is wrong: with a relocation that cannot be a table's, with
 * an image that does not keep the linker script's promises, with a file that is
 * none
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "damaged_image.h"

#define X86_GCC 0
#define X86_LLD 4
#define ARM_GCC 6
#define ARM_LLD 9

/* The entry of names[1], two bytes or more into its symbol */
static Elf64_Rela *entry_of_names(const struct file *f)
{
	uint64_t where = find_symbol(f, "names")->st_value + 8;
	Elf64_Rela *r = rela(f);

	while (r->r_offset != where)
		r++;
	return r;
}

static void each_kind_that_is_not_relative_is_named_with_place_and_advice(void **state)
{
	static const struct {
		unsigned toolchain;
		uint32_t type;
		const char *name, *advice;
	} kinds[] = {
		{X86_GCC, R_X86_64_64, "R_X86_64_64", "link-time address"},
		{X86_GCC, R_X86_64_32, "R_X86_64_32", "RELOC_SLOT"},
		{X86_GCC, R_X86_64_GLOB_DAT, "R_X86_64_GLOB_DAT", "hidden.h"},
		{X86_LLD, R_X86_64_JUMP_SLOT, "R_X86_64_JUMP_SLOT", "procedure linkage"},
		{X86_GCC, R_X86_64_TPOFF64, "R_X86_64_TPOFF64", "thread-local"},
		{X86_LLD, R_X86_64_IRELATIVE, "R_X86_64_IRELATIVE", "ifunc"},
		{X86_GCC, 200, "unknown type", "not known"},
		{ARM_GCC, R_AARCH64_ABS64, "R_AARCH64_ABS64", "link-time address"},
		{ARM_LLD, R_AARCH64_ABS32, "R_AARCH64_ABS32", "RELOC_SLOT"},
		{ARM_GCC, R_AARCH64_GLOB_DAT, "R_AARCH64_GLOB_DAT", "hidden.h"},
		{ARM_LLD, R_AARCH64_TLS_TPREL, "R_AARCH64_TLS_TPREL", "thread-local"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		/* the newest link is on disk, for its debug information */
		struct file f;

		assert_true(fixture_link(&toolchains[kinds[i].toolchain]));
		f = fixture_load("image");
		entry_of_names(&f)->r_info = ELF64_R_INFO(0, kinds[i].type);
		REFUSED(f, ".data+0x", "names+0x8", "a.c:4", kinds[i].name, kinds[i].advice);
	}
}

static void a_relocation_in_text_is_refused(void **state)
{
	struct file f = fresh(X86_GCC);

	(void)state;
	entry_of_names(&f)->r_offset = find_symbol(&f, "use")->st_value;
	REFUSED(f, ".text", "use", "text is the same wherever");
}

static void a_relocation_outside_the_relocatable_part_is_refused(void **state)
{
	struct file f = fresh(X86_GCC);

	(void)state;
	entry_of_names(&f)->r_offset = find_symbol(&f, "__reloc_header")->st_value;
	REFUSED(f, ".rodata", "outside the relocatable part");
	f = fresh(X86_GCC);
	entry_of_names(&f)->r_offset = find_symbol(&f, "__early_end")->st_value;
	REFUSED(f, "not in the file");
}

static void text_among_the_slots_is_refused(void **state)
{
	struct file f = fresh(X86_GCC);

	(void)state;
	find_symbol(&f, "__slots_start")->st_value = find_symbol(&f, "__base_addr")->st_value;
	find_symbol(&f, "__reloc_header")->st_value = named(&f, ".data")->sh_addr;
	REFUSED(f, "__reloc_header must be");
	f = fresh(X86_GCC);
	named(&f, ".data")->sh_flags |= SHF_EXECINSTR;
	REFUSED(f, ".data is text");
}

static void an_entry_of_the_global_offset_table_is_refused_by_name(void **state)
{
	struct file f = fresh(X86_GCC);
	Elf64_Shdr *data = named(&f, ".data");

	(void)state;
	entry_of_names(&f)->r_addend = (Elf64_Sxword)find_symbol(&f, "pointers")->st_value;
	memcpy(f.data + (section_name(&f, data) - (char *)f.data), ".got", 5);
	REFUSED(f, "global offset table", "'pointers'");
}

static void two_relocations_of_the_same_bytes_are_refused(void **state)
{
	struct file f = fresh(X86_GCC);

	(void)state;
	rela(&f)[1].r_offset = rela(&f)[0].r_offset + 4;
	REFUSED(f, "two relocations for the same bytes");
}

static void each_symbol_of_the_layout_is_asked_for(void **state)
{
	static const char *const names[] = {"__base_addr", "__reloc_header", "__slots_start",
					    "__slots_end", "__reloc_start"};

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		struct file f = fresh(X86_GCC);

		find_symbol(&f, names[i])->st_shndx = SHN_UNDEF;
		REFUSED(f, names[i], "is missing");
	}
}

static void a_layout_out_of_order_is_refused(void **state)
{
	struct file f = fresh(X86_GCC);

	(void)state;
	find_symbol(&f, "__slots_end")->st_value += 64;
	REFUSED(f, "expected __base_addr <=");
	f = fresh(X86_GCC);
	find_symbol(&f, "__slots_start")->st_value += 4;
	REFUSED(f, "multiples of 8");
	f = fresh(X86_GCC);
	find_symbol(&f, "__base_addr")->st_value -= 64;
	REFUSED(f, "not the first byte");
	f = fresh(X86_GCC);
	find_symbol(&f, "__reloc_header")->st_value += 8;
	REFUSED(f, "56 zero bytes");
	f = fresh(X86_GCC);
	find_symbol(&f, "__reloc_start")->st_value += 8;
	REFUSED(f, "lies before __reloc_start");
	f = fresh(X86_GCC);
	named(&f, ".bss")->sh_addr += 8;
	REFUSED(f, "reaches into .bss");
}

static void an_image_with_its_table_is_refused_with_what_to_do(void **state)
{
	static const uint64_t signature = RELOC_SIGNATURE;
	struct file f = fresh(X86_GCC);
	struct elf_view v;
	struct diag d = {.tool = "test"};

	(void)state;
	assert_true(elf_view_open(&v, "image", f.data, f.size, &d));
	memcpy(bytes_at(&v, find_symbol(&f, "__reloc_header")->st_value, 8), &signature, 8);
	elf_view_close(&v);
	REFUSED(f, "link it again");
}

static void bad_wishes_are_refused(void **state)
{
	struct file f = fresh(X86_GCC);

	(void)state;
	f.data[named(&f, ".ukaslr.reloc")->sh_offset + 16] = 3;
	REFUSED(f, "expected a width of 2, 4 or 8");
	f = fresh(X86_GCC);
	f.data[named(&f, ".ukaslr.reloc")->sh_offset + 20] = 2;
	REFUSED(f, "RELOC_PHYS");
	f = fresh(X86_GCC);
	named(&f, ".ukaslr.reloc")->sh_size -= 1;
	REFUSED(f, "records of 24 bytes");
}

static void a_stripped_image_is_refused_with_what_to_do(void **state)
{
	struct file f = fresh(X86_GCC);

	(void)state;
	named(&f, ".symtab")->sh_type = SHT_NULL;
	REFUSED(f, "before strip");
}

static void what_is_no_elf_file_is_refused(void **state)
{
	struct file f = fresh(X86_GCC);

	(void)state;
	f.data[1] = 'e';
	REFUSED(f, "not an ELF file");
	f = fresh(X86_GCC);
	f.data[EI_CLASS] = ELFCLASS32;
	REFUSED(f, "64-bit");
	f = fresh(X86_GCC);
	f.data[EI_DATA] = ELFDATA2MSB;
	REFUSED(f, "little-endian");
	f = fresh(X86_GCC);
	((Elf64_Ehdr *)(void *)f.data)->e_machine = EM_RISCV;
	REFUSED(f, "machine 243");
	f = fresh(X86_GCC);
	((Elf64_Ehdr *)(void *)f.data)->e_type = ET_REL;
	REFUSED(f, "not a linked image");
}

/* Exactly as long as it says, so that ASan sees every step beyond */
static struct file cut(const struct file *f, size_t size)
{
	struct file copy = *f;

	copy.debug = NULL;
	copy.data = malloc(size + !size);
	copy.size = size;
	memcpy(copy.data, f->data, size);
	return copy;
}

static void a_truncated_file_is_refused_at_any_length(void **state)
{
	struct file f = fresh(ARM_LLD);
	bool good;

	(void)state;
	for (size_t size = 0; size < f.size; size += size < 512 ? 1 : 61) {
		(void)said(cut(&f, size), RELOCATE, &good);
		assert_false(good);
		(void)said(cut(&f, size), STAT, &good);
		assert_false(good);
	}
	free(f.data);
}

static void no_damage_to_a_file_is_more_than_a_refusal(void **state)
{
	struct file f = fresh(X86_GCC);
	uint64_t random = 88172645463325252ull;
	bool good;

	(void)state;
	f.debug = NULL;
	for (unsigned i = 0; i < 1500; i++) {
		struct file bad = cut(&f, f.size);

		for (unsigned n = 0; n < 4; n++) {
			random ^= random << 13;
			random ^= random >> 7;
			random ^= random << 17;
			bad.data[random % (i % 2 ? bad.size : 0x200)] =
				(unsigned char)(random >> 40);
		}
		(void)said(bad, i % 3, &good);
	}
	free(f.data);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_kind_that_is_not_relative_is_named_with_place_and_advice),
		cmocka_unit_test(a_relocation_in_text_is_refused),
		cmocka_unit_test(a_relocation_outside_the_relocatable_part_is_refused),
		cmocka_unit_test(text_among_the_slots_is_refused),
		cmocka_unit_test(an_entry_of_the_global_offset_table_is_refused_by_name),
		cmocka_unit_test(two_relocations_of_the_same_bytes_are_refused),
		cmocka_unit_test(each_symbol_of_the_layout_is_asked_for),
		cmocka_unit_test(a_layout_out_of_order_is_refused),
		cmocka_unit_test(an_image_with_its_table_is_refused_with_what_to_do),
		cmocka_unit_test(bad_wishes_are_refused),
		cmocka_unit_test(a_stripped_image_is_refused_with_what_to_do),
		cmocka_unit_test(what_is_no_elf_file_is_refused),
		cmocka_unit_test(a_truncated_file_is_refused_at_any_length),
		cmocka_unit_test(no_damage_to_a_file_is_more_than_a_refusal),
	};

	return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
