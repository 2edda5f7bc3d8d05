/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Checks that an image is whole after it was moved: initialised and zeroed data,
 * and pointers of all kinds, each of which is a relocation.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define MAGIC	  0x5eed0000u

/* 64 initialisers from one, to have many relocations without writing them down */
#define X4(m, n)  m(n), m((n) + 1), m((n) + 2), m((n) + 3)
#define X16(m, n) X4(m, n), X4(m, (n) + 4), X4(m, (n) + 8), X4(m, (n) + 12)
#define X64(m, n) X16(m, n), X16(m, (n) + 16), X16(m, (n) + 32), X16(m, (n) + 48)

static int twice(int x)
{
	return 2 * x;
}

static int square(int x)
{
	return x * x;
}

static int negate(int x)
{
	return -x;
}

static uint32_t numbers[64] = {MAGIC, MAGIC + 1, [63] = MAGIC + 63};
static const char zeros[4 * 4096];
static char bss[3 * 4096 + 5];

#define NUMBER(n) &numbers[n]
static uint32_t *const into_data[64] = {X64(NUMBER, 0)};
static uint32_t *writable[64] = {X64(NUMBER, 0)};

static int (*const functions[])(int) = {twice, square, negate};
static const char *const strings[] = {"relocated", "string", "table"};

/* A pointer to a pointer to a pointer, one that looks at itself, one past the end, and none */
static uint32_t *const *const chain = &into_data[63];
static uint32_t *const *const *const long_chain = &chain;
static void *self = &self;
static char *const past_end = bss + sizeof(bss);
static void *const nothing;

/* Pointers that are not a multiple of 8 bytes apart */
static const struct {
	const char *name;
	char letter;
	int (*f)(int);
} records[] = {{"twice", 't', twice}, {"square", 's', square}, {"negate", 'n', negate}};

/* Keeps the compiler from working the checks out at compile time */
#define HIDE(x)                                          \
	({                                               \
		__typeof__(1 ? (x) : (x)) hidden_ = (x); \
		__asm__("" : "+r"(hidden_));             \
		hidden_;                                 \
	})

static bool bytes_are_zero(const char *p, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (HIDE(p)[i])
			return false;
	return true;
}

static bool pointers_into_data(void)
{
	for (unsigned i = 0; i < 64; i++)
		if (HIDE(into_data[i]) != HIDE(&numbers[0]) + i || writable[i] != into_data[i])
			return false;
	*HIDE(writable[5]) = 7;
	return numbers[5] == 7;
}

static bool functions_and_records(void)
{
	static const int wanted[] = {10, 25, -5};

	for (unsigned i = 0; i < 3; i++)
		if (HIDE(functions[i])(5) != wanted[i] || HIDE(records[i].f)(5) != wanted[i] ||
		    records[i].name[0] != records[i].letter)
			return false;
	return true;
}

static bool chains(void)
{
	return ***HIDE(long_chain) == MAGIC + 63 && HIDE(self) == (void *)HIDE(&self) &&
	       HIDE(past_end) == HIDE(&bss[0]) + sizeof(bss) && !HIDE(nothing);
}

static int check(const char *what, bool good)
{
	printf("%s: %s\n", what, good ? "right" : "WRONG");
	return !good;
}

int main(void)
{
	int wrong = 0;

	wrong += check("data", numbers[0] == MAGIC && numbers[63] == MAGIC + 63 && !numbers[2]);
	wrong += check("bss", bytes_are_zero(bss, sizeof(bss)));
	wrong += check("constants", bytes_are_zero(zeros, sizeof(zeros)));
	wrong += check("pointers into data", pointers_into_data());
	wrong += check("functions and records", functions_and_records());
	wrong += check("strings", !strcmp(HIDE(strings[0]), "relocated") &&
					  !strcmp(HIDE(strings[2]), "table"));
	wrong += check("chains", chains());
	return wrong;
}
