/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TESTS_UNIT_LINK_FIXTURE_H
#define TESTS_UNIT_LINK_FIXTURE_H

/*
 * Images from real compilers and linkers, for the tests of mkreloc: a C and an
 * assembly file are compiled and linked in a temporary folder, laid out as the
 * image is (linker/common.lds.h), only smaller.
 */

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../reloc/host/image.h"

struct toolchain {
	const char *name;
	const char *cc;
	const char *ld;
	const char *base; /* link address */
	bool packs;	  /* ld makes .relr.dyn itself */
};

#define GCC_X86	  "gcc"
#define GCC_ARM	  "aarch64-linux-gnu-gcc"
#define CLANG_X86 "clang --target=x86_64-linux-gnu"
#define CLANG_ARM "clang --target=aarch64-linux-gnu"
#define BFD_X86	  "ld.bfd"
#define BFD_ARM	  "aarch64-linux-gnu-ld.bfd"
#define LLD_X86	  "ld.lld -m elf_x86_64"
#define LLD_ARM	  "ld.lld -m aarch64elf"
#define BFD_PACK  " -z pack-relative-relocs"
#define LLD_PACK  " --pack-dyn-relocs=relr"
#define BASE_X86  "0x100000"
#define BASE_ARM  "0"

/* GNU ld 2.40 for AArch64 cannot pack. */
static const struct toolchain toolchains[] = {
	{"x86_64 gcc bfd", GCC_X86, BFD_X86, BASE_X86, false},
	{"x86_64 gcc bfd packed", GCC_X86, BFD_X86 BFD_PACK, BASE_X86, true},
	{"x86_64 clang bfd", CLANG_X86, BFD_X86, BASE_X86, false},
	{"x86_64 gcc lld", GCC_X86, LLD_X86, BASE_X86, false},
	{"x86_64 clang lld", CLANG_X86, LLD_X86, BASE_X86, false},
	{"x86_64 clang lld packed", CLANG_X86, LLD_X86 LLD_PACK, BASE_X86, true},
	{"arm64 gcc bfd", GCC_ARM, BFD_ARM, BASE_ARM, false},
	{"arm64 clang bfd", CLANG_ARM, BFD_ARM, BASE_ARM, false},
	{"arm64 gcc lld", GCC_ARM, LLD_ARM, BASE_ARM, false},
	{"arm64 clang lld", CLANG_ARM, LLD_ARM, BASE_ARM, false},
	{"arm64 clang lld packed", CLANG_ARM, LLD_ARM LLD_PACK, BASE_ARM, true},
};
#define NR_TOOLCHAINS (sizeof(toolchains) / sizeof(*toolchains))

static char fixture_dir[] = "/tmp/ukaslr-test.XXXXXX";

/* Slots of every kind: runs, a gap, unaligned, by wish */
static const char fixture_c[] =
	"extern int numbers[];\n"
	"static int zeros[1000];\n"
	"int early[64] __attribute__((section(\".early\")));\n"
	"const char *const names[] = {\"a\", \"bb\", \"ccc\"};\n"
	"int *pointers[80] = {&numbers[0], &numbers[1], zeros, &zeros[999]};\n"
	"struct { char c; void *p; } __attribute__((packed)) packed = {1, &pointers};\n"
	"int **last[200] = {[0] = pointers, [100] = pointers, [199] = pointers};\n"
	"int numbers[3] = {1, 2, 3};\n"
	"extern char wishes[];\n"
	"int use(int i)\n"
	"{\n"
	"\tzeros[i] = early[i] + wishes[i];\n"
	"\treturn *pointers[i] + names[i][0] + *last[i][0] + *(int *)packed.p;\n"
	"}\n";

static const char fixture_s[] = "#include <ukaslr/reloc_asm.h>\n"
				"\tRELOC_HEADER\n"
				"\t.text\n\t.globl _start\n_start:\n\tnop\n"
				"#ifndef NO_WISHES\n"
				"\t.data\n\t.globl wishes\n"
				"wishes:\t.byte 7\n"
				"\tRELOC_SLOT 8, _start + 1\n"
				"\tRELOC_SLOT 4, wishes, RELOC_PHYS\n"
				"\tRELOC_SLOT 2, wishes, RELOC_PHYS\n"
				"\t.balign 8\n"
				"\tRELOC_SLOT 8, wishes + 3, RELOC_PHYS\n"
				"wish_at:\t.quad 0\n"
				"\tRELOC_AT wish_at, 8, numbers\n"
				"#else\n"
				"\t.bss\n\t.globl wishes\nwishes: .skip 64\n"
				"#endif\n"
				"\t.section .note.GNU-stack, \"\", %progbits\n";

