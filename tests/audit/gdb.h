/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef AUDIT_GDB_H
#define AUDIT_GDB_H

/*
 * A client of QEMU's gdbstub: the GDB Remote Serial Protocol (GDB manual,
 * appendix E), as far as reading a stopped guest needs it.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct gdb;

/*
 * Connects to where = "host:port" or the path of a Unix socket; QEMU stops the
 * guest when somebody connects. NULL after a message on stderr. The caller
 * owns what is returned and ends it with gdb_close(), after which the guest runs on.
 */
struct gdb *gdb_open(const char *where);
void gdb_close(struct gdb *g);

/* What runs there, from its target description: "i386:x86-64", "aarch64". */
const char *gdb_architecture(const struct gdb *g);

/* Reads a register by the name that the target description gives it. */
bool gdb_register(struct gdb *g, const char *name, uint64_t *value);

/* Reads physical memory, past whatever the guest has mapped. */
bool gdb_physical(struct gdb *g, uint64_t pa, void *buf, size_t len);

#endif /* AUDIT_GDB_H */
