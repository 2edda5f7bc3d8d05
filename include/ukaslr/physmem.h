/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef UKASLR_PHYSMEM_H
#define UKASLR_PHYSMEM_H

/*
 * The early phase's one way to physical memory
 *
 * Parsers, table builder, copier and relocator touch memory through this
 * function alone. On a machine it maps the range, readable, writable and not
 * executable, into the early identity map, 2 MiB at a time (mm/physmem.c). Host tests and
 * fuzzers link their own, backed by a buffer, and so see every access.
 */

#include <ukaslr/addr.h>
#include <ukaslr/pagetable.h>

/*
 * Returns a pointer through which the len bytes at pa can be read and written
 * until the jump to the virtual base, or NULL if the range is empty, wraps
 * around the end of the address space, or cannot be reached. The pointer has
 * the alignment that pa has. Nobody owns it, and nothing needs to be released.
 */
void *physmem(paddr_t pa, uint64_t len);

/* The same for registers of a device, uncached. */
void *physmem_device(paddr_t pa, uint64_t len);

#endif /* UKASLR_PHYSMEM_H */
