/* SPDX-License-Identifier: BSD-3-Clause */
/* LIBS: -ldw -lelf */
/* relcheck on objects of both compilers for both architectures */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "link_fixture.h"
#include "../../reloc/host/objcheck.h"

static const char *const compilers[] = {GCC_X86, GCC_ARM, CLANG_X86, CLANG_ARM};
#define NR_COMPILERS 4u

#define EARLY_FLAGS \
	" -ffreestanding -fPIE -fno-stack-protector -include $r/include/ukaslr/hidden.h "

/* Compiles `source` (a C file, or assembly if ext is "S") and checks the object. */
static const char *checked(const char *cc, const char *ext, const char *flags, const char *source,
			   struct allowed allowed)
{
	static char *text;
	char name[16], command[1024];
	size_t size;
	struct diag d = {.tool = "relcheck"};
	struct source src;
	struct elf_view v;
	struct file f;
	bool good;

	snprintf(name, sizeof(name), "early.%s", ext);
	fixture_write(name, source);
	snprintf(command, sizeof(command),
		 "r=$PWD; cd %s && %s -g -O1 %s -I$r/include -c %s -o early.o 2>cc.log",
		 fixture_dir, cc, flags, name);
	if (fixture_run(command) != 0)
		fail_msg("%s does not compile: %s", cc, source);
	f = fixture_load("early.o");
	src = (struct source){.file = f.debug};
	free(text);
	d.out = open_memstream(&text, &size);
	assert_true(elf_view_open(&v, f.name, f.data, f.size, &d));
	good = objcheck(&v, &src, &allowed, &d);
	assert_int_equal(good, d.errors == 0);
	elf_view_close(&v);
	source_close(&src);
	fclose(d.out);
	free(f.data);
	return text;
}

static void expect_words(const char *text, const char *const *words)
{
	if (!words[0] && text[0])
		fail_msg("unexpected: %s", text);
	for (; *words; words++)
		if (!strstr(text, *words))
			fail_msg("'%s' is not in: %s", *words, text);
}

#define NOTHING_ALLOWED ((struct allowed){NULL, 0})

/* The same of all four compilers */
static void expect_all(const char *flags, const char *source, const char *const *words)
{
	for (unsigned i = 0; i < NR_COMPILERS; i++)
		expect_words(checked(compilers[i], "c", flags, source, NOTHING_ALLOWED), words);
}

#define EXPECT(flags, source, ...) \
	expect_all(flags, source, (const char *const[]){__VA_ARGS__, NULL})

#define PASSES(flags, source) expect_all(flags, source, (const char *const[]){NULL})

static void early_code_as_it_should_be_passes(void **state)
{
	(void)state;
	PASSES(EARLY_FLAGS, "extern int shared; int other(int); void *memcpy(void *, const void *, "
			    "unsigned long);\n"
			    "static const char text[] = \"text\"; static int here;\n"
			    "const char *say(char *to, int n) { here += other(shared);\n"
			    " memcpy(to, text, n); return n ? \"a\" : \"b\"; }\n");
}

static void a_pointer_in_static_data_is_named(void **state)
{
	(void)state;
	EXPECT(EARLY_FLAGS,
	       "int x;\n"
	       "int *const table[] = {&x, &x};\n",
	       "early.o: .data.rel.ro", "+0x8 (table+0x8, ", "early.c:2)", "64 against 'x'",
	       "take the address in code");
}

static void the_global_offset_table_is_named(void **state)
{
	(void)state;
	EXPECT("-fPIC", "extern int x;\nint f(void) { return x; }\n", ".text+0x", "(f",
	       "early.c:2)", "GOT", "against 'x'", "hidden.h");
}

static void thread_local_storage_is_named(void **state)
{
	(void)state;
	EXPECT(EARLY_FLAGS, "__thread int x;\nint f(void) { return ++x; }\n", "early.c:2)",
	       "against 'x'", "thread-local storage", ".tbss");
}

