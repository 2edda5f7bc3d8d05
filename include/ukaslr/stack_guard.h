/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef UKASLR_STACK_GUARD_H
#define UKASLR_STACK_GUARD_H

/*
 * The stack protector's canary (-fstack-protector-strong), in normal boot and
 * applications
 *
 * Drawn at each boot; its lowest byte is 0, so that no string function reads or
 * writes across it. The names are the compilers'. gcc on arm64 finds it by
 * TPIDR_EL1 (arch_init), as its other way goes through a global offset table.
 */

#include <stdint.h>

extern uintptr_t __stack_chk_guard;

#define STACK_GUARD_MASK (~(uintptr_t)0xff)

/* A canary has changed: stops with a message. */
_Noreturn void __stack_chk_fail(void);

#ifdef __clang__
/*
 * clang goes through a global offset table as well, unless the object itself knows
 * that the canary is in this image; so every one (this header is force-included)
 * has a use of it, which the linker throws away.
 */
static inline __attribute__((used)) uintptr_t stack_guard_is_here(void)
{
	return __stack_chk_guard;
}
#endif

#endif /* UKASLR_STACK_GUARD_H */
