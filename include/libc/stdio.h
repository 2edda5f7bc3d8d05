/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef LIBC_STDIO_H
#define LIBC_STDIO_H

/*
 * C11 7.21, the part that a console needs. Formats: ukaslr/format.h.
 */

#include <stdarg.h>
#include <stddef.h>

int printf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
int vprintf(const char *fmt, va_list ap) __attribute__((format(printf, 1, 0)));
int snprintf(char *buf, size_t size, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
int vsnprintf(char *buf, size_t size, const char *fmt, va_list ap)
	__attribute__((format(printf, 3, 0)));
int puts(const char *s);
int putchar(int c);

#endif /* LIBC_STDIO_H */
