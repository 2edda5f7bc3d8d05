/* SPDX-License-Identifier: BSD-3-Clause */
/* Symbols that early code must not call. Declared in objcheck.h. */
#include <stdlib.h>
#include <string.h>

#include "objcheck.h"

struct family {
	const char *prefix;
	const char *advice;
};

#define SANITIZER "a sanitizer's runtime: compile early code with -fno-sanitize=all"
#define PROTECTOR "the stack protector: compile early code with -fno-stack-protector"
#define PROFILER  "a profiler: compile early code without -pg, --coverage and -finstrument-functions"
#define TLS_CALL  "thread-local storage, which needs a runtime: use an ordinary variable"
#define LIBC \
	"the C library: early code has lib/string.c alone; pass --allow if the image has its own"

static const struct family families[] = {
	{"__asan_", SANITIZER},
	{"__hwasan_", SANITIZER},
	{"__kasan_", SANITIZER},
	{"__msan_", SANITIZER},
	{"__tsan_", SANITIZER},
	{"__ubsan_", SANITIZER},
	{"__lsan_", SANITIZER},
	{"__memprof_", SANITIZER},
	{"__sanitizer_", SANITIZER},
	{"__cfi_", SANITIZER},
	{"__stack_chk_", PROTECTOR},
	{"__gcov_", PROFILER},
	{"__llvm_prof", PROFILER},
	{"__fentry__", PROFILER},
	{"mcount", PROFILER},
	{"_mcount", PROFILER},
	{"__cyg_profile_", PROFILER},
	{"__tls_get_addr", TLS_CALL},
	{"__aeabi_read_tp", TLS_CALL},
	{"__emutls_", TLS_CALL},
	{"__libc_", LIBC},
	{"__isoc99_", LIBC},
	{"__ctype_", LIBC},
	{"__errno_location", LIBC},
	{"__assert_fail", LIBC},
	{"__cxa_", LIBC},
	{"pthread_", LIBC},
};

/*
 * ISO C (7.4 to 7.27) and POSIX functions that are likeliest to slip in, sorted.
 * memcmp, memcpy, memmove, memset and strlen are not here: compilers emit calls
 * to them, so that every freestanding image has its own.
 */
static const char *const libc[] = {
	"abort",    "abs",	 "aligned_alloc", "asprintf", "assert",	 "atexit",   "atoi",
	"atol",	    "atoll",	 "bsearch",	  "calloc",   "clock",	 "close",    "div",
	"exit",	    "fclose",	 "fflush",	  "fgets",    "fopen",	 "fprintf",  "fputc",
	"fputs",    "fread",	 "free",	  "fwrite",   "getc",	 "getchar",  "getenv",
	"isalnum",  "isalpha",	 "isdigit",	  "islower",  "isprint", "isspace",  "isupper",
	"isxdigit", "labs",	 "llabs",	  "longjmp",  "malloc",	 "memccpy",  "memchr",
	"memmem",   "mempcpy",	 "mmap",	  "munmap",   "open",	 "perror",   "printf",
	"putc",	    "putchar",	 "puts",	  "qsort",    "raise",	 "rand",     "random",
	"read",	    "realloc",	 "scanf",	  "setjmp",   "signal",	 "snprintf", "sprintf",
	"srand",    "srandom",	 "sscanf",	  "stderr",   "stdin",	 "stdout",   "stpcpy",
	"strcat",   "strchr",	 "strcmp",	  "strcpy",   "strcspn", "strdup",   "strerror",
	"strncat",  "strncmp",	 "strncpy",	  "strndup",  "strnlen", "strpbrk",  "strrchr",
	"strspn",   "strstr",	 "strtok",	  "strtol",   "strtoll", "strtoul",  "strtoull",
	"system",   "time",	 "tolower",	  "toupper",  "ungetc",	 "usleep",   "vfprintf",
	"vprintf",  "vsnprintf", "vsprintf",	  "write",
};

static int by_name(const void *key, const void *element)
{
	return strcmp(key, *(const char *const *)element);
}

/* Fortified variants of libc functions: __memcpy_chk and so on */
static bool is_fortified(const char *symbol)
{
	size_t len = strlen(symbol);

	return len > 6 && strncmp(symbol, "__", 2) == 0 && strcmp(symbol + len - 4, "_chk") == 0;
}

const char *runtime_of(const char *symbol)
{
	for (size_t i = 0; i < sizeof(families) / sizeof(*families); i++)
		if (strncmp(symbol, families[i].prefix, strlen(families[i].prefix)) == 0)
			return families[i].advice;
	if (is_fortified(symbol))
		return "a checking variant of a libc function: compile with -U_FORTIFY_SOURCE";
	if (bsearch(symbol, libc, sizeof(libc) / sizeof(*libc), sizeof(*libc), by_name))
		return LIBC;
	return NULL;
}
