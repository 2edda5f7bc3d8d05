/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Holds memcpy, memmove and memset against loops of bytes: every length up to a
 * bit more than their widest step, at every distance from an aligned address, and
 * nothing beside what was asked for is written. memcmp goes by the first byte that
 * differs, as an unsigned number, and by none before or behind. memcpy and memset,
 * which are macros as well, take what a function takes, and evaluate it once.
 */

#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* An argument with commas outside of parentheses; what changes when it is evaluated twice */
static int macros_are_right(void)
{
	struct {
		int a, b;
	} pair[2];
	int n = 0;

	memset(&pair[n++], 0xff, sizeof(*pair));
	memcpy(&pair[n++], &(int[2]){1, 2}, sizeof(*pair));
	return n == 2 && pair[0].a == -1 && pair[0].b == -1 && pair[1].a == 1 && pair[1].b == 2;
}

#undef memcpy /* from here on the functions, not the macros */
#undef memset

#define LENGTHS	  (2 * 512 + 130)
#define DISTANCES 17
#define ROOM	  (LENGTHS + 3 * DISTANCES)

/* Lengths are close together at first, where there are special cases, and then primes apart. */
#define STEP(len) ((len) < 160 ? 1 : 13)

static unsigned char area[ROOM], wanted[ROOM];
static unsigned wrong;

static void fill(unsigned char *p, unsigned seed)
{
	for (unsigned i = 0; i < ROOM; i++)
		p[i] = (unsigned char)(i * 7 + seed + (i >> 8));
}

static void compare(const char *what, unsigned to, unsigned from, unsigned len)
{
	for (unsigned i = 0; i < ROOM; i++)
		if (area[i] != wanted[i]) {
			if (!wrong++)
				printf("%s of %u bytes from +%u to +%u: byte %u is WRONG\n", what,
				       len, from, to, i);
			return;
		}
}

static void check_set(unsigned to, unsigned len)
{
	const int value = (int)(len & 1 ? 0 : 0x100 + len + to); /* the low 8 bits count */

	fill(area, 1);
	fill(wanted, 1);
	for (unsigned i = 0; i < len; i++)
		wanted[to + i] = (unsigned char)value;
	if (memset(area + to, value, len) != area + to)
		wrong++;
	compare("memset", to, to, len);
}

static void check_copy(unsigned to, unsigned from, unsigned len)
{
	static unsigned char source[ROOM];

	fill(area, 1);
	fill(wanted, 1);
	fill(source, 99);
	for (unsigned i = 0; i < len; i++)
		wanted[to + i] = source[from + i];
	if (memcpy(area + to, source + from, len) != area + to)
		wrong++;
	compare("memcpy", to, from, len);
}

static void check_move(unsigned to, unsigned from, unsigned len)
{
	unsigned char before[ROOM];

	fill(area, 1);
	fill(before, 1);
	fill(wanted, 1);
	for (unsigned i = 0; i < len; i++)
		wanted[to + i] = before[from + i];
	if (memmove(area + to, area + from, len) != area + to)
		wrong++;
	compare("memmove", to, from, len);
}

static void check_compare(unsigned at, unsigned len)
{
	unsigned differs;

	fill(area, 1);
	fill(wanted, 1);
	area[at + len] ^= 1;
	if (at)
		area[at - 1] ^= 1;
	wrong += memcmp(area + at, wanted + at, len) != 0;
	if (!len)
		return;
	differs = at + (at * 7 + len / 2) % len;
	area[differs] = 0x80;
	wanted[differs] = 0x7f;
	wrong += memcmp(area + at, wanted + at, len) <= 0;
	wrong += memcmp(wanted + at, area + at, len) >= 0;
}

int main(void)
{
	for (unsigned len = 0; len < LENGTHS; len += STEP(len))
		for (unsigned to = 0; to < DISTANCES; to++) {
			const unsigned from = (len * 5 + to * 3) % DISTANCES;

			check_compare(to, len);
			check_set(to, len);
			check_copy(to, from, len);
			check_move(to, from, len);
			check_move(to, to + 2 * (len % DISTANCES), len);
		}
	wrong += !macros_are_right();
	printf("string functions: %s\n", wrong ? "WRONG" : "right");
	return wrong != 0;
}
