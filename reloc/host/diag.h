/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef RELOC_HOST_DIAG_H
#define RELOC_HOST_DIAG_H

/*
 * What mkreloc and relcheck have to complain about
 *
 * One line each: tool, file, what is wrong, what to do. The first ones are
 * shown, the rest counted: a missing -fPIE is found a thousand times.
 */

#include <stdio.h>

#define DIAG_SHOWN  20u

/* Exit statuses of both tools */
#define EXIT_FINE   0
#define EXIT_REFUSE 1 /* the file is not as it must be */
#define EXIT_USAGE  2 /* wrong arguments, or a file that cannot be read or written */

struct diag {
	const char *tool;
	FILE *out; /* NULL: only counted */
	unsigned errors;
};

/* Always false, so that a check can end in `return diag_error(...)`. */
__attribute__((format(printf, 2, 3))) int diag_error(struct diag *d, const char *format, ...);

/* Says how many were not shown. */
void diag_end(const struct diag *d);

#endif /* RELOC_HOST_DIAG_H */
