/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef LIBC_STRING_H
#define LIBC_STRING_H

/*
 * The functions of C's <string.h> (C11, 7.24) that the guest has: lib/string.c.
 * Guest builds only. The compiler calls the first four on its own as well.
 */

#include <stddef.h>

void *memcpy(void *restrict dest, const void *restrict src, size_t n);
void *memmove(void *dest, const void *src, size_t n);
void *memset(void *dest, int c, size_t n);
int memcmp(const void *a, const void *b, size_t n);

/*
 * As macros, too (7.1.4): a freestanding compiler does not know what functions of these
 * names do. So they are a few instructions, or calls, whichever is shorter. What must be
 * gone from memory that nobody reads any more needs a barrier behind it. (`...', as a
 * compound literal has commas of its own.)
 */
#define memcpy(...) __builtin_memcpy(__VA_ARGS__)
#define memset(...) __builtin_memset(__VA_ARGS__)

size_t strlen(const char *s);
int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t n);
char *strchr(const char *s, int c);

#endif /* LIBC_STRING_H */
