/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * symbolize: the offsets of fault reports become functions, files and lines.
 * docs/symbolize.1.
 */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "unwind.h"

#define FRAMES_MAX (REPORT_WORDS + 2)

static const char help[] =
	"Usage: symbolize ELF                read a console from stdin, explain its fault reports\n"
	"       symbolize ELF OFFSET...      say where in the source each APP+0xOFFSET is\n"
	"\n"
	"  -h, --help    this text\n"
	"\n"
	"Exit status: 0 all was found, 1 something was not, 2 wrong usage, or a file cannot be\n"
	"read.\n";

/* The console so far, and the report that its last lines are part of */
struct reader {
	struct program *program;
	struct report report;
	bool in_report;
	uint64_t target;
	bool has_target;
	bool incomplete; /* something was not found */
};

/* Reads "APP+0xOFFSET" at text; false if it is none of this program's. */
static bool read_place(const struct program *p, const char *text, uint64_t *offset)
{
	size_t len = strlen(p->app_name);
	char *end;

	if (strncmp(text, p->app_name, len) != 0 || strncmp(text + len, "+0x", 3) != 0)
		return false;
	*offset = strtoull(text + len + 1, &end, 16);
	return end > text + len + 3;
}

/* The place behind a word of the line; false if there is none. */
static bool place_after(const struct program *p, const char *line, const char *word,
			uint64_t *offset)
{
	const char *found = strstr(line, word);

	return found && read_place(p, found + strlen(word), offset);
}

static void print_target(struct reader *r)
{
	printf("  target: ");
	if (!program_print_symbol(r->program, r->target, stdout)) {
		printf("no symbol");
		r->incomplete = true;
	}
	putchar('\n');
}

/* The report is complete: says what it means. */
static void explain(struct reader *r)
{
	struct frame frames[FRAMES_MAX];
	size_t n;

	if (!r->in_report)
		return;
	n = unwind(r->program, &r->report, frames, FRAMES_MAX);
	for (size_t i = 0; i < n; i++) {
		printf("  #%-2zu %s", i, frames[i].guessed ? "(perhaps) " : "");
		if (!program_print_code(r->program, frames[i].offset, frames[i].is_return, stdout))
			r->incomplete = true;
	}
	if (r->has_target)
		print_target(r);
	fflush(stdout);
	r->in_report = false;
}

static bool read_word(struct reader *r, const char *line)
{
	struct report *report = &r->report;
	struct word *w = &report->words[report->nr_words];
	unsigned long long distance;
	const char *colon;

	if (place_after(r->program, line, "  link: ", &report->link)) {
		report->link_known = true;
		return true;
	}
	if (sscanf(line, "  stack+0x%llx: ", &distance) != 1 || report->nr_words == REPORT_WORDS)
		return false;
	colon = strchr(line, ':');
	w->distance = distance;
	if (!read_place(r->program, colon + 2, &w->offset))
		return false;
	report->nr_words++;
	return true;
}

static void read_line(struct reader *r, const char *line)
{
	if (r->in_report && !read_word(r, line))
		explain(r);
	printf("%s\n", line);
	if (strncmp(line, "fault: ", 7) != 0)
		return;
	r->report = (struct report){0};
	r->in_report = true;
	r->report.pc_known = place_after(r->program, line, " at ", &r->report.pc);
	r->has_target = place_after(r->program, line, ", target: ", &r->target);
}

static void read_console(struct reader *r, FILE *console)
{
	char *line = NULL;
	size_t size = 0;
	ssize_t len;

	while ((len = getline(&line, &size, console)) >= 0) {
		while (len && (line[len - 1] == '\n' || line[len - 1] == '\r'))
			line[--len] = 0;
		read_line(r, line);
	}
	explain(r);
	free(line);
}

/* "hello+0x12" or "0x12" */
static bool read_argument(const struct program *p, const char *text, uint64_t *offset)
{
	char *end;

	if (read_place(p, text, offset))
		return true;
	*offset = strtoull(text, &end, 16);
	return end > text && !*end;
}

static int explain_all(struct program *p, char **offsets)
{
	int status = 0;

	for (; *offsets; offsets++) {
		uint64_t offset;

		if (!read_argument(p, *offsets, &offset)) {
			fprintf(stderr, "symbolize: %s: no offset of %s\n", *offsets, p->app_name);
			return 2;
		}
		if (!program_print_code(p, offset, false, stdout))
			status = 1;
	}
	return status;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {{"help", no_argument, NULL, 'h'}, {0}};
	struct program program;
	struct reader reader = {.program = &program};
	int option = getopt_long(argc, argv, "h", options, NULL), status = 2;

	if (option == 'h')
		return fputs(help, stdout) < 0;
	if (option != -1 || optind == argc) {
		fputs(help, stderr);
		return 2;
	}
	if (program_open(&program, argv[optind])) {
		if (optind + 1 < argc) {
			status = explain_all(&program, argv + optind + 1);
		} else {
			read_console(&reader, stdin);
			status = reader.incomplete;
		}
	}
	program_close(&program);
	return status;
}
