/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Any command line: what cmdline_args() writes is what cmdline_scan() counted
 * and what a slow reader, one character at a time, makes of the text
 */

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <ukaslr/cmdline.h>

#define STRINGS_VA 0xffff812345678000ull

struct model {
	char *strings;
	size_t bytes, argc;
};

static int is_option(const char *word, size_t len)
{
	return (len >= 6 && memcmp(word, "kaslr=", 6) == 0) ||
	       (len >= 6 && memcmp(word, "kaslr.", 6) == 0) ||
	       (len == 5 && memcmp(word, "kaslr", 5) == 0);
}

/* One that cmdline_scan() may take without a message */
static int is_known(const char *word, size_t len)
{
	return (len >= 8 && memcmp(word, "kaslr=o", 7) == 0) ||
	       (len == 12 && memcmp(word, "kaslr=strict", 12) == 0) ||
	       (len >= 13 && memcmp(word, "kaslr.seed=", 11) == 0) ||
	       (len >= 16 && memcmp(word, "kaslr.entropy=", 14) == 0) ||
	       (len == 12 && memcmp(word, "kaslr.report", 12) == 0);
}

static void model_word(struct model *m, const char *word, size_t len)
{
	if (is_option(word, len)) {
		assert(is_known(word, len));
		return;
	}
	for (size_t i = 0; i < len; i++)
		if (word[i] != '"')
			m->strings[m->bytes++] = word[i];
	m->strings[m->bytes++] = '\0';
	m->argc++;
}

static void model_read(struct model *m, const struct cmdline *c)
{
	int skip = c->has_path;
	size_t i = 0;

	while (i < c->len) {
		size_t start = i;
		int quoted = 0;

		for (; i < c->len && (quoted || (unsigned char)c->text[i] > ' '); i++)
			quoted ^= !skip && c->text[i] == '"';
		if (i == start) {
			i++;
			continue;
		}
		if (!skip)
			model_word(m, c->text + start, i - start);
		skip = 0;
	}
}

static void check(const struct cmdline *c, const struct cmdline_options *o)
{
	struct model m = {.strings = malloc(c->len + 2)};
	char *strings = malloc(o->strings + 1);
	uint64_t *argv = malloc((o->argc + 1) * sizeof(*argv));
	size_t pos = 0;

	model_read(&m, c);
	assert(o->argc == m.argc && o->strings == m.bytes && o->strings <= c->len + 1);
	strings[o->strings] = 'X';
	cmdline_args(c, o, strings, argv, VADDR(STRINGS_VA));
	assert(strings[o->strings] == 'X');
	assert(memcmp(strings, m.strings, m.bytes) == 0);
	for (size_t i = 0; i < m.argc; i++) {
		assert(argv[i] >= STRINGS_VA && argv[i] == STRINGS_VA + pos);
		/* A NUL between quotes is part of the argument. */
		do
			assert(pos < m.bytes);
		while (m.strings[pos++] != '\0' ||
		       (i + 1 < m.argc ? argv[i + 1] != STRINGS_VA + pos : pos < m.bytes));
	}
	assert(argv[m.argc] == 0);
	free(argv);
	free(strings);
	free(m.strings);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* The first byte says whether there is a path; the text ends where the memory does. */
	char *text = malloc(size);
	struct cmdline_options o;
	struct cmdline c = {.text = text};

	if (size == 0) {
		free(text);
		return 0;
	}
	c.len = size - 1;
	c.has_path = data[0] & 1;
	c.text = text + 1;
	memcpy(text, data, size);
	if (cmdline_scan(&c, &o) == NULL) {
		assert(o.seed.pos + 2 * o.seed.len <= c.len && o.seed.len <= 32);
		assert(o.entropy.pos + 2 * o.entropy.len <= c.len && o.entropy.len <= 32);
		check(&c, &o);
	}
	free(text);
	return 0;
}
