/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef UKASLR_CMDLINE_H
#define UKASLR_CMDLINE_H

/*
 * The command line: the boot's own options, and the arguments of main
 *
 * Words are separated by blanks: spaces, tabs, newlines and all other control
 * characters, NUL too. Double quotes group: what is between them belongs to the
 * word, blanks as well; the quotes themselves are taken out. A quote that is
 * never closed reaches to the end. There are no escapes.
 *
 *   kaslr=on|off|strict   kaslr.report   kaslr.entropy=HEX   kaslr.seed=HEX
 *
 * are the boot's own and taken out. Any other word that is kaslr or begins with
 * kaslr= or kaslr. is an error. All other words are main's, in order. A word that
 * begins with a quote is always main's. The last kaslr= counts.
 *
 * Use: cmdline_scan(), make room for .strings bytes and .argc + 1 pointers,
 * cmdline_args(). Both go through the text once at most, and read nothing beyond its length;
 * they need no NUL at its end. The caller owns all memory. The text must not change in
 * between, but for the digits of seeds, which may be wiped.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <ukaslr/addr.h>

struct cmdline {
	const char *text;
	size_t len;
	/* Skip the first word, up to a blank, quotes or not: the loader put the image's path there
	 */
	bool has_path;
};

enum kaslr_mode {
	KASLR_ON = 0,
	KASLR_OFF,    /* boot in place */
	KASLR_STRICT, /* on, or not at all */
};

#define CMDLINE_SEED_BYTES 32u

struct cmdline_seed {
	/* What the digits say, first digit first, filled up with zeros; it is secret. */
	_Alignas(4) uint8_t bytes[CMDLINE_SEED_BYTES];
	size_t len; /* bytes that were given; 0: the option is not there */
	size_t pos; /* where the digits, two a byte, are in the text */
};

struct cmdline_options {
	enum kaslr_mode mode;
	bool report;
	struct cmdline_seed seed;    /* kaslr.seed=: all there is to draw from */
	struct cmdline_seed entropy; /* kaslr.entropy=: one source more */
	size_t argc;
	size_t strings; /* bytes of all arguments, each with a NUL; at most len + 1 */
	size_t first;	/* where the first one begins in the text */
};

/*
 * Reads the boot's options and counts main's arguments. *o is what it was
 * before, and of no use, when it returns a message; NULL: all is well.
 */
const char *cmdline_scan(const struct cmdline *c, struct cmdline_options *o);

/*
 * Writes main's arguments to strings, one after the other, and their addresses
 * to argv, ended by a 0: in the address space in which strings will be at
 * strings_va. It is exactly what cmdline_scan() counted in *o. *c and *o are not
 * written; a caller that has an argv[0] of its own stores it before argv.
 */
void cmdline_args(const struct cmdline *c, const struct cmdline_options *o, char *strings,
		  uint64_t *argv, vaddr_t strings_va);

#endif /* UKASLR_CMDLINE_H */
