/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef UKASLR_ENTROPY_H
#define UKASLR_ENTROPY_H

/*
 * Entropy sources and the generator
 *
 * One ChaCha20 generator (RFC 8439's block function) holds all that was
 * gathered. docs/entropy.md writes the construction down to the byte; in short:
 *
 *   state     32-byte key, all zero at first
 *   absorb    sources are records of a header and their data; 48 bytes of records
 *             at a time are XORed into key, counter and nonce, and the block
 *             function, with constants of its own, makes the next key of them
 *   output    what that block had beyond the key, then RFC 8439's key stream
 *
 * Absorbing costs a block for each 48 bytes, however many sources they came
 * from, and output one for each 64.
 *
 * Each source is credited with the bits it is worth; the sum decides whether
 * kaslr=strict boots. Who owns: early code, on its stack. entropy_wipe() leaves
 * zeros.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <ukaslr/chacha20.h>

/*
 * Bits of a mask; the report's sources= prints their names in this order. The
 * numbers go into the generator as well, at most 16 bits of them.
 */
enum entropy_source {
	ENTROPY_RDSEED = 1 << 0,	 /* Intel SDM vol. 1, 7.3.17.2 */
	ENTROPY_RDRAND = 1 << 1,	 /* Intel SDM vol. 1, 7.3.17.1 */
	ENTROPY_RNDR = 1 << 2,		 /* Arm ARM (DDI 0487), FEAT_RNG */
	ENTROPY_KASLR_SEED = 1 << 3,	 /* device tree, /chosen/kaslr-seed */
	ENTROPY_RNG_SEED = 1 << 4,	 /* device tree, /chosen/rng-seed */
	ENTROPY_JITTER = 1 << 5,	 /* cycle counter, never credited */
	ENTROPY_REPLAY = 1 << 6,	 /* kaslr.seed=, REPLAY=1 builds only, never credited */
	ENTROPY_TRNG = 1 << 7,		 /* firmware, Arm DEN0098 */
	ENTROPY_SETUP_RNG_SEED = 1 << 8, /* Linux x86 boot protocol, setup_data type 9 */
	ENTROPY_EFI_RNG = 1 << 9,	 /* UEFI 2.10, 37.5, EFI_RNG_PROTOCOL */
	ENTROPY_BOOTARGS_SEED = 1 << 10, /* kaslr.entropy= on the command line, never credited */
};

#define ENTROPY_SOURCES	      11 /* how many there are */

/* Bits that one source is worth at most; docs/entropy.md says why. */
#define ENTROPY_WORD_BITS     64u /* a 64-bit word of RDSEED, RDRAND, RNDR or a TRNG; a kaslr-seed */
#define ENTROPY_DRBG_BITS     128u /* all words of one but RDSEED: its generator's strength */
#define ENTROPY_RNG_SEED_BITS 256u /* any seed of the loader's, or 64 a word if that is less */
#define ENTROPY_STRICT_BITS   64u  /* kaslr=strict asks for this many */
#define ENTROPY_MAX_BITS      256u /* the key holds no more */
#define ENTROPY_MAX_RECORD    0xffffu

struct entropy {
	/* The block function's next input; absorbing XORs straight into it. */
	struct chacha20_words in;
	/* Output; not handed out yet: bits [next, 512), if any, the lowest of w[0] first. */
	struct chacha20_words out;
	uint32_t next;	   /* and read, but not used, with the last word of output */
	uint32_t absorbed; /* words in the chunk that waits for its block; 0: none waits */
	uint32_t credited; /* bits, at most ENTROPY_MAX_BITS */
	uint32_t sources;  /* mask of enum entropy_source that gave anything */
};

/* Starts an empty generator. */
void entropy_init(struct entropy *e);

/*
 * Absorbs len bytes, 4-byte aligned (as a device tree's properties are, and all
 * else is), and credits them with the given number of bits, but with 8 a byte of
 * their whole words of 8 bytes at most. Data that has no such word, or that
 * a broken unit or an empty property would give (a 64-bit word that is all
 * zeros or all ones, or that comes again) is absorbed like any other, but bits
 * are not credited and the source is not counted among those that gave
 * anything. Of data longer than ENTROPY_MAX_RECORD the rest is left out.
 */
void entropy_absorb(struct entropy *e, enum entropy_source source, const void *data, size_t len,
		    unsigned int bits);

/*
 * Asks the processor and firmware: RDSEED and RDRAND, or RNDR and a TRNG, with
 * the manuals' retry rules, 4 words each; credits ENTROPY_WORD_BITS a word, and all
 * but RDSEED with ENTROPY_DRBG_BITS at most. Then adds counter jitter.
 * Never waits. Over <ukaslr/rng.h>.
 */
void entropy_from_cpu(struct entropy *e);

/* The next 64 bits. */
uint64_t entropy_u64(struct entropy *e);

/*
 * A number in [0, n), each equally likely (rejection sampling, no modulo
 * bias). n = 0 stands for 2^64. Takes as many bits as n - 1 has, at least once.
 */
uint64_t entropy_below(struct entropy *e, uint64_t n);

/* Zeroes all state so that the compiler cannot leave it out. */
void entropy_wipe(struct entropy *e);

/* The name of a single source, as sources= prints it: "rdrand". Never NULL. */
const char *entropy_source_name(enum entropy_source source);

#endif /* UKASLR_ENTROPY_H */
