# SPDX-License-Identifier: BSD-3-Clause
"""Counts the instructions of one boot, or its ticks, with QEMU and the plugin insncount.c."""

from __future__ import annotations

import bisect
import tempfile
from collections import Counter
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from tests.boot.loads import prepare
from tests.lib.build import host_program, lock
from tests.lib.qemu import Machine, boot
from tests.lib.suite import RESULTS
from tests.xen import hypervisor
from tests.xen.hypervisor import Dom0
from tools.elf import STT_FUNC, Elf

PLUGIN = Path(__file__).with_name("insncount.c")
PLUGIN_FLAGS = ("-shared", "-fPIC", "-fvisibility=hidden")
CODE_BYTES = 16
# Where QEMU puts an Image whose text_offset is 0, on the virt machine
ARM64_ENTRY = 0x40200000
# How far from its link address QEMU loads an image
LOAD_BIAS = {"x86_64": 0, "arm64": ARM64_ENTRY}
# One instruction is one nanosecond, nothing waits, and what QEMU draws depends on -seed alone.
EXACT = ["-icount", "shift=0,sleep=off", "-rtc", "base=2024-01-01,clock=vm"]
# Where Xen executes (its arch/x86/include/asm/config.h), of no use to a guest of 2^35 pages
XEN_ADDRESSES = "0xffff82d000000000-0xffff82dfffffffff"
TIMEOUT = 240.0  # firmware takes long where everything is counted
SYSCALL = b"\x0f\x05"  # how a PV guest calls Xen


class CountError(Exception):
    """The boot did not come as far as main."""


@dataclass
class Count:
    """From the image's first instruction to main's first."""

    instructions: int
    stored: int  # bytes
    profile: list[tuple[str, int]]  # functions by instructions, most first
    hypercalls: int = 0  # of Xen PV


@lru_cache(maxsize=None)
def plugin() -> Path:
    return host_program("insncount.so", [PLUGIN], *PLUGIN_FLAGS)


# x86_64: where counting begins, by the file that is loaded or the protocol of a raw load
ENTRY = {"img": "multiboot_entry", "pvh": "pvh_entry", "efi": "linux_entry32",
         "multiboot2": "multiboot2_entry", "pv": "xenpv_entry", "linux": "linux_entry"}


def entry_of(machine: Machine | Dom0, load: list[str], elf: Elf) -> str:
    if load[:1] == ["efi"]:
        base = elf.symbol("__base_addr").value
        return place_of(elf, "efi_entry", base) + f"-{elf.symbol('__early_end').value - base:#x}"
    if machine.arch == "arm64":
        return f"{ARM64_ENTRY:#x}"
    kind = load[2] if load else machine.kernel.suffix[1:]
    if isinstance(machine, Dom0) and machine.kind == "pv":
        kind = "pv"
    return f"{elf.symbol(ENTRY[kind]).value:#x}"


def place_of(elf: Elf, name: str, base: int = 0) -> str:
    """Address, less the base, and first bytes of a function, as the plugin takes them."""
    symbol = elf.symbol(name)
    at = elf.file_offset(symbol.value)
    code = elf.data[at:at + min(CODE_BYTES, symbol.size or CODE_BYTES)]
    return f"{symbol.value - base:#x}:{code.hex()}"


def functions_of(elf: Elf) -> list[tuple[int, str]]:
    return sorted((s.value, s.name) for s in elf.symbols() if s.section and s.type == STT_FUNC)


def profile_of(elf: Elf, text: str, bias: int, load_bias: int) -> list[tuple[str, int]]:
    """Instructions by function. Code runs where it was loaded first, then where it moved."""
    functions = functions_of(elf)
    addresses = [address for address, _ in functions]
    first, last = addresses[0], max(s.addr + s.size for s in elf.sections if s.in_file)
    totals: Counter[str] = Counter()
    for line in text.splitlines():
        pc, executed = (int(word, 0) for word in line.split())
        for slide in (bias, load_bias):
            link = (pc - slide) % 2**64
            if first <= link < last:
                totals[functions[bisect.bisect_right(addresses, link) - 1][1]] += executed
                break
        else:
            totals["(elsewhere)"] += executed
    return totals.most_common()


def hypercalls_of(elf: Elf, text: str, bias: int) -> int:
    """How often SYSCALL was executed, where the image was loaded and where it moved."""
    symbol = elf.symbol("xen_hypercall")
    at = elf.file_offset(symbol.value)
    place = symbol.value + elf.data.index(SYSCALL, at, at + symbol.size) - at
    lines = (map(lambda word: int(word, 0), line.split()) for line in text.splitlines())
    return sum(executed for pc, executed in lines if pc in (place, (place + bias) % 2**64))


def run(machine: Machine | Dom0, load: list[str], flags: list[str], options: str) -> tuple[
        list[int], str]:
    """Boots the machine once, loaded in that way, with these flags of QEMU's and options of the
    plugin's; returns the numbers that it wrote, and its profile."""
    elf = Elf(machine.kernel.with_suffix(".elf"))
    entry = entry_of(machine, load, elf)
    with lock:
        shared_object = plugin()
    with tempfile.TemporaryDirectory(dir=RESULTS) as folder:
        out, profile = Path(folder) / "out", Path(folder) / "profile"
        arguments = (f"{shared_object},entry={entry},main={place_of(elf, 'main')},out={out},"
                     f"profile={profile}{options}")
        if isinstance(machine, Dom0):
            arguments += f",skip={XEN_ADDRESSES}"
        machine = replace(machine, extra=[*machine.extra, *flags, "-plugin", arguments])
        if load:
            prepare(machine, load, Path(folder) / "load")
        done = (hypervisor.boot if isinstance(machine, Dom0) else boot)(machine, TIMEOUT)
        words = out.read_text().split() if out.exists() else []
        if not words:
            raise CountError(f"main was not reached:\n{done.log()}")
        return [int(word) for word in words], profile.read_text()


def count(machine: Machine | Dom0, seed: int, load: list[str]) -> Count:
    """Boots the machine once, loaded in that way; the same seed gives the same count."""
    (instructions, stored, bias, loaded), text = run(machine, load, [*EXACT, "-seed", str(seed)], "")
    elf = Elf(machine.kernel.with_suffix(".elf"))
    load_bias = loaded - elf.symbol("__base_addr").value if loaded else LOAD_BIAS[machine.arch]
    pv = isinstance(machine, Dom0) and machine.kind == "pv"
    return Count(instructions, stored, profile_of(elf, text, bias, load_bias),
                 hypercalls_of(elf, text, bias) if pv else 0)


def ticks(machine: Machine | Dom0, seed: int, load: list[str]) -> int:
    """Boots the machine once, as it runs without counting: ticks of its own counter, TSC or
    CNTVCT, from the image's first instruction to main's first."""
    return run(machine, load, ["-seed", str(seed)], ",ticks=on")[0][0]
