# SPDX-License-Identifier: BSD-3-Clause
"""What UEFI firmware leaves in memory, for the seeds of its parser's fuzzer."""

import struct

ACPI_20 = bytes.fromhex("71e86888f1e4d311bc220080c73c8881")
DTB = bytes.fromhex("d521b6b19cf1a541830bd9152c69aae0")
# Memory type, start, pages, attributes: what AAVMF says, shortened
EFI_MAP = [
    (7, 0x40000000, 0x4000, 0xF), (4, 0x44000000, 0x100, 0xF), (3, 0x44100000, 0x80, 0xF),
    (9, 0x44180000, 0x10, 0xF), (6, 0x44190000, 0x20, 1 << 63 | 0xF), (11, 0x9000000, 1, 1),
    (1, 0x441B0000, 0x30, 0xF), (2, 0x441E0000, 0x8, 0xF), (7, 0x441E8000, 0x100, 0x4000F),
]


def arm_acpi(memory):
    """ACPI's tables of an arm64 machine: PSCI in the FADT, the console in the SPCR."""
    fadt = bytearray(276)
    fadt[:8] = struct.pack("<4sI", b"FACP", len(fadt))
    fadt[129] = 3
    spcr = bytearray(80)
    spcr[:8] = struct.pack("<4sI", b"SPCR", len(spcr))
    spcr[36:52] = struct.pack("<B3xBBBBQ", 3, 0, 32, 0, 3, 0x9000000)
    tables = memory.add(bytes(fadt)), memory.add(bytes(spcr))
    xsdt = memory.add(struct.pack("<4sI28xQQ", b"XSDT", 36 + 16, *tables))
    rsdp = bytearray(struct.pack("<8sB6sBIIQI", b"RSD PTR ", 0, b"SEEDED", 2, 0, 36, xsdt, 0))
    rsdp[8] = -sum(rsdp[:20]) & 0xFF
    return memory.add(rsdp)


def handover(memory, tree=None, entries=EFI_MAP, trouble=0, stride=48):
    """What boot/efi_stub.c leaves, struct efi_handover (include/ukaslr/efi.h).

    memory holds its 112 bytes already.
    """
    table = (DTB, memory.add(tree)) if tree else (ACPI_20, arm_acpi(memory))
    memory.add(bytes(-len(memory.bytes) % 8))
    tables = memory.add(struct.pack("<16sQ", *table))
    systab = memory.add(struct.pack("<Q96xQQ", 0x5453595320494249, 1, tables))
    rows = b"".join(struct.pack("<I4xQ8xQQ", *entry).ljust(stride, b"\0") for entry in entries)
    memory_map = memory.add(rows)
    cmdline = memory.add(b"a=b\0")
    memory.bytes[:112] = struct.pack("<QQQQIIQB7xQQI32s4x", systab, memory_map, len(rows), stride, 1,
                                     trouble, cmdline, 1, 0x42000000, 0x1234, 1, bytes(range(32)))
    return memory.bytes
