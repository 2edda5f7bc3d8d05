# SPDX-License-Identifier: BSD-3-Clause
"""Looks for the loader's entropy seeds in all of a guest's memory once main runs.

Run from the top folder: python3 -B -m tests.audit.wiped
The guest's memory is a file of the host. Before the guest's first instruction the device
tree in it says what the seeds are, which also shows that the search finds them.
"""

from __future__ import annotations

import mmap
import re
import socket
import sys
import time
from functools import partial

from tests.audit.guest import APP, NOT_READY, RAM_START, READY, contents, judge, until_main
from tests.boot import dtb, loads, x86_handover
from tests.lib.build import image
from tests.lib.qemu import Machine, running
from tests.lib.suite import RESULTS, ROOT, Suite
from tests.xen import arm64 as xen_arm64

WORK = RESULTS / "wiped"
MEMORY = WORK / "memory"
GDB_SOCKET = (WORK / "gdb").relative_to(ROOT)
DETACH = b"$D#44"  # of gdb's protocol: lets the guest run
SEEDS = ("kaslr-seed", "rng-seed")
APPENDS = ("", "kaslr=off")
SECRET = "5ec2e7" * 8
XEN_BANK = re.compile(rb"BANK\[\d+\] (0x[0-9a-f]+)-(0x[0-9a-f]+)")
PATIENCE = 5.0  # seconds until QEMU has put the device tree into memory
TREE_MAX = 1 << 16
PIECE = 8  # bytes of a seed that are looked for; shorter ones may be there by chance


def left_of(seed: bytes, memory: mmap.mmap, start: int = 0, end: int | None = None) -> bool:
    """Whether any piece of the seed is still there."""
    stop = len(memory) if end is None else end
    return any(memory.find(seed[i:i + PIECE], start, stop) >= 0
               for i in range(0, len(seed) - PIECE + 1, PIECE))


def seeds_in_tree() -> dict[str, bytes]:
    """The seeds of the device tree in the guest's memory; none if there is no tree yet."""
    with contents(MEMORY) as memory:
        at = memory.find(dtb.MAGIC_BYTES)
        tree = memory[at:at + TREE_MAX] if at >= 0 else b""
    return {name: dtb.property_value(tree, name) for name in SEEDS} if tree else {}


def wait_for_seeds() -> dict[str, bytes]:
    end = time.monotonic() + PATIENCE
    seeds: dict[str, bytes] = {}
    while not seeds and time.monotonic() < end:
        time.sleep(0.1)
        if MEMORY.exists() and MEMORY.stat().st_size:
            seeds = seeds_in_tree()
    return seeds


def let_run() -> None:
    with socket.socket(socket.AF_UNIX) as gdb:
        gdb.connect(str(ROOT / GDB_SOCKET))
        gdb.sendall(DETACH)
        gdb.recv(1)


def problems(append: str) -> list[str]:
    MEMORY.unlink(missing_ok=True)
    machine = Machine("arm64", image("arm64", APP, "img"), "virt", "cortex-a57", append=append,
                      memory_file=MEMORY, extra=["-S", "-gdb", f"unix:{GDB_SOCKET},server=on,wait=off"])
    with running(machine) as console:
        seeds = wait_for_seeds()
        if not all(seeds.values()) or not seeds:
            return ["there are no seeds to look for"]
        let_run()
        if until_main(console) is None:
            return [NOT_READY]
        with contents(MEMORY) as memory:
            return [f"{name} is still in memory" for name, value in seeds.items()
                    if left_of(value, memory)]


def has_seed() -> bool:
    with contents(MEMORY) as memory:
        return left_of(x86_handover.SEED, memory)


def problems_by_linux(protocol: str, what: str) -> list[str]:
    """A seed in Linux's setup_data, which is in memory before the guest runs."""
    MEMORY.unlink(missing_ok=True)
    kernel = image("x86_64", APP, "efi" if protocol == "linux32" else "img")
    machine = Machine("x86_64", kernel, "pc", memory_file=MEMORY,
                      extra=["-S", "-gdb", f"unix:{GDB_SOCKET},server=on,wait=off"])
    loads.prepare(machine, ["raw", "0x200000", protocol, what], WORK / protocol)
    with running(machine) as console:
        end = time.monotonic() + PATIENCE
        while not (MEMORY.exists() and MEMORY.stat().st_size and has_seed()):
            if time.monotonic() > end:
                return ["there is no seed to look for"]
            time.sleep(0.1)
        let_run()
        if until_main(console) is None:
            return [NOT_READY]
        return ["the seed is still in memory"] if has_seed() else []


def problems_on_xen() -> list[str]:
    """A seed on the command line of Xen's dom0, which has the memory that Xen says it has. What
    Xen and its loader have keeps a copy, which shows that the search finds one."""
    MEMORY.unlink(missing_ok=True)
    dom0 = xen_arm64.Dom0(image("arm64", APP, "img"), f"kaslr.entropy={SECRET}", memory_file=MEMORY)
    banks: list[tuple[int, int]] = []
    start = RAM_START["arm64"]
    with running(dom0) as console:
        for line in console:
            banks += [(int(first, 16) - start, int(last, 16) - start)
                      for first, last in XEN_BANK.findall(line)]
            if READY in line:
                break
        else:
            return [NOT_READY]
        with contents(MEMORY) as memory:
            if not banks or memory.find(SECRET.encode()) < 0:
                return ["there is no seed to look for"]
            return ["the seed is still in memory" for first, last in banks
                    if left_of(SECRET.encode(), memory, first, last)]


def main() -> int:
    WORK.mkdir(parents=True, exist_ok=True)
    suite = Suite("wiped")
    for append in APPENDS:
        judge(suite, f"arm64 seeds {append}", partial(problems, append))
    for protocol, what in (("linux", "good"), ("linux32", "good"), ("linux", "seed-misaligned")):
        judge(suite, f"x86_64 {protocol}, setup_data, {what}",
              partial(problems_by_linux, protocol, what))
    judge(suite, "arm64 Xen dom0, kaslr.entropy", problems_on_xen)
    MEMORY.unlink(missing_ok=True)
    return suite.end()


if __name__ == "__main__":
    sys.exit(main())
