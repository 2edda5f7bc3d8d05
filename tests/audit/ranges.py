# SPDX-License-Identifier: BSD-3-Clause
"""Runs inside gdb: prints what a guest that runs main should have mapped, and nothing else.

The symbols are loaded where the image is (tools/gdb_kaslr.py). Prints a line "range START
END RIGHTS NAME" for each mapping that docs/memory-layout.md names.
"""

import gdb  # type: ignore[import-not-found]

PAGE = 4096
LOWER_HALF_END = 1 << 63
FILES = {0x0008: "initrd", 0x0010: "device tree"}  # UKPLAT_MEMRT_INITRD, _DEVICETREE


def value(expression: str) -> int:
    return int(gdb.parse_and_eval(f"(unsigned long)({expression})")) % (1 << 64)


def say(name: str, start: int, end: int, rights: str) -> None:
    if start != end:
        print(f"range {start:#x} {-(-end // PAGE) * PAGE:#x} {rights} {name}")


def arguments_end() -> int:
    """argv and the strings that it points to are in one piece, the last string at its end."""
    argv = gdb.parse_and_eval("(char **)handoff.argv.va")
    last = argv[value("handoff.argc") - 1]
    return int(last) % (1 << 64) + len(last.string()) + 1


def xen_pv() -> bool:
    try:
        return value("machine_moved.xen.call == XEN_SYSCALL") != 0
    except gdb.error:  # arm64, or an image that is not for Xen's guests
        return False


say("text", value("&__image_start"), value("&__rodata_start"), "r-x")
say("constants", value("&__rodata_start"), value("&__data_start"), "r--")
say("data", value("&__data_start"), value("&__image_end"), "rw-")
say("stack", value("machine_moved.stack_end - machine_moved.stack_len"),
    value("machine_moved.stack_end"), "rw-")
say("exception stack", value("handoff.trap_stack.va - 4096"), value("handoff.trap_stack.va"), "rw-")
say("arguments", value("handoff.argv.va"), arguments_end(), "rw-")
say("heap", value("handoff.heap.va"), value("'mm/heap.c'::heap.brk"), "rw-")
if value("handoff.pool.va") >= LOWER_HALF_END:
    pool, used, mapped = (value(f"handoff.pool.{field}") for field in ("va", "run.used", "mapped"))
    if not xen_pv():  # where those that are none yet can be written, so that they can be made ready
        used = mapped
    say("page tables", pool, pool + used * PAGE, "r--")
    say("pages for tables", pool + used * PAGE, pool + mapped * PAGE, "rw-")
if value("machine_moved.uart_base") >= LOWER_HALF_END and value("machine_moved.uart_open"):
    console = value("machine_moved.uart_base") // PAGE * PAGE
    say("console", console, console + PAGE, "rw-")
if xen_pv():
    frames = value("machine_moved.xen.p2m")
    say("frame list", frames, frames + value("machine_moved.xen.nr_frames") * 8, "r--")
regions = gdb.parse_and_eval("handoff.boot.bi.mrds")
for i in range(int(regions["count"])):
    region = regions["mrds"][i]
    kind, start = int(region["type"]), int(region["vbase"])
    if kind in FILES and start >= LOWER_HALF_END and value("handoff.files == FILES_SETTLED"):
        say(FILES[kind], start, start + int(region["pg_count"]) * PAGE, "r--")
