/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef UK_COMPILER_H
#define UK_COMPILER_H

/*
 * Unikraft's short names for GCC attributes, as far as the uk/... headers and
 * their users need them.
 */

#ifndef __packed
#define __packed __attribute__((packed))
#endif
#ifndef __align
#define __align(bytes) __attribute__((aligned(bytes)))
#endif
#ifndef __section
#define __section(s) __attribute__((section(s)))
#endif
#ifndef __used
#define __used __attribute__((used))
#endif
#ifndef __unused
#define __unused __attribute__((unused))
#endif
#ifndef __maybe_unused
#define __maybe_unused __attribute__((unused))
#endif
#ifndef __noreturn
#define __noreturn __attribute__((noreturn))
#endif
#ifndef __fallthrough
#define __fallthrough __attribute__((fallthrough))
#endif

#ifndef likely
#define likely(x) (__builtin_expect((!!(x)), 1))
#endif
#ifndef unlikely
#define unlikely(x) (__builtin_expect((!!(x)), 0))
#endif

#endif /* UK_COMPILER_H */
