/* SPDX-License-Identifier: BSD-3-Clause */
#include <ukaslr/efi.h>
#include "boot_fuzz.h"

/*
 * The handover is what the stub leaves, so it has the values that the stub gives; all
 * addresses and sizes in it, and what lies there, come from firmware.
 */
static void make_sound(void)
{
	struct efi_handover *h = physmem(PADDR(FUZZ_BASE), sizeof(*h));
	uint8_t path;

	if (!h)
		return;
	memcpy(&path, &h->cmdline_has_path, sizeof(path));
	h->cmdline_has_path = path & 1;
	h->trouble %= EFI_TROUBLE_OPTIONS + 1;
	h->seed_len = h->seed_len % 2 * EFI_SEED_LEN;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct bootinfo *bi = &fuzz_storage.bi;

	if (!fuzz_begin(data, size))
		return 0;
	make_sound();
	if (!fuzz_parse(efi_parse))
		fuzz_check(physmem(bi->efi.map, bi->efi.map_len) != NULL);
	fuzz_end();
	return 0;
}
