/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef SYMBOLIZE_UNWIND_H
#define SYMBOLIZE_UNWIND_H

/*
 * From what a fault report shows to the calls that were not over yet
 *
 * A report shows every word of the stack that may be a return address, and how far it is
 * from the stack pointer. The ELF file says, for each instruction, how far its function's
 * return address is from the stack pointer there (DWARF 5, 6.4, .debug_frame). Together
 * they tell which words are return addresses: no frame pointer is needed for it.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "program.h"

/* As many as lib/trap.c shows, and more */
#define REPORT_WORDS 64

struct report {
	bool pc_known;	 /* it is in the image */
	uint64_t pc;	 /* all are offsets in the image */
	bool link_known; /* arm64: x30 */
	uint64_t link;
	size_t nr_words;
	struct word {
		uint64_t distance; /* from the stack pointer at the fault, bytes */
		uint64_t offset;   /* what it points to */
	} words[REPORT_WORDS];	   /* ascending distances */
};

struct frame {
	uint64_t offset;
	bool is_return; /* the call before it is meant */
	bool guessed;	/* the file does not say where the return address is */
};

/*
 * Fills in at most max frames, the innermost first, and returns their number. The first
 * is the fault itself if report->pc_known.
 */
size_t unwind(struct program *p, const struct report *report, struct frame *frames, size_t max);

#endif /* SYMBOLIZE_UNWIND_H */
