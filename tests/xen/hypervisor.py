# SPDX-License-Identifier: BSD-3-Clause
"""Debian's Xen for x86_64 under plain QEMU, and how its dom0 ended.

QEMU loads Xen by Multiboot; the dom0 kernel is the first module, an initrd the second.
"""

from __future__ import annotations

import gzip
import re
import subprocess
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from tests.lib.qemu import QUIET, Boot
from tests.lib.suite import ROOT
from tests.xen.debian import unpacked

PACKAGE = "xen-hypervisor-4.17-amd64"
# What Xen says when its dom0 is gone, and the shutdown reason that this tells
ENDS = {"halted": "poweroff", "shutdown": "reboot", "crashed": "crash"}
END = re.compile(r"^\(XEN\) Hardware Dom0 (halted|shutdown|crashed):", re.M)
# Xen cannot be a PVH dom0's host without an IOMMU, and the one that QEMU has for it is AMD's.
MACHINE = {
    "pv": ["-cpu", "max"],
    "pvh": ["-M", "q35", "-cpu", "EPYC", "-device", "amd-iommu"],
    # Linux returns from traps by itself, which TCG refuses in ring 3 with SMAP; Xen's idle loop
    # uses MWAIT as TCG does not have it; and the Xen of pvshim does not start on the old
    # processor of AMD's that "max" says it is.
    "linux": ["-cpu", "EPYC,-smap,-monitor"],
}
XEN_OPTIONS = "com1=115200,8n1 console=com1 loglvl=warning guest_loglvl=all"


def xen() -> Path:
    """Xen itself; QEMU takes it as an ELF file alone."""
    folder = unpacked("amd64", [PACKAGE], "xen")
    elf = folder / "xen.elf"
    if not elf.exists():
        packed = next((folder / "boot").glob("xen-*-amd64.gz"))
        scratch = folder / f"xen.{threading.get_ident()}"
        scratch.write_bytes(gzip.decompress(packed.read_bytes()))
        scratch.rename(elf)
    return elf


def shown(path: Path) -> str:
    """As QEMU's list of modules takes it: relative to the top folder, where QEMU runs."""
    name = str(path.relative_to(ROOT) if path.is_relative_to(ROOT) else path)
    return name.replace(",", ",,")


@dataclass
class Dom0:
    """A machine with Xen, and what runs as its dom0."""

    kernel: Path
    kind: str  # of MACHINE
    append: str = ""
    memory: str = "64M"  # of dom0
    machine_memory: str = "512M"
    initrd: Path | None = None
    extra: list[str] = field(default_factory=list)  # for QEMU
    arch: str = "x86_64"

    def command(self) -> list[str]:
        modules = f"{shown(self.kernel)} {self.append.replace(',', ',,')}"
        if self.initrd:
            modules += f",{shown(self.initrd)}"
        options = f"{XEN_OPTIONS} dom0_mem={self.memory},max:{self.memory}"
        if self.kind == "pvh":
            options += " dom0=pvh"
        return ["qemu-system-x86_64", "-accel", "tcg", *MACHINE[self.kind], "-m",
                self.machine_memory, *QUIET, "-kernel", shown(xen()), "-initrd", modules,
                "-append", options, *self.extra]


def boot(dom0: Dom0, timeout: float) -> Boot:
    """Runs it until dom0 has ended: a machine that Xen halted would run on for ever."""
    command, start = dom0.command(), time.monotonic()
    console = line = b""
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE) as process:
        assert process.stdout and process.stderr
        watchdog = threading.Timer(timeout, process.kill)
        watchdog.start()
        for line in process.stdout:
            console += line
            if END.search(line.decode("latin-1")):
                break
        # Without such a line the machine was switched off, or time is up.
        if END.search(line.decode("latin-1")):
            process.terminate()
        errors = process.stderr.read().decode("latin-1")
        status = process.wait()
        watchdog.cancel()
    text = console.decode("latin-1").replace("\r\n", "\n").replace("\r", "")
    if END.search(text):
        status = 0
    return Boot(command, status if status >= 0 else None, text, errors, time.monotonic() - start)


def reason(done: Boot) -> str:
    """The shutdown reason that Xen saw: poweroff, reboot, crash."""
    found = END.search(done.console)
    return ENDS[found.group(1)] if found else "none"


def own_lines(console: str) -> str:
    """What dom0 printed, without what Xen says."""
    return "".join(line for line in console.splitlines(True) if not line.startswith("(XEN)"))
