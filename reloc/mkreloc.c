/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * mkreloc: the linker's relative relocations become the table that the image
 * relocates itself with. docs/mkreloc.1, docs/reloc-format.md.
 */
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/image.h"
#include "host/memory.h"

enum mode { MODE_RELOCATE, MODE_CHECK, MODE_STAT };

struct options {
	enum mode mode;
	const char *output;
	enum image_kind kind;
	bool verbose;
};

static const char help[] =
	"Usage: mkreloc [-uv] [-o FILE] IMAGE   make the relocation table of a linked image\n"
	"       mkreloc --check IMAGE...        check finished images, ELF or flat\n"
	"       mkreloc --stat FILE...          count the relocations of any linked ELF file\n"
	"\n"
	"  -o, --output=FILE   write there; IMAGE stays as it is\n"
	"  -u, --unikraft      IMAGE was linked by Unikraft: its symbols, its own relocations\n"
	"  -v, --verbose       say what the table came to\n"
	"  -c, --check         change nothing; check header, sums and slots\n"
	"  -s, --stat          change nothing; print counts and bytes: RELA, RELR, saving\n"
	"  -h, --help          this text\n"
	"  -V, --version       the version of the table's format\n"
	"\n"
	"Exit status: 0 all is well, 1 a file is not as it must be, 2 wrong usage, or a\n"
	"file cannot be read or written.\n";

static const struct option long_options[] = {
	{"output", required_argument, NULL, 'o'}, {"unikraft", no_argument, NULL, 'u'},
	{"verbose", no_argument, NULL, 'v'},	  {"check", no_argument, NULL, 'c'},
	{"stat", no_argument, NULL, 's'},	  {"help", no_argument, NULL, 'h'},
	{"version", no_argument, NULL, 'V'},	  {0},
};

/* A new file takes the old one's place whole, or not at all. */
static bool file_write(const char *name, mode_t mode, const struct file *f, struct diag *d)
{
	size_t len = strlen(name) + sizeof(".XXXXXX");
	char *temporary = xrealloc(NULL, len);
	size_t written = 0;
	int fd;

	snprintf(temporary, len, "%s.XXXXXX", name);
	fd = mkstemp(temporary);
	while (fd >= 0 && written < f->size) {
		ssize_t n = write(fd, f->data + written, f->size - written);

		if (n < 0 && errno != EINTR)
			break;
		written += n > 0 ? (size_t)n : 0;
	}
	if (fd < 0 || written < f->size || fchmod(fd, mode) || close(fd) ||
	    rename(temporary, name)) {
		diag_error(d, "%s: cannot write: %s", name, strerror(errno));
		if (fd >= 0)
			unlink(temporary);
		free(temporary);
		return false;
	}
	free(temporary);
	return true;
}

static int relocate(const struct options *o, struct file *f, struct diag *d)
{
	const char *output = o->output ? o->output : f->name;
	struct image_report r;
	struct stat st;

	if (stat(f->name, &st)) {
		diag_error(d, "%s: %s", f->name, strerror(errno));
		return EXIT_USAGE;
	}
	if (!image_relocate(f, &r, d))
		return EXIT_REFUSE;
	if (!file_write(output, st.st_mode & 07777, f, d))
		return EXIT_USAGE;
	if (o->verbose)
		printf("%s: %zu relocations, %zu bytes of RELR, %zu of remainder (RELA: %zu)\n",
		       output, r.slots, r.relr_words * 8, r.rest_words * 8, r.rela_bytes);
	return EXIT_FINE;
}

static int one_file(const struct options *o, const char *name, struct diag *d)
{
	struct file f = {.name = name, .debug = name, .kind = o->kind};
	struct image_report r;
	int status;

	if (!file_read(name, &f.data, &f.size, d))
		return EXIT_USAGE;
	if (o->mode == MODE_RELOCATE) {
		status = relocate(o, &f, d);
	} else if (o->mode == MODE_STAT) {
		status = image_stat(&f, stdout, d) ? EXIT_FINE : EXIT_REFUSE;
	} else {
		status = image_check(&f, &r, d) ? EXIT_FINE : EXIT_REFUSE;
		if (o->verbose && status == EXIT_FINE)
			printf("%s: %zu relocations, %zu bytes of RELR, %zu of remainder\n", name,
			       r.slots, r.relr_words * 8, r.rest_words * 8);
	}
	free(f.data);
	return status;
}

/* An exit status, or -1 to go on */
static int parse_options(int argc, char **argv, struct options *o)
{
	int c;

	while ((c = getopt_long(argc, argv, "o:uvcshV", long_options, NULL)) != -1) {
		if (c == 'o')
			o->output = optarg;
		else if (c == 'u')
			o->kind = IMAGE_UNIKRAFT;
		else if (c == 'v')
			o->verbose = true;
		else if (c == 'c')
			o->mode = MODE_CHECK;
		else if (c == 's')
			o->mode = MODE_STAT;
		else if (c == 'h')
			return fputs(help, stdout) < 0 ? EXIT_USAGE : EXIT_FINE;
		else if (c == 'V')
			return printf("mkreloc (ukaslr), relocation table format %llu\n",
				      RELOC_VERSION) < 0
				       ? EXIT_USAGE
				       : EXIT_FINE;
		else
			return EXIT_USAGE;
	}
	if (optind == argc || (o->mode == MODE_RELOCATE && argc - optind > 1) ||
	    (o->mode != MODE_RELOCATE && (o->output || o->kind))) {
		fputs("mkreloc: expected one IMAGE, or --check or --stat with files; "
		      "see mkreloc --help\n",
		      stderr);
		return EXIT_USAGE;
	}
	return -1;
}

int main(int argc, char **argv)
{
	struct diag d = {.tool = "mkreloc", .out = stderr};
	struct options o = {0};
	int status = parse_options(argc, argv, &o);

	if (status >= 0)
		return status;
	status = EXIT_FINE;
	for (int i = optind; i < argc; i++) {
		int one = one_file(&o, argv[i], &d);

		if (one > status)
			status = one;
	}
	diag_end(&d);
	return fflush(stdout) ? EXIT_USAGE : status;
}
