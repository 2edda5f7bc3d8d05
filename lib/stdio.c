/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The part of stdio.h that goes to the console
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <ukaslr/console.h>
#include <ukaslr/format.h>

static void to_console(void *arg, const char *s, size_t len)
{
	(void)arg;
	console_write(s, len);
}

int vprintf(const char *fmt, va_list ap)
{
	return (int)format(to_console, NULL, fmt, ap);
}

int printf(const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vprintf(fmt, ap);
	va_end(ap);
	return n;
}

int puts(const char *s)
{
	console_write(s, strlen(s));
	console_write("\n", 1);
	return 0;
}

int putchar(int c)
{
	char ch = (char)c;

	console_write(&ch, 1);
	return (unsigned char)ch;
}

struct string_out {
	char *buf;
	size_t size, at;
};

static void to_string(void *arg, const char *s, size_t len)
{
	struct string_out *o = arg;

	for (size_t i = 0; i < len; i++, o->at++)
		if (o->at + 1 < o->size)
			o->buf[o->at] = s[i];
}

int vsnprintf(char *buf, size_t size, const char *fmt, va_list ap)
{
	struct string_out o = {buf, size, 0};

	format(to_string, &o, fmt, ap);
	if (size)
		buf[o.at < size ? o.at : size - 1] = '\0';
	return (int)o.at;
}

int snprintf(char *buf, size_t size, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(buf, size, fmt, ap);
	va_end(ap);
	return n;
}
