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
#include <ukaslr/pagetable.h>
#include <ukaslr/placement.h>
#include <ukaslr/reloc.h>
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
#ifndef CONFIG_PAGING
#define CONFIG_PAGING 0
#endif
#ifndef KASLR_HEAP_BASE
#define KASLR_HEAP_BASE 0 /* where Unikraft would have the heap, with PAGING */
#endif
#ifndef KASLR_STACK_ORDER
#define KASLR_STACK_ORDER 4 /* Unikraft's STACK_SIZE_PAGE_ORDER */
#endif
#define STACK_LEN (PT_PAGE_SIZE << KASLR_STACK_ORDER)

extern const struct reloc_header __reloc_header;

/* Unikraft's linker scripts (plat/kvm/<arch>/link64.lds.S, plat/xen/x86/link64.lds.S) */
extern char _base_addr[], _etext[], _rodata[], _tls_start[], __bss_start[], _end[];

#define LINKED(symbol)	   ((uint64_t)(uintptr_t)(symbol))

/* Where a byte of the image lies in the copy: one to one, and at its final address. */
#define COPY(m, symbol)	   ((void *)(uintptr_t)(LINKED(symbol) - (m)->base + (m)->pa))
#define COPY_VA(m, symbol) (LINKED(symbol) - (m)->base + (m)->va)

/*
 * choose.c, in this order: checks the table and fills the generator, or stops; places len
 * bytes in the window of virtual addresses, or stops; prints the report, if that is asked for.
 */
void kaslr_gather(struct entropy *e, struct bootinfo *bi);
uint64_t kaslr_place(struct vplacement *space, uint64_t len, uint64_t align);
void kaslr_report(const struct kaslr_moved *m, const struct entropy *e);

/*
 * Adds the loaded image to the regions that a parser has found, and leaves room for what
 * follows. err is the parser's answer: stops with it if there is one.
 */
void kaslr_add_image(struct bootinfo *bi, const char *err);

/*
 * Chooses where to go in the memory that bi lists, below `limit` and in the virtual
 * window of nr_pages from `start`, and copies and relocates the image. tables_len bytes
 * behind the copy are for page tables, and what follows is the boot stack. Stops with a
 * message if that cannot be.
 */
struct move_request {
	uint64_t limit;
	vaddr_t window;
	uint64_t window_pages;
	uint64_t tables_len;
};
void kaslr_move(struct bootinfo *bi, const struct move_request *want, struct kaslr_moved *m);

/*
 * Final page tables for the moved image, in the tables_len bytes that kaslr_tables_len()
 * asked for. `theirs` is the root of Unikraft's boot tables, in use: it gets the image's
 * virtual base as well, for the jump. no_exec are the bits that forbid execution in all
 * that an entry of the root leads to.
 */
uint64_t kaslr_tables_len(uint64_t image_len);
paddr_t kaslr_build_tables(const struct kaslr_moved *m, pte_t *theirs, pte_t no_exec);

/* The moved image's entry, for a call at its virtual address; see entry.S. */
void kaslr_enter(uint64_t root, uint64_t handed_over, uint64_t old, uint64_t old_len);
typedef __typeof__(kaslr_enter) *kaslr_enter_t;

#endif /* UNIKRAFT_EARLY_H */
