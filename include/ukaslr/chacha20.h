/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef UKASLR_CHACHA20_H
#define UKASLR_CHACHA20_H

/*
 * The ChaCha20 block function, RFC 8439 section 2.3
 */

#include <stdint.h>

/*
 * The 16 words of a block, in the host's byte order: both architectures are
 * little endian, as the RFC's serialisation is. Its layout of an input: 4
 * constants, 8 key words, block counter, 3 nonce words. Aligned so that vector
 * loads are good even while the CPU checks alignment.
 */
struct chacha20_words {
	_Alignas(16) uint32_t w[16];
};

/*
 * Runs the 20 rounds over in and adds in to the result. in and out may be the
 * same. Nothing of the input stays behind on the stack but what the compiler
 * spills, and the early stack is dropped before main runs.
 *
 * kaslr/chacha20.c is the one file that the compiler may use vector registers
 * in: the entry code must have enabled them (CR4.OSFXSR; CPACR_EL1.FPEN).
 */
void chacha20_block(struct chacha20_words *out, const struct chacha20_words *in);

#endif /* UKASLR_CHACHA20_H */
