#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Writes the seeds of the boot parsers' fuzzers into tests/fuzz/corpus/.

usage: tests/fuzz/make_corpus.py   (in the top folder; needs dtc)

A seed is memory from BASE on (tests/fuzz/boot_fuzz.h) with what a loader leaves
there: the structure that the entry is given first, the rest behind it.
"""

import pathlib
import struct
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
from tests.boot import newc, x86_handover
from tests.fuzz import efi_memory

BASE = 0x10000
CORPUS = pathlib.Path("tests/fuzz/corpus")

# QEMU's PC with 64 MiB: address, length, type
MAP = [
    (0x0, 0x9FC00, 1),
    (0x9FC00, 0x400, 2),
    (0xF0000, 0x10000, 2),
    (0x100000, 0x3EE0000, 1),
    (0x3FE0000, 0x20000, 2),
    (0xFFFC0000, 0x40000, 2),
    (0xFD00000000, 0x300000000, 2),
]


def write(module, name, seed):
    folder = CORPUS / module
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(seed)


class Memory:
    """Bytes that are added one behind the other; add() returns their address."""

    def __init__(self, first):
        self.bytes = bytearray(first)

    def add(self, more):
        address = BASE + len(self.bytes)
        self.bytes += more
        return address


def multiboot(flags, modules=(), entries=MAP, cmdline=b"hello.img a=b"):
    memory = Memory(68)
    fields = [0] * 17
    fields[0] = flags
    fields[1:3] = 639, 0xFF80 - 1024
    fields[4] = memory.add(cmdline + b"\0")
    fields[16] = memory.add(b"qemu\0")
    table = b"".join(struct.pack("<IQQI", 20, *entry) for entry in entries)
    fields[11:13] = len(table), memory.add(table)
    name = memory.add(b"initrd\0")
    fields[5] = len(modules)
    fields[6] = memory.add(b"".join(struct.pack("<4I", a, b, name, 0) for a, b in modules))
    memory.bytes[:68] = struct.pack("<17I", *fields)
    return memory.bytes


def pvh(modules=(), entries=MAP, version=1):
    memory = Memory(56)
    table = memory.add(b"".join(struct.pack("<QQII", *entry, 0) for entry in entries))
    cmdline = memory.add(b"a=b\0")
    mods = memory.add(b"".join(struct.pack("<4Q", a, n, cmdline, 0) for a, n in modules))
    memory.bytes[:56] = struct.pack(
        "<4I4QII", 0x336EC578, version, 0, len(modules), mods, cmdline, 0xF59C0, table,
        len(entries), 0)
    return memory.bytes


def xen(prod=0, cons=0, map=MAP):
    """For fuzz_xen.c: indices of a console ring, then a memory map as Xen has it."""
    return struct.pack("<2I", prod, cons) + b"".join(
        struct.pack("<2QI", start, length, kind) for start, length, kind in map)


def xenpv(frames=0x40, flags=0, mod=(0, 0), holes=(), map=()):
    """For fuzz_xenpv.c: a start info, the list of frames in the next page, then Xen's memory map."""
    info = struct.pack("<32sQQI4xQI4xQI4x5Q", b"xen-3.0-x86_64", frames, 0, flags, 0x1234, 1, 0x1235,
                       2, BASE + 0x8000, 4, BASE + 0x1000, *mod) + b"a=b\0"
    list_of_frames = b"".join(struct.pack("<Q", (1 << 64) - 1 if frame in holes else 0x4000 + frame)
                              for frame in range(frames))
    return info.ljust(0x1000, b"\0") + list_of_frames.ljust(0x1000, b"\0") + b"".join(
        struct.pack("<2QI", start, length, kind) for start, length, kind in map)


def multiboot2(*more, entries=MAP):
    """more: (type, content) of further tags."""
    memory = x86_handover.multiboot2(BASE, entries, b"a=b")
    memory[-8:] = b"".join(x86_handover.multiboot2_tag(*tag) for tag in (*more, (0, b"")))
    struct.pack_into("<I", memory, 0, len(memory))
    return memory


def linux(entries=MAP, lie=lambda memory: None):
    memory = x86_handover.linux(BASE, entries, b"BOOT_IMAGE=x a=b")
    struct.pack_into("<II", memory, 0x218, 0x400000, 0x1234)
    memory[0x1C0:0x1E0] = struct.pack("<4s7I", b"EL64", 0x1000, 48, 1, 0x2000, 96, 0, 0)
    lie(memory)
    return memory


def efi(**what):
    return efi_memory.handover(Memory(112), **what)


def acpi(revision, reduced, s5):
    def table(signature, body):
        return signature + struct.pack("<I", 36 + len(body)) + bytes(28) + body

    memory = Memory(36)
    dsdt = memory.add(table(b"DSDT", b"\x10\x05_SB_\x08_S5_" + s5))
    fadt = bytearray(268 - 36)
    struct.pack_into("<I", fadt, 40 - 36, dsdt)
    struct.pack_into("<II", fadt, 64 - 36, 0x604, 0)
    struct.pack_into("<I", fadt, 112 - 36, 1 << 20 if reduced else 0)
    struct.pack_into("<BBBBQ", fadt, 244 - 36, 0, 8, 0, 0, 0xFEA00200)
    fadt = memory.add(table(b"FACP", bytes(fadt)))
    rsdt = memory.add(table(b"RSDT", struct.pack("<II", dsdt, fadt)))
    xsdt = memory.add(table(b"XSDT", struct.pack("<QQ", dsdt, fadt)))
    rsdp = bytearray(struct.pack("<8sB6sBIIQI", b"RSD PTR ", 0, b"SEEDED", revision, rsdt, 36,
                                 xsdt, 0))
    rsdp[8] = -sum(rsdp[:20]) & 0xFF
    memory.bytes[:36] = rsdp
    return memory.bytes


