/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef UK_ASSERT_H
#define UK_ASSERT_H

/*
 * Assertions. A failed one stops with the compiler's trap instruction (UD2,
 * BRK): the exception handler then prints the place as image+offset. No text is
 * kept in the image for it.
 */

#include <uk/essentials.h>

#define UK_CRASH(...) __builtin_trap()

#if CONFIG_LIBUKDEBUG_ENABLE_ASSERT
#define UK_ASSERT(x)                                             \
	do {                                                     \
		if (unlikely(!(x)))                              \
			UK_CRASH("Assertion failure: " #x "\n"); \
	} while (0)
#else
#define UK_ASSERT(x) \
	do {         \
	} while (0)
#endif

#define UK_BUGON(x) UK_ASSERT(!(x))

#endif /* UK_ASSERT_H */
