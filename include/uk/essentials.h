/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef UK_ESSENTIALS_H
#define UK_ESSENTIALS_H

/*
 * Small macros under the names that Unikraft gives them. Alignments are powers
 * of two. Ranges are a base and a length, half open; unlike Unikraft's, these
 * tests never form base + len, which is 0 for a range that ends at the top of
 * the address space. Their operands are unsigned and no range wraps.
 */

#include <uk/config.h>
#include <uk/compiler.h>

#ifndef ALIGN_UP
#define ALIGN_UP(v, a) (((v) + (a)-1) & ~((a)-1))
#endif
#ifndef ALIGN_DOWN
#define ALIGN_DOWN(v, a) ((v) & ~((a)-1))
#endif
#ifndef IS_ALIGNED
#define IS_ALIGNED(v, a) (((v) & ((a)-1)) == 0)
#endif
#ifndef POWER_OF_2
#define POWER_OF_2(v) ((v) != 0 && ((v) & ((v)-1)) == 0)
#endif
#ifndef DIV_ROUND_UP
#define DIV_ROUND_UP(v, d) (((v) + (d)-1) / (d))
#endif

/* Is val inside [base, base + len)? */
#ifndef IN_RANGE
#define IN_RANGE(val, base, len) ((val) >= (base) && (val) - (base) < (len))
#endif
/* Do the two ranges share a byte? An empty one shares none. */
#ifndef RANGE_OVERLAP
#define RANGE_OVERLAP(base0, len0, base1, len1) \
	((len0) != 0 && (len1) != 0 &&          \
	 (IN_RANGE(base1, base0, len0) || IN_RANGE(base0, base1, len1)))
#endif
/* Does range 0 hold all of range 1? */
#ifndef RANGE_CONTAIN
#define RANGE_CONTAIN(base0, len0, base1, len1) \
	(IN_RANGE(base1, base0, len0) && (len1) <= (len0) - ((base1) - (base0)))
#endif

#ifndef ARRAY_SIZE
#define ARRAY_SIZE(x) (sizeof(x) / sizeof((x)[0]))
#endif
#ifndef UK_CTASSERT
#define UK_CTASSERT(x) _Static_assert(x, #x)
#endif

#ifndef MIN
#define MIN(a, b)                                  \
	({                                         \
		__typeof__(a) min_a_ = (a);        \
		__typeof__(b) min_b_ = (b);        \
		min_a_ < min_b_ ? min_a_ : min_b_; \
	})
#endif
#ifndef MAX
#define MAX(a, b)                                  \
	({                                         \
		__typeof__(a) max_a_ = (a);        \
		__typeof__(b) max_b_ = (b);        \
		max_a_ > max_b_ ? max_a_ : max_b_; \
	})
#endif

#endif /* UK_ESSENTIALS_H */
