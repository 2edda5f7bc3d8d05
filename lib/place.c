/* SPDX-License-Identifier: BSD-3-Clause */
#include <ukaslr/format.h>
#include <ukaslr/image.h>

#ifndef CONFIG_DEBUG
#define CONFIG_DEBUG 0
#endif

const char *format_place(uint64_t *address)
{
	if (CONFIG_DEBUG || *address < NULL_PAGE_END)
		return NULL;
	if (in_image(*address)) {
		*address -= IMAGE_ADDR(__base_addr);
		return app_name;
	}
	*address = FORMAT_NO_OFFSET;
	return "(hidden)";
}