TREES = {
    "virt": """
        #address-cells = <2>; #size-cells = <2>;
        psci { method = "hvc"; compatible = "arm,psci-1.0", "arm,psci-0.2", "arm,psci"; };
        memory@40000000 { reg = <0 0x40000000 0 0x4000000>; device_type = "memory"; };
        pl011@9000000 {
            reg = <0 0x9000000 0 0x1000>;
            compatible = "arm,pl011", "arm,primecell";
        };
        chosen {
            stdout-path = "/pl011@9000000";
            rng-seed = <1 2 3 4 5 6 7 8>;
            kaslr-seed = <9 10>;
            bootargs = "a=b";
            linux,initrd-start = <0x42000000>;
            linux,initrd-end = <0 0x42001234>;
        };
    """,
    "nested": """
        #address-cells = <2>; #size-cells = <1>;
        chosen { stdout-path = "serial0:115200n8"; };
        aliases { serial0 = "/soc/apb/serial@1000"; };
        reserved-memory {
            #address-cells = <1>; #size-cells = <1>; ranges;
            secret@50000000 { reg = <0x50000000 0x1000>; };
        };
        memory { reg = <0 0x40000000 0x4000000 1 0 0x1000000>; device_type = "memory"; };
        soc {
            #address-cells = <1>; #size-cells = <1>;
            ranges = <0x7e000000 1 0xfe000000 0x1800000>;
            apb {
                #address-cells = <1>; #size-cells = <1>;
                ranges = <0 0x7e200000 0x10000>;
                serial@1000 { reg = <0x1000 0x200>; compatible = "x,y", "arm,pl011"; };
                serial@2000 { reg = <0x2000 0x200>; compatible = "ns16550a"; reg-shift = <2>; };
            };
        };
    """,
}


def device_tree(body):
    source = "/dts-v1/; /memreserve/ 0x41000000 0x1000; / {" + body + "};"
    command = ["dtc", "-q", "-I", "dts", "-O", "dtb"]
    return subprocess.run(command, input=source.encode(), stdout=subprocess.PIPE,
                          check=True).stdout


def main():
    everything = 1 | 1 << 2 | 1 << 6 | 1 << 9
    write("multiboot", "qemu", multiboot(everything))
    write("multiboot", "modules", multiboot(everything | 8, [(0x400000, 0x401234), (0, 0x1000)]))
    write("multiboot", "sizes", multiboot(1))
    write("multiboot", "unsorted", multiboot(everything, entries=MAP[::-1] + MAP))
    write("pvh", "qemu", pvh())
    write("pvh", "modules", pvh([(0x400000, 0x1234), (0x500000, 0x1000)]))
    write("pvh", "version-0", pvh(version=0))
    write("xen", "map", xen())
    write("xen", "lies", xen(prod=5000, cons=7, map=MAP * 70))
    write("xenpv", "domain", xenpv())
    write("xenpv", "first", xenpv(flags=2, map=MAP))
    write("xenpv", "holes", xenpv(holes=(1, 7, 8, 0x3f), flags=8, mod=(0x20, 0x1234)))
    write("xenpv", "many-holes", xenpv(frames=0x200, holes=range(0, 0x200, 2)))
    write("pvh", "unsorted", pvh(entries=MAP[::-1] + MAP))
    write("multiboot2", "grub", multiboot2(
        (2, b"GRUB 2\0"), (14, bytes(20)), (3, struct.pack("<II", 0x400000, 0x401234) + b"x\0")))
    write("multiboot2", "uefi", multiboot2(
        (12, bytes(8)), (20, bytes(8)), (17, struct.pack("<II", 48, 1) + bytes(96)), (15, bytes(36))))
    write("multiboot2", "unsorted", multiboot2(entries=MAP[::-1] + MAP))
    write("linux", "whole", linux())
    write("linux", "long", linux(MAP[::-1] * 30))
    write("linux", "loops", linux(lie=x86_handover.setup_data_loops))
    write("acpi", "pc", acpi(0, False, b"\x12\x06\x04\0\0\0\0"))
    write("acpi", "microvm", acpi(2, True, b"\x12\x07\x04\x0a\x05\0\0\0"))
    write("cpio", "whole", newc.archive(10))
    write("efi", "acpi", efi())
    write("efi", "tree", efi(tree=device_tree(TREES["virt"])))
    write("efi", "unsorted", efi(entries=efi_memory.EFI_MAP[::-1] + efi_memory.EFI_MAP,
                                    stride=64))
    write("efi", "exit-failed", efi(trouble=1))
    write("efi_text", "latin", "hello.efi kaslr.report r\u00fcn".encode("utf-16-le"))
    write("efi_text", "pair", "\U00010000\u20ac\0more".encode("utf-16-le"))
    write("efi_text", "initrd", "one initrd=initrd".encode("utf-16-le"))
    for name, body in TREES.items():
        write("fdt", name, device_tree(body))


if __name__ == "__main__":
    main()
