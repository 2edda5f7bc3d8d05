# SPDX-License-Identifier: BSD-3-Clause
"""What a boot costs from the image's first instruction to main's first, with KASLR and without:
instructions, bytes stored, ticks.

Run from the top folder: python3 -B -m tests.bench.bench [--arch ARCH] [--profile]
A bzImage's first is here that of its 32-bit entry: the real-mode code before it, which asks the
BIOS for the memory map, is not counted. With UEFI, what the firmware does when it is called in
between does not count.
Counts are exact for a seed; how often the placement draws again depends on the seed, so
the median of 9 (UEFI: 3) is shown, and the least and most beside it. Ticks are time, taken in
boots of their own, one after the other: noise is in them, and no goal is set for them.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from dataclasses import dataclass, replace
from typing import Iterator

from tests.bench.count import Count, CountError, count, ticks
from tests.bench.memory import least_memory
from tests.lib.build import BuildError, image
from tests.lib.qemu import Machine
from tests.lib.suite import RESULTS, in_parallel
from tests.xen.hypervisor import Dom0
from tools import media
from tools.sizes import image_size

APP = "hello"
SEEDS = range(1, 10)
SEEDS_UEFI = range(1, 4)  # firmware takes its time
SEEDS_OFF = range(1, 4)  # without KASLR nothing is drawn
PROFILE_LINES = 20
GOAL = {"x86_64": 10_000, "arm64": 20_000}
GOAL_ADDED = 6_000
GOAL_HEAP = 3_000  # for 64 GiB in one region
# What is done for the heap before main: its window, its tables, its state
HEAP = {"heap_window_len", "heap_place", "heap_table_pages", "count_blocks", "heap_init",
        "malloc_init"}
GOAL_SIZE = 28 * 1024
GOAL_EFI_SIZE = 40 * 1024
GOAL_XEN_SIZE = 4 * 1024
GOAL_ISO = 1 << 20


# As Xen's dom0; what Xen itself executes does not count
XEN = "Xen, dom0"
XEN_IMAGE = {"pvh": "pvh", "pv": "img"}


@dataclass
class Row:
    """A boot to measure."""

    arch: str
    kind: str
    machine: str
    cpu: str
    memory: str = "64M"
    load: str = ""  # as in tests/boot/matrix.txt: raw, at the link address, or efi

    def guest(self) -> Machine | Dom0:
        if self.machine == XEN:
            return Dom0(image(self.arch, APP, XEN_IMAGE[self.kind]), self.kind, memory=self.memory)
        return Machine(self.arch, image(self.arch, APP, self.kind), self.machine, self.cpu,
                       self.memory)

    def title(self) -> str:
        how = self.load.split()
        kind = how[-2] if len(how) > 1 else how[0] if how else self.kind
        protocol = {"pv": "PV", "pvh": "PVH", "efi": "UEFI" if how else "bzImage",
                    "multiboot2": "Multiboot 2", "linux": "Linux ELF",
                    "img": "Multiboot" if self.arch == "x86_64" else "Image"}
        return (f"{self.arch:<6} {protocol[kind]:<11} {self.machine:<22} {self.cpu:<10} "
                f"{self.memory:>4}")


ROWS = [
    Row("x86_64", "img", "pc", "max"),
    Row("x86_64", "pvh", "q35", "max"),
    Row("x86_64", "pvh", "microvm", "max"),
    Row("x86_64", "img", "pc", "max", load="raw 0x100000 multiboot2 good"),
    Row("x86_64", "img", "pc", "max", load="raw 0x100000 linux good"),
    Row("x86_64", "efi", "pc", "max"),
    Row("x86_64", "efi", "q35", "max", "256M", load="efi"),
    Row("x86_64", "img", "pc", "max", "2M"),
    Row("x86_64", "pvh", XEN, "EPYC"),
    Row("x86_64", "pv", XEN, "max"),
    Row("x86_64", "img", "q35", "max", "4G"),
    Row("x86_64", "img", "q35", "max", "64G"),
    Row("x86_64", "img", "q35", "max", "512G"),
    Row("arm64", "img", "virt", "cortex-a57"),
    Row("arm64", "img", "virt", "max"),
    Row("arm64", "img", "virt,virtualization=on", "cortex-a57"),
    Row("arm64", "img", "virt,acpi=off", "cortex-a57", "256M", load="efi"),
    Row("arm64", "img", "virt", "max", "256M", load="efi"),
    Row("arm64", "img", "virt", "cortex-a57", "64G"),
    Row("arm64", "img", "virt", "max", "1T"),
]
HEAD = (f"{'':<56} {'KASLR':>8} {'(least':>8} {'most)':>8} {'off':>8} {'added':>8} "
        f"{'stored':>9} {'off':>9} {'heap':>6}")
HEAD_TICKS = (f"{'':<56} {'KASLR':>12} {'(least':>12} {'most)':>12} {'off':>12} {'added':>12}")


def counts(row: Row, append: str, seeds: range) -> list[Count]:
    guest, load = row.guest(), row.load.split()
    return list(in_parallel(lambda seed: count(replace(guest, append=append), seed, load), seeds))


def heap_of(boot: Count) -> int:
    return sum(executed for name, executed in boot.profile if name in HEAP)


def seeds_of(row: Row) -> range:
    return SEEDS_UEFI if row.load == "efi" else SEEDS


def measure(row: Row) -> Iterator[str]:
    moved = counts(row, "", seeds_of(row))
    in_place = counts(row, "kaslr=off", SEEDS_OFF)
    instructions = [c.instructions for c in moved]
    median = statistics.median(instructions)
    off = statistics.median(c.instructions for c in in_place)
    heap = statistics.median(heap_of(c) for c in moved)
    stored = statistics.median(c.stored for c in moved)
    stored_off = statistics.median(c.stored for c in in_place)
    yield (f"{row.title():<56} {median:>8,.0f} {min(instructions):>8,} {max(instructions):>8,} "
           f"{off:>8,.0f} {median - off:>8,.0f} {stored:>9,.0f} {stored_off:>9,.0f} "
           f"{heap:>6,.0f}")
    if moved[0].hypercalls:
        yield (f"{'':<7}of these instructions, hypercalls: "
               f"{statistics.median(c.hypercalls for c in moved):.0f}, "
               f"off: {statistics.median(c.hypercalls for c in in_place):.0f}")


def measure_ticks(row: Row) -> str:
    """One boot at a time: two would take each other's."""
    guest, load = row.guest(), row.load.split()
    moved, in_place = ([ticks(replace(guest, append=append), seed, load) for seed in seeds_of(row)]
                       for append in ("", "kaslr=off"))
    median, off = statistics.median(moved), statistics.median(in_place)
    return (f"{row.title():<56} {median:>12,.0f} {min(moved):>12,} {max(moved):>12,} "
            f"{off:>12,.0f} {median - off:>12,.0f}")


