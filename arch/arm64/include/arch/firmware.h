/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef ARCH_FIRMWARE_H
#define ARCH_FIRMWARE_H

/*
 * Calls that a machine may not have. Each is one instruction; if nobody answers
 * it is undefined, and the trap handler goes on behind it.
 */

#include <stdbool.h>
#include <stdint.h>

/* Is this the address of one of the instructions below? */
bool firmware_probe(uint64_t pc);

/* Arm "Semihosting for AArch32 and AArch64": HLT 0xF000, W0 operation, X1 argument */
void firmware_semihosting(uint64_t operation, const void *argument);

/* SMC Calling Convention (Arm DEN0028) */
void firmware_hvc(uint64_t function);
void firmware_smc(uint64_t function);

#endif /* ARCH_FIRMWARE_H */
