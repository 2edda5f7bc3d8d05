# SPDX-License-Identifier: BSD-3-Clause
"""Boots guests, and turns what they report into slots that should be equally likely."""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.entropy.statistics import Variable
from tests.lib.build import image
from tests.lib.qemu import Machine, boot, report, running
from tests.lib.suite import PARALLEL, RESULTS, ROOT
from tools.elf import Elf

PAGE = 4096
HEAP_STEP = 1 << 21
WORK = RESULTS / "entropy"
# 5 levels and 52 bits; a machine without the firmware that takes time
CPU = {"x86_64": "max", "arm64": "max"}
MACHINE = {"x86_64": "microvm", "arm64": "virt"}
KIND = {"x86_64": "pvh", "arm64": "img"}
UPPER_HALF_BITS = {"x86_64": 56, "arm64": 52}
LOAD_SLIDE = {"x86_64": 0, "arm64": 0x40200000}
SEED_BYTES = 32


def guest(arch: str, seed: str) -> Machine:
    """The guest to boot; seed may be empty: then chance decides."""
    kernel = image(arch, "hello", KIND[arch], *(["REPLAY=1"] if seed else []))
    append = "kaslr.report" + (f" kaslr.seed={seed}" if seed else "")
    return Machine(arch, kernel, MACHINE[arch], CPU[arch], append=append)


def seed_of(number: int, text: str) -> str:
    """The seed of a boot in the sequence that the text names; none if it names none."""
    if not text:
        return ""
    return hashlib.sha256(f"{text} {number}".encode()).hexdigest()[:2 * SEED_BYTES]


def one_boot(arch: str, seed: str) -> dict[str, int] | str:
    """Where everything is; or what went wrong."""
    done = boot(guest(arch, seed), timeout=60)
    fields = report(done.console)
    if done.status != 0 or fields is None:
        return done.log()
    return {name: int(value, 16) for name, value in fields.items() if value.startswith("0x")}


class Progress:
    """Says on stderr how far it is and how long it will take: on a terminal in one line."""

    def __init__(self, what: str, total: int) -> None:
        self.what, self.total, self.done = what, total, 0
        self.start = time.monotonic()
        self.said = -1

    def step(self) -> None:
        self.done += 1
        left = (time.monotonic() - self.start) / self.done * (self.total - self.done)
        percent = 100 * self.done // self.total
        text = f"{self.what}: {self.done} of {self.total} boots, {percent}%, " \
               f"{int(left) // 60}:{int(left) % 60:02} left"
        if sys.stderr.isatty():
            print(f"\r{text} ", end="\n" if self.done == self.total else "", file=sys.stderr, flush=True)
        elif percent // 10 > self.said:
            self.said = percent // 10
            print(text, file=sys.stderr, flush=True)


def many_boots(arch: str, number: int, seeds: str) -> tuple[list[dict[str, int]], list[str]]:
    """The places of all boots that ended well, and the logs of the others."""
    guest(arch, seeds)  # builds it
    progress = Progress(arch, number)

    def job(index: int) -> dict[str, int] | str:
        result = one_boot(arch, seed_of(index, seeds))
        progress.step()
        return result

    with ThreadPoolExecutor(PARALLEL) as pool:
        results = list(pool.map(job, range(number)))
    return [r for r in results if isinstance(r, dict)], [r for r in results if isinstance(r, str)]


def free_memory(arch: str, seeds: str) -> list[tuple[int, int]]:
    """Base and length of what is free when places are drawn, seen by a debugger."""
    machine = guest(arch, seed_of(0, seeds))
    socket = (WORK / f"{arch}.gdb").relative_to(ROOT)
    (ROOT / socket).unlink(missing_ok=True)
    machine.extra = ["-S", "-gdb", f"unix:{socket},server=on,wait=off"]
    elf = machine.kernel.with_suffix(".elf")
    with running(machine, 60):
        for _ in range(100):
            if (ROOT / socket).exists():
                break
            time.sleep(0.1)
        gdb = subprocess.run(
            ["gdb-multiarch", "-nx", "-batch", "-ex", f"symbol-file {elf} -o {LOAD_SLIDE[arch]:#x}",
             "-ex", f"target remote {socket}", "-x", str(Path(__file__).with_name("slots.py"))],
            cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    found = re.findall(r"^free (0x[0-9a-f]+) (0x[0-9a-f]+)$", gdb.stdout, re.M)
    if not found:
        raise RuntimeError(f"{arch}: gdb does not find the free memory: {gdb.stderr[-500:]}")
    return [(int(base, 16), int(length, 16)) for base, length in found]


def physical_slots(places: list[int], free: list[tuple[int, int]], size: int) -> tuple[int, list[int]]:
    """Each place as a number among all that there are for something of this size."""
    starts: dict[int, int] = {}
    for base, length in sorted(free):
        for at in range(base, base + length - size + 1, PAGE):
            starts[at] = len(starts)
    outside = [place for place in places if place not in starts]
    if outside:
        raise RuntimeError(f"a physical base outside of free memory: {outside[0]:#x}")
    return len(starts), [starts[place] for place in places]


def variables(arch: str, boots: list[dict[str, int]], free: list[tuple[int, int]]) -> list[Variable]:
    """Every base of the report, as slots."""
    found = []
    start = (1 << 64) - (1 << UPPER_HALF_BITS[arch])
    for name in boots[0]:
        values = [places[name] for places in boots]
        if name == "size":
            continue
        if name == "phys":
            slots, numbers = physical_slots(values, free, boots[0]["size"])
        else:
            step = HEAP_STEP if name == "heap" else PAGE
            slots = (1 << UPPER_HALF_BITS[arch]) // step
            numbers = [(value - start) // step for value in values]
        found.append(Variable(f"{arch} {name}", slots, numbers))
    return found


def app_size(arch: str) -> int:
    """Bytes of the moved image, by its ELF file."""
    elf = Elf(image(arch, "hello", "elf"))
    return elf.symbol("__image_end").value - elf.symbol("__image_start").value
