# SPDX-License-Identifier: BSD-3-Clause
"""Boots guests, and turns where everything is in them into slots that should be equally likely."""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.entropy.statistics import Variable
from tests.audit.names import Mapping, mappings
from tests.lib.build import host_program, image
from tests.lib.qemu import Machine, report, running
from tests.lib.suite import PARALLEL, RESULTS, ROOT

Region = tuple[int, int]  # base and length
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
APP = "spin"
READY = b"ready"
TIMEOUT = 60.0
# Mappings are told apart by their pages: an argument makes that of the arguments two. Of the
# device tree these are used, of QEMU's 256.
LONG_ARGUMENT = "x" * 4096
ARGUMENTS_PAGES = 2
INITRD_PAGES = 5
TREE_PAGES = 3
STACK_PAGES = 16
HEAP_LIMIT = 1 << 30  # bytes of its window, at most
CONSOLE = 0x9000000  # registers of the PL011 of QEMU's virt machine


def guest(arch: str, seed: str) -> Machine:
    """The guest to boot; seed may be empty: then chance decides."""
    kernel = image(arch, APP, KIND[arch], *(["REPLAY=1"] if seed else []))
    append = "kaslr.report " + (f"kaslr.seed={seed} " if seed else "") + LONG_ARGUMENT
    initrd = WORK / "initrd"
    if not initrd.exists():
        initrd.write_bytes(bytes(INITRD_PAGES * PAGE))
    return Machine(arch, kernel, MACHINE[arch], CPU[arch], append=append,
                   extra=["-initrd", str(initrd)])


def seed_of(number: int, text: str) -> str:
    """The seed of a boot in the sequence that the text names; none if it names none."""
    if not text:
        return ""
    return hashlib.sha256(f"{text} {number}".encode()).hexdigest()[:2 * SEED_BYTES]


def others(rows: list[Mapping], fields: dict[str, int]) -> dict[str, int]:
    """What the report does not show and page tables do, seen from outside.

    The read-only mappings are those of the initrd, and of x86_64's page tables or arm64's
    device tree; of one page that can be written, but for the image and the heap, are the exception
    stack and the console.
    """
    image = range(fields["virt"], fields["virt"] + fields["size"])
    stack = next(row for row in rows if row.start == fields["stack"])
    in_heap = [row for row in rows if fields["heap"] <= row.start < fields["heap"] + HEAP_LIMIT]
    found = {"stack phys": stack.physical, "heap phys": min(in_heap).physical}
    for row in rows:
        pages = (row.end - row.start) // PAGE
        if row.start in image or row == stack or row in in_heap:
            continue
        if row.rights == "rw-" and row.physical == CONSOLE:
            found["console"] = row.start
        elif row.rights == "rw-":
            name = "arguments" if pages == ARGUMENTS_PAGES else "exception stack"
            if name in found:
                raise RuntimeError(f"two mappings could be the {name}")
            found |= {name: row.start, f"{name} phys": row.physical}
        elif pages == INITRD_PAGES:
            found |= {"initrd": row.start, "initrd phys": row.physical}
        else:
            found["read-only"] = row.start
            if pages == TREE_PAGES:
                found["device tree phys"] = row.physical
    return found


def one_boot(arch: str, seed: str, number: int, audit: Path) -> dict[str, int] | str:
    """Where everything is; or what went wrong."""
    machine = guest(arch, seed)
    socket = (WORK / f"{arch}-{number}.gdb").relative_to(ROOT)
    machine.extra += ["-gdb", f"unix:{socket},server=on,wait=off"]
    text = ""
    with running(machine, TIMEOUT) as console:
        for line in console:
            text += line.decode("latin-1").replace("\r\n", "\n")
            if READY in line:
                break
        looked = subprocess.run([audit, socket], cwd=ROOT, capture_output=True, text=True,
                                timeout=TIMEOUT, check=False)
    (ROOT / socket).unlink(missing_ok=True)
    fields = report(text)
    if looked.returncode or fields is None:
        return f"{text}\n{looked.stdout}{looked.stderr}"
    places = {name: int(value, 16) for name, value in fields.items() if value.startswith("0x")}
    root = re.search(r"^audit: root: (0x[0-9a-f]+)$", looked.stdout, re.M)
    assert root
    return places | others(mappings(looked.stdout), places) | {"page tables phys": int(root[1], 16)}


