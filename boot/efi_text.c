/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The command line, as UEFI has it, in bytes
 *
 * Nothing in a program's LoadOptions is promised (UEFI 2.10, 9.1): boot managers
 * pass whatever a boot entry holds. Text is what has no control characters.
 */

#include <string.h>
#include <ukaslr/efi.h>

/* The Unicode Standard, 3.9: pairs of surrogates stand for what lies beyond 16 bits. */
#define HIGH_SURROGATE 0xd800u
#define LOW_SURROGATE  0xdc00u
#define SURROGATE(c)   ((c)&0xfc00u)
#define BEYOND_16_BITS 0x10000u

static uint32_t unit_at(const uint8_t *text)
{
	return (uint32_t)(text[0] | text[1] << 8);
}

/* Table 3-6 there, well-formed: n bytes, of which all but the first hold 6 bits */
static char *put_utf8(char *out, uint32_t c)
{
	static const uint8_t first[] = {0, 0, 0xc0, 0xe0, 0xf0};
	uint32_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < BEYOND_16_BITS ? 3 : 4, i;

	if (n == 1) {
		*out++ = (char)c;
		return out;
	}
	*out++ = (char)(first[n] | c >> 6 * (n - 1));
	for (i = n - 1; i; i--)
		*out++ = (char)(0x80 | (c >> 6 * (i - 1) & 0x3f));
	return out;
}

static bool is_control(uint32_t c)
{
	return (c < ' ' && c != '\t') || c == 0x7f;
}

bool efi_utf8(const uint8_t *text, uint32_t size, char *out)
{
	uint32_t c, low;

	for (; size >= 2; text += 2, size -= 2) {
		c = unit_at(text);
		if (!c)
			break;
		if (SURROGATE(c) == HIGH_SURROGATE) {
			low = size >= 4 ? unit_at(text + 2) : 0;
			if (SURROGATE(low) != LOW_SURROGATE)
				return false;
			c = BEYOND_16_BITS + ((c - HIGH_SURROGATE) << 10) + (low - LOW_SURROGATE);
			text += 2;
			size -= 2;
		} else if (SURROGATE(c) == LOW_SURROGATE || is_control(c)) {
			return false;
		}
		out = put_utf8(out, c);
	}
	*out = '\0';
	return size != 1;
}

/* The initrd came by LoadFile2, and QEMU's firmware adds the name that it has in its own file
 * system. */
void efi_cut_initrd(char *text)
{
	static const char name[] = "initrd=initrd";
	const uint64_t len = strlen(text);

	if (len < sizeof(name) - 1 || strcmp(text + len - (sizeof(name) - 1), name))
		return;
	if (len == sizeof(name) - 1)
		text[0] = '\0';
	else if (text[len - sizeof(name)] == ' ')
		text[len - sizeof(name)] = '\0';
}
