/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TESTS_CMDLINE_TEXT_H
#define TESTS_CMDLINE_TEXT_H

/* Command lines out of string literals; needs cmocka.h, stdlib.h and string.h before it */

#include <ukaslr/cmdline.h>

/* A copy with nothing behind it, so that reading beyond its length is caught */
static inline struct cmdline exact(const char *text, size_t len)
{
	char *copy = malloc(len + (len == 0));

	memcpy(copy, text, len);
	return (struct cmdline){.text = copy, .len = len};
}

static inline void release(struct cmdline *c)
{
	free((void *)(uintptr_t)c->text);
}

static inline struct cmdline_options scan(const char *text, const char *expected)
{
	struct cmdline c = exact(text, strlen(text));
	struct cmdline_options o;
	const char *message = cmdline_scan(&c, &o);

	release(&c);
	if (expected)
		assert_string_equal(message, expected);
	else
		assert_null(message);
	return o;
}

#endif /* TESTS_CMDLINE_TEXT_H */
