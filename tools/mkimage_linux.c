/* SPDX-License-Identifier: BSD-3-Clause */
#include <endian.h>
#include <string.h>
#include <ukaslr/linux_boot.h>
#include "mkimage.h"

#define SECTOR	    512
#define PARAGRAPH   16
#define JMP_REL32   0xe9
#define JMP_LENGTH  5
#define LINUX_ENTRY "linux_entry32"

static void put32(unsigned char *p, uint64_t value)
{
	const uint32_t le = htole32((uint32_t)value);

	if (value > UINT32_MAX)
		fail("the image does not fit into 4 GiB");
	memcpy(p, &le, sizeof(le));
}

void linux_header(Elf *elf, unsigned char *setup, size_t setup_len, struct image *im)
{
	const uint64_t entry = symbol(elf, LINUX_ENTRY, strlen(LINUX_ENTRY)) - im->base;
	const uint64_t base = htole64(im->base);

	if (setup_len % SECTOR || setup_len / SECTOR < 2 || setup_len < INIT_SIZE + 4)
		fail("the section .setup is no setup part");
	setup[SETUP_SECTS] = (unsigned char)(setup_len / SECTOR - 1);
	put32(setup + SYSSIZE, (im->len + PARAGRAPH - 1) / PARAGRAPH);
	put32(setup + CODE32_START, im->base);
	memcpy(setup + PREF_ADDRESS, &base, sizeof(base));
	put32(setup + INIT_SIZE, im->memory_len);

	/* The 32-bit entry is at the first byte, where an ELF loader wants its header. */
	im->bytes[0] = JMP_REL32;
	put32(im->bytes + 1, entry - JMP_LENGTH);
}
