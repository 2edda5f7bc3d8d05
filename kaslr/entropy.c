/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Entropy sources and the generator; docs/entropy.md, "The generator"
 */

#include <string.h>
#include <ukaslr/entropy.h>
#include <ukaslr/rng.h>

/* The block's words: RFC 8439, 2.3 */
#define KEY	     4u /* first word of the key */
#define KEY_WORDS    8u
#define COUNTER	     12u /* first of the four words of counter and nonce */
#define CHUNK_WORDS  12u /* key, counter and nonce: what a chunk is XORed into */

/* "expa" and "nd 3" of RFC 8439's "expand 32-byte k", and "abso", "rb 3" in their place */
#define EXPAND_0     0x61707865u
#define EXPAND_1     0x3320646eu
#define ABSORB_0     0x6f736261u
#define ABSORB_1     0x33206272u
/* "2-by", "te k" */
#define COMMON_2     0x79622d32u
#define COMMON_3     0x6b206574u

/*
 * Intel's Digital Random Number Generator guide: 10 tries for RDRAND (5.2.1);
 * RDSEED, whose buffer others may have emptied, more, with a PAUSE between
 * (5.3.1). The Arm ARM gives no number for RNDR.
 */
#define TRIES	     10u
#define TRIES_RDSEED 32u

#define CPU_WORDS    4u

#define BLOCK_BITS   512u

#define WORD_BYTES   8u /* of the words that sources are judged by */

/* What is absorbed, whatever its type was */
typedef uint32_t data_t __attribute__((may_alias));
typedef uint64_t number_t __attribute__((may_alias));
typedef uint64_t words_t __attribute__((may_alias, aligned(4)));

void entropy_init(struct entropy *e)
{
	memset(e, 0, sizeof(*e));
	e->in.w[0] = EXPAND_0;
	e->in.w[1] = EXPAND_1;
	e->in.w[2] = COMMON_2;
	e->in.w[3] = COMMON_3;
	e->next = BLOCK_BITS;
}

/* The next key out of the old one and the chunk; the other half of the block is output. */
static void absorb_block(struct entropy *e)
{
	number_t *const in = (number_t *)e->in.w;
	const number_t *const out = (const number_t *)e->out.w;

	e->in.w[0] = ABSORB_0;
	e->in.w[1] = ABSORB_1;
	chacha20_block(&e->out, &e->in);
	e->in.w[0] = EXPAND_0;
	e->in.w[1] = EXPAND_1;
	for (unsigned int i = 0; i < KEY_WORDS / 2; i++)
		in[KEY / 2 + i] = out[i];
	in[COUNTER / 2] = 0;
	in[COUNTER / 2 + 1] = 0;
	e->next = KEY_WORDS * 32;
	e->absorbed = 0;
}

/* A counter that output left is not part of what is absorbed. */
static void begin_chunk(struct entropy *e)
{
	if (e->absorbed == 0)
		e->in.w[COUNTER] = 0;
}

/* A 64-bit word of what is only aligned for 32 bits */
static uint64_t word_at(const data_t *data)
{
	return data[0] | (uint64_t)data[1] << 32;
}

/*
 * Whether a source looks broken: one of n (> 0) 64-bit words is without a single 1 or 0, or
 * was there before, first or just now. By chance 1 in 2^60 for four words.
 */
static bool is_stuck(const data_t *data, size_t n)
{
	const uint64_t first = word_at(data);
	uint64_t word = first, last;

	for (;;) {
		if (word + 1 <= 1) /* all ones, or zeros */
			return true;
		if (--n == 0)
			return false;
		last = word;
		data += 2;
		word = word_at(data);
		if (word == first || word == last)
			return true;
	}
}

/*
 * A record: source and length, then the data, in words; the last is filled up with zeros.
 * A chunk that is full waits for what comes next: another word, jitter, or a draw.
 */
static void absorb_record(struct entropy *e, uint32_t header, const data_t *data, size_t len)
{
	uint32_t *const chunk = &e->in.w[KEY], *to = chunk + e->absorbed, word = header;
	const data_t *const stop = data + len / sizeof(word);

	begin_chunk(e);
	for (;;) {
		if (to == chunk + CHUNK_WORDS) {
			absorb_block(e);
			to = chunk;
		}
		*to ^= word;
		to++;
		if (data != stop) {
			word = *data++;
			continue;
		}
		len %= sizeof(word);
		if (len == 0)
			break;
		for (word = 0; len != 0; len--)
			word = word << 8 | ((const uint8_t *)data)[len - 1];
	}
	e->absorbed = (uint32_t)(to - chunk);
	e->next = BLOCK_BITS; /* no output is left */
}

