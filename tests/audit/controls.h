/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef AUDIT_CONTROLS_H
#define AUDIT_CONTROLS_H

/*
 * Control bits that protect a guest, by the registers that gdb's protocol shows
 *
 * Which of them a processor has is not known from outside: the caller prints those
 * that are on, and whoever started the guest knows what to expect.
 */

#include <stddef.h>
#include "mapping.h"

#define CONTROLS_LEN 64

/* "wp nx smep smap umip", as far as they are on */
void controls_x86(const struct x86_paging *regs, char text[CONTROLS_LEN]);

/* "wxn pan" */
void controls_arm64(const struct arm64_paging *regs, char text[CONTROLS_LEN]);

#endif /* AUDIT_CONTROLS_H */
