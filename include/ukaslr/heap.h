/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef UKASLR_HEAP_H
#define UKASLR_HEAP_H

/*
 * The heap: all free memory in one window of virtual addresses
 *
 *   window                                                  window + length
 *   |guard| region 0 |seam| region 1 |     seam      | region 2 |guard|
 *          mapped->|brk                                    a multiple of 2 MiB
 *
 * The window starts at a random multiple of 2 MiB. In it every free region has
 * an address congruent with its physical one modulo 2 MiB, in ascending order from
 * a first one on, and from the lowest on behind the last;
 * guards and seams, one page or more, are never mapped. Regions that share 2 MiB
 * of physical memory share 2 MiB of the window, and so a page table.
 *
 * Nothing is mapped at boot. The heap takes one region after the other and grows
 * it from its start, by steps that double, up to 64 MiB or what is asked for: by
 * 4 KiB pages up to the first multiple of 2 MiB, by 2 MiB pages from there on, by
 * 4 KiB pages again in the last incomplete 2 MiB. What is mapped stays mapped.
 *
 * When it first grows, the heap asks for the list. From then on the list's free regions
 * are the heap's, and it must not change any more. Normal boot only: one thread, no interrupt
 * handlers.
 */

#include <stddef.h>
#include <stdint.h>
#include <ukaslr/addr.h>
#include <ukaslr/pagetable.h>
#include <uk/plat/common/memory.h>

/*
 * Bytes of virtual addresses, a multiple of 2 MiB, that a coalesced list needs at most,
 * wherever in it the heap begins, if it is as it is now, or if an initrd or a device tree
 * is free by then and has other memory. Counts the pages that are free now, too.
 */
uint64_t heap_window_len(const struct ukplat_memregion_list *list, uint64_t *free_pages);

/*
 * Most pages that the heap will ask pt->ops.alloc for, wherever its window may
 * be. pt says .levels and .max_leaf. As pages for tables are themselves cut out
 * of the list, it may be counted before the list is final: `edits` is how many
 * regions will still be cut out of free memory, or given back to it (memory that
 * is in the list now, and neither reserved nor a device's).
 *
 * With 2 MiB pages a region needs page tables for its incomplete ends alone: one
 * for each 2 MiB of physical memory that is free in part. Above them are 8 bytes
 * per 2 MiB of window. If there are fewer pages than that, the heap ends early,
 * and nothing else happens.
 */
uint64_t heap_table_pages(const struct pagetable *pt, const struct ukplat_memregion_list *list,
			  unsigned edits);

/*
 * Starts an empty heap; maps nothing. pt must outlive it; window is a multiple of 2 MiB
 * with heap_window_len() bytes unmapped, for the list that ukplat_memregion_list_get()
 * will give and the region that begins at `first`, or behind it. The secret seals the
 * headers of blocks: 16 random bytes, copied; the caller wipes its own.
 */
void heap_init(struct pagetable *pt, vaddr_t window, paddr_t first, const uint64_t secret[2]);

/*
 * malloc() and its family, as ISO C has them; the guest's <stdlib.h> names them
 * so. All blocks are aligned to 16 bytes. Size 0 gives a block that may be freed
 * and not be read. Memory that ran out is NULL and errno = ENOMEM, an alignment
 * that is no power of two NULL and EINVAL.
 *
 * Misuse stops with a panic as soon as it is seen: a pointer that is freed twice,
 * that is no block's, a header that was overwritten (each has a keyed checksum,
 * and lies behind the block before it, whose overrun meets it), and writing to
 * memory that was freed where the lists of free blocks are kept.
 */
void *heap_malloc(size_t size);
void *heap_calloc(size_t n, size_t size);
void *heap_realloc(void *block, size_t size);
void *heap_aligned_alloc(size_t align, size_t size);
void heap_free(void *block);

#endif /* UKASLR_HEAP_H */
