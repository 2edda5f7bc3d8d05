/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef RELOC_HOST_MEMORY_H
#define RELOC_HOST_MEMORY_H

/* Memory for the host tools: there is nothing sensible to do without it. */

#include <stdio.h>
#include <stdlib.h>

static inline void *xrealloc(void *old, size_t size)
{
	void *p = realloc(old, size ? size : 1);

	if (!p) {
		fputs("out of memory\n", stderr);
		exit(2);
	}
	return p;
}

#endif /* RELOC_HOST_MEMORY_H */
