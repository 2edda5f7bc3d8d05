/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A QEMU TCG plugin that counts the instructions of a boot: from the first
 * that the image executes to the first of main.
 *
 *	-plugin insncount.so,entry=ADDR,main=ADDR:HEX,out=FILE[,profile=FILE][,skip=FIRST-LAST]
 *				[,ticks=on]
 *
 * entry	where the image is entered; or, if nobody knows where it will be loaded, like
 *		main, ADDR:HEX and then -LEN: the ADDR bytes before it and what follows to
 *		LEN bytes are the image, and below the upper half nothing else counts
 * main		link address and first bytes of main; it is known again by its
 *		offset in a page and by these bytes, as its page is random
 * out		gets the line "INSTRUCTIONS BYTES BIAS LOADED" when main is reached: what was
 *		executed, what was stored to memory, main's address less its link address,
 *		and where the image was found, or 0
 * profile	gets a line "ADDRESS COUNT" for each instruction that was executed
 *
 * skip		addresses of a hypervisor, whose instructions do not count
 * ticks	nothing is counted, so that nothing but QEMU itself takes time; out gets the ticks
 *		of the guest's counter, which must not run by -icount
 *
 * A rep-prefixed string instruction counts once, as on hardware, though QEMU
 * executes it once for each element. One processor only.
 */

#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "guest_counter.h"
#include "qemu_plugin.h"
#include "x86_insn.h"

#define EXPORT __attribute__((visibility("default")))
EXPORT int qemu_plugin_version = 1;
EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const struct qemu_info *info, int argc,
			       char **argv);

#define PAGE_MASK 0xfffull
#define CODE_MAX  32
#define BUCKETS	  4096

/* One instruction of the guest: kept for ever, as translations are made anew. */
struct insn {
	uint64_t pc, executed;
	bool is_rep;
	struct insn *next; /* in the same bucket */
};

static struct insn *table[BUCKETS];

enum state { BEFORE_ENTRY, COUNTING, DONE };
static enum state state;
static uint64_t instructions, bytes_stored, bias;
static uint64_t ticks;		    /* at entry; in the end, since then */
static const struct insn *last_rep; /* the last instruction, if it was a rep string one */

/* A place in the code, known by its offset in a page and its first bytes, or by its address alone
 */
struct place {
	uint64_t address;
	uint8_t code[CODE_MAX];
	size_t len;
};

static struct place entry, main_place;
static uint64_t skip_first = 1, skip_last; /* empty */
static uint64_t own_len;		   /* of an image that firmware puts somewhere, or 0 */
static uint64_t own_first;
static bool x86, only_ticks;
static const char *out_path, *profile_path;

static struct insn *find(uint64_t pc)
{
	struct insn **bucket = &table[pc / 2 % BUCKETS], *i;

	for (i = *bucket; i; i = i->next)
		if (i->pc == pc)
			return i;
	i = calloc(1, sizeof(*i));
	if (!i)
		abort();
	*i = (struct insn){.pc = pc, .next = *bucket};
	*bucket = i;
	return i;
}

static void on_entry(unsigned cpu, void *arg)
{
	(void)cpu, (void)arg;
	if (state != BEFORE_ENTRY)
		return;
	state = COUNTING;
	ticks = guest_counter(x86);
}

static void on_main(unsigned cpu, void *arg)
{
	const struct insn *i = arg;

	(void)cpu;
	if (state != COUNTING)
		return;
	state = DONE;
	ticks = guest_counter(x86) - ticks;
	bias = i->pc - main_place.address;
}

static void on_insn(unsigned cpu, void *arg)
{
	struct insn *i = arg;

	(void)cpu;
	if (state != COUNTING || i == last_rep)
		return;
	last_rep = i->is_rep ? i : NULL;
	instructions++;
	i->executed++;
}

static void on_store(unsigned cpu, qemu_plugin_meminfo_t info, uint64_t va, void *arg)
{
	(void)cpu, (void)va, (void)arg;
	if (state == COUNTING && qemu_plugin_mem_is_store(info))
		bytes_stored += 1ull << qemu_plugin_mem_size_shift(info);
}

/* Does this run of instructions begin at the place? It may end before the place's bytes do. */
static bool begins_at(const struct place *p, const struct qemu_plugin_tb *tb, uint64_t pc)
{
	size_t at = 0;

	if (!p->len)
		return pc == p->address;
	if ((pc ^ p->address) & PAGE_MASK)
		return false;
	for (size_t i = 0; i < qemu_plugin_tb_n_insns(tb) && at < p->len; i++) {
		const struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
		size_t len = qemu_plugin_insn_size(insn);

		if (len > p->len - at)
			len = p->len - at;
		if (memcmp(qemu_plugin_insn_data(insn), p->code + at, len))
			return false;
		at += len;
	}
	return true;
}

