/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TESTS_XENPV_FIXTURE_H
#define TESTS_XENPV_FIXTURE_H

/* A PV domain of Xen, as the toolstack makes it, for a test to change */

#include <errno.h>
#include <ukaslr/machine.h>
#include "boot_fixture.h"
#include "lib/xen_host.h"

/* xen/include/public/xen.h: offsets in struct start_info of 64-bit domains */
enum {
	MAGIC = 0,
	NR_PAGES = 32,
	FLAGS = 48,
	STORE_MFN = 56,
	CONSOLE_MFN = 72,
	CONSOLE_PORT = 80,
	PT_BASE = 88,
	NR_PT_FRAMES = 96,
	MFN_LIST = 104,
	MOD_START = 112,
	MOD_LEN = 120,
	CMD_LINE = 128,
	END = CMD_LINE + 1024,
};

#define FLAG_FIRST_DOMAIN 2u
#define FLAG_MOD_BY_FRAME 8u

#define START_INFO	  0x300000u
#define P2M		  0x200000u
#define TABLES		  0x280000u
#define FRAMES		  (MACHINE_SIZE / PAGE_SIZE)
#define STORE_FRAME	  0x3f0u
#define CONSOLE_FRAME	  0x3f1u

/* Frames of the machine count down as those of the domain count up. */
#define MACHINE_FRAMES	  0x1000u
#define MFN(pfn)	  (MACHINE_FRAMES - 1 - (pfn))

#define HOLE		  UINT64_MAX

static uint64_t start_info, m2p[MACHINE_FRAMES];

static inline void say(unsigned field, uint64_t value)
{
	put64(start_info + field, value);
}

static inline void frame(uint64_t pfn, uint64_t mfn)
{
	put64(P2M + 8 * pfn, mfn);
}

/* A domain of 4 MiB, as the toolstack makes it */
static inline void begin(void)
{
	uint64_t pfn;

	machine_open(0);
	machine_put(start_info + MAGIC, "xen-3.0-x86_64", 15);
	say(NR_PAGES, FRAMES);
	say(STORE_MFN, MFN(STORE_FRAME));
	say(CONSOLE_MFN, MFN(CONSOLE_FRAME));
	put32(start_info + CONSOLE_PORT, 2);
	say(PT_BASE, TABLES);
	say(NR_PT_FRAMES, 5);
	say(MFN_LIST, P2M);
	for (pfn = 0; pfn < FRAMES; pfn++)
		frame(pfn, MFN(pfn));
}

static inline int setup(void **state)
{
	uint64_t pfn;

	(void)state;
	memset(m2p, 0x55, sizeof(m2p)); /* of other domains */
	for (pfn = 0; pfn < FRAMES; pfn++)
		m2p[MFN(pfn)] = pfn;
	memset(&machine_early, 0, sizeof(machine_early));
	machine_early.xen.m2p = m2p;
	xen_host_answer = NULL;
	start_info = START_INFO;
	begin();
	return 0;
}

static const struct parser xenpv = {xenpv_parse, BOOT_XENPV, NULL};

static inline struct bootinfo *parse(const char **err)
{
	return parse_at(&xenpv, start_info, err);
}

static inline struct bootinfo *parse_well(void)
{
	return parse_well_at(&xenpv, start_info);
}

#endif /* TESTS_XENPV_FIXTURE_H */
