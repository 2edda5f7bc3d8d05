# SPDX-License-Identifier: BSD-3-Clause
"""Gives an image other random number units: in a copy, instructions are replaced by as many bytes.

QEMU emulates no RDSEED, and no RDRAND or RNDR that fails. So what asks the processor for its
units (rng_units) answers what the test wants, and what reads one (rng_step) sets value and
flags as a unit would that is stuck or never ready. All else is the image's own.
"""

from __future__ import annotations

import re
import struct
from pathlib import Path

from tests.boot.damage import offset_in
from tools.elf import Elf, ElfError

# Bits of enum entropy_source
SOURCES = {"rdseed": 1, "rdrand": 2, "rndr": 4}

# Intel SDM volume 2: REX.W 0F C7 /6 or /7, a register; CF says whether there was a number
X86_READ = {"rdrand": rb"\x48\x0f\xc7[\xf0-\xf7]", "rdseed": rb"\x48\x0f\xc7[\xf8-\xff]"}
STC, NOP, RET, REX_W = b"\xf9", b"\x90", b"\xc3", b"\x48"
XOR, SBB, MOV_EAX, RDRAND = b"\x31", b"\x19", b"\xb8", b"\x0f\xc7"

# Arm ARM: MRS Xt, RNDR, and CSET Wd, NE behind it; Z says that there was none
MRS_RNDR, CSET_NE = 0xD53B2400, 0x1A9F07E0
MOVN_X, MOVZ_X, MOVZ_W, RET_ARM64 = 0x92800000, 0xD2800000, 0x52800000, 0xD65F03C0
REGISTER = 0x1F
IMMEDIATE_SHIFT = 5


def x86_read(how: str, old: bytes) -> bytes:
    register = old[-1] & 7
    both = bytes([0xC0 | register << 3 | register])
    return {"good": REX_W + RDRAND + bytes([0xF0 | register]),
            "ones": STC + REX_W + SBB + both,
            "zeros": XOR + both + STC + NOP,
            "never": XOR + both + NOP + NOP}[how]


def arm64_read(how: str, old: bytes) -> bytes:
    mrs, cset = struct.unpack("<2I", old)
    if cset & ~REGISTER != CSET_NE:
        raise ElfError("RNDR is not read as this test knows it")
    value, ready = mrs & REGISTER, cset & REGISTER
    if how == "good":
        return old
    return struct.pack("<2I", (MOVN_X if how == "ones" else MOVZ_X) | value,
                       MOVZ_W | (how != "never") << IMMEDIATE_SHIFT | ready)


class Patched:
    """A bootable image, some of whose functions are changed."""

    def __init__(self, kernel: Path) -> None:
        self.kernel, self.elf = kernel, Elf(kernel.with_suffix(".elf"))
        self.original = kernel.read_bytes()
        self.data = bytearray(self.original)

    def function(self, name: str) -> tuple[int, int]:
        """Where it is in the file, and where it ends."""
        symbol = self.elf.symbol(name)
        start = offset_in(self.kernel, self.elf, symbol.value)
        return start, start + symbol.size

    def put(self, at: int, new: bytes) -> None:
        self.data[at:at + len(new)] = new

    def find(self, name: str, pattern: bytes) -> tuple[int, bytes]:
        """The only place in a function that looks so."""
        start, end = self.function(name)
        found = list(re.finditer(pattern, self.original[start:end], re.S))
        if len(found) != 1:
            raise ElfError(f"{name} has {len(found)} places that look like {pattern!r}, not one")
        return start + found[0].start(), found[0].group()


def patched(arch: str, kernel: Path, words: list[str]) -> bytes:
    """words: UNIT:HOW for each unit that there is; HOW is good, ones, zeros or never."""
    image = Patched(kernel)
    units = dict(word.split(":") for word in words)
    there = sum(SOURCES[unit] for unit in units)
    start, end = image.function("rng_units")
    answer = (MOV_EAX + struct.pack("<I", there) + RET if arch == "x86_64" else
              struct.pack("<2I", MOVZ_W | there << IMMEDIATE_SHIFT, RET_ARM64))
    if end - start < len(answer):
        raise ElfError("rng_units is too short")
    image.put(start, answer)
    for unit, how in units.items():
        if arch == "x86_64":
            at, old = image.find("rng_step", X86_READ[unit])
            image.put(at, x86_read(how, old))
        else:
            start, end = image.function("rng_step")
            words_there = struct.unpack(f"<{(end - start) // 4}I", image.data[start:end])
            at = start + 4 * [word & ~REGISTER for word in words_there].index(MRS_RNDR)
            image.put(at, arm64_read(how, bytes(image.data[at:at + 8])))
    return bytes(image.data)
