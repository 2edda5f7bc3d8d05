/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include <ukaslr/console.h>
#include <ukaslr/machine.h>
#include "lib/xen_host.h"

#define PORT 7u

static struct xencons_ring ring;
static unsigned notified, yielded;
/* The other end: reads that many bytes when it is given the processor. */
static uint32_t appetite;
static char heard[16384];
static size_t heard_len;
/* What console_io was given */
static char said[256];

static void drain(uint32_t most)
{
	for (; most && ring.out_cons != ring.out_prod; most--) {
		assert_true(heard_len < sizeof(heard));
		heard[heard_len++] = ring.out[ring.out_cons++ % XENCONS_OUT_SIZE];
	}
}

static int64_t xen(uint32_t call, uint64_t a, uint64_t b, uint64_t c)
{
	switch (call) {
	case XEN_EVENT_CHANNEL_OP:
		assert_int_equal(a, EVTCHNOP_SEND);
		assert_int_equal(*(uint32_t *)(uintptr_t)b, PORT);
		notified++;
		return 0;
	case XEN_SCHED_OP:
		assert_int_equal(a, SCHEDOP_YIELD);
		assert_true(notified);
		yielded++;
		drain(appetite);
		return 0;
	case XEN_CONSOLE_IO:
		assert_int_equal(a, CONSOLEIO_WRITE);
		assert_true(b < sizeof(said));
		memcpy(said, (const void *)(uintptr_t)c, b);
		return 0;
	}
	fail();
	return -ENOSYS;
}

static int setup(void **state)
{
	(void)state;
	memset(&ring, 0, sizeof(ring));
	memset(&machine_early, 0, sizeof(machine_early));
	memset(said, 0, sizeof(said));
	xen_host_answer = xen;
	notified = yielded = 0;
	heard_len = 0;
	appetite = 1;
	console_init(UART_XEN_RING, (uintptr_t)&ring);
	machine()->xen.console_port = PORT;
	return 0;
}

static void write_text(const char *s)
{
	xencons_write(s, strlen(s));
}

static void check_heard(const char *s)
{
	drain(UINT32_MAX);
	assert_int_equal(heard_len, strlen(s));
	assert_memory_equal(heard, s, heard_len);
}

static void the_page_is_as_xen_has_it(void **state)
{
	(void)state;
	assert_int_equal(offsetof(struct xencons_ring, out), 1024);
	assert_int_equal(offsetof(struct xencons_ring, in_cons), 3072);
	assert_int_equal(offsetof(struct xencons_ring, out_cons), 3080);
	assert_int_equal(offsetof(struct xencons_ring, out_prod), 3084);
}

static void what_is_written_is_read_in_lines_for_a_terminal(void **state)
{
	(void)state;
	write_text("one\ntwo");
	assert_int_equal(notified, 1);
	assert_int_equal(yielded, 0);
	check_heard("one\r\ntwo");
}

static void a_full_ring_is_waited_for_and_loses_nothing(void **state)
{
	char text[3 * XENCONS_OUT_SIZE + 1];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(text) - 1; i++)
		text[i] = (char)('a' + i % 23);
	text[i] = '\0';
	write_text(text);
	assert_int_equal(yielded, 2 * XENCONS_OUT_SIZE);
	check_heard(text);
}

static void a_ring_filled_to_its_last_byte_is_not_waited_for(void **state)
{
	char text[XENCONS_OUT_SIZE + 1];

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	write_text(text);
	assert_int_equal(yielded, 0);
	check_heard(text);
}

static void indices_wrap_around_at_32_bits(void **state)
{
	(void)state;
	ring.out_cons = ring.out_prod = UINT32_MAX - 2;
	write_text("across the end");
	assert_int_equal(ring.out_prod, 11);
	check_heard("across the end");
}

static void others_may_have_written_before(void **state)
{
	(void)state;
	memcpy(ring.out, "loader ", 7);
	ring.out_prod = 7;
	write_text("guest");
	check_heard("loader guest");
}

/* Whatever the indices say, nothing but the ring is written, and nobody waits for ever. */
static void indices_that_lie_silence_the_console(void **state)
{
	static const uint32_t lies[][2] = {
		{1, 0}, {0, XENCONS_OUT_SIZE + 1}, {0x80000000, 0}, {5, 4}, {0, UINT32_MAX},
	};
	size_t i;

	for (i = 0; i < sizeof(lies) / sizeof(*lies); i++) {
		struct xencons_ring before;

		setup(state);
		ring.out_cons = lies[i][0];
		ring.out_prod = lies[i][1];
		before = ring;
		write_text("text");
		assert_memory_equal(&ring, &before, sizeof(ring));
		assert_int_equal(machine()->uart, UART_NONE);
		assert_true(machine()->console_known);
		assert_int_equal(yielded, 0);
	}
}

static int64_t xen_gone_mad(uint32_t call, uint64_t a, uint64_t b, uint64_t c)
{
	if (call == XEN_SCHED_OP)
		ring.out_cons -= 100;
	return call == XEN_SCHED_OP ? 0 : xen(call, a, b, c);
}

static void a_lie_while_waiting_ends_the_wait(void **state)
{
	char text[2 * XENCONS_OUT_SIZE];

	(void)state;
	xen_host_answer = xen_gone_mad;
	memset(text, 'x', sizeof(text));
	xencons_write(text, sizeof(text));
	assert_int_equal(machine()->uart, UART_NONE);
}

static void without_a_ring_the_hypervisor_is_told(void **state)
{
	(void)state;
	console_init(UART_XEN_IO, 0);
	write_text("line\n");
	assert_string_equal(said, "line\n");
	assert_int_equal(notified, 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, setup)
	const struct CMUnitTest tests[] = {
		TEST(the_page_is_as_xen_has_it),
		TEST(what_is_written_is_read_in_lines_for_a_terminal),
		TEST(a_full_ring_is_waited_for_and_loses_nothing),
		TEST(a_ring_filled_to_its_last_byte_is_not_waited_for),
		TEST(indices_wrap_around_at_32_bits),
		TEST(others_may_have_written_before),
		TEST(indices_that_lie_silence_the_console),
		TEST(a_lie_while_waiting_ends_the_wait),
		TEST(without_a_ring_the_hypervisor_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
