/* SPDX-License-Identifier: BSD-3-Clause */
/* Has the machine start anew. */

#include <stdio.h>
#include <ukaslr/shutdown.h>

int main(void)
{
	puts("restarting");
	restart();
}
