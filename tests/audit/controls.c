/* SPDX-License-Identifier: BSD-3-Clause */
/* Intel SDM vol. 3, 2.2.1 and 2.5; Arm ARM (DDI 0487), SCTLR_EL1 and SPSR_EL1. */

#include <stdio.h>
#include <string.h>
#include "controls.h"

struct control {
	const char *name;
	uint64_t reg;
	unsigned bit;
};

static void list(const struct control *c, size_t n, char text[CONTROLS_LEN])
{
	text[0] = '\0';
	for (; n--; c++)
		if (c->reg >> c->bit & 1)
			snprintf(text + strlen(text), CONTROLS_LEN - strlen(text), "%s%s",
				 *text ? " " : "", c->name);
}

void controls_x86(const struct x86_paging *regs, char text[CONTROLS_LEN])
{
	const struct control all[] = {
		{"wp", regs->cr0, 16},	 {"nx", regs->efer, 11},  {"smep", regs->cr4, 20},
		{"smap", regs->cr4, 21}, {"umip", regs->cr4, 11},
	};

	list(all, sizeof(all) / sizeof(*all), text);
}

void controls_arm64(const struct arm64_paging *regs, char text[CONTROLS_LEN])
{
	const struct control all[] = {{"wxn", regs->sctlr, 19}, {"pan", regs->cpsr, 22}};

	list(all, sizeof(all) / sizeof(*all), text);
}
