/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Force-included into every object of the image (-include).
 *
 * Position-independent code reaches a symbol that another image could preempt
 * through the global offset table, and before relocation the table holds link
 * addresses. With hidden visibility there is nothing to preempt: the compiler
 * uses RIP-relative or ADRP addressing. -fvisibility=hidden alone leaves extern
 * declarations at default visibility; this pragma covers them too.
 */
#pragma GCC visibility push(hidden)