static const char fixture_lds[] =
	"ENTRY(_start)\n"
	"PHDRS { text PT_LOAD FLAGS(5); data PT_LOAD FLAGS(6); bss PT_LOAD FLAGS(6); }\n"
	"SECTIONS {\n"
	"\t. = BASE;\n"
	"\t__base_addr = .;\n"
	"\t.text : { *(.text .text.*) } :text\n"
	"\t.rodata : { __reloc_header = .; KEEP(*(.reloc.header)) *(.rodata .rodata.*) } :text\n"
	"\t. = ALIGN(256);\n"
	"\t__slots_start = .;\n"
	"\t.data : { *(.data .data.*) EXTRA_DATA . = ALIGN(32); } :data\n"
	"\t__slots_end = .;\n"
	"\t__reloc_start = .;\n"
	"\t.rela.dyn : { *(.rela .rela.*) } :data\n"
	"\t.relr.dyn : { *(.relr.dyn) } :data\n"
	"\t__reloc_end = .;\n"
	"\t.bss __reloc_start (NOLOAD) : { *(.bss .bss.*) *(COMMON) } :bss\n"
	"\t. = MAX(., __reloc_end);\n"
	"\t. = ALIGN(64);\n"
	"\t.early (NOLOAD) : { *(.early) } :bss\n"
	"\t__early_end = .;\n"
	"\t/DISCARD/ : { *(.dynamic .dynsym .dynstr .hash .gnu.* .comment .note* .eh_frame "
	".interp) }\n"
	"}\n";

static inline void fixture_write(const char *name, const char *text)
{
	char path[256];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", fixture_dir, name);
	f = fopen(path, "w");
	if (!f || fputs(text, f) < 0 || fclose(f)) {
		perror(path);
		abort();
	}
}

static inline int fixture_run(const char *command)
{
	/* The sanitizers of the test program are no business of the compilers. */
	return system(command);
}

/* The image at <folder>/image; extra goes to compiler and preprocessor of the script. */
static inline bool fixture_link_with(const struct toolchain *t, const char *source,
				     const char *defines)
{
	char command[4096];

	fixture_write("a.c", source);
	fixture_write("s.S", fixture_s);
	fixture_write("in.lds", fixture_lds);
	snprintf(command, sizeof(command),
		 "r=$PWD; cd %s && "
		 "%s -std=gnu11 -g -O1 -ffreestanding -fPIE -fno-stack-protector "
		 "-include $r/include/ukaslr/hidden.h -I$r/include %s -c a.c -o a.o && "
		 "%s -g -I$r/include %s -c s.S -o s.o && "
		 "cpp -P -DBASE=%s -DEXTRA_DATA='*(.got .got.plt)' %s in.lds image.lds && "
		 "%s -pie --no-dynamic-linker -z text -z norelro -z max-page-size=64 "
		 "-z common-page-size=64 --no-check-sections --gc-sections -u use "
		 "-T image.lds a.o s.o -o image 2>link.log",
		 fixture_dir, t->cc, defines, t->cc, defines, t->base, defines, t->ld);
	return fixture_run(command) == 0;
}

static inline bool fixture_link(const struct toolchain *t)
{
	return fixture_link_with(t, fixture_c, "");
}

static inline struct file fixture_load(const char *name)
{
	static char path[256];
	struct diag d = {.tool = "test", .out = stderr};
	struct file f = {.name = path, .debug = path};

	snprintf(path, sizeof(path), "%s/%s", fixture_dir, name);
	if (!file_read(path, &f.data, &f.size, &d))
		abort();
	return f;
}

static inline int fixture_setup(void **state)
{
	(void)state;
	return mkdtemp(fixture_dir) ? 0 : -1;
}

static inline int fixture_teardown(void **state)
{
	char command[256];

	(void)state;
	snprintf(command, sizeof(command), "rm -r %s", fixture_dir);
	return fixture_run(command);
}

#endif /* TESTS_UNIT_LINK_FIXTURE_H */
