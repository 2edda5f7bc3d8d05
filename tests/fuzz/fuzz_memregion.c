/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The fuzzer's bytes choose operations on a list of memory regions; each is
 * checked against the model of tests/unit/memregion_steps.h.
 */

#include <stdint.h>
#include "../unit/memregion_steps.h"

static const uint8_t *input, *input_end;

static unsigned model_pick(unsigned n)
{
	unsigned x;

	if (input == input_end)
		return 0;
	x = *input++;
	if (n > 256 && input < input_end)
		x = x << 8 | *input++;
	return x % n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct model t;

	input = data;
	input_end = data + size;
	model_begin(&t);
	while (input < input_end)
		model_step(&t);
	model_end(&t);
	return 0;
}
