/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * relcheck: early code must run before it is relocated; this reads its object
 * files and refuses what would not. docs/relcheck.1.
 */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "host/memory.h"
#include "host/objcheck.h"

static const char help[] =
	"Usage: relcheck [--allow=SYMBOL]... OBJECT...\n"
	"\n"
	"Refuses object files whose code could not run before it is relocated: absolute\n"
	"relocations in loaded sections, use of the global offset table, procedure\n"
	"linkage table or thread-local storage, and calls to a sanitizer, the stack\n"
	"protector, a profiler or the C library. x86-64 and AArch64.\n"
	"\n"
	"  -a, --allow=SYMBOL  SYMBOL is an absolute number that the linker script sets,\n"
	"                      or a function that the image has itself\n"
	"  -h, --help          this text\n"
	"  -V, --version       the version\n"
	"\n"
	"Exit status: 0 all is well, 1 an object is refused, 2 wrong usage, or a file\n"
	"cannot be read.\n";

static const struct option long_options[] = {
	{"allow", required_argument, NULL, 'a'},
	{"help", no_argument, NULL, 'h'},
	{"version", no_argument, NULL, 'V'},
	{0},
};

static int one_object(const char *name, const struct allowed *allowed, struct diag *d)
{
	struct source src = {.file = name};
	unsigned char *data;
	size_t size;
	struct elf_view v;
	int status = EXIT_REFUSE;

	if (!file_read(name, &data, &size, d))
		return EXIT_USAGE;
	if (elf_view_open(&v, name, data, size, d)) {
		if (objcheck(&v, &src, allowed, d))
			status = EXIT_FINE;
		elf_view_close(&v);
	}
	source_close(&src);
	free(data);
	return status;
}

int main(int argc, char **argv)
{
	struct diag d = {.tool = "relcheck", .out = stderr};
	const char **names = xrealloc(NULL, (size_t)argc * sizeof(*names));
	struct allowed allowed = {names, 0};
	int c, status = EXIT_FINE;

	while ((c = getopt_long(argc, argv, "a:hV", long_options, NULL)) != -1) {
		if (c == 'a')
			names[allowed.count++] = optarg;
		else
			break;
	}
	if (c == 'h')
		status = fputs(help, stdout) < 0 ? EXIT_USAGE : EXIT_FINE;
	else if (c == 'V')
		status = puts("relcheck (ukaslr)") < 0 ? EXIT_USAGE : EXIT_FINE;
	else if (c != -1 || optind == argc) {
		fputs("relcheck: expected object files; see relcheck --help\n", stderr);
		status = EXIT_USAGE;
	} else
		for (int i = optind; i < argc; i++) {
			int one = one_object(argv[i], &allowed, &d);

			if (one > status)
				status = one;
		}
	diag_end(&d);
	free(names);
	return fflush(stdout) ? EXIT_USAGE : status;
}
