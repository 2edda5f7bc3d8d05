/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The command line: the boot's own options, and the arguments of main
 */

#include <string.h>
#include <ukaslr/cmdline.h>

/* One word as it stands in the text, quotes included */
struct word {
	const char *start;
	size_t len, quotes;
};

/* Where the arguments go to; without .strings they are only counted. */
struct sink {
	char *strings;
	uint64_t *argv;
	vaddr_t strings_va;
};

#define NAME		"kaslr"
#define MODE_PREFIX	"kaslr="
#define REPORT_WORD	"kaslr.report"
#define SEED_PREFIX	"kaslr.seed="
#define ENTROPY_PREFIX	"kaslr.entropy="

#define LENGTH(literal) (sizeof(literal) - 1)

static bool is_blank(char c)
{
	return (unsigned char)c <= ' ';
}

/* Not memcmp(): the strings are short, and the compiler knows what this does. */
static bool equal(const char *a, const char *b, size_t n)
{
	while (n-- != 0)
		if (a[n] != b[n])
			return false;
	return true;
}

static bool starts_with(const struct word *w, const char *prefix, size_t len)
{
	return w->len >= len && equal(w->start, prefix, len);
}

static const char *read_mode(const struct word *w, struct cmdline_options *o)
{
	const char *value = w->start + LENGTH(MODE_PREFIX);
	const size_t len = w->len - LENGTH(MODE_PREFIX);

	if (len == LENGTH("on") && equal(value, "on", len))
		o->mode = KASLR_ON;
	else if (len == LENGTH("off") && equal(value, "off", len))
		o->mode = KASLR_OFF;
	else if (len == LENGTH("strict") && equal(value, "strict", len))
		o->mode = KASLR_STRICT;
	else
		return "kaslr=: expected on, off or strict";
	return NULL;
}

/* 0 to 15, or more if it is no digit */
static unsigned int hex_digit(char c)
{
	const unsigned int digit = (unsigned char)c - (unsigned int)'0';
	/* Capital letters become small ones, and nothing else becomes a to f. */
	const unsigned int letter = ((unsigned char)c | 0x20u) - (unsigned int)'a';

	return digit < 10 ? digit : letter < 6 ? letter + 10 : 16;
}

/* The digits behind a prefix of this length */
static const char *read_seed(const struct word *w, size_t prefix, const char *text,
			     struct cmdline_seed *seed)
{
	const char *digits = w->start + prefix;
	const size_t len = w->len - prefix;
	unsigned int wrong = len == 0 || len % 2 != 0 || len > 2 * CMDLINE_SEED_BYTES || seed->len;

	for (size_t i = 0; i < len && !wrong; i += 2) {
		const unsigned int high = hex_digit(digits[i]), low = hex_digit(digits[i + 1]);

		wrong = (high | low) & ~0xfu;
		seed->bytes[i / 2] = (uint8_t)(high << 4 | low);
	}
	if (wrong)
		return "kaslr.seed=, kaslr.entropy=: expected once, an even number of 2 to 64 "
		       "hexadecimal digits";
	seed->pos = (size_t)(digits - text);
	seed->len = len / 2;
	return NULL;
}

/*
 * Whether it is one of the boot's own words; reads it unless o is NULL. All of
 * kaslr, kaslr= and kaslr. are: a typo in a security option must not make it an
 * argument that nobody looks at.
 */
static bool take_option(const struct word *w, const char *text, struct cmdline_options *o,
			const char **message)
{
	char next = '.';

	if (*w->start != 'k' || !starts_with(w, NAME, LENGTH(NAME)))
		return false;
	if (w->len != LENGTH(NAME))
		next = w->start[LENGTH(NAME)];
	if (next != '.' && next != '=')
		return false;
	if (o == NULL)
		return true;
	if (next == '=')
		*message = read_mode(w, o);
	else if (w->len == LENGTH(REPORT_WORD) && equal(w->start, REPORT_WORD, w->len))
		o->report = true;
	else if (starts_with(w, SEED_PREFIX, LENGTH(SEED_PREFIX)))
		*message = read_seed(w, LENGTH(SEED_PREFIX), text, &o->seed);
	else if (starts_with(w, ENTROPY_PREFIX, LENGTH(ENTROPY_PREFIX)))
		*message = read_seed(w, LENGTH(ENTROPY_PREFIX), text, &o->entropy);
	else
		*message = "kaslr: not one of kaslr=, kaslr.report, kaslr.entropy=, kaslr.seed=";
	return true;
}

