/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef UKASLR_FORMAT_H
#define UKASLR_FORMAT_H

/*
 * The formatter behind printf, for early code and normal boot
 *
 * C11 7.21.6.1: %c %s %d %i %u %x %X %o %p %%, the flags - 0 # + and space, field
 * width and precision (both as * too), the lengths hh h l ll z j t. A null pointer
 * is 0x0 as %p and (null) as %s. %p does not tell an address: see format_place().
 *
 * There is no floating point, no %n and no wide character. From a conversion that is
 * none of these on, its % included, the rest of the format is output as it is, and no
 * further argument is taken: its size is not known, so all that follow would be wrong.
 */

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

/* Takes the pieces of the output in order; arg is the caller's. */
typedef void (*format_sink_t)(void *arg, const char *s, size_t len);

/*
 * How %p shows a pointer. An address in the image becomes its offset there, with the
 * image's name before it: "hello+0x1234". Any other has a word instead, and
 * becomes FORMAT_NO_OFFSET. NULL: the number is shown as it is, which is so for the
 * null page, and for all in builds made with DEBUG=1. lib/place.c; tests give their own.
 */
const char *format_place(uint64_t *address);
#define FORMAT_NO_OFFSET UINT64_MAX

/* Returns the number of bytes that went to the sink. */
size_t format(format_sink_t sink, void *arg, const char *fmt, va_list ap);

#endif /* UKASLR_FORMAT_H */
