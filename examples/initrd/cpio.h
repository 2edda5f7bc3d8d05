/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef EXAMPLES_CPIO_H
#define EXAMPLES_CPIO_H

/*
 * A reader of cpio archives in the "new ASCII" format, as `cpio -H newc` makes them
 *
 * An archive is a row of entries: a header of 110 characters, a name with its
 * NUL, padding to a multiple of 4 bytes, data, padding again; the entry named
 * TRAILER!!! ends it. All offsets are from the archive's first byte. The numbers
 * in a header are 8 hexadecimal digits each. (Linux,
 * Documentation/driver-api/early-userspace/buffer-format.rst)
 *
 * Nothing in the archive is believed: no entry reaches beyond the archive's last
 * byte, and every name ends inside it.
 */

#include <stddef.h>
#include <stdint.h>

struct cpio {
	const unsigned char *data; /* the caller's; only read */
	size_t len;
	size_t at; /* of the next entry */
};

/* File types in .mode, as in POSIX' <sys/stat.h> */
#define CPIO_TYPE      0170000u
#define CPIO_FILE      0100000u
#define CPIO_DIRECTORY 0040000u
#define CPIO_LINK      0120000u

struct cpio_entry {
	const char *name; /* inside the archive, as .data; ends in NUL */
	const unsigned char *data;
	size_t size;
	uint32_t mode;
};

enum cpio_result {
	CPIO_ENTRY,   /* *e is the next entry */
	CPIO_END,     /* the archive is over, by its own trailer */
	CPIO_DAMAGED, /* it is not one, or it is cut off: .at is where; *e is as it was */
};

/* Goes on to the next entry. After anything but CPIO_ENTRY the archive is not to be asked again. */
enum cpio_result cpio_next(struct cpio *c, struct cpio_entry *e);

#endif /* EXAMPLES_CPIO_H */
