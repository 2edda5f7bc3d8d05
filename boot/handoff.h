/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef BOOT_HANDOFF_H
#define BOOT_HANDOFF_H

/*
 * What early code leaves to normal boot, in the moved image's .bss
 *
 * Early code fills it in through the early identity map, after the copy is
 * relocated; all pointers and virtual addresses are final ones.
 */

#include <stdbool.h>
#include <stdint.h>
#include <ukaslr/addr.h>
#include <ukaslr/bootinfo.h>
#include <ukaslr/pagetable.h>
#include <ukaslr/table_pool.h>

/* Numbers of the generator's, each wiped when it is used */
enum handoff_secret {
	SECRET_HEAP,	   /* two: seal the heap's headers */
	SECRET_CANARY = 2, /* of the stack protector */
	SECRET_FILES,	   /* for the physical places of initrd and device tree */
	NR_SECRETS,
};

/* Where initrd and device tree are in memory (boot/files.c) */
enum handoff_files {
	FILES_STAY,    /* where the loader put them, and there they stay */
	FILES_MOVE,    /* there still, but not when the regions are asked for */
	FILES_SETTLED, /* where they stay, mapped: the regions have been asked for */
};

struct handoff {
	struct table_pool pool;	 /* of the final tables, which are the ones in use */
	struct pagetable pt;	 /* .ops are to be attached anew */
	struct pagetable window; /* the same, if ARCH_TABLES_APART */
	vaddr_t trap_stack;	 /* top of what exceptions run on */
	vaddr_t heap;		 /* window; nothing is mapped there yet */
	paddr_t heap_first;	 /* the page of memory that it begins with */
	uint64_t secret[NR_SECRETS];
	enum handoff_files files;
	uint64_t argc;
	vaddr_t argv; /* argv[argc] is NULL */
	union bootinfo_storage boot;
};

extern struct handoff handoff;

_Noreturn void normal_boot(struct handoff *h);

#endif /* BOOT_HANDOFF_H */