static void put_argument(const struct word *w, struct sink *sink)
{
	const size_t len = w->len - w->quotes;
	char *out = sink->strings;

	sink->strings[len] = '\0';
	sink->strings += len + 1;
	*sink->argv++ = sink->strings_va.va;
	sink->strings_va = vaddr_add(sink->strings_va, len + 1);
	if (w->quotes == 0) {
		memcpy(out, w->start, len);
		return;
	}
	for (const char *s = w->start; s != w->start + w->len; s++)
		if (*s != '"')
			*out++ = *s;
}

/* Can 8 bytes at any address be read as one word? */
#ifdef __x86_64__
#define EIGHTS 1
#else
#define EIGHTS 0
#endif

/* The same character 8 times */
#define EIGHT(c) (0x0101010101010101u * (c))

/*
 * Skips what is neither blank nor quote, which is nearly all there is: 8 at a
 * time, as long as none of them is '"' or below (nor a byte beyond ASCII: it
 * would take two more steps to know that one from a blank). What it stops at may
 * be any character. The last 8 may be ones that were skipped already, in part.
 */
static const char *skip_plain(const char *p, const char *end)
{
	if (EIGHTS && end - p >= 8) {
		for (const char *const last = end - 8;; p = last - p < 8 ? last : p + 8) {
			uint64_t eight, special;

			__builtin_memcpy(&eight, p, sizeof(eight));
			special = (eight - EIGHT('"' + 1u)) & EIGHT(0x80u);
			if (special != 0)
				return p + ((unsigned int)__builtin_ctzll(special) >> 3);
			if (p == last)
				return end;
		}
	}
	while (p != end && (unsigned char)*p > '"')
		p++;
	return p;
}

static const char *skip_blanks(const char *p, const char *end)
{
	while (p != end && is_blank(*p))
		p++;
	return p;
}

/* Reads the word that begins at p, and returns its end. */
static const char *read_word(const char *p, const char *end, struct word *w)
{
	bool quoted = false;

	w->start = p;
	w->quotes = 0;
	for (; (p = skip_plain(p, end)) != end; p++) {
		if (is_blank(*p)) {
			if (!quoted)
				break;
		} else if (*p == '"') {
			quoted = !quoted;
			w->quotes++;
		}
	}
	w->len = (size_t)(p - w->start);
	return p;
}

/* From p on. With a sink, writes arguments; without one, reads options into *o and counts. */
static const char *walk(const struct cmdline *c, const char *p, struct cmdline_options *o,
			struct sink *sink)
{
	const char *const end = c->text + c->len, *message = NULL;
	struct word w;

	while ((p = skip_blanks(p, end)) != end && message == NULL) {
		p = read_word(p, end, &w);
		if (take_option(&w, c->text, o, &message))
			continue;
		if (sink != NULL) {
			put_argument(&w, sink);
		} else {
			if (o->argc++ == 0)
				o->first = (size_t)(w.start - c->text);
			o->strings += w.len - w.quotes + 1;
		}
	}
	return message;
}

/* Are there protocols whose loaders put the image's path first? */
#if PROTOCOL_MULTIBOOT || PROTOCOL_LINUX || PROTOCOL_EFI
#define PATHS 1
#else
#define PATHS 0
#endif

const char *cmdline_scan(const struct cmdline *c, struct cmdline_options *o)
{
	const char *const end = c->text + c->len, *p = c->text;

	memset(o, 0, sizeof(*o));
	if (PATHS && c->has_path) {
		/* It ends at the first blank, whatever quotes there are, and often is all. */
		p = skip_blanks(p, end);
		while ((p = skip_plain(p, end)) != end && !is_blank(*p))
			p++;
		p = skip_blanks(p, end);
		if (p == end)
			return NULL;
	}
	return walk(c, p, o, NULL);
}

void cmdline_args(const struct cmdline *c, const struct cmdline_options *o, char *strings,
		  uint64_t *argv, vaddr_t strings_va)
{
	argv[o->argc] = 0;
	if (o->argc != 0) {
		struct sink sink = {.strings = strings, .argv = argv, .strings_va = strings_va};

		walk(c, c->text + o->first, NULL, &sink);
	}
}