/* Is this somebody else's code: a hypervisor's, or firmware's that the image calls? */
static bool is_foreign(uint64_t pc)
{
	if (own_len && (int64_t)pc >= 0 && pc - own_first >= own_len)
		return true;
	return pc >= skip_first && pc <= skip_last;
}

/* Entry and main are jumped to, so that a run of instructions begins with each. */
static void on_translation(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
	struct qemu_plugin_insn *first = qemu_plugin_tb_get_insn(tb, 0);
	uint64_t pc = qemu_plugin_insn_vaddr(first);
	static bool near; /* false: still in the firmware, which runs without our calls */
	const bool at_entry = begins_at(&entry, tb, pc);

	(void)id;
	if (at_entry && !near)
		own_first = pc - entry.address;
	near |= at_entry;
	if (!near || is_foreign(pc))
		return;
	if (at_entry)
		qemu_plugin_register_vcpu_insn_exec_cb(first, on_entry, QEMU_PLUGIN_CB_NO_REGS,
						       NULL);
	if (begins_at(&main_place, tb, pc))
		qemu_plugin_register_vcpu_insn_exec_cb(first, on_main, QEMU_PLUGIN_CB_NO_REGS,
						       find(pc));
	if (only_ticks)
		return;
	for (size_t k = 0; k < qemu_plugin_tb_n_insns(tb); k++) {
		struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, k);
		struct insn *i = find(qemu_plugin_insn_vaddr(insn));

		i->is_rep = x86 &&
			    is_rep_string(qemu_plugin_insn_data(insn), qemu_plugin_insn_size(insn));
		qemu_plugin_register_vcpu_insn_exec_cb(insn, on_insn, QEMU_PLUGIN_CB_NO_REGS, i);
		qemu_plugin_register_vcpu_mem_cb(insn, on_store, QEMU_PLUGIN_CB_NO_REGS,
						 QEMU_PLUGIN_MEM_W, i);
	}
}

static void write_profile(FILE *f)
{
	for (size_t b = 0; b < BUCKETS; b++)
		for (const struct insn *i = table[b]; i; i = i->next)
			if (i->executed)
				fprintf(f, "%#" PRIx64 " %" PRIu64 "\n", i->pc, i->executed);
}

static void on_exit_of_qemu(qemu_plugin_id_t id, void *arg)
{
	FILE *out = fopen(out_path, "w"), *profile = profile_path ? fopen(profile_path, "w") : NULL;

	(void)id, (void)arg;
	if (out && state == DONE && only_ticks)
		fprintf(out, "%" PRIu64 "\n", ticks);
	else if (out && state == DONE)
		fprintf(out, "%" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 "\n", instructions,
			bytes_stored, bias, own_len ? own_first : 0);
	if (out)
		fclose(out);
	if (profile) {
		write_profile(profile);
		fclose(profile);
	}
}

static bool parse_place(struct place *p, char *value)
{
	char *rest;

	p->address = strtoull(value, &rest, 0);
	if (*rest == ':')
		rest++;
	for (; rest[0] && rest[1] && *rest != '-' && p->len < CODE_MAX; rest += 2) {
		unsigned byte;

		if (sscanf(rest, "%2x", &byte) != 1)
			return false;
		p->code[p->len++] = (uint8_t)byte;
	}
	if (*rest == '-')
		own_len = strtoull(rest + 1, &rest, 0);
	return !*rest;
}

static bool parse_argument(char *argument)
{
	char *value = strchr(argument, '=');

	if (!value)
		return false;
	*value++ = 0;
	if (!strcmp(argument, "entry"))
		return parse_place(&entry, value);
	else if (!strcmp(argument, "main"))
		return parse_place(&main_place, value);
	else if (!strcmp(argument, "skip"))
		return sscanf(value, "%" SCNx64 "-%" SCNx64, &skip_first, &skip_last) == 2;
	else if (!strcmp(argument, "ticks"))
		only_ticks = !strcmp(value, "on");
	else if (!strcmp(argument, "out"))
		out_path = strdup(value);
	else if (!strcmp(argument, "profile"))
		profile_path = strdup(value);
	else
		return false;
	return true;
}

int qemu_plugin_install(qemu_plugin_id_t id, const struct qemu_info *info, int argc, char **argv)
{
	for (int i = 0; i < argc; i++) {
		if (!parse_argument(argv[i])) {
			fprintf(stderr, "insncount: bad argument %s\n", argv[i]);
			return -1;
		}
	}
	if (!out_path || !main_place.len) {
		fprintf(stderr, "insncount: main= and out= are needed\n");
		return -1;
	}
	x86 = !strcmp(info->target_name, "x86_64");
	qemu_plugin_register_vcpu_tb_trans_cb(id, on_translation);
	qemu_plugin_register_atexit_cb(id, on_exit_of_qemu, NULL);
	return 0;
}
