/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * printf() for the messages of early code, in place of lib/stdio.c and lib/format.c, which
 * are five times as long: %s, and %d %u %x of int and long, with no flag, width or precision.
 * Any other conversion is printed as it is written. tests/unikraft/ holds messages to that.
 */
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <ukaslr/console.h>

static void put_number(uint64_t v, unsigned base)
{
	char digits[20], *const end = digits + sizeof(digits), *p = end; /* 2^64 in decimal */

	do
		*--p = "0123456789abcdef"[v % base];
	while (v /= base);
	console_write(p, (size_t)(end - p));
}

/* Each argument has 8 bytes of its own; see lib/format.c. */
static const char *convert(const char *f, va_list *ap)
{
	const bool is_long = *f == 'l';
	const char *s;
	uint64_t v;

	f += is_long;
	if (*f != 's' && *f != 'd' && *f != 'u' && *f != 'x') {
		putchar('%');
		return f - is_long;
	}
	v = va_arg(*ap, uint64_t);
	if (*f == 's') {
		s = (const char *)(uintptr_t)v;
		console_write(s, strlen(s));
		return f + 1;
	}
	if (!is_long)
		v = *f == 'd' ? (uint64_t)(int32_t)v : (uint32_t)v;
	if (*f == 'd' && (int64_t)v < 0) {
		putchar('-');
		v = -v;
	}
	put_number(v, *f == 'x' ? 16 : 10);
	return f + 1;
}

/* Returns 0: nobody counts. */
int vprintf(const char *fmt, va_list args)
{
	va_list ap;

	va_copy(ap, args);
	while (*fmt) {
		if (*fmt++ == '%')
			fmt = convert(fmt, &ap);
		else
			putchar(fmt[-1]);
	}
	va_end(ap);
	return 0;
}

int printf(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	return 0;
}

int putchar(int c)
{
	char ch = (char)c;

	console_write(&ch, 1);
	return (unsigned char)ch;
}
