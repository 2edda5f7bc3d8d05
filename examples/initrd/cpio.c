/* SPDX-License-Identifier: BSD-3-Clause */
#include "cpio.h"

#include <stdbool.h>
#include <string.h>

#define MAGIC	   "070701"
#define TRAILER	   "TRAILER!!!"
#define DIGITS	   8 /* of each number in a header */
#define MAGIC_LEN  (sizeof(MAGIC) - 1)
#define HEADER_LEN (MAGIC_LEN + NR_FIELDS * DIGITS)

/* The numbers of a header, in order */
enum field {
	INO,
	MODE,
	UID,
	GID,
	NLINK,
	MTIME,
	FILE_SIZE,
	DEV_MAJOR,
	DEV_MINOR,
	RDEV_MAJOR,
	RDEV_MINOR,
	NAME_SIZE, /* with its NUL */
	CHECK,	   /* not used by this format */
	NR_FIELDS,
};

static bool number(const unsigned char *header, enum field field, uint32_t *value)
{
	const unsigned char *p = header + MAGIC_LEN + (size_t)field * DIGITS;

	*value = 0;
	for (int i = 0; i < DIGITS; i++) {
		const uint32_t c = p[i], letter = c | ('a' - 'A');

		if (c >= '0' && c <= '9')
			*value = *value << 4 | (c - '0');
		else if (letter >= 'a' && letter <= 'f')
			*value = *value << 4 | (letter - 'a' + 10);
		else
			return false;
	}
	return true;
}

static uint64_t padded(uint64_t at)
{
	return (at + 3) & ~UINT64_C(3);
}

enum cpio_result cpio_next(struct cpio *c, struct cpio_entry *e)
{
	const unsigned char *header = c->data + c->at;
	uint32_t mode, size, name_size;
	uint64_t name, data;

	if (c->at > c->len || c->len - c->at < HEADER_LEN || memcmp(header, MAGIC, MAGIC_LEN))
		return CPIO_DAMAGED;
	if (!number(header, MODE, &mode) || !number(header, FILE_SIZE, &size) ||
	    !number(header, NAME_SIZE, &name_size))
		return CPIO_DAMAGED;

	/* Sizes have 32 bits, so that nothing wraps in 64 */
	name = c->at + HEADER_LEN;
	data = padded(name + name_size);
	if (!name_size || name + name_size > c->len || c->data[name + name_size - 1])
		return CPIO_DAMAGED;
	if (!strcmp((const char *)c->data + name, TRAILER))
		return CPIO_END;
	if (data > c->len || size > c->len - data)
		return CPIO_DAMAGED;

	e->name = (const char *)c->data + name;
	e->data = c->data + data;
	e->size = size;
	e->mode = mode;
	c->at = (size_t)padded(data + size);
	return CPIO_ENTRY;
}
