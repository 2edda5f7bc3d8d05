/* SPDX-License-Identifier: BSD-3-Clause */
#include <string.h>
#include <ukaslr/image.h>
#include <ukaslr/panic.h>
#include <ukaslr/physmem.h>
#include "arguments.h"

#ifndef CONFIG_REPLAY
#define CONFIG_REPLAY 0
#endif

#ifndef PROTOCOL_FDT
#define PROTOCOL_FDT 0
#endif

static struct cmdline cmdline;

/* Is the command line a part of the device tree, which programs may read as a whole? */
static bool is_in_tree(const struct bootinfo *bi)
{
#if PROTOCOL_FDT && PROTOCOL_EFI
	return bi->protocol == BOOT_FDT;
#else
	(void)bi;
	return PROTOCOL_FDT;
#endif
}

static void wipe_digits(char *text, const struct cmdline_seed *seed)
{
	memset(text + seed->pos, 0, 2 * seed->len);
}

void arguments_read(struct cmdline_options *o, const struct bootinfo *bi)
{
	char *text = physmem(bi->cmdline, bi->cmdline_len);
	const char *err;

	if (bi->cmdline_len && !text)
		boot_stop("the command line cannot be read or has no end");
	cmdline.text = text;
	cmdline.len = bi->cmdline_len;
	cmdline.has_path = bi->cmdline_has_path;
	err = cmdline_scan(&cmdline, o);
	if (err)
		boot_stop("%s", err);
	if (o->seed.len && !CONFIG_REPLAY)
		boot_stop("kaslr.seed= is honoured only in builds made with REPLAY=1");
	/* Anywhere else all of the text goes, when main's arguments have been made of it. */
	if (is_in_tree(bi)) {
		if (CONFIG_REPLAY)
			wipe_digits(text, &o->seed);
		wipe_digits(text, &o->entropy);
	}
}

/* argv[0], the others, and NULL */
static uint64_t argv_len(const struct cmdline_options *o)
{
	return (1 + o->argc + 1) * sizeof(uint64_t);
}

uint64_t arguments_len(const struct cmdline_options *o)
{
	return argv_len(o) + app_name_size + o->strings;
}

void arguments_write(char *to, vaddr_t va, const struct cmdline_options *o,
		     const struct bootinfo *bi)
{
	uint64_t *const argv = (uint64_t *)(void *)to;
	const uint64_t name = argv_len(o), strings = name + app_name_size;

	argv[0] = va.va + name;
	memcpy(to + name, app_name, app_name_size);
	cmdline_args(&cmdline, o, to + strings, argv + 1, vaddr_add(va, strings));
	/* The loader's copy is needed no more */
	if (!is_in_tree(bi))
		memset((char *)cmdline.text, 0, cmdline.len);
}
