/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Crashes in the way that its argument names. The comments say which frames the back
 * trace of each way must show, the innermost as number 0: "way number: function".
 */

#include <stdint.h>
#include <string.h>
#undef memset /* a call */

#define NOINLINE __attribute__((noinline))
#define INLINE	 static inline __attribute__((always_inline))
/* Behind a call: it is no tail call then, and the calls of two ways do not become one. */
#define AFTER(n) __asm__ volatile("" : : "i"(n) : "memory")

static void *volatile nowhere;
static void (*volatile no_function)(void);
static volatile unsigned depth;

NOINLINE static void write_null(void)
{
	*(volatile int *)nowhere = 1; /* leaf 0: write_null */
	AFTER(1);
}

INLINE void inner(void)
{
	write_null(); /* leaf 1: inner */
	AFTER(2);
}

INLINE void outer(void)
{
	inner(); /* leaf 2: outer */
	AFTER(3);
}

NOINLINE static void caller(const char *text)
{
	volatile unsigned copy[10];

	copy[depth] = (unsigned char)text[0];
	outer(); /* leaf 3: caller */
	depth = copy[0];
}

NOINLINE static void fill(void)
{
	memset(nowhere, 1, 100); /* assembly 1: fill */
	AFTER(5);
}

NOINLINE static void call_null(void)
{
	no_function(); /* null 0: call_null */
	AFTER(6);
}

NOINLINE static unsigned recurse(unsigned n)
{
	volatile unsigned kept = n;

	if (n == 2)
		*(volatile int *)nowhere = 2; /* recursion 0: recurse */
	else
		kept += recurse(n + 1); /* recursion 1: recurse */ /* recursion 2: recurse */
	AFTER(7);
	return kept;
}

/* Its frame has no fixed size: the stack pointer does not tell where it ends. */
NOINLINE static unsigned variable_frame(unsigned n)
{
	volatile unsigned char frame[n];

	memset((void *)frame, 0, n);
	*(volatile int *)nowhere = frame[n / 2]; /* variable 0: variable_frame */
	AFTER(8);
	return frame[0];
}

NOINLINE static unsigned deeper(unsigned n)
{
	volatile unsigned char frame[200];

	frame[n % sizeof(frame)] = 1;
	if (n < UINT32_MAX)
		n = deeper(n + 1); /* overflow 1: deeper */
	AFTER(9);
	return n + frame[0];
}

static int is(const char *argument, const char *way)
{
	return !strcmp(argument, way);
}

int main(int argc, char **argv)
{
	const char *way = argc > 1 ? argv[1] : "";

	depth = 0;
	if (is(way, "leaf"))
		caller(way); /* leaf 4: main */
	if (is(way, "assembly"))
		fill(); /* assembly 2: main */
	if (is(way, "null"))
		call_null(); /* null 1: main */
	if (is(way, "recursion"))
		recurse(0); /* recursion 3: main */
	if (is(way, "variable"))
		variable_frame((unsigned)strlen(way) * 20); /* variable 1: main */
	if (is(way, "overflow"))
		deeper(0);
	return 0;
}