def goals(arch: str) -> str:
    title = f"{arch}: goal, for 64M"
    return f"{title:<56} {GOAL[arch]:>8,} {'':>26} {GOAL_ADDED:>8,} {'':>19} {GOAL_HEAP:>6,}"


def profile(row: Row) -> Iterator[str]:
    """The functions that take most, with KASLR and without."""
    guest = row.guest()
    yield f"{row.title()}: instructions by function, with KASLR and without"
    load = row.load.split()
    moved = count(guest, SEEDS[0], load).profile
    in_place = dict(count(replace(guest, append="kaslr=off"), SEEDS[0], load).profile)
    for name, executed in moved[:PROFILE_LINES]:
        yield f"  {executed:>8,} {in_place.get(name, 0):>8,}  {name}"


def sizes(arch: str) -> Iterator[str]:
    size = image_size(image(arch, APP, "img"))
    yield (f"{arch}: {APP}.img {size.file:,} bytes, {size.unpadded:,} without padding "
           f"(goal {GOAL_SIZE:,}); least memory with KASLR: {least_memory(arch, APP)}")
    without = image_size(image(arch, APP, "img", "PLATFORMS=kvm"))
    yield (f"{arch}: {without.file:,} bytes, {without.unpadded:,} without padding, with "
           f"PLATFORMS=kvm: Xen's guests cost {size.file - without.file:,} of the file "
           f"(goal {GOAL_XEN_SIZE:,}), {size.unpadded - without.unpadded:,} without padding")
    if arch == "x86_64":
        program = image(arch, APP, "efi").stat().st_size
        without_xen = image(arch, APP, "efi", "PLATFORMS=kvm").stat().st_size
        yield (f"{arch}: {APP}.efi {program:,} bytes, {without_xen:,} with PLATFORMS=kvm "
               f"(goal {GOAL_EFI_SIZE:,})")


def loader_sizes() -> Iterator[str]:
    """x86_64: an image for the first two protocols alone, and what the media weigh."""
    first = image_size(image("x86_64", APP, "img", "PROTOCOLS=multiboot pvh"))
    yield (f"x86_64: {first.file:,} bytes, {first.unpadded:,} without padding, with "
           f"PROTOCOLS=\"multiboot pvh\"")
    menu = media.Menu(image("x86_64", APP, "img"), "multiboot2", "")
    for medium, goal in (("iso", f" (goal {GOAL_ISO:,})"), ("disk", "")):
        output = RESULTS / f"{APP}.{medium}"
        media.make(medium, menu, output)
        yield f"x86_64: {APP}.{medium} {output.stat().st_size:,} bytes{goal}"


def report(arches: list[str], with_profile: bool) -> Iterator[str]:
    yield ("Instructions from the image's first to main's first; bytes stored meanwhile; "
           "of the instructions, the heap's")
    yield HEAD
    for arch in arches:
        rows = [row for row in ROWS if row.arch == arch]
        for row in rows:
            yield from measure(row)
        yield goals(arch)
    yield ("Ticks of the guest's own counter meanwhile: of TSC, which is the host's under QEMU's "
           "emulation, or of CNTVCT, 62.5 MHz.")
    yield ("They are time, with all that QEMU, firmware, Xen and the host do in between: compare "
           "runs on one idle machine only")
    yield HEAD_TICKS
    for row in ROWS:
        if row.arch in arches:
            yield measure_ticks(row)
    for arch in arches:
        yield from sizes(arch)
    if "x86_64" in arches:
        yield from loader_sizes()
    if with_profile:
        for arch in arches:
            yield from profile(next(row for row in ROWS if row.arch == arch))


def main() -> int:
    parser = argparse.ArgumentParser(description="measures what a boot costs")
    parser.add_argument("--arch", action="append", choices=list(GOAL), help="default: both")
    parser.add_argument("--profile", action="store_true", help="say which functions take most")
    args = parser.parse_args()
    RESULTS.mkdir(parents=True, exist_ok=True)
    try:
        for line in report(args.arch or list(GOAL), args.profile):
            print(line, flush=True)
    except (BuildError, CountError, media.MediaError) as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
