/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdarg.h>
#include <stdio.h>
#include <ukaslr/panic.h>

static __attribute__((noinline)) void say(const char *prefix, const char *fmt, va_list *ap)
{
	printf("%s", prefix);
	vprintf(fmt, *ap);
	putchar('\n');
}

void panic(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say("panic: ", fmt, &ap);
	va_end(ap);
	shutdown(STATUS_STOP);
}

void boot_stop(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say("ukaslr: stop: ", fmt, &ap);
	va_end(ap);
	shutdown(STATUS_STOP);
}

void boot_warn(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say("ukaslr: warning: ", fmt, &ap);
	va_end(ap);
}
