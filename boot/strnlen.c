/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Where a string ends, for processors without string instructions
 */

#include <ukaslr/bootinfo.h>

typedef uint32_t __attribute__((may_alias)) word_t;

uint64_t bootinfo_strnlen(const char *s, uint64_t max)
{
	const char *p = s, *const end = s + max;

	/* Bytes up to a word's boundary, then words, then the bytes that are left. */
	for (;;) {
		if (((uintptr_t)p & (sizeof(word_t) - 1)) == 0) {
			/* A byte's top bit stays set if it was zero (or above one that was). */
			for (; (uint64_t)(end - p) >= sizeof(word_t); p += sizeof(word_t)) {
				const word_t w = *(const word_t *)(const void *)p;
				const word_t zero = (w - 0x01010101u) & ~w & 0x80808080u;

				if (zero)
					return (uint64_t)(p - s) +
					       (unsigned)__builtin_ctz(zero) / 8;
			}
		}
		if (p == end || !*p)
			return (uint64_t)(p - s);
		p++;
	}
}
