# SPDX-License-Identifier: BSD-3-Clause
"""Device trees that lie: QEMU's own tree for a machine, changed by hand.

Names are those of the Devicetree Specification 0.4, chapter 5 (flattened format).
"""

from __future__ import annotations

import struct
from dataclasses import replace
from pathlib import Path
from typing import Callable

from tests.lib.qemu import Machine, boot

MAGIC, TOTALSIZE, OFF_STRUCT, OFF_STRINGS, OFF_RSVMAP, VERSION, LAST_COMP, _, SIZE_STRINGS, \
    SIZE_STRUCT = range(0, 40, 4)
MAGIC_BYTES = b"\xd0\x0d\xfe\xed"
PAGE = 4096
BEGIN_NODE, END_NODE, PROP, NOP, END = 1, 2, 3, 4, 9


def word(data: bytes, at: int) -> int:
    return int.from_bytes(data[at:at + 4], "big")


def property_value(data: bytes, name: str) -> bytes:
    """The value of the first property of this name, in whatever node."""
    strings = word(data, OFF_STRINGS)
    wanted = data.index(b"\0" + name.encode() + b"\0", strings) + 1 - strings
    at = word(data, OFF_STRUCT)
    while True:
        at = data.index(struct.pack(">I", PROP), at)
        if at % 4 == 0 and word(data, at + 8) == wanted:
            return bytes(data[at + 12:at + 12 + word(data, at + 4)])
        at += 1


def packed(data: bytes) -> bytearray:
    """Without the room behind the strings that QEMU leaves: only that ends the blocks."""
    end = word(data, OFF_STRINGS) + word(data, SIZE_STRINGS)
    end = max(end, word(data, OFF_STRUCT) + word(data, SIZE_STRUCT))
    tree = bytearray(data[:end])
    struct.pack_into(">I", tree, TOTALSIZE, end)
    return tree


def put(offset: int, value: int) -> Callable[[bytearray], None]:
    return lambda tree: struct.pack_into(">I", tree, offset, value)


def copy(to: int, of: int) -> Callable[[bytearray], None]:
    return lambda tree: struct.pack_into(">I", tree, to, word(tree, of))


def truncate(tree: bytearray) -> None:
    """Half of it never arrived."""
    del tree[len(tree) // 2:]


def no_end(tree: bytearray) -> None:
    """The structure block runs on into whatever follows it."""
    start, size = word(tree, OFF_STRUCT), word(tree, SIZE_STRUCT)
    struct.pack_into(">I", tree, start + size - 4, NOP)


def long_property(tree: bytearray) -> None:
    """The first property claims almost 4 GiB."""
    at = tree.index(struct.pack(">I", PROP), word(tree, OFF_STRUCT))
    struct.pack_into(">I", tree, at + 4, 0xFFFFFFF0)


def deep(tree: bytearray) -> None:
    """A hundred thousand nodes, each inside the other."""
    at = len(tree) + 3 & ~3
    tree.extend(bytes(at - len(tree)) + struct.pack(">II", BEGIN_NODE, 0) * 100_000)
    struct.pack_into(">I", tree, OFF_STRUCT, at)
    struct.pack_into(">I", tree, SIZE_STRUCT, len(tree) - at)
    struct.pack_into(">I", tree, TOTALSIZE, len(tree))


def no_memory(tree: bytearray) -> None:
    """The nodes that describe memory have another type."""
    tree[:] = tree.replace(b"memory\0", b"mammal\0").replace(b"memory@", b"mammal@")


def rename_strings(tree: bytearray) -> None:
    """Every property name begins far behind the strings block."""
    struct.pack_into(">I", tree, OFF_STRINGS, 0x7FFFFFF0)


DAMAGES: dict[str, Callable[[bytearray], None]] = {
    "good": lambda tree: None,
    "truncated": truncate,
    "magic": put(MAGIC, 0),
    "totalsize-huge": put(TOTALSIZE, 0xFFFFFFFF),
    "totalsize-small": put(TOTALSIZE, 16),
    "version-1": put(VERSION, 1),
    "struct-in-header": put(OFF_STRUCT, 0),
    "struct-is-strings": copy(OFF_STRUCT, OFF_STRINGS),
    "struct-outside": put(OFF_STRUCT, 0xFFFFFFF0),
    "struct-unaligned": put(OFF_STRUCT, 0x39),
    "strings-outside": rename_strings,
    "strings-are-struct": copy(OFF_STRINGS, OFF_STRUCT),
    "rsvmap-is-struct": copy(OFF_RSVMAP, OFF_STRUCT),
    "rsvmap-outside": put(OFF_RSVMAP, 0xFFFFFFF0),
    "no-end": no_end,
    "long-property": long_property,
    "deep": deep,
    "no-memory": no_memory,
}


def reserve(ram: range, free: range, holes: int) -> Callable[[bytearray], None]:
    """Reserves all memory but one range, and of that some pieces of 1 to 37 pages."""
    def change(tree: bytearray) -> None:
        at = len(tree) + 7 & ~7
        tree.extend(bytes(at - len(tree)))
        step = len(free) // (holes + 1) // PAGE * PAGE
        pieces = [(free.start + i * step, (1 + i * i % 37) * PAGE) for i in range(1, holes + 1)]
        outside = [(ram.start, free.start - ram.start), (free.stop, ram.stop - free.stop)]
        for piece in [p for p in pieces + outside if p[1]] + [(0, 0)]:
            tree.extend(struct.pack(">QQ", *piece))
        struct.pack_into(">I", tree, OFF_RSVMAP, at)
        struct.pack_into(">I", tree, TOTALSIZE, len(tree))
    return change


def without(*names: bytes) -> Callable[[bytearray], None]:
    """Properties get other names."""
    def change(tree: bytearray) -> None:
        for name in names:
            tree[:] = tree.replace(name + b"\0", b"x" * len(name) + b"\0")
    return change


def firmware(conduit: bytes) -> Callable[[bytearray], None]:
    """Only the island is free, firmware is called in this way, and there are no seeds."""
    def change(tree: bytearray) -> None:
        without(b"kaslr-seed", b"rng-seed")(tree)
        tree[:] = tree.replace(b"smc\0", conduit + b"\0")
        DAMAGES["island"](tree)
    return change


# Memory of the virt machine
RAM_64M, RAM_4G = range(0x40000000, 0x44000000), range(0x40000000, 0x140000000)
DAMAGES |= {
    "island": reserve(RAM_64M, range(0x42000000, 0x42100000), 0),
    "firmware-smc": firmware(b"smc"),
    "firmware-hvc": firmware(b"hvc"),
    "kaslr-seed": without(b"rng-seed"),
    "rng-seed": without(b"kaslr-seed"),
    "holes": reserve(RAM_64M, RAM_64M, 40),
    "holes-4m": reserve(RAM_64M, range(0x42000000, 0x42400000), 10),
    "holes-4g": reserve(RAM_4G, RAM_4G, 40),
}


def of_machine(machine: Machine, work: Path) -> bytes:
    """The tree that QEMU would hand to the kernel of this machine."""
    dump = work / "qemu.dtb"
    dump.parent.mkdir(parents=True, exist_ok=True)
    name = (machine.machine or "virt") + f",dumpdtb={dump}"
    boot(replace(machine, machine=name))
    return dump.read_bytes()


def damaged(machine: Machine, how: str, work: Path) -> bytes:
    tree = packed(of_machine(machine, work))
    DAMAGES[how](tree)
    return bytes(tree)
