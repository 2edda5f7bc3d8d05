/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What Xen and the console's other end may say: any memory map, any indices, and
 * others each time that the guest waits. A guest that waits gets an answer, and
 * nothing but the ring is written.
 */
#include <ukaslr/console.h>
#include <ukaslr/machine.h>
#include "boot_fuzz.h"
#include "lib/xen_host.h"

#define ENTRY_SIZE 20u
#define TEXT_SIZE  (3 * XENCONS_OUT_SIZE)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const uint8_t *input;
static size_t left;
static struct xencons_ring *ring;

/* The next 32 bits of the input, or 0 at its end */
static uint32_t next(void)
{
	uint32_t value = 0;

	if (left >= sizeof(value)) {
		memcpy(&value, input, sizeof(value));
		input += sizeof(value);
		left -= sizeof(value);
	}
	return value;
}

/* memory.h, struct xen_memory_map */
static void give_map(uint64_t argument)
{
	struct {
		uint32_t nr_entries;
		uint8_t *buffer;
	} *map = (void *)(uintptr_t)argument;
	const uint32_t entries = (uint32_t)(left / ENTRY_SIZE);

	memcpy(map->buffer, input,
	       ENTRY_SIZE * (size_t)(entries < map->nr_entries ? entries : map->nr_entries));
	map->nr_entries = entries;
}

static int64_t xen(uint32_t call, uint64_t a, uint64_t b, uint64_t c)
{
	(void)c;
	if (call == XEN_MEMORY_OP)
		give_map(b);
	else if (call == XEN_SCHED_OP && a == SCHEDOP_YIELD)
		ring->out_cons = left < sizeof(uint32_t) ? ring->out_prod : next();
	return 0;
}

static const char *parse_map(struct bootinfo *bi, paddr_t at)
{
	const char *err = xen_memory_map(bi);

	(void)at;
	return err ? err : bootinfo_check_memory(bi);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char text[TEXT_SIZE];

	if (!fuzz_begin(data, size))
		return 0;
	xen_host_answer = xen;
	ring = calloc(1, sizeof(*ring));
	input = data;
	left = size;
	ring->out_prod = next();
	ring->out_cons = next();
	fuzz_parse(parse_map);
	console_init(UART_XEN_RING, (uintptr_t)ring);
	memset(text, '\n', sizeof(text));
	xencons_write(text, sizeof(text));
	fuzz_check(machine()->uart == UART_NONE || machine()->uart == UART_XEN_RING);
	free(ring);
	fuzz_end();
	return 0;
}
