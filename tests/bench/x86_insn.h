/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TESTS_BENCH_X86_INSN_H
#define TESTS_BENCH_X86_INSN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Legacy prefixes, an optional REX, then a string instruction (Intel SDM vol. 2, 2.1.1 and REP). */
static inline bool is_rep_string(const uint8_t *code, size_t len)
{
	bool rep = false;
	size_t i = 0;

	for (; i < len && strchr("\x66\x67\xf2\xf3\x2e\x36\x3e\x26\x64\x65", code[i]); i++)
		rep |= code[i] == 0xf2 || code[i] == 0xf3;
	if (i < len && (code[i] & 0xf0) == 0x40)
		i++;
	if (!rep || i >= len)
		return false;
	return (code[i] >= 0x6c && code[i] <= 0x6f) || (code[i] >= 0xa4 && code[i] <= 0xa7) ||
	       (code[i] >= 0xaa && code[i] <= 0xaf);
}

#endif /* TESTS_BENCH_X86_INSN_H */
