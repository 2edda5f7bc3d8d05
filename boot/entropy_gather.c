/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdio.h>
#include <string.h>
#include <ukaslr/panic.h>
#include <ukaslr/physmem.h>
#include "entropy_gather.h"

/*
 * A seed is used once: nothing that reads memory later shall find it. One that cannot be
 * absorbed where it lies (only Linux's setup_data may be anywhere) is wiped nevertheless.
 */
static void absorb_seeds(struct entropy *e, struct bootinfo *bi)
{
	for (unsigned i = 0; i < bi->nr_seeds; i++) {
		struct boot_seed *seed = &bi->seed[i];
		void *data = physmem(seed->pa, seed->len);

		if (!data) {
			boot_warn("a seed cannot be reached, and stays in memory");
			continue;
		}
		if (seed->pa.pa % sizeof(uint32_t))
			boot_warn("a seed is at no multiple of 4 bytes, and not used");
		else
			entropy_absorb(e, seed->source, data, seed->len, ENTROPY_RNG_SEED_BITS);
		memset(data, 0, seed->len);
	}
	bi->nr_seeds = 0;
}

void entropy_gather(struct entropy *e, struct bootinfo *bi, const struct cmdline_options *options)
{
	const struct cmdline_seed *replay = &options->seed, *bootargs = &options->entropy;

	entropy_init(e);
	absorb_seeds(e, bi); /* so that they are wiped, whatever comes */
	if (replay->len || options->mode == KASLR_OFF) {
		entropy_init(e);
		if (replay->len)
			entropy_absorb(e, ENTROPY_REPLAY, replay->bytes, sizeof(replay->bytes), 0);
		return;
	}
	entropy_absorb(e, ENTROPY_BOOTARGS_SEED, bootargs->bytes, bootargs->len, 0);
	entropy_from_cpu(e);
	if (e->credited >= ENTROPY_STRICT_BITS)
		return;
	if (options->mode == KASLR_STRICT)
		boot_stop("kaslr=strict needs %u bits of entropy, this machine gave %u",
			  ENTROPY_STRICT_BITS, e->credited);
	boot_warn("only %u bits of entropy: this layout can be guessed", e->credited);
}

void entropy_report(const struct entropy *e)
{
	printf("bits=%u sources=", e->credited);
	for (unsigned i = 0, n = 0; i < ENTROPY_SOURCES; i++)
		if (e->sources >> i & 1)
			printf("%s%s", n++ ? "," : "",
			       entropy_source_name((enum entropy_source)(1u << i)));
	putchar('\n');
}
