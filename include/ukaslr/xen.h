/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef UKASLR_XEN_H
#define UKASLR_XEN_H

/*
 * Xen, as its guests see it
 *
 * Numbers and structures of Xen's public headers (xen/include/public/): those that
 * both architectures and all kinds of guests need. One image serves machines with
 * and without Xen. What tells them apart: on arm64 the device tree's /hypervisor
 * node, on x86_64 the entry itself (PV) or CPUID (PVH).
 *
 * Without PLATFORMS=xen nothing of this is in the image.
 */

#include <stdbool.h>
#include <stdint.h>

#ifndef PLATFORM_XEN
#define PLATFORM_XEN 0
#endif
#ifndef PROTOCOL_XENPV
#define PROTOCOL_XENPV 0
#endif

struct bootinfo;

/* Whether this is a guest of Xen, and how it calls */
enum xen_call {
	XEN_NONE = 0,
	XEN_HVC,     /* arm64: HVC #0xEA1 (arch-arm.h) */
	XEN_VMCALL,  /* PVH on Intel's processors (arch-x86/hvm) */
	XEN_VMMCALL, /* PVH on AMD's */
	XEN_SYSCALL, /* PV (arch-x86/xen-x86_64.h) */
};

/* A page-table entry that Xen is to write: struct mmu_update of xen.h */
struct xen_mmu_update {
	uint64_t ptr; /* machine address of the entry; the low bits say what kind of request */
	uint64_t val;
};
#define XENPV_QUEUE 32u

/* What both phases must know, in struct machine */
struct xen_machine {
	enum xen_call call;
	uint32_t console_port; /* event channel of UART_XEN_RING */
#if PROTOCOL_XENPV
	/* arch/x86_64/xenpv_tables.c: machine frames by the domain's, and the other way round */
	const uint64_t *p2m, *m2p;
	uint64_t nr_frames;  /* of the domain */
	uint64_t mapped_end; /* up to here Xen's first page tables map all memory; early phase */
	/* Entries to be written, many by one call while a range is being mapped */
	struct xen_mmu_update queue[XENPV_QUEUE];
	uint64_t queued;
	bool mapping;
#endif
};

/* Hypercalls (xen.h) */
#define XEN_MEMORY_OP	     12u
#define XEN_CONSOLE_IO	     18u
#define XEN_SCHED_OP	     29u
#define XEN_EVENT_CHANNEL_OP 32u
#define XEN_HVM_OP	     34u

#define XEN_DOMID_SELF	     0x7ff0u

/*
 * Calls Xen. What an argument is depends on the call; pointers are virtual
 * addresses of mapped memory, which both phases have. Returns what Xen does:
 * negative values are errors, in Xen's numbers (errno.h), which are Linux's.
 * machine()->xen.call must be set. arch/<arch>/hypercall.c.
 */
int64_t xen_hypercall(uint32_t call, uint64_t a, uint64_t b, uint64_t c, uint64_t d);

/* sched.h */
#define SCHEDOP_YIELD	 0u
#define SCHEDOP_SHUTDOWN 2u

enum xen_shutdown_reason {
	XEN_POWEROFF = 0,
	XEN_REBOOT = 1,
	XEN_CRASH = 3,
};

/* The end of the domain; returns only if Xen refuses, which it has no reason to. drivers/xen.c */
void xen_shutdown(enum xen_shutdown_reason reason);

/* event_channel.h: wakes whoever listens at the other end of the port. drivers/xen.c */
#define EVTCHNOP_SEND 4u
void xen_notify(uint32_t port);

/* Lets others run while this processor has nothing to do but wait. drivers/xen.c */
void xen_yield(void);

/* console.h and io/console.h; drivers/xencons.c is the driver */
#define CONSOLEIO_WRITE	 0u
#define XENCONS_IN_SIZE	 1024u
#define XENCONS_OUT_SIZE 2048u

/*
 * The page that both ends share. Producer and consumer only ever count up, and
 * wrap around at 2^32; a byte's place is its number modulo the size.
 */
struct xencons_ring {
	char in[XENCONS_IN_SIZE];
	char out[XENCONS_OUT_SIZE];
	uint32_t in_cons, in_prod;
	uint32_t out_cons, out_prod;
};

/*
 * The early phase, boot/xen.c. Is this Xen? Unless the parser knows it already
 * (bi->xen), the architecture is asked; the answer goes to *bi and to machine()->xen.
 */
bool xen_is_here(struct bootinfo *bi);

/* arch/<arch>/xen_detect.c: what can be found out without a parser's help. */
enum xen_call arch_xen_detect(void);

/*
 * x86: adds the memory that the hypervisor says the domain has; returns what parsers
 * do. A PV domain has it from elsewhere: only what is no memory is added, if anything.
 */
const char *xen_memory_map(struct bootinfo *bi);

/*
 * If this is Xen, finds the console, unless the parser has (bi->uart, and for PV
 * machine()->xen.console_port), leaves it in *bi and opens it. False if the console
 * is to be opened as on any other machine: not Xen, or a UART that the device tree
 * names.
 */
bool xen_open_console(struct bootinfo *bi);

#endif /* UKASLR_XEN_H */
