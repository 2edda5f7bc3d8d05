/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <ukaslr/format.h>

struct out {
	format_sink_t sink;
	void *arg;
	size_t count;
};

struct spec {
	bool left, zero, is_signed;
	unsigned width, base;
	unsigned longs; /* 0: int, 1: long, size_t or pointer, 2: long long */
};

static void emit(struct out *o, const char *s, size_t len)
{
	o->sink(o->arg, s, len);
	o->count += len;
}

static void pad(struct out *o, const char *c, size_t have, unsigned width)
{
	for (; have < width; have++)
		emit(o, c, 1);
}

static void emit_field(struct out *o, const struct spec *sp, const char *s, size_t len)
{
	if (!sp->left)
		pad(o, " ", len, sp->width);
	emit(o, s, len);
	if (sp->left)
		pad(o, " ", len, sp->width);
}

static void emit_number(struct out *o, const struct spec *sp, uint64_t value, bool negative)
{
	char digits[24];
	char *end = digits + sizeof(digits), *p = end;
	unsigned room = sp->zero && !sp->left ? sp->width : 0;

	do {
		unsigned d = (unsigned)(value % sp->base);

		*--p = (char)(d < 10 ? '0' + d : 'a' + d - 10);
		value /= sp->base;
	} while (value);
	if (room > sizeof(digits) - 1)
		room = sizeof(digits) - 1;
	while ((unsigned)(end - p) + negative < room)
		*--p = '0';
	if (negative)
		*--p = '-';
	emit_field(o, sp, p, (size_t)(end - p));
}

static uint64_t unsigned_arg(const struct spec *sp, va_list *ap)
{
	return sp->longs ? va_arg(*ap, uint64_t) : va_arg(*ap, unsigned);
}

static int64_t signed_arg(const struct spec *sp, va_list *ap)
{
	return sp->longs ? va_arg(*ap, int64_t) : va_arg(*ap, int);
}

static const char *parse_spec(const char *f, struct spec *sp)
{
	*sp = (struct spec){.base = 10};
	for (; *f == '0' || *f == '-'; f++) {
		sp->zero |= *f == '0';
		sp->left |= *f == '-';
	}
	for (; *f >= '0' && *f <= '9'; f++)
		sp->width = sp->width * 10 + (unsigned)(*f - '0');
	for (; *f == 'l' || *f == 'z'; f++)
		sp->longs++;
	return f;
}

static void emit_signed(struct out *o, const struct spec *sp, int64_t v)
{
	emit_number(o, sp, v < 0 ? -(uint64_t)v : (uint64_t)v, v < 0);
}

static void convert(struct out *o, struct spec *sp, char conversion, va_list *ap)
{
	const char *s;
	char c;

	if (conversion == 'd' || conversion == 'i') {
		emit_signed(o, sp, signed_arg(sp, ap));
	} else if (conversion == 'u') {
		emit_number(o, sp, unsigned_arg(sp, ap), false);
	} else if (conversion == 'x') {
		sp->base = 16;
		emit_number(o, sp, unsigned_arg(sp, ap), false);
	} else if (conversion == 'p') {
		sp->base = 16;
		emit(o, "0x", 2);
		emit_number(o, sp, (uint64_t)(uintptr_t)va_arg(*ap, void *), false);
	} else if (conversion == 's') {
		s = va_arg(*ap, const char *);
		emit_field(o, sp, s ? s : "(null)", s ? strlen(s) : 6);
	} else {
		c = conversion == 'c' ? (char)va_arg(*ap, int) : conversion;
		emit_field(o, sp, &c, 1);
	}
}

size_t format(format_sink_t sink, void *arg, const char *fmt, va_list ap)
{
	struct out o = {sink, arg, 0};
	struct spec sp;
	va_list args;

	va_copy(args, ap);
	while (*fmt) {
		const char *run = fmt;

		while (*fmt && *fmt != '%')
			fmt++;
		if (fmt != run)
			emit(&o, run, (size_t)(fmt - run));
		if (!*fmt)
			break;
		fmt = parse_spec(fmt + 1, &sp);
		if (*fmt)
			convert(&o, &sp, *fmt++, &args);
	}
	va_end(args);
	return o.count;
}
