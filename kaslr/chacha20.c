/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The ChaCha20 block function, RFC 8439 section 2.3
 *
 * The 4x4 matrix is kept as four rows, each in one vector: a quarter round on
 * vectors is then four quarter rounds at once, first on the columns; the
 * diagonals become columns by turning row n by n words, and back. Written with
 * the compiler's generic vectors, which are SSE2 or NEON where the build allows
 * them for this file, and plain code everywhere else.
 */

#include <ukaslr/chacha20.h>
#ifdef __ARM_NEON
#include <arm_neon.h>
#endif

#define ROUNDS 20

typedef uint32_t row_t __attribute__((vector_size(16)));
typedef uint8_t bytes_t __attribute__((vector_size(16)));
typedef uint16_t half_row_t __attribute__((vector_size(16)));

/*
 * Macros, because a function with vector arguments is an error where the build
 * forbids vector registers. Half a word's turn is a shuffle: cheaper than shifts.
 * NEON has one for a byte's turn as well, and shifts that insert, which compilers do not
 * find by themselves.
 */
#ifdef __ARM_NEON
#define ROTL(v, n) ((row_t)vsriq_n_u32(vshlq_n_u32((v), (n)), (v), 32 - (n)))
#define ROTL8(v)                                                                                   \
	((row_t)__builtin_shufflevector((bytes_t)(v), (bytes_t)(v), 3, 0, 1, 2, 7, 4, 5, 6, 11, 8, \
					9, 10, 15, 12, 13, 14))
#else
#define ROTL8(v)   ROTL(v, 8)
#define ROTL(v, n) (((v) << (n)) | ((v) >> (32 - (n))))
#endif
#define ROTL16(v) \
	((row_t)__builtin_shufflevector((half_row_t)(v), (half_row_t)(v), 1, 0, 3, 2, 5, 4, 7, 6))

/* RFC 8439, 2.1, on four columns */
#define QUARTER_ROUNDS(a, b, c, d) \
	do {                       \
		a += b;            \
		d ^= a;            \
		d = ROTL16(d);     \
		c += d;            \
		b ^= c;            \
		b = ROTL(b, 12);   \
		a += b;            \
		d ^= a;            \
		d = ROTL8(d);      \
		c += d;            \
		b ^= c;            \
		b = ROTL(b, 7);    \
	} while (0)

/* Word i of the result is word i + n of the row. */
#define TURN(row, n) \
	__builtin_shufflevector((row), (row), (n) % 4, ((n) + 1) % 4, ((n) + 2) % 4, ((n) + 3) % 4)

void chacha20_block(struct chacha20_words *out, const struct chacha20_words *in)
{
	const row_t *src = (const row_t *)in;
	row_t *dst = (row_t *)out;
	row_t a = src[0], b = src[1], c = src[2], d = src[3];

	for (int i = 0; i < ROUNDS; i += 2) {
		QUARTER_ROUNDS(a, b, c, d);
		b = TURN(b, 1);
		c = TURN(c, 2);
		d = TURN(d, 3);
		QUARTER_ROUNDS(a, b, c, d);
		b = TURN(b, 3);
		c = TURN(c, 2);
		d = TURN(d, 1);
	}

	dst[0] = src[0] + a;
	dst[1] = src[1] + b;
	dst[2] = src[2] + c;
	dst[3] = src[3] + d;
}
