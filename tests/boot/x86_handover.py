# SPDX-License-Identifier: BSD-3-Clause
"""What an x86 loader hands over: good, odd and hostile structures of Multiboot, PVH and Linux.

Each map below is a list of (address, length, type) for a machine of 64 MiB, as both
protocols have it (type 1: free memory, Multiboot 3.4.1 and ACPI's E820 table). Each lie
is a function that changes a good structure.
"""

from __future__ import annotations

import hashlib
import struct
from typing import Callable

MULTIBOOT_EAX = 0x2BADB002
PVH_MAGIC = 0x336EC578
FREE, RESERVED, ACPI = 1, 2, 3
PAGE = 4096
MIB = 1 << 20
TOP = 64 * MIB
ISLAND = 0x2000000, 0x100000  # the one free place in the map "island"

Entry = tuple[int, int, int]
GOOD: list[Entry] = [
    (0, 0x9FC00, FREE),
    (0x9FC00, 0x400, RESERVED),
    (0xF0000, 0x10000, RESERVED),
    (MIB, TOP - MIB - 0x20000, FREE),
    (TOP - 0x20000, 0x20000, RESERVED),
]


def ten_thousand(kind: int) -> list[Entry]:
    """Single pages with holes between them, behind the memory that there is."""
    return [(TOP + 2 * i * PAGE, PAGE, kind) for i in range(10_000)]


