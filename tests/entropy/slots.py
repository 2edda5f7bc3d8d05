# SPDX-License-Identifier: BSD-3-Clause
"""Runs inside gdb: prints the memory that is free when places are drawn.

A guest is paused before its first instruction, and the symbols are where the image is loaded.
Prints a line "free BASE LENGTH" for each free region, and one with "image" for the load image,
which is free once main runs, and one with "initrd", which is free when it has moved.
"""

import gdb  # type: ignore[import-not-found]

KINDS = {0x0001: "free", 0x0004: "image", 0x0008: "initrd"}  # UKPLAT_MEMRT_FREE, _KERNEL, _INITRD

gdb.execute("hbreak layout_choose")
gdb.execute("continue", to_string=True)
regions = gdb.parse_and_eval("bi->mrds")
for i in range(int(regions["count"])):
    region = regions["mrds"][i]
    kind = KINDS.get(int(region["type"]))
    if kind:
        print(f"{kind} {int(region['pbase']):#x} {int(region['len']):#x}")
gdb.execute("disconnect")
