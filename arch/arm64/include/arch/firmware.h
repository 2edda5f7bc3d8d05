/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef ARCH_FIRMWARE_H
#define ARCH_FIRMWARE_H

/*
 * Calls that a machine may not have. Each is one instruction; if nobody answers
 * it is undefined, and the trap handler goes on behind it with x0 = -1, which is
 * NOT_SUPPORTED of the SMC Calling Convention.
 */

#include <stdbool.h>
#include <stdint.h>

/* Is this the address of one of the instructions below? */
bool firmware_probe(uint64_t pc);

/* Arm "Semihosting for AArch32 and AArch64": HLT 0xF000, W0 operation, X1 argument */
void firmware_semihosting(uint64_t operation, const void *argument);

/* SMC Calling Convention (Arm DEN0028): x0 and x1 go there, x0 to x3 come back. */
void firmware_hvc(uint64_t function, uint64_t argument, uint64_t answer[4]);
void firmware_smc(uint64_t function, uint64_t argument, uint64_t answer[4]);

#endif /* ARCH_FIRMWARE_H */
