/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <ukaslr/format.h>

/* The flags are characters from ' ' to '0', and so a bit each. */
#define FLAG(c)	   (1u << ((c) - ' '))
#define ALL_FLAGS  (FLAG('-') | FLAG('0') | FLAG('#') | FLAG('+') | FLAG(' '))

/* As many as 64 bits have in octal */
#define MAX_DIGITS 22

struct out {
	format_sink_t sink;
	void *arg;
	size_t count;
	va_list ap;
};

/* One conversion: what it asks for; name and +, prefix, zeros and body are what is output. */
struct spec {
	unsigned int flags, bits; /* bits: of an integer */
	int width, precision;	  /* precision: negative if there is none */
	unsigned int prefix_len;
	int zeros, len;
	const char *name; /* of what a pointer leads into, or NULL */
	const char *body;
	char prefix[2]; /* sign, or 0x */
	char digits[MAX_DIGITS];
};

static void emit(struct out *o, const char *s, size_t len)
{
	o->count += len;
	o->sink(o->arg, s, len);
}

static __attribute__((noinline)) void pad(struct out *o, const char *c, int n)
{
	while (n-- > 0)
		emit(o, c, 1);
}

static void emit_field(struct out *o, const struct spec *sp)
{
	int blanks = sp->width - (int)sp->prefix_len - sp->zeros - sp->len;

	if (sp->name)
		blanks -= (int)strlen(sp->name) + (sp->prefix_len != 0);
	if (!(sp->flags & FLAG('-'))) {
		pad(o, " ", blanks);
		blanks = 0;
	}
	if (sp->name) {
		emit(o, sp->name, strlen(sp->name));
		emit(o, "+", sp->prefix_len != 0);
	}
	emit(o, sp->prefix, sp->prefix_len);
	pad(o, "0", sp->zeros);
	emit(o, sp->body, (size_t)sp->len);
	pad(o, " ", blanks);
}

/*
 * Integers and pointers alike: both architectures' procedure call standards give
 * each 8 bytes of its own, of which an int has the lower 4, the others being
 * anything. One fetch for all is much smaller than va_arg() of each type.
 */
static __attribute__((noinline)) uint64_t next_arg(struct out *o)
{
	return va_arg(o->ap, uint64_t);
}

static __attribute__((noinline)) const char *parse_number(const char *f, struct out *o, int *n)
{
	int value = 0;

	if (*f == '*') {
		value = (int)next_arg(o);
		f++;
	} else {
		for (; *f >= '0' && *f <= '9'; f++)
			value = (int)((unsigned int)value * 10 + (unsigned int)(*f - '0'));
	}
	*n = value;
	return f;
}

/* Returns where the conversion's letter is. */
static const char *parse_spec(const char *f, struct out *o, struct spec *sp)
{
	unsigned int bit;

	sp->flags = 0;
	for (; (bit = (unsigned int)(*f - ' ')) <= '0' - ' ' && ALL_FLAGS >> bit & 1; f++)
		sp->flags |= 1u << bit;
	f = parse_number(f, o, &sp->width);
	if (sp->width < 0) {
		sp->flags |= FLAG('-');
		sp->width = (int)-(unsigned int)sp->width;
	}
	sp->precision = -1;
	if (*f == '.')
		f = parse_number(f + 1, o, &sp->precision);
	sp->bits = 32;
	if (*f == 'h') {
		sp->bits = 16;
		if (*++f == 'h') {
			sp->bits = 8;
			f++;
		}
	} else if (*f == 'l' || *f == 'z' || *f == 'j' || *f == 't') {
		sp->bits = 64;
		if (*f++ == 'l' && *f == 'l')
			f++;
	}
	return f;
}

/* letter: what 10 is as a digit */
static void put_digits(struct spec *sp, uint64_t v, unsigned int base, unsigned int letter)
{
	char *p = sp->digits + MAX_DIGITS;
	int least = sp->precision;

	sp->len = 0;
	for (; v != 0; v /= base, sp->len++) {
		const unsigned int d = (unsigned int)(v % base);

		*--p = (char)(d < 10 ? '0' + d : letter - 10 + d);
	}
	sp->body = p;
	if (least < 0) {
		if ((sp->flags & (FLAG('0') | FLAG('-'))) == FLAG('0'))
			least = sp->width - (int)sp->prefix_len;
		if (least < 1)
			least = 1;
	}
	least -= sp->len;
	if (base == 8 && sp->flags & FLAG('#') && least <= 0)
		least = 1;
	if (least > 0)
		sp->zeros = least;
}

static void number(struct spec *sp, uint64_t v, char c)
{
	const unsigned int unused = 64 - sp->bits;
	unsigned int base = 10;
	char sign = 0;

	v <<= unused;
	if (c == 'd' || c == 'i') {
		if (sp->flags & FLAG(' '))
			sign = ' ';
		if (sp->flags & FLAG('+'))
			sign = '+';
		if ((int64_t)v < 0) {
			sign = '-';
			v = -v;
		}
		sp->prefix_len = sign != 0;
	} else if (c == 'o') {
		base = 8;
	} else if (c != 'u') {
		base = 16;
		sign = '0';
		sp->prefix[1] = c;
		if (v != 0 && sp->flags & FLAG('#'))
			sp->prefix_len = 2;
	}
	sp->prefix[0] = sign;
	put_digits(sp, v >> unused, base, (unsigned int)c - ('x' - 'a'));
}

/* Returns false, and has taken no argument, if there is no such conversion. */
static bool convert(struct out *o, struct spec *sp, char c)
{
	uint64_t v;

	sp->name = NULL;
	sp->prefix_len = 0;
	sp->zeros = 0;
	sp->body = sp->digits;
	sp->len = 1;
	switch (c) {
	case '%':
		sp->digits[0] = c;
		return true;
	case 'c':
		if (sp->bits != 32)
			return false;
		sp->digits[0] = (char)next_arg(o);
		return true;
	case 's':
		if (sp->bits != 32)
			return false;
		sp->body = (const char *)(uintptr_t)next_arg(o);
		if (sp->body == NULL)
			sp->body = "(null)";
		for (sp->len = 0; sp->len != sp->precision && sp->body[sp->len]; sp->len++)
			;
		return true;
	case 'p':
		v = next_arg(o);
		sp->name = format_place(&v);
		sp->len = 0;
		if (v == FORMAT_NO_OFFSET && sp->name)
			return true;
		sp->bits = 64;
		sp->prefix_len = 2;
		number(sp, v, 'x');
		return true;
	case 'd':
	case 'i':
	case 'u':
	case 'o':
	case 'x':
	case 'X':
		break;
	default:
		return false;
	}
	number(sp, next_arg(o), c);
	return true;
}

size_t format(format_sink_t sink, void *arg, const char *fmt, va_list ap)
{
	struct out o = {.sink = sink, .arg = arg};
	struct spec sp;

	va_copy(o.ap, ap);
	while (*fmt) {
		const char *const start = fmt;

		while (*fmt && *fmt != '%')
			fmt++;
		if (fmt != start) {
			emit(&o, start, (size_t)(fmt - start));
			continue;
		}
		fmt = parse_spec(start + 1, &o, &sp);
		if (!convert(&o, &sp, *fmt++)) {
			emit(&o, start, strlen(start));
			break;
		}
		emit_field(&o, &sp);
	}
	va_end(o.ap);
	return o.count;
}