def holes(top: int) -> list[Entry]:
    """Free memory in pieces of all sizes, with room between them that nobody names."""
    entries: list[Entry] = []
    at = MIB
    while at < top:
        pages = 1 + len(entries) * 57 % (top // PAGE // 16)
        entries.append((at, min(pages * PAGE, top - at), FREE))
        at += (pages + 1 + len(entries) % 3) * PAGE
    return entries


MAPS: dict[str, list[Entry]] = {
    "good": GOOD,
    "empty": [],
    "unsorted": [GOOD[3], GOOD[1], GOOD[4], GOOD[0], GOOD[2]],
    "overlapping": GOOD + [
        (MIB, 8 * MIB, FREE),
        (4 * MIB, 32 * MIB, FREE),
        (16 * MIB + 0x123, 0x4567, RESERVED),
        (32 * MIB, 4 * MIB, ACPI),
        (0, TOP - 0x20000, FREE),
    ],
    "long": GOOD + ten_thousand(FREE),
    "long-first": ten_thousand(FREE) + GOOD,
    "long-reserved": GOOD + ten_thousand(RESERVED),
    "nothing-free": [(0, TOP, RESERVED)],
    "zero-lengths": [(5 * MIB, 0, FREE), (0, 0, RESERVED), (1 << 63, 0, FREE)] + GOOD,
    "wrapping": [(2**64 - PAGE, 2 * PAGE, FREE), (2**64 - 1, 2**64 - 1, FREE),
                 (2**63, 2**63, RESERVED)] + GOOD,
    "holes": holes(TOP - 0x20000) + GOOD[4:],
    "holes-4m": holes(4 * MIB),
    "island": [(0, ISLAND[0], RESERVED), (*ISLAND, FREE),
               (sum(ISLAND), TOP - sum(ISLAND), RESERVED)],
    "inside": GOOD + [(0x210000, PAGE, RESERVED)],  # of an image of some size at 2 MiB
    "above-4g": GOOD + [(4 << 30, 4 << 30, FREE)],  # for a machine of 8 GiB
}
# Multiboot information, 3.3: offsets of what the lies change
MB_FLAGS, MB_CMDLINE, MB_MODS_COUNT, MB_MODS_ADDR = 0, 16, 20, 24
MB_MMAP_LENGTH, MB_MMAP_ADDR = 44, 48
MB_SIZE = 116
MB_HAS_CMDLINE, MB_HAS_MODS, MB_HAS_MMAP = 1 << 2, 1 << 3, 1 << 6
NOWHERE = 0xFFFFFFF0


def multiboot(at: int, entries: list[Entry], cmdline: bytes) -> bytearray:
    """Multiboot information with its memory map and command line, to be put at `at`."""
    text = at + MB_SIZE
    table = text + len(cmdline) + 1 + 3 & ~3
    info = bytearray(table - at)
    info[MB_SIZE:MB_SIZE + len(cmdline)] = cmdline
    for base, length, kind in entries:
        info += struct.pack("<IQQI", 20, base, length, kind)
    struct.pack_into("<I", info, MB_FLAGS, MB_HAS_CMDLINE | MB_HAS_MMAP)
    struct.pack_into("<I", info, MB_CMDLINE, text)
    struct.pack_into("<II", info, MB_MMAP_LENGTH, 24 * len(entries), table)
    return info


# PVH: struct hvm_start_info (xen/include/public/arch-x86/hvm/start_info.h)
PVH_START = struct.Struct("<IIIIQQQQII")
PVH_NR_MODULES, PVH_MODLIST, PVH_CMDLINE, PVH_MEMMAP, PVH_ENTRIES = 12, 16, 24, 40, 48


def pvh(at: int, entries: list[Entry], cmdline: bytes) -> bytearray:
    text = at + PVH_START.size
    table = text + len(cmdline) + 1 + 7 & ~7
    info = bytearray(PVH_START.pack(PVH_MAGIC, 1, 0, 0, 0, text, 0, table, len(entries), 0))
    info += cmdline.ljust(table - text, b"\0")
    for base, length, kind in entries:
        info += struct.pack("<QQII", base, length, kind, 0)
    return info


# Multiboot 2 information, 3.6: types of tags
MB2_EAX = 0x36D76289
MB2_END, MB2_CMDLINE, MB2_MODULE, MB2_MMAP = 0, 1, 3, 6
MB2_FIRST_TAG = 8  # in what multiboot2() makes, the memory map


def multiboot2_tag(kind: int, content: bytes) -> bytes:
    tag = struct.pack("<II", kind, 8 + len(content)) + content
    return tag.ljust(len(tag) + 7 & ~7, b"\0")


def multiboot2(_at: int, entries: list[Entry], cmdline: bytes) -> bytearray:
    table = b"".join(struct.pack("<QQII", *entry, 0) for entry in entries)
    tags = multiboot2_tag(MB2_MMAP, struct.pack("<II", 24, 0) + table)
    tags += multiboot2_tag(MB2_CMDLINE, cmdline + b"\0") + multiboot2_tag(MB2_END, b"")
    return bytearray(struct.pack("<II", 8 + len(tags), 0) + tags)


# Linux: struct boot_params (Documentation/arch/x86/zero-page.rst)
BP_SIZE, BP_MAX = 4096, 128
BP_ENTRIES, BP_MAGIC, BP_RAMDISK, BP_CMDLINE, BP_SETUP_DATA, BP_TABLE = (
    0x1E8, 0x202, 0x218, 0x228, 0x250, 0x2D0)
SETUP_E820_EXT, SETUP_DTB, SETUP_RNG_SEED, SETUP_UNKNOWN = 1, 2, 9, 77
SEED = hashlib.sha256(b"seed").digest()  # of which no piece is anywhere else


def linux(at: int, entries: list[Entry], cmdline: bytes) -> bytearray:
    """boot_params, and behind it setup_data: what is not known, more of the map, and a seed."""
    params = bytearray(BP_SIZE)
    table = b"".join(struct.pack("<QQI", *entry) for entry in entries)
    first, more = table[:BP_MAX * 20], table[BP_MAX * 20:]
    params[BP_TABLE:BP_TABLE + len(first)] = first
    params[BP_ENTRIES] = len(first) // 20
    params[BP_MAGIC:BP_MAGIC + 4] = b"HdrS"
    following = 0
    for kind, data in ((SETUP_E820_EXT, more), (SETUP_RNG_SEED, SEED), (SETUP_DTB, b"no tree"),
                       (SETUP_UNKNOWN, b"")):
        here = at + len(params)
        params += struct.pack("<QII", following, kind, len(data)) + data.ljust(len(data) + 15 & ~15)
        following = here
    struct.pack_into("<Q", params, BP_SETUP_DATA, following)
    struct.pack_into("<I", params, BP_CMDLINE, at + len(params))
    return params + cmdline + b"\0"


def setup_data_loops(info: bytearray) -> None:
    """The chain's first setup_data, which is not known, names itself."""
    head, = struct.unpack_from("<Q", info, BP_SETUP_DATA)
    behind_params, = struct.unpack_from("<Q", info, info.index(SEED) - 16)
    struct.pack_into("<Q", info, BP_SIZE + head - behind_params, head)


def seed_misaligned(info: bytearray) -> None:
    """The setup_data with the seed is at no multiple of 4 bytes."""
    old = info.index(SEED) - 16
    node, behind = info[old:old + 16 + len(SEED)], old + 16 + len(SEED)
    there, = struct.unpack_from("<Q", info, behind)  # as the next in memory says
    new = len(info) | 3
    struct.pack_into("<Q", info, behind, there - old + new)
    info[old + 16:behind] = bytes(len(SEED))
    info += bytes(new - len(info)) + node


def in_seed(offset: int, form: str, value: int) -> Callable[[bytearray], None]:
    def lie(info: bytearray) -> None:
        struct.pack_into("<" + form, info, info.index(SEED) - 16 + offset, value)
    return lie


def put(offset: int, form: str, *values: int) -> Callable[[bytearray], None]:
    return lambda info: struct.pack_into("<" + form, info, offset, *values)


def with_flags(flags: int, offset: int, *values: int) -> Callable[[bytearray], None]:
    """Sets a flag of the Multiboot information and the words that it makes valid."""
    def lie(info: bytearray) -> None:
        info[MB_FLAGS] |= flags
        struct.pack_into(f"<{len(values)}I", info, offset, *values)
    return lie


def in_first_entry(offset: int, form: str, value: int) -> Callable[[bytearray], None]:
    def lie(info: bytearray) -> None:
        cmdline, = struct.unpack_from("<I", info, MB_CMDLINE)
        table, = struct.unpack_from("<I", info, MB_MMAP_ADDR)
        struct.pack_into("<" + form, info, table - cmdline + MB_SIZE + offset, value)
    return lie


LIES: dict[str, dict[str, Callable[[bytearray], None]]] = {
    "multiboot": {
        "no-map": put(MB_FLAGS, "I", MB_HAS_CMDLINE),
        "map-nowhere": put(MB_MMAP_ADDR, "I", NOWHERE),
        "map-endless": put(MB_MMAP_LENGTH, "I", 0xFFFFFFFF),
        "map-cut": put(MB_MMAP_LENGTH, "I", 24 * len(GOOD) - 7),
        "entry-size-0": in_first_entry(0, "I", 0),
        "entry-size-huge": in_first_entry(0, "I", 0xFFFFFFF0),
        "cmdline-nowhere": put(MB_CMDLINE, "I", NOWHERE),
        "modules-endless": with_flags(MB_HAS_MODS, MB_MODS_COUNT, 0xFFFFFFFF, 0x3020000),
        "modules-nowhere": with_flags(MB_HAS_MODS, MB_MODS_COUNT, 3, NOWHERE),
    },
    "pvh": {
        "magic": put(0, "I", 0),
        "no-map": put(PVH_MEMMAP, "QI", 0, 0),
        "map-nowhere": put(PVH_MEMMAP, "Q", 2**64 - 16),
        "map-endless": put(PVH_ENTRIES, "I", 0xFFFFFFFF),
        "cmdline-nowhere": put(PVH_CMDLINE, "Q", 2**64 - 1),
        "modules-endless": put(PVH_NR_MODULES, "IQ", 0xFFFFFFFF, 0x3020000),
        "modules-nowhere": put(PVH_NR_MODULES, "IQ", 3, 2**64 - 16),
    },
    "multiboot2": {
        "size-0": put(0, "I", 0),
        "size-huge": put(0, "I", 0xFFFFFFFF),
        "size-cut": put(0, "I", 60),
        "no-map": put(MB2_FIRST_TAG, "I", 99),
        "tag-size-0": put(MB2_FIRST_TAG + 4, "I", 0),
        "tag-size-huge": put(MB2_FIRST_TAG + 4, "I", 0xFFFFFFFF),
        "entry-size-0": put(MB2_FIRST_TAG + 8, "I", 0),
        "entry-size-huge": put(MB2_FIRST_TAG + 8, "I", 0xFFFFFFF8),
        "module-backwards": put(MB2_FIRST_TAG, "4I", MB2_MODULE, 16 + 24 * len(GOOD), 0x2000,
                                0x1000),
    },
    "linux": {
        "magic": put(BP_MAGIC, "I", 0),
        "no-map": put(BP_ENTRIES, "B", 0),
        "map-long": put(BP_ENTRIES, "B", 255),
        "cmdline-nowhere": put(BP_CMDLINE, "I", NOWHERE),
        "initrd-wraps": put(BP_RAMDISK, "II", NOWHERE, 0xFFFFFFFF),
        "initrd-endless": put(BP_RAMDISK, "II", 0x1000, 0xFFFFFFFF),
        "setup-data-nowhere": put(BP_SETUP_DATA, "Q", 2**64 - 8),
        "setup-data-loops": setup_data_loops,
        "seed-endless": in_seed(12, "I", 0xFFFFFFFF),
        "seed-misaligned": seed_misaligned,
        "seed-odd": in_seed(12, "I", 7),
    },
}


def handover(protocol: str, what: str, at: int, cmdline: str) -> tuple[int, bytes]:
    """EAX and the structure for `at`, where EBX, ESI or RSI points. what names a map or a lie."""
    protocol = "linux" if protocol == "linux32" else protocol
    build = {"multiboot": multiboot, "multiboot2": multiboot2, "pvh": pvh, "linux": linux}[protocol]
    info = build(at, MAPS.get(what, GOOD), cmdline.encode())
    if what not in MAPS:
        LIES[protocol][what](info)
    eax = {"multiboot": MULTIBOOT_EAX, "multiboot2": MB2_EAX}.get(protocol, 0)
    return eax, bytes(info)
