/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef LIBC_STDLIB_H
#define LIBC_STDLIB_H

/*
 * The functions of C's <stdlib.h> (C11, 7.22) that the guest has. Guest builds
 * only. Memory management is the heap's (<ukaslr/heap.h> says how it behaves at
 * the edges); misuse of it stops the machine.
 */

#include <stddef.h>

#define EXIT_SUCCESS 0
#define EXIT_FAILURE 1

void *malloc(size_t size);
void *calloc(size_t n, size_t size);
void *realloc(void *block, size_t size);
void *aligned_alloc(size_t align, size_t size);
void free(void *block);

/* Switches the machine off, with this exit status where the platform can carry one. */
_Noreturn void exit(int status);

/* Switches the machine off with a status that says failure. */
_Noreturn void abort(void);

#endif /* LIBC_STDLIB_H */
