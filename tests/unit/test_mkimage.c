/* SPDX-License-Identifier: BSD-3-Clause */
/* mkimage on small files made by hand: what it writes, and what it refuses */
#include <stdio.h>
#include <sys/wait.h>

/* Before cmocka, which has a fail() as well */
int mkimage_main(int argc, char **argv);
#define main mkimage_main
#include "../../tools/mkimage.c"
#undef main
#include "../../tools/mkimage_linux.c"
#include "../../tools/mkimage_pe.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#define BASE 0x100000

/* An ELF file with one segment, which begins with the headers, and bytes behind it */
static struct {
	Elf64_Ehdr eh;
	Elf64_Phdr ph;
	unsigned char code[136], behind[64];
} elf_file;
#define LOADED (offsetof(__typeof__(elf_file), behind))

static char folder[] = "/tmp/ukaslr-mkimage.XXXXXX";

/* What the sanitizers find is no refusal. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
	return "detect_leaks=0:exitcode=99";
}

static int make_folder(void **state)
{
	(void)state;
	return mkdtemp(folder) && !chdir(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
	(void)state;
	unlink("elf");
	unlink("image");
	unlink("said");
	return rmdir(folder);
}

static int setup(void **state)
{
	(void)state;
	memset(&elf_file, 0x5a, sizeof(elf_file));
	elf_file.eh = (Elf64_Ehdr){
		.e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB,
			    EV_CURRENT},
		.e_type = ET_DYN,
		.e_machine = EM_X86_64,
		.e_version = EV_CURRENT,
		.e_phoff = sizeof(Elf64_Ehdr),
		.e_ehsize = sizeof(Elf64_Ehdr),
		.e_phentsize = sizeof(Elf64_Phdr),
		.e_phnum = 1,
		.e_shentsize = sizeof(Elf64_Shdr),
	};
	elf_file.ph = (Elf64_Phdr){
		.p_type = PT_LOAD,
		.p_flags = PF_R | PF_X,
		.p_vaddr = BASE,
		.p_filesz = LOADED,
		.p_memsz = 0x1000,
	};
	return 0;
}

static size_t read_whole(const char *name, char *bytes, size_t room)
{
	FILE *f = fopen(name, "rb");
	size_t n;

	assert_non_null(f);
	n = fread(bytes, 1, room, f);
	fclose(f);
	return n;
}

/* mkimage ends by exit(), with memory in use: it has a process of its own. */
static int run(const char *const *words, char *said, size_t room)
{
	char *argv[8] = {(char *)(uintptr_t) "mkimage"};
	int argc = 1, status = -1;
	FILE *f = fopen("elf", "wb");
	pid_t child;

	for (; *words; words++)
		argv[argc++] = (char *)(uintptr_t)*words;
	assert_non_null(f);
	assert_int_equal(fwrite(&elf_file, 1, sizeof(elf_file), f), sizeof(elf_file));
	assert_int_equal(fclose(f), 0);
	child = fork();
	if (!child) {
		optind = 0; /* GNU getopt: start anew */
		_exit(freopen("said", "w", stderr) ? mkimage_main(argc, argv) : 99);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	said[read_whole("said", said, room - 1)] = '\0';
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void refuse(const char *why, const char *const *words)
{
	char said[256];

	assert_int_equal(run(words, said, sizeof(said)), 1);
	if (strncmp(said, "mkimage: elf: ", 14) || !strstr(said, why))
		fail_msg("\"%s\" does not say \"%s\"", said, why);
}

#define WORDS(...) ((const char *const[]){__VA_ARGS__, "elf", "image", NULL})
#define PLAIN	   ((const char *const[]){"elf", "image", NULL})

static void the_image_is_what_is_loaded_without_section_headers(void **state)
{
	char image[sizeof(elf_file)], said[256];

	(void)state;
	elf_file.eh.e_shoff = LOADED;
	elf_file.eh.e_shnum = 1;
	memset(elf_file.behind, 0, sizeof(elf_file.behind));
	assert_int_equal(run(PLAIN, said, sizeof(said)), 0);
	elf_file.eh.e_shoff = 0;
	elf_file.eh.e_shnum = 0;
	assert_int_equal(read_whole("image", image, sizeof(image)), LOADED);
	assert_memory_equal(image, &elf_file, LOADED);
}

static void segments_shorter_than_a_header_are_refused(void **state)
{
	(void)state;
	elf_file.ph.p_filesz = 4;
	refuse("shorter than an ELF header", PLAIN);
	refuse("shorter than an ELF header", WORDS("--linux"));
	elf_file.ph.p_filesz = 0;
	refuse("no loadable segment", PLAIN);
	elf_file.ph.p_filesz = sizeof(elf_file) + 1;
	refuse("past the end of the file", PLAIN);
}

static void a_uefi_program_is_of_a_known_machine(void **state)
{
	(void)state;
	elf_file.eh.e_machine = EM_386;
	refuse("neither", WORDS("--efi"));
	elf_file.eh.e_machine = EM_AARCH64;
	refuse("no symbol efi_entry", WORDS("--efi"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(the_image_is_what_is_loaded_without_section_headers, setup),
		cmocka_unit_test_setup(segments_shorter_than_a_header_are_refused, setup),
		cmocka_unit_test_setup(a_uefi_program_is_of_a_known_machine, setup),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
