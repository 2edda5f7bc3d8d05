/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef UKASLR_FORMAT_H
#define UKASLR_FORMAT_H

/*
 * The formatter behind printf, for early code and normal boot
 *
 * Conversions of C11 7.21.6.1: %c %s %d %i %u %x %p %%, the lengths l, ll and z,
 * a field width and the 0 and - flags. No floating point.
 */

#include <stdarg.h>
#include <stddef.h>

/* Takes the pieces of the output in order; arg is the caller's. */
typedef void (*format_sink_t)(void *arg, const char *s, size_t len);

/* Returns the number of bytes that went to the sink. */
size_t format(format_sink_t sink, void *arg, const char *fmt, va_list ap);

#endif /* UKASLR_FORMAT_H */
