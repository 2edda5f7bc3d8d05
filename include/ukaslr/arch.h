/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef UKASLR_ARCH_H
#define UKASLR_ARCH_H

/*
 * What the boot asks of an architecture
 *
 * <arch/layout.h> gives, for C and assembly:
 *   VSPACE_START(levels)   first address of the upper half
 *   VSPACE_PAGES(levels)   its size in pages
 *   EARLY_TABLES_USED      pages at early_root that the entry code has filled
 *   EARLY_TABLES           pages there in all; the identity map grows into the rest
 *   EARLY_ROW_*            which of them are a row of 2 MiB entries (ukaslr/physmem.h)
 *   ARCH_TABLES_APART      whether page tables are written through a tree of their own
 *   ARCH_TABLES_SPARE      zeroed beyond those that a boot takes as a rule (ukaslr/table_pool.h)
 *   ARCH_FIXED_CONSOLE     whether arch_fallback_console() is the console
 *   ARCH_CONSOLE_ON_USE    whether normal boot maps its page when something is first said
 *
 * and <arch/early.h>, for C:
 *   paddr_t arch_pt_root(void), unsigned arch_pt_levels(void)
 *           root and number of levels of the page tables that the entry code has chosen
 *   void arch_sync_code(const void *start, uint64_t len)
 *           instructions were written to [start, start + len) as data: makes them what is
 *           fetched from there
 */

#include <stdbool.h>
#include <stdint.h>
#include <arch/early.h>
#include <arch/layout.h>
#include <ukaslr/addr.h>

/* The identity map's tables; EARLY_TABLES pages (entry code). */
extern char early_root[];

/* Early phase: from here on an exception is reported, not a reset. */
void arch_early_traps(void);

/*
 * Selects the console that every machine of this kind has (ARCH_FIXED_CONSOLE), or
 * that the build was told to assume: for what must be said before the loader
 * has been understood, or because it was not.
 */
void arch_fallback_console(void);

/*
 * Wipes of the early tables all that the jump does not need, as they say where
 * things went: only the load image stays mapped, and physmem() is over. `used` of
 * the EARLY_TABLES are in use; root is what arch_enter() will be given.
 */
void arch_shrink_identity(paddr_t root, uint32_t used);

/*
 * The jump: makes the final tables the upper half, takes the final stack, wipes
 * the early state (from __early_wipe_start on) and goes to `entry`, which
 * is moved_entry at the virtual base and calls normal_boot(handoff).
 */
_Noreturn void arch_enter(paddr_t root, vaddr_t stack_top, vaddr_t entry, vaddr_t handoff);
extern char moved_entry[];

/*
 * Normal boot: descriptor tables, traps on a stack of their own, and what the
 * processor has against running or touching what it should not.
 */
void arch_init(vaddr_t trap_stack_top);

/*
 * Page tables are written in normal boot by pt->ops.edit, which is this: without
 * ARCH_TABLES_APART their window is read-only, and write protection is off while
 * they are edited; with it, the window is in a tree of its own for the lower half
 * (moved_entry sets it), and that half is translated only while they are edited.
 */
void arch_edit_tables(bool begin);

/*
 * Normal boot, ARCH_CONSOLE_ON_USE: maps the page of the console's registers, or of its
 * ring. A fault report may be the first to need it, whatever the fault interrupted: an edit
 * of tables, or this function, which is then begun anew. So it trusts nothing but the
 * tables in use and *m, and takes pages that were set aside for it: one for each level
 * below the root, and one more that an exception may have cut off.
 */
struct machine;
void arch_map_console(struct machine *m);
#define CONSOLE_TABLES PT_LEVELS_LIMIT

/* Normal boot: forgets all translations that the processor has cached. */
void arch_flush_tlb(void);

#endif /* UKASLR_ARCH_H */