static void calls_into_runtimes_are_named(void **state)
{
	(void)state;
	EXPECT(EARLY_FLAGS "-fsanitize=undefined ", "int f(int x) { return x + 1; }\n",
	       "uses '__ubsan_handle_add_overflow'", "early.c:1)", "-fno-sanitize=all");
	EXPECT("-ffreestanding -fPIE -include $r/include/ukaslr/hidden.h -fstack-protector-all",
	       "void g(char *);\nvoid f(void) { char c[64]; g(c); }\n", "uses '__stack_chk_fail'",
	       "-fno-stack-protector");
	EXPECT(EARLY_FLAGS, "int printf(const char *, ...);\nvoid f(void) { printf(\"%d\", 1); }\n",
	       "uses 'printf', of the C library", "early.c:2)");
	EXPECT(EARLY_FLAGS "-pg ", "void f(void) { }\n", "profiler");
}

static void what_the_user_allows_passes(void **state)
{
	static const char *const names[] = {"printf", "image_pages"};
	static const char *const nothing[] = {NULL};

	(void)state;
	for (unsigned i = 0; i < NR_COMPILERS; i++) {
		expect_words(checked(compilers[i], "c", EARLY_FLAGS,
				     "int printf(const char *, ...);\n"
				     "void f(void) { printf(\"%d\", 1); }\n",
				     (struct allowed){names, 2}),
			     nothing);
		expect_words(checked(compilers[i], "S", "",
				     ".data\n.long image_pages\n.quad image_pages\n",
				     (struct allowed){names, 2}),
			     nothing);
	}
}

static void assembly_with_a_short_address_is_named(void **state)
{
	static const char *const words[] = {".data+0x2 (descriptor+0x2", "32 against '",
					    "RELOC_SLOT", NULL};

	(void)state;
	for (unsigned i = 0; i < NR_COMPILERS; i++)
		expect_words(checked(compilers[i], "S", "",
				     ".data\n"
				     "descriptor:\n"
				     "\t.short 1\n"
				     "\t.long descriptor\n",
				     NOTHING_ALLOWED),
			     words);
}

static void slots_by_wish_and_distances_pass(void **state)
{
	static const char *const nothing[] = {NULL};

	(void)state;
	for (unsigned i = 0; i < NR_COMPILERS; i++)
		expect_words(checked(compilers[i], "S", "",
				     "#include <ukaslr/reloc_asm.h>\n"
				     "\tRELOC_HEADER\n"
				     "\t.data\nhere:\t.quad elsewhere - .\n\t.long here - .\n"
				     "number = 42\n\t.quad number\n"
				     "\tRELOC_SLOT 4, here, RELOC_PHYS\n",
				     NOTHING_ALLOWED),
			     nothing);
}

static void code_for_a_fixed_address_is_named(void **state)
{
	static const char source[] = "extern int x;\nint *f(void) { return &x; }\n";
	static const char *const words[] = {"R_X86_64_32", "against 'x'", "-fPIE", NULL};

	(void)state;
	expect_words(checked(GCC_X86, "c", "-fno-pie", source, NOTHING_ALLOWED), words);
	expect_words(checked(GCC_ARM, "S", "", "\tmovz x0, #:abs_g0_nc:x\n", NOTHING_ALLOWED),
		     (const char *const[]){"R_AARCH64_MOVW_UABS_G0_NC", "against 'x'", NULL});
}

static void every_libc_name_is_found(void **state)
{
	(void)state;
	/* the list must be sorted for these ends and middles to be found */
	assert_non_null(runtime_of("abort"));
	assert_non_null(runtime_of("isxdigit"));
	assert_non_null(runtime_of("malloc"));
	assert_non_null(runtime_of("open"));
	assert_non_null(runtime_of("snprintf"));
	assert_non_null(runtime_of("strtoull"));
	assert_non_null(runtime_of("write"));
	assert_non_null(runtime_of("__memcpy_chk"));
	assert_null(runtime_of("memcpy"));
	assert_null(runtime_of("entropy_init"));
	assert_null(runtime_of(""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(early_code_as_it_should_be_passes),
		cmocka_unit_test(a_pointer_in_static_data_is_named),
		cmocka_unit_test(the_global_offset_table_is_named),
		cmocka_unit_test(thread_local_storage_is_named),
		cmocka_unit_test(calls_into_runtimes_are_named),
		cmocka_unit_test(what_the_user_allows_passes),
		cmocka_unit_test(assembly_with_a_short_address_is_named),
		cmocka_unit_test(slots_by_wish_and_distances_pass),
		cmocka_unit_test(code_for_a_fixed_address_is_named),
		cmocka_unit_test(every_libc_name_is_found),
	};

	return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
