/* SPDX-License-Identifier: BSD-3-Clause */
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "gdb_packet.h"

#define TIMEOUT_S 20
#define HOST_MAX  64
#define FRAME_MAX 8 /* what a packet has around its data */
#define STOPPED                                                                          \
	'T' /* E.3: says unasked that the guest has stopped; answers no question of ours \
	     */
#define ESCAPE	   '}' /* the byte behind it is XORed with ESCAPE_XOR */
#define ESCAPE_XOR 0x20

static int connect_unix(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	if (fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0) {
		close(fd);
		return -1;
	}
	return fd;
}

static int connect_tcp(const char *host, const char *port)
{
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *list;
	int fd = -1;

	if (getaddrinfo(host, port, &hints, &list))
		return -1;
	for (struct addrinfo *a = list; a && fd < 0; a = a->ai_next) {
		fd = socket(a->ai_family, a->ai_socktype, a->ai_protocol);
		if (fd >= 0 && connect(fd, a->ai_addr, a->ai_addrlen) < 0) {
			close(fd);
			fd = -1;
		}
	}
	freeaddrinfo(list);
	return fd;
}

bool packet_connect(struct connection *c, const char *where)
{
	const char *colon = strrchr(where, ':');
	struct timeval timeout = {.tv_sec = TIMEOUT_S};
	char host[HOST_MAX];

	snprintf(host, sizeof(host), "%.*s", colon ? (int)(colon - where) : 0, where);
	c->fd = colon ? connect_tcp(host, colon + 1) : connect_unix(where);
	if (c->fd < 0)
		return false;
	return !setsockopt(c->fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout));
}

static bool write_all(int fd, const char *p, size_t len)
{
	while (len) {
		ssize_t n = write(fd, p, len);

		if (n <= 0)
			return false;
		p += n;
		len -= (size_t)n;
	}
	return true;
}

static int read_byte(int fd)
{
	unsigned char byte;

	return read(fd, &byte, 1) == 1 ? byte : -1;
}

static int hex_digit(int digit)
{
	if (digit >= '0' && digit <= '9')
		return digit - '0';
	if (digit >= 'a' && digit <= 'f')
		return digit - 'a' + 10;
	return -1;
}

/* Receives "$data#xx" and acknowledges it. */
static bool receive(struct connection *c)
{
	unsigned char sum = 0;
	int byte, high, low;

	do
		byte = read_byte(c->fd);
	while (byte >= 0 && byte != '$');
	for (c->len = 0; (byte = read_byte(c->fd)) >= 0 && byte != '#'; c->len++) {
		if (c->len == PACKET_MAX)
			return false;
		c->packet[c->len] = (char)byte;
		sum = (unsigned char)(sum + byte);
	}
	c->packet[c->len] = 0;
	high = hex_digit(read_byte(c->fd));
	low = hex_digit(read_byte(c->fd));
	return byte == '#' && high >= 0 && low >= 0 && sum == high * 16 + low &&
	       write_all(c->fd, "+", 1);
}

bool packet_ask(struct connection *c, const char *question)
{
	char framed[PACKET_MAX + FRAME_MAX];
	unsigned char sum = 0;
	int len;

	for (const char *p = question; *p; p++)
		sum = (unsigned char)(sum + *p);
	len = snprintf(framed, sizeof(framed), "$%s#%02x", question, sum);
	if (len < 0 || (size_t)len >= sizeof(framed) || !write_all(c->fd, framed, (size_t)len))
		return false;
	do
		if (!receive(c))
			return false;
	while (c->packet[0] == STOPPED);
	return true;
}

size_t packet_unescape(char *data, size_t len)
{
	size_t to = 0;

	for (size_t from = 0; from < len; from++) {
		char byte = data[from];

		if (byte == ESCAPE && from + 1 < len)
			byte = (char)(data[++from] ^ ESCAPE_XOR);
		data[to++] = byte;
	}
	return to;
}

bool packet_bytes(const struct connection *c, unsigned char *to, size_t len)
{
	if (c->len != 2 * len)
		return false;
	for (size_t i = 0; i < len; i++) {
		int high = hex_digit(c->packet[2 * i]), low = hex_digit(c->packet[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		to[i] = (unsigned char)(high * 16 + low);
	}
	return true;
}
