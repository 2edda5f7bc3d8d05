/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef STANDIN_PLATFORM_H
#define STANDIN_PLATFORM_H

/*
 * What the parts of the stand-in know of each other
 */

#include <stdint.h>
#include <uk/plat/common/bootinfo.h>
#include <uk/plat/io.h>
#include "../../../unikraft/kaslr.h"

extern char _base_addr[], _end[];

/* Where the image is linked, and an address above all memory */
#ifdef __aarch64__
#define LINKED_AT 0x40100000ull
#define FREE_AT	  (1ull << 36)
#else
#define LINKED_AT 0x100000ull
#define FREE_AT	  (3ull << 30)
#endif

/* Of each architecture: its console, the end with QEMU's exit status */
void machine_putc(char c);
_Noreturn void machine_off(int status);

/*
 * Of the platform: what its entry calls in the end, how findings are told, and that there be
 * no room for one more region
 */
int main(void);
void say(const char *s);
void expect(int good, const char *what);
void fill_list(void);

/* Where libukboot would map the heap */
uint64_t heap_base(void);

/* Looks at the map of all memory, which has the image at pa; returns where it is. */
uint64_t check_direct_map(uint64_t pa);

#endif /* STANDIN_PLATFORM_H */
