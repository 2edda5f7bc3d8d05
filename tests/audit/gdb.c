/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gdb.h"
#include "gdb_packet.h"

#define QUESTION_MAX	  160
#define MEMORY_MAX	  1024 /* bytes asked for at once: QEMU's packets hold 4096 digits */
#define DESCRIPTION_MAX	  2048 /* characters asked for at once */
#define DESCRIPTION_DEPTH 2    /* files that include files */
#define NAME_LEN	  64

struct target_register {
	char name[NAME_LEN];
	unsigned number;
};

struct gdb {
	struct connection link;
	char architecture[NAME_LEN];
	struct target_register *regs;
	size_t nr_regs;
};

/* Fetches a file of the target description; the caller frees it. NULL if it does not come. */
static char *fetch_description(struct gdb *g, const char *name)
{
	struct connection *link = &g->link;
	char question[QUESTION_MAX], *text = NULL;
	size_t size = 0;

	do {
		char *larger;
		size_t len;

		snprintf(question, sizeof(question), "qXfer:features:read:%s:%zx,%x", name, size,
			 DESCRIPTION_MAX);
		if (!packet_ask(link, question) || !strchr("ml", link->packet[0]) || !link->len)
			break;
		len = packet_unescape(link->packet + 1, link->len - 1);
		larger = realloc(text, size + len + 1);
		if (!larger)
			break;
		text = larger;
		memcpy(text + size, link->packet + 1, len);
		size += len;
		text[size] = 0;
		if (link->packet[0] == 'l') /* the last part */
			return text;
	} while (true);
	free(text);
	return NULL;
}

/* Copies the value of an attribute of the element at p; false if it has none. */
static bool attribute(const char *p, const char *name, char value[NAME_LEN])
{
	const char *end = strchr(p, '>');
	char wanted[NAME_LEN];
	size_t len;

	snprintf(wanted, sizeof(wanted), " %s=\"", name);
	p = strstr(p, wanted);
	if (!p || !end || p > end)
		return false;
	p += strlen(wanted);
	len = strcspn(p, "\"");
	if (len >= NAME_LEN)
		return false;
	memcpy(value, p, len);
	value[len] = 0;
	return true;
}

/* Registers are numbered in the order of their description unless it says otherwise (G.2.7). */
static bool add_register(struct gdb *g, const char *element)
{
	struct target_register reg = {0}, *larger;
	char number[NAME_LEN];

	if (!attribute(element, "name", reg.name))
		return false;
	reg.number = g->nr_regs ? g->regs[g->nr_regs - 1].number + 1 : 0;
	if (attribute(element, "regnum", number))
		reg.number = (unsigned)strtoul(number, NULL, 0);
	larger = realloc(g->regs, (g->nr_regs + 1) * sizeof(reg));
	if (!larger)
		return false;
	g->regs = larger;
	g->regs[g->nr_regs++] = reg;
	return true;
}

static bool is_element(const char *p, const char *start)
{
	return !strncmp(p, start, strlen(start));
}

/* The next element behind p, comments left out; NULL at the end. */
static const char *next_element(const char *p)
{
	while ((p = strchr(p, '<')) && is_element(p, "<!--")) {
		p = strstr(p, "-->");
		if (!p)
			return NULL;
	}
	return p;
}

/* Reads one file of the target description, and those it includes where it includes them. */
static bool read_description(struct gdb *g, const char *name, unsigned depth)
{
	char *text = depth ? fetch_description(g, name) : NULL, file[NAME_LEN];
	bool good = text != NULL;

	for (const char *p = text; good && (p = next_element(p)); p++) {
		if (is_element(p, "<architecture>"))
			sscanf(p, "<architecture>%63[^<]", g->architecture);
		else if (is_element(p, "<xi:include "))
			good = attribute(p, "href", file) && read_description(g, file, depth - 1);
		else if (is_element(p, "<reg "))
			good = add_register(g, p);
	}
	free(text);
	return good;
}

/* What the stub must know: descriptions, and memory by physical address. */
static bool agree(struct gdb *g)
{
	return packet_ask(&g->link, "qSupported:qXfer:features:read+") &&
	       strstr(g->link.packet, "qXfer:features:read+") &&
	       read_description(g, "target.xml", DESCRIPTION_DEPTH) &&
	       packet_ask(&g->link, "Qqemu.PhyMemMode:1") && !strcmp(g->link.packet, "OK");
}

struct gdb *gdb_open(const char *where)
{
	struct gdb *g = calloc(1, sizeof(*g));

	if (!g)
		return NULL;
	if (!packet_connect(&g->link, where)) {
		fprintf(stderr, "audit: cannot connect to %s\n", where);
		free(g);
		return NULL;
	}
	if (!agree(g)) {
		fprintf(stderr, "audit: %s is no gdbstub of QEMU\n", where);
		gdb_close(g);
		return NULL;
	}
	return g;
}

void gdb_close(struct gdb *g)
{
	packet_ask(&g->link, "Qqemu.PhyMemMode:0"); /* for whoever comes next */
	packet_ask(&g->link, "D");		    /* detach */
	close(g->link.fd);
	free(g->regs);
	free(g);
}

const char *gdb_architecture(const struct gdb *g)
{
	return g->architecture;
}

static bool read_register(struct gdb *g, unsigned number, uint64_t *value)
{
	unsigned char bytes[sizeof(*value)] = {0};
	char question[QUESTION_MAX];
	size_t len;

	snprintf(question, sizeof(question), "p%x", number);
	if (!packet_ask(&g->link, question))
		return false;
	len = g->link.len / 2;
	if (!len || len > sizeof(bytes) || !packet_bytes(&g->link, bytes, len))
		return false;
	*value = 0;
	for (size_t i = len; i-- > 0;) /* both architectures are little endian */
		*value = *value << 8 | bytes[i];
	return true;
}

bool gdb_register(struct gdb *g, const char *name, uint64_t *value)
{
	for (size_t i = 0; i < g->nr_regs; i++)
		if (!strcmp(g->regs[i].name, name))
			return read_register(g, g->regs[i].number, value);
	fprintf(stderr, "audit: no register %s\n", name);
	return false;
}

bool gdb_physical(struct gdb *g, uint64_t pa, void *buf, size_t len)
{
	char question[QUESTION_MAX];

	while (len) {
		size_t part = len < MEMORY_MAX ? len : MEMORY_MAX;

		snprintf(question, sizeof(question), "m%llx,%zx", (unsigned long long)pa, part);
		if (!packet_ask(&g->link, question) || !packet_bytes(&g->link, buf, part))
			return false;
		pa += part;
		buf = (char *)buf + part;
		len -= part;
	}
	return true;
}