/* What is behind the last whole word of 64 bits is not judged, and so not credited either. */
void entropy_absorb(struct entropy *e, enum entropy_source source, const void *data, size_t len,
		    unsigned int bits)
{
	if (len == 0)
		return;
	if (len > ENTROPY_MAX_RECORD)
		len = ENTROPY_MAX_RECORD;
	if (bits == 0 || (len >= WORD_BYTES && !is_stuck(data, len / WORD_BYTES))) {
		const unsigned int whole = 8 * ((unsigned int)len & -WORD_BYTES);

		e->credited += bits < whole ? bits : whole;
		if (e->credited > ENTROPY_MAX_BITS)
			e->credited = ENTROPY_MAX_BITS;
		e->sources |= source;
	}
	absorb_record(e, (uint32_t)source | (uint32_t)len << 16, data, len);
}

/* Up to CPU_WORDS words; returns how many. A unit that fails is not asked again. */
static unsigned int ask(enum entropy_source unit, uint64_t words[CPU_WORDS])
{
	const unsigned int tries = unit == ENTROPY_RDSEED ? TRIES_RDSEED : TRIES;

	for (unsigned int n = 0; n < CPU_WORDS; n++) {
		unsigned int left = tries;

		while (!rng_step(unit, &words[n])) {
			if (--left == 0)
				return n;
			rng_relax();
		}
	}
	return CPU_WORDS;
}

/* Only RDSEED has fresh entropy in each word; the others are generators themselves. */
static unsigned int worth(enum entropy_source unit, unsigned int words)
{
	unsigned int bits = words * ENTROPY_WORD_BITS;

	return unit != ENTROPY_RDSEED && bits > ENTROPY_DRBG_BITS ? ENTROPY_DRBG_BITS : bits;
}

/*
 * XORed into the end of the chunk that waits for its block, so that it costs none
 * of its own: what is in that chunk already keeps all its entropy.
 */
static void absorb_jitter(struct entropy *e, uint64_t jitter)
{
	begin_chunk(e);
	e->in.w[KEY + CHUNK_WORDS - 2] ^= (uint32_t)jitter;
	e->in.w[KEY + CHUNK_WORDS - 1] ^= (uint32_t)(jitter >> 32);
	absorb_block(e); /* it is full */
	e->sources |= ENTROPY_JITTER;
}

void entropy_from_cpu(struct entropy *e)
{
	uint64_t words[CPU_WORDS];
	uint64_t before = rng_counter(), after;

	for (uint32_t units = rng_units(); units != 0; units &= units - 1) {
		enum entropy_source unit = (enum entropy_source)(units & -units);
		unsigned int n = ask(unit, words);

		entropy_absorb(e, unit, words, n * sizeof(words[0]), worth(unit, n));
	}

	/*
	 * How late it is, and how long the units took: the quick halves of both
	 * lie apart, so neither hides the other.
	 */
	after = rng_counter();
	absorb_jitter(e, before ^ (after << 32 | after >> 32));

	memset(words, 0, sizeof(words));
	__asm__ volatile("" : : "r"(words) : "memory");
}

static void refill(struct entropy *e)
{
	if (e->absorbed != 0) {
		absorb_block(e);
	} else {
		chacha20_block(&e->out, &e->in);
		e->in.w[COUNTER]++;
		e->next = 0;
	}
}

static __attribute__((noinline)) uint64_t below_after_refill(struct entropy *e, uint64_t n)
{
	refill(e);
	return entropy_below(e, n);
}

/*
 * As many bits as n - 1 has are drawn until they are no more than that: on average less
 * than twice, and nearly always once where windows are a power of 2 less a few pages.
 * Every draw of a boot comes by here, so what is rare is kept out of the way.
 */
uint64_t entropy_below(struct entropy *e, uint64_t n)
{
	const uint64_t max = n - 1;
	const uint32_t unused = (uint32_t)__builtin_clzl(max | 1); /* of 64 bits */
	uint64_t number;

	do {
		uint32_t pos = e->next;

		/* Bits of two words, of which the first may have too few left */
		if (pos % 32 > unused)
			pos = (pos | 31) + 1;
		if (pos + 64 - unused > BLOCK_BITS)
			return below_after_refill(e, n);
		e->next = pos + 64 - unused;
		number = *(const words_t *)&e->out.w[pos / 32] >> pos % 32 & (~0ull >> unused);
	} while (number > max);
	return number;
}

uint64_t entropy_u64(struct entropy *e)
{
	return entropy_below(e, 0);
}

void entropy_wipe(struct entropy *e)
{
	memset(e, 0, sizeof(*e));
	/* The compiler must believe that somebody reads the zeros. */
	__asm__ volatile("" : : "r"(e) : "memory");
}

/* One string after the other: a table of pointers would need relocation. */
static const char source_names[] = "rdseed\0rdrand\0rndr\0kaslr-seed\0rng-seed\0jitter\0replay\0"
				   "trng\0setup-rng-seed\0efi-rng\0bootargs-seed";

const char *entropy_source_name(enum entropy_source source)
{
	const char *name = source_names;

	for (unsigned int n = (unsigned int)__builtin_ctz(source); n != 0; n--)
		name += strlen(name) + 1;
	return name;
}
