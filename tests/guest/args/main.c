/* SPDX-License-Identifier: BSD-3-Clause */
/* Prints its arguments, one a line, so that a test sees what became of the command line. */

#include <stdio.h>
#include <string.h>

#define SHOWN	   80 /* bytes of an argument; of a longer one the length must do */
#define SHOWN_ARGS 8

int main(int argc, char **argv)
{
	printf("argc=%d\n", argc);
	for (int i = 1; i < argc && i <= SHOWN_ARGS; i++) {
		size_t len = strlen(argv[i]);

		if (len <= SHOWN)
			printf("argv[%d]=<%s>\n", i, argv[i]);
		else
			printf("argv[%d] has %u bytes\n", i, (unsigned)len);
	}
	if (argv[argc]) {
		puts("argv does not end in NULL");
		return 1;
	}
	return 0;
}
