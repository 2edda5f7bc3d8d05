/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdlib.h>
#include <string.h>
#include <ukaslr/efi.h>

static void check(bool right)
{
	if (!right)
		abort();
}

/* Turns UTF-8 back into UTF-16, and compares. */
static void check_back(const uint8_t *text, const char *out)
{
	const uint8_t *p = (const uint8_t *)out;

	while (*p) {
		uint32_t n = *p < 0x80 ? 1 : *p < 0xe0 ? 2 : *p < 0xf0 ? 3 : 4;
		uint32_t c = n == 1 ? *p : *p & (0x7fu >> n), unit = c;

		for (p++; --n; p++) {
			check((*p & 0xc0) == 0x80);
			unit = c = c << 6 | (*p & 0x3f);
		}
		if (c >= 0x10000) {
			unit = 0xd800 + ((c - 0x10000) >> 10);
			check(text[0] == (unit & 0xff) && text[1] == unit >> 8);
			text += 2;
			unit = 0xdc00 + ((c - 0x10000) & 0x3ff);
		}
		check(text[0] == (unit & 0xff) && text[1] == unit >> 8);
		text += 2;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *out;

	if (size > 0x10000)
		return 0;
	out = malloc(EFI_UTF8_ROOM(size));
	if (efi_utf8(data, (uint32_t)size, out)) {
		check_back(data, out);
		efi_cut_initrd(out);
	}
	free(out);
	return 0;
}
