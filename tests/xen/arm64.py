# SPDX-License-Identifier: BSD-3-Clause
"""Debian's Xen for arm64 under plain QEMU: an image as dom0, or as the one domU of a Xen
without dom0 ("dom0less"), which Xen makes from what its own device tree says.
"""

from __future__ import annotations

import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from tests.lib.build import BuildError
from tests.lib.qemu import QUIET, Boot
from tests.lib.suite import ROOT
from tests.xen.debian import unpacked
from tests.xen.guests import STOPPED

PACKAGE = "xen-hypervisor-4.17-arm64"
QEMU = "qemu-system-aarch64"
BOARD = "virt,virtualization=on,gic-version=3"
XEN_OPTIONS = "console=dtuart loglvl=warning guest_loglvl=all"
# Where QEMU puts what Xen finds by the device tree: beyond Xen, with room behind each
KERNEL_AT, INITRD_AT = 0x49000000, 0x54000000
# Xen's docs/misc/arm/device-tree/booting.txt
DOM0LESS = """
/ {{ chosen {{
  #address-cells = <2>; #size-cells = <2>;
  xen,xen-bootargs = "{options}";
  domU1 {{
    compatible = "xen,domain"; #address-cells = <2>; #size-cells = <2>;
    memory = <0 {memory}>; cpus = <1>; {properties}
    module@{at:x} {{
      compatible = "multiboot,kernel", "multiboot,module";
      reg = <0 {at:#x} 0 {size:#x}>; bootargs = "{append}";
    }};
  }};
}}; }};
"""
# Before what a domU wrote to its UART, and the bytes after which Xen breaks such lines
MARK, LINE_MAX = "(XEN) DOM1: ", 126
STATUS_STOP = 99
PATIENCE = 20.0  # seconds, for a tool


def xen() -> Path:
    return next((unpacked("arm64", [PACKAGE], "xen") / "boot").glob("xen-*-arm64"))


@dataclass
class Dom0:
    """A machine with Xen, and what runs as its dom0."""

    kernel: Path
    append: str = ""
    memory: str = "128M"  # of dom0
    machine_memory: str = "1G"
    initrd: Path | None = None
    cpu: str = "cortex-a57"
    extra: list[str] = field(default_factory=list)  # for QEMU
    memory_file: Path | None = None  # shows the machine's memory to the host

    def command(self) -> list[str]:
        append = self.append.replace(",", ",,")
        board, memory = BOARD, ["-m", self.machine_memory]
        if self.memory_file:
            board += ",memory-backend=ram"
            memory += ["-object", f"memory-backend-file,id=ram,size={self.machine_memory},share=on,"
                                  f"mem-path={self.memory_file}"]
        command = [QEMU, "-M", board, "-cpu", self.cpu, *memory, *QUIET,
                   "-kernel", str(xen()), "-append", f"{XEN_OPTIONS} dom0_mem={self.memory}",
                   "-device", f"guest-loader,addr={KERNEL_AT:#x},kernel={self.kernel},"
                              f"bootargs={append}"]
        if self.initrd:
            command += ["-device", f"guest-loader,addr={INITRD_AT:#x},initrd={self.initrd}"]
        return command + self.extra


@dataclass
class Dom0less:
    """A machine with Xen and one guest. It ends QEMU itself, by semihosting: no one else would."""

    kernel: Path
    work: Path  # for files
    append: str = ""
    memory: int = 65536  # KiB
    properties: str = "vpl011;"
    cpu: str = "cortex-a57"

    def tree(self) -> Path:
        """QEMU's own device tree, with the guest in it."""
        self.work.mkdir(parents=True, exist_ok=True)
        blob, source, output = (self.work / f"tree.{kind}" for kind in ("qemu", "dts", "dtb"))
        machine = ["-M", f"{BOARD},dumpdtb={blob}", "-cpu", self.cpu, "-m", "1G"]
        tool([QEMU, *machine, *QUIET])
        tool(["dtc", "-q", "-I", "dtb", "-O", "dts", "-o", str(source), str(blob)])
        with source.open("a") as file:
            file.write(DOM0LESS.format(
                options=XEN_OPTIONS, memory=self.memory, properties=self.properties, at=KERNEL_AT,
                size=self.kernel.stat().st_size, append=self.append))
        tool(["dtc", "-q", "-I", "dts", "-O", "dtb", "-o", str(output), str(source)])
        return output

    def command(self) -> list[str]:
        return [QEMU, "-M", BOARD, "-cpu", self.cpu, "-m", "1G", *QUIET, "-semihosting",
                "-kernel", str(xen()), "-dtb", str(self.tree()), "-device",
                f"loader,file={self.kernel},addr={KERNEL_AT:#x},force-raw=on"]


def tool(command: list[str]) -> None:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False,
                          timeout=PATIENCE, stdin=subprocess.DEVNULL)
    if done.returncode:
        raise BuildError(f"{command[0]}: {done.stderr.strip()[-500:]}")


def lines_of_domu(console: str) -> str:
    """What the guest wrote to its vpl011. Xen marks the lines, and breaks those that are long
    after 127 characters."""
    text = ""
    for line in console.splitlines():
        if line.startswith(MARK):
            part = line.removeprefix(MARK)
            text += part if len(part) == LINE_MAX else part + "\n"
    return text


def reason(done: Boot) -> str:
    """Xen without dom0 says nothing of the end of a guest; QEMU's exit status does."""
    return {0: "poweroff", STATUS_STOP: STOPPED}.get(done.status, f"status {done.status}")
