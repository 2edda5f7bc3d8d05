/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef AUDIT_GDB_PACKET_H
#define AUDIT_GDB_PACKET_H

/*
 * Packets of the GDB Remote Serial Protocol (GDB manual, E.1): questions and
 * answers over a socket.
 */

#include <stdbool.h>
#include <stddef.h>

#define PACKET_MAX 8192

struct connection {
	int fd;
	char packet[PACKET_MAX + 1]; /* the last answer, NUL-terminated */
	size_t len;		     /* of it */
};

/* where: "host:port" or the path of a Unix socket. False if nobody answers. */
bool packet_connect(struct connection *c, const char *where);

/* Sends a question and waits for the answer, which is then in c->packet. */
bool packet_ask(struct connection *c, const char *question);

/* Undoes the escapes of binary data, in place; returns its length. */
size_t packet_unescape(char *data, size_t len);

/* The answer as hexadecimal digits; false unless it is exactly len bytes of them. */
bool packet_bytes(const struct connection *c, unsigned char *to, size_t len);

#endif /* AUDIT_GDB_PACKET_H */
