/* SPDX-License-Identifier: BSD-3-Clause */
/* Checks that constructors ran before main, each once, those with a priority in its order. */

#include <stdio.h>
#include <string.h>

#define FIRST_PRIORITY	101 /* up to 100 they belong to the implementation */
#define SECOND_PRIORITY 102

static char order[8];
static unsigned runs;

static void ran(char name)
{
	if (runs < sizeof(order) - 1)
		order[runs] = name;
	runs++;
}

/* Not in the order in which they must run */
__attribute__((constructor)) static void without_priority(void)
{
	ran('c');
}

__attribute__((constructor(SECOND_PRIORITY))) static void second(void)
{
	ran('b');
}

__attribute__((constructor(FIRST_PRIORITY))) static void first(void)
{
	ran('a');
}

int main(void)
{
	printf("constructors: %s\n", order);
	return strcmp(order, "abc") != 0;
}
