/* SPDX-License-Identifier: BSD-3-Clause */
#include <dwarf.h>
#include <elf.h>
#include <stdlib.h>

#include "unwind.h"

/* DWARF's numbers of registers: the psABI of x86-64, table 3.36; AADWARF64, 4.1 */
#define X86_RSP	  7
#define ARM64_X30 30
#define ARM64_SP  31

#define WORD	  8

/* Where a frame's return address is */
enum place { IN_STACK, IN_LINK, NOT_KNOWN };

struct cursor {
	struct program *program;
	const struct report *report;
	uint64_t pc;
	bool is_return;
	uint64_t sp; /* distance from the stack pointer at the fault */
};

static bool is_x86(const struct cursor *c)
{
	return c->program->machine == EM_X86_64;
}

/* A canonical frame address that is the stack pointer and a number; false if it is another. */
static bool frame_address(const struct cursor *c, Dwarf_Frame *frame, uint64_t *cfa)
{
	Dwarf_Op *ops;
	size_t n;

	if (dwarf_frame_cfa(frame, &ops, &n) || n != 1)
		return false;
	/* libdw writes rules of the table this way, whatever the register */
	if (ops[0].atom != DW_OP_bregx || ops[0].number != (is_x86(c) ? X86_RSP : ARM64_SP))
		return false;
	*cfa = c->sp + ops[0].number2;
	return true;
}

/* Where the return address is, as a distance, and the caller's stack pointer. */
static enum place by_frame_table(const struct cursor *c, Dwarf_Frame *frame, uint64_t *at,
				 uint64_t *caller_sp)
{
	Dwarf_Op memory[3], *ops;
	size_t n;
	int ra = dwarf_frame_info(frame, NULL, NULL, NULL);

	if (!frame_address(c, frame, caller_sp) ||
	    dwarf_frame_register(frame, ra, memory, &ops, &n))
		return NOT_KNOWN;
	if (n == 0)
		return ra == ARM64_X30 && !is_x86(c) ? IN_LINK : NOT_KNOWN;
	if (ops[0].atom != DW_OP_call_frame_cfa || n > 2)
		return NOT_KNOWN;
	*at = *caller_sp;
	if (n == 2 && ops[1].atom != DW_OP_plus_uconst && ops[1].atom != DW_OP_consts)
		return NOT_KNOWN;
	if (n == 2)
		*at += ops[1].number;
	return IN_STACK;
}

static enum place return_address(const struct cursor *c, bool known, uint64_t *at,
				 uint64_t *caller_sp)
{
	uint64_t address = c->program->base + c->pc - c->is_return;
	Dwarf_Frame *frame;
	enum place place;

	if (known && c->program->cfi && !dwarf_cfi_addrframe(c->program->cfi, address, &frame)) {
		place = by_frame_table(c, frame, at, caller_sp);
		free(frame);
		return place;
	}
	/* Assembly, and what is no code at all: as right behind a call */
	*at = c->sp;
	*caller_sp = c->sp + (is_x86(c) ? WORD : 0);
	return is_x86(c) ? IN_STACK : IN_LINK;
}

static const struct word *word_at(const struct report *r, uint64_t distance)
{
	for (size_t i = 0; i < r->nr_words; i++)
		if (r->words[i].distance == distance)
			return &r->words[i];
	return NULL;
}

/* The next word further up that a call can have left */
static const struct word *next_call(const struct cursor *c)
{
	for (size_t i = 0; i < c->report->nr_words; i++)
		if (c->report->words[i].distance >= c->sp &&
		    program_follows_call(c->program, c->report->words[i].offset,
					 c->pc - c->is_return))
			return &c->report->words[i];
	return NULL;
}

/* Goes to the caller; false at the outermost frame, or if nothing more is known. */
static bool step(struct cursor *c, bool known, bool innermost, bool *guessed)
{
	const struct word *word = NULL;
	uint64_t at = 0, caller_sp = 0;
	enum place place = return_address(c, known, &at, &caller_sp);

	*guessed = false;
	if (known && program_is_in(c->program, c->pc - c->is_return, "moved_entry"))
		return false;
	if (place == IN_LINK && innermost && c->report->link_known) {
		c->pc = c->report->link;
		c->sp = caller_sp;
		return true;
	}
	if (place == IN_STACK)
		word = word_at(c->report, at);
	if (!word) {
		word = next_call(c);
		*guessed = true;
		caller_sp = word ? word->distance + WORD : 0;
	}
	if (!word)
		return false;
	c->pc = word->offset;
	c->sp = caller_sp;
	return true;
}

size_t unwind(struct program *p, const struct report *report, struct frame *frames, size_t max)
{
	struct cursor c = {p, report, report->pc, false, 0};
	bool guessed = false, known = report->pc_known;
	size_t n = 0;

	if (known && max)
		frames[n++] = (struct frame){c.pc, false, false};
	for (bool innermost = true; n < max && step(&c, known, innermost, &guessed);
	     innermost = false) {
		known = c.is_return = true;
		frames[n++] = (struct frame){c.pc, true, guessed};
	}
	return n;
}
