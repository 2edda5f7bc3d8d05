/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdarg.h>

#include "diag.h"

int diag_error(struct diag *d, const char *format, ...)
{
	va_list args;

	if (d->errors++ >= DIAG_SHOWN || !d->out)
		return 0;
	fprintf(d->out, "%s: ", d->tool);
	va_start(args, format);
	vfprintf(d->out, format, args);
	va_end(args);
	fputc('\n', d->out);
	return 0;
}

void diag_end(const struct diag *d)
{
	if (d->out && d->errors > DIAG_SHOWN)
		fprintf(d->out, "%s: and %u more like these\n", d->tool, d->errors - DIAG_SHOWN);
}