# What is placed when the load image is gone
LATE = ("heap phys", "initrd phys", "device tree phys")
PAGES = {"stack phys": STACK_PAGES, "arguments phys": ARGUMENTS_PAGES, "initrd phys": INITRD_PAGES,
         "device tree phys": TREE_PAGES}


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
    audit = host_program("audit/audit", sorted((ROOT / "tests/audit").glob("*.c")))
    progress = Progress(arch, number)

    def job(index: int) -> dict[str, int] | str:
        result = one_boot(arch, seed_of(index, seeds), index, audit)
        progress.step()
        return result

    with ThreadPoolExecutor(PARALLEL) as pool:
        results = list(pool.map(job, range(number)))
    return [r for r in results if isinstance(r, dict)], [r for r in results if isinstance(r, str)]


def memory_map(arch: str, seeds: str) -> dict[str, list[Region]]:
    """What is free when places are drawn, and the load image; seen by a debugger."""
    machine = guest(arch, seed_of(0, seeds))
    socket = (WORK / f"{arch}.gdb").relative_to(ROOT)
    (ROOT / socket).unlink(missing_ok=True)
    machine.extra += ["-S", "-gdb", f"unix:{socket},server=on,wait=off"]
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
    found: dict[str, list[Region]] = {"free": [], "image": [], "initrd": []}
    for kind, base, length in re.findall(r"^(free|image|initrd) (0x[0-9a-f]+) (0x[0-9a-f]+)$", gdb.stdout, re.M):
        found[kind].append((int(base, 16), -(-int(length, 16) // PAGE) * PAGE))
    if not found["free"] or len(found["image"]) != 1:
        raise RuntimeError(f"{arch}: gdb does not find the memory map: {gdb.stderr[-500:]}")
    return found


def joined(free: list[Region]) -> list[Region]:
    """Regions that touch each other as one."""
    found: list[Region] = []
    for base, length in sorted(free):
        if found and sum(found[-1]) == base:
            found[-1] = (found[-1][0], found[-1][1] + length)
        else:
            found.append((base, length))
    return found


def physical_slots(places: list[int], free: list[Region], size: int) -> tuple[int, list[int]]:
    """Each place as a number among all that there are for something of this size."""
    starts: dict[int, int] = {}
    for base, length in joined(free):
        for at in range(base, base + length - size + 1, PAGE):
            starts[at] = len(starts)
    outside = [place for place in places if place not in starts]
    if outside:
        raise RuntimeError(f"a physical base outside of free memory: {outside[0]:#x}")
    return len(starts), [starts[place] for place in places]


def variables(arch: str, boots: list[dict[str, int]], memory: dict[str, list[Region]]) -> list[Variable]:
    """Every base of the report, as slots."""
    found = []
    start = (1 << 64) - (1 << UPPER_HALF_BITS[arch])
    for name in boots[0]:
        values = [places[name] for places in boots]
        if name == "size":
            continue
        if name.endswith("phys"):
            # By then the load image's memory is free as well.
            free = memory["free"] + (memory["image"] if name in LATE else [])
            if name == "device tree phys":
                free = free + memory["initrd"]
            size = boots[0]["size"] if name == "phys" else PAGES.get(name, 1) * PAGE
            slots, numbers = physical_slots(values, free, size)
        else:
            step = HEAP_STEP if name == "heap" else PAGE
            slots = (1 << UPPER_HALF_BITS[arch]) // step
            numbers = [(value - start) // step for value in values]
        found.append(Variable(f"{arch} {name}", slots, numbers))
    return found
