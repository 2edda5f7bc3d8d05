# SPDX-License-Identifier: BSD-3-Clause
"""The PE headers of the images: sections that firmware can protect, and signatures.

Run from the top folder: python3 -B -m tests.boot.pe
"PE Format", Microsoft. Signs with a key that is made for the purpose. Secure Boot refuses what is not signed (what is
signed boots: matrix.txt).
"""

from __future__ import annotations

import struct
import subprocess
import sys
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from tests.boot import firmware
from tests.lib.build import image, run
from tests.lib.qemu import Machine, running
from tests.lib.suite import RESULTS, Suite

WORK = RESULTS / "pe"
KINDS = {"x86_64": "efi", "arm64": "img"}
MACHINES = {"x86_64": 0x8664, "arm64": 0xAA64}
SECURE_MACHINES = {"x86_64": "q35,smm=on", "arm64": "virt"}
APPS = ("hello", "data")

PE32_PLUS = 0x20B
SUBSYSTEM_EFI = 10
RELOCS_STRIPPED = 0x0001
NX_COMPAT = 0x0100
EXECUTE, READ, WRITE = 0x20000000, 0x40000000, 0x80000000
DIRECTORY_RELOC = 5
PAGE, SECTOR = 4096, 512
FIRMWARE_TIMEOUT = 60.0


@dataclass
class Section:
    name: str
    memory: range
    file: range
    flags: int


class Pe:
    """A PE32+ file, read by the book."""

    def __init__(self, path: Path):
        self.data = path.read_bytes()
        at, = struct.unpack_from("<I", self.data, 0x3C)
        self.magic = self.data[:2] + self.data[at:at + 4]
        (self.machine, sections, _, _, _, optional,
         self.flags) = struct.unpack_from("<HHIIIHH", self.data, at + 4)
        at += 24
        self.kind, = struct.unpack_from("<H", self.data, at)
        self.entry, = struct.unpack_from("<I", self.data, at + 16)
        self.alignment, self.file_alignment = struct.unpack_from("<II", self.data, at + 32)
        self.image_size, self.header_size = struct.unpack_from("<II", self.data, at + 56)
        self.subsystem, self.dll_flags = struct.unpack_from("<HH", self.data, at + 68)
        nr, = struct.unpack_from("<I", self.data, at + 108)
        self.directories = [struct.unpack_from("<II", self.data, at + 112 + 8 * i)
                            for i in range(nr)]
        self.optional_ok = optional == 112 + 8 * nr
        self.sections = [self._section(at + optional + 40 * i) for i in range(sections)]

    def _section(self, at: int) -> Section:
        name, size, rva, raw, pointer = struct.unpack_from("<8s4I", self.data, at)
        flags, = struct.unpack_from("<I", self.data, at + 36)
        return Section(name.rstrip(b"\0").decode(), range(rva, rva + size),
                       range(pointer, pointer + raw), flags)


def header_problems(pe: Pe, arch: str) -> list[str]:
    checks = {
        "no PE file": pe.magic == b"MZPE\0\0" and pe.kind == PE32_PLUS and pe.optional_ok,
        "the wrong machine": pe.machine == MACHINES[arch],
        "no UEFI program": pe.subsystem == SUBSYSTEM_EFI,
        "not relocatable": not pe.flags & RELOCS_STRIPPED,
        "not NX_COMPAT": bool(pe.dll_flags & NX_COMPAT),
        "sections are not on pages": pe.alignment == PAGE and pe.file_alignment == SECTOR,
        "the size is not whole pages": pe.image_size % PAGE == 0,
    }
    return [what for what, right in checks.items() if not right]


def section_problems(pe: Pe) -> list[str]:
    found = []
    for s in pe.sections:
        if s.flags & EXECUTE and s.flags & WRITE:
            found.append(f"{s.name} is writable and executable")
        if s.memory.start % PAGE or s.file.start % SECTOR or len(s.file) % SECTOR:
            found.append(f"{s.name} is not aligned")
        if s.memory.stop > pe.image_size or s.file.stop > len(pe.data):
            found.append(f"{s.name} is outside of the image or the file")
    in_file = sorted((s.file for s in pe.sections if s.file), key=lambda r: r.start)
    for left, right in pairwise([range(pe.header_size), *in_file]):
        if left.stop != right.start:
            found.append(f"a gap or an overlap in the file at {left.stop:#x}")
    for first, second in pairwise(pe.sections):
        if first.memory.stop > second.memory.start:
            found.append(f"{first.name} reaches into {second.name}")
    if not any(pe.entry in s.memory and s.flags & EXECUTE for s in pe.sections):
        found.append("the entry is in no executable section")
    return found


def reloc_problems(pe: Pe, arch: str) -> list[str]:
    """x86_64: a block that has nothing but padding. arm64: no block."""
    rva, size = pe.directories[DIRECTORY_RELOC]
    if arch == "arm64":
        return ["relocations"] if size else []
    for s in pe.sections:
        if rva in s.memory and rva + size <= s.memory.stop:
            block = pe.data[s.file.start + rva - s.memory.start:][:size]
            length = struct.unpack_from("<I", block, 4)[0]
            entries = struct.unpack(f"<{(length - 8) // 2}H", block[8:])
            return [] if length == size and not any(entries) else ["a relocation block that lies"]
    return ["no relocation block"]


def signs(path: Path, key: Path, certificate: Path) -> bool:
    """Signs the image, and says whether the signature is good while and only while it is whole."""
    signed = WORK / f"{path.name}.signed"
    run(["sbsign", "--key", str(key), "--cert", str(certificate), "--output", str(signed),
         str(path)])

    def verified() -> bool:
        return subprocess.run(["sbverify", "--cert", str(certificate), str(signed)],
                              capture_output=True, check=False).returncode == 0
    whole = verified()
    data = bytearray(signed.read_bytes())
    data[len(path.read_bytes()) // 2] ^= 1
    signed.write_bytes(data)
    return whole and not verified()


def is_refused(arch: str, path: Path) -> bool:
    """Without a signature, Secure Boot does not start it: what boots with one shows something."""
    machine = Machine(arch, path, SECURE_MACHINES[arch], memory="256M")
    firmware.secure(machine, WORK / "unsigned", sign=False)
    with running(machine, FIRMWARE_TIMEOUT) as console:
        for line in console:
            if b"Security Violation" in line or b"Access Denied" in line:
                return True
            if line.startswith(b"Hello"):
                return False
    return False


def main() -> int:
    WORK.mkdir(parents=True, exist_ok=True)
    key, certificate = WORK / "key.pem", WORK / "certificate.pem"
    run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj",
         "/CN=throw-away", "-keyout", str(key), "-out", str(certificate)])
    suite = Suite("pe")
    for arch, kind in KINDS.items():
        for app in APPS:
            path = image(arch, app, kind)
            pe = Pe(path)
            found = header_problems(pe, arch) + section_problems(pe) + reloc_problems(pe, arch)
            size = f"{len(pe.data):,} bytes"
            suite.verdict(f"{arch} {path.name}: sections", found, size)
            good = signs(path, key, certificate)
            suite.verdict(f"{arch} {path.name}: signature", [] if good else ["is not good"], "")
        path = image(arch, "hello", kind)
        refused = is_refused(arch, path)
        suite.verdict(f"{arch} {path.name}: unsigned", [] if refused else ["is not refused"], "")
    return suite.end()


if __name__ == "__main__":
    sys.exit(main())
