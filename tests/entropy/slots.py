# SPDX-License-Identifier: BSD-3-Clause
"""Runs inside gdb: prints the memory that is free when places are drawn.

A guest is paused before its first instruction; $load_slide says how far from its link
address the image is loaded. Prints a line "free BASE LENGTH" for each free region.
"""

import gdb  # type: ignore[import-not-found]

FREE = 1  # UKPLAT_MEMRT_FREE

gdb.execute("hbreak layout_choose")
gdb.execute("continue", to_string=True)
regions = gdb.parse_and_eval("bi->mrds")
for i in range(int(regions["count"])):
    region = regions["mrds"][i]
    if int(region["type"]) == FREE:
        print(f"free {int(region['pbase']):#x} {int(region['len']):#x}")
gdb.execute("disconnect")
