/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Any bytes as an archive for examples/initrd: entries lie inside it, in order,
 * and it ends.
 */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "../../examples/initrd/cpio.c"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cpio c = {.data = data, .len = size};
	const uint8_t *last = data;
	struct cpio_entry e;

	while (cpio_next(&c, &e) == CPIO_ENTRY) {
		const uint8_t *name = (const uint8_t *)e.name;

		assert(name >= last + HEADER_LEN && name + strlen(e.name) < e.data);
		assert(e.size <= size && e.data <= data + size - e.size);
		last = e.data + e.size;
	}
	return 0;
}
