/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef UKASLR_XENPV_START_H
#define UKASLR_XENPV_START_H

/*
 * What Xen tells a PV domain at its start: struct start_info of xen/include/public/xen.h
 *
 * Addresses are virtual ones of Xen's first page tables, which with VIRT_BASE 0 are
 * physical addresses.
 */

#include <stdint.h>

struct xenpv_start_info {
	uint32_t magic[8]; /* text: "xen-3.0-x86_64" */
	uint64_t nr_pages;
	uint64_t shared_info; /* machine address */
	uint32_t flags;
	uint64_t store_mfn;
	uint32_t store_port;
	uint64_t console_mfn; /* of other domains than the first one */
	uint32_t console_port;
	uint64_t pt_base; /* the first page tables, root first; the boot stack's page follows */
	uint64_t nr_pt_frames;
	uint64_t mfn_list; /* p2m: nr_pages words */
	uint64_t mod_start;
	uint64_t mod_len;
	char cmd_line[1024];
};

#define XENPV_MAGIC	  0x2d6e6578u /* magic[0]: "xen-" */

/* flags */
#define SIF_INITDOMAIN	  (1u << 1)
#define SIF_MOD_START_PFN (1u << 3)

#endif /* UKASLR_XENPV_START_H */
