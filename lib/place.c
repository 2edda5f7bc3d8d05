/* SPDX-License-Identifier: BSD-3-Clause */
#include <ukaslr/format.h>
#include <ukaslr/image.h>

#ifndef CONFIG_DEBUG
#define CONFIG_DEBUG 0
#endif

#define NULL_PAGE_END 4096

const char *format_place(uint64_t *address)
{
	const uint64_t offset = *address - IMAGE_ADDR(__base_addr);

	if (CONFIG_DEBUG || *address < NULL_PAGE_END)
		return NULL;
	if (offset < IMAGE_OFFSET(__early_end)) {
		*address = offset;
		return app_name;
	}
	*address = FORMAT_NO_OFFSET;
	return "(hidden)";
}
