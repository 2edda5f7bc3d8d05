/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Every leaf of the page tables in use: no page writable and executable, none of the image but
 * at its place, each page of memory once. Entries are Intel's (SDM vol. 3A, 4.5).
 */
#include "platform.h"

#define ENTRIES	   512ul
#define FRAME(pte) ((pte) >> 12 & 0xfffffffffful)
#define PRESENT	   1ul
#define WRITE	   2ul
#define NX	   (1ul << 63)

/* Slots of the root that are Xen's own (arch-x86/xen-x86_64.h) */
#define XEN_FIRST  256ul
#define XEN_LAST   271ul

/* Pages that this domain has at most */
#define MAX_PAGES  0x10000ul

extern char _etext[], _tls_start[], _libxenplat_shared_info[];

static struct {
	unsigned long both, elsewhere, twice, text, others, low;
} found;
static unsigned char seen[MAX_PAGES];

static void leaf(unsigned long va, unsigned long pte)
{
	const unsigned long mfn = FRAME(pte), image = (unsigned long)_text;
	const unsigned long len = (unsigned long)_end - image, pfn = mfn_to_pfn(mfn);

	found.both += (pte & WRITE) && !(pte & NX);
	found.low += va < 1ul << 47;
	if (va - image < len) {
		const int is_text = va < (unsigned long)_etext,
			  is_data = va >= (unsigned long)_tls_start;

		if (va == (unsigned long)_libxenplat_shared_info) {
			found.text += !(pte & WRITE);
			return;
		}
		found.text +=
			is_text ? (pte & (WRITE | NX)) : (pte & WRITE) / WRITE != (unsigned)is_data;
	} else {
		found.elsewhere += pfn < PAGE(len);
		found.others += va != (unsigned long)to_virt(pfn << 12) || !(pte & NX);
	}
	if (pfn < MAX_PAGES)
		found.twice += seen[pfn]++;
}

static void walk(const unsigned long *table, unsigned level, unsigned long va)
{
	for (unsigned long i = 0; i < ENTRIES; i++) {
		const unsigned long at = va + (i << (12 + 9 * level));

		if (!(table[i] & PRESENT) || (level == 3 && i >= XEN_FIRST && i <= XEN_LAST))
			continue;
		if (level)
			walk(mfn_to_virt(FRAME(table[i])), level - 1,
			     at | (level == 3 && i >= XEN_FIRST ? 0xfffful << 48 : 0));
		else
			leaf(at, table[i]);
	}
}

void check_tables(void)
{
	const unsigned long *zeros = mfn_to_virt(mfn_zero);
	const unsigned long image_pages = PAGE(_end) - PAGE(_text);
	unsigned long pages = 0, sum = 0;

	walk(pt_base, 3, 0);
	expect(!found.both, "no page is writable and executable");
	expect(!found.low, "the loaded image is unmapped");
	expect(!found.elsewhere && !found.twice, "no page is mapped twice");
	expect(!found.text, "the image's parts have their rights");
	expect(!found.others, "memory is at its place and never executable");
	for (unsigned long pfn = 0; pfn < HYPERVISOR_start_info->nr_pages; pfn++)
		pages += seen[pfn];
	/* Xen's page has the frame of one of text's that nobody needs. */
	expect(pages == HYPERVISOR_start_info->nr_pages - 1 && image_pages > 1,
	       "all memory is mapped");
	for (unsigned long i = 0; i < ENTRIES; i++)
		sum |= zeros[i];
	expect(mfn_zero && !sum, "the page of zeros");
}
