/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef UNIKRAFT_EARLY_H
#define UNIKRAFT_EARLY_H

/*
 * Early code of a Unikraft image: loaded at its link address, which is mapped one to
 * one. mkreloc has put link-time values into all slots, so that it is ordinary code; it
 * keeps to .bss, for .data is still to be copied.
 */

#include <stdint.h>
#include <ukaslr/addr.h>
#include <ukaslr/bootinfo.h>
#include <ukaslr/entropy.h>
#include "kaslr.h"

#ifndef CONFIG_KASLR_PHYS
#define CONFIG_KASLR_PHYS 0
#endif
#ifndef CONFIG_KASLR_VIRT
#define CONFIG_KASLR_VIRT 0
#endif
#ifndef CONFIG_KASLR_STRICT
#define CONFIG_KASLR_STRICT 0
#endif
#ifndef CONFIG_KASLR_REPORT
#define CONFIG_KASLR_REPORT 0
#endif

/* Unikraft's linker scripts (plat/kvm/<arch>/link64.lds.S) */
extern char _base_addr[], _etext[], _rodata[], _tls_start[], __bss_start[], _end[];

#define LINKED(symbol)	   ((uint64_t)(uintptr_t)(symbol))

/* Where a byte of the image lies in the copy: one to one, and at its final address. */
#define COPY(m, symbol)	   ((void *)(uintptr_t)(LINKED(symbol) - (m)->base + (m)->pa))
#define COPY_VA(m, symbol) (LINKED(symbol) - (m)->base + (m)->va)

/*
 * Chooses where to go in the memory that bi lists, below `limit` and in the virtual
 * window of nr_pages from `start`, and copies and relocates the image. tables_len bytes
 * behind the copy are for page tables. Stops with a message if that cannot be.
 */
struct move_request {
	uint64_t limit;
	vaddr_t window;
	uint64_t window_pages;
	uint64_t tables_len;
};
void kaslr_move(struct bootinfo *bi, const struct move_request *want, struct kaslr_moved *m);

#endif /* UNIKRAFT_EARLY_H */
