/* SPDX-License-Identifier: BSD-3-Clause */
#include "boot_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (!fuzz_begin(data, size))
		return 0;
	fuzz_parse(multiboot2_parse);
	fuzz_end();
	return 0;
}
