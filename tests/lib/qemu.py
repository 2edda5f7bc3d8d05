# SPDX-License-Identifier: BSD-3-Clause
"""Starts QEMU, waits for it within a limit, and says what came of it."""

from __future__ import annotations

import os
import re
import subprocess
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Iterator, Protocol

from tests.lib.suite import ROOT

TIMEOUT = 10.0
# From here on the host gives memory only as the guest touches it.
RESERVE_LIMIT = 1 << 30
UNITS = {"K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}
EMULATOR = {"x86_64": "qemu-system-x86_64", "arm64": "qemu-system-aarch64"}
# How a guest ends QEMU with a status of its own.
EXIT_DEVICE = {
    "x86_64": ["-device", "isa-debug-exit,iobase=0xf4,iosize=0x04"],
    "arm64": ["-semihosting"],
}
# Firmware clears the screen, and a line of the guest's may come right behind that (ECMA-48, 5.4).
CONTROL_SEQUENCE = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]")
DEFAULT_MACHINE = {"x86_64": "pc", "arm64": "virt"}
QUIET = ["-display", "none", "-no-reboot", "-nodefaults", "-monitor", "none", "-serial", "stdio"]


def size_in_bytes(text: str) -> int:
    """'64M' -> 67108864"""
    return int(text[:-1]) * UNITS[text[-1]] if text[-1] in UNITS else int(text)


def exit_status(arch: str, value: int) -> int:
    """The status QEMU ends with when main returns value."""
    return value * 2 + 1 if arch == "x86_64" and value else value


@dataclass
class Machine:
    """One machine to boot an image on."""

    arch: str
    kernel: Path | None  # None: whatever the firmware finds
    machine: str = ""
    cpu: str = "max"
    memory: str = "64M"
    append: str = ""
    extra: list[str] = field(default_factory=list)
    memory_file: Path | None = None  # shows the guest's memory to the host

    def _memory(self) -> tuple[str, list[str]]:
        if self.memory_file:
            kind = f"file,share=on,mem-path={self.memory_file}"
        elif size_in_bytes(self.memory) >= RESERVE_LIMIT:
            kind = "ram,reserve=off"
        else:
            return "", ["-m", self.memory]
        backend = f"memory-backend-{kind},id=ram,size={self.memory}"
        return ",memory-backend=ram", ["-m", self.memory, "-object", backend]

    def _kernel(self) -> list[str]:
        """Relative to the top folder, where QEMU runs: Multiboot passes this path to the guest."""
        if not self.kernel:
            return []
        return ["-kernel", str(self.kernel.relative_to(ROOT) if self.kernel.is_relative_to(ROOT)
                               else self.kernel)]

    def command(self) -> list[str]:
        suffix, memory = self._memory()
        machine = (self.machine or DEFAULT_MACHINE[self.arch]) + suffix
        command = [EMULATOR[self.arch], "-accel", os.environ.get("ACCEL", "tcg"), "-M", machine,
                   "-cpu", self.cpu, *memory, *QUIET, *EXIT_DEVICE[self.arch],
                   *self._kernel()]
        if self.append:
            command += ["-append", self.append]
        return command + self.extra


class Runnable(Protocol):
    """What QEMU can be started for."""

    def command(self) -> list[str]: ...


@contextmanager
def running(machine: Runnable, timeout: float = TIMEOUT) -> Iterator[IO[bytes]]:
    """A guest that runs, and its console. It ends with the block, or when time is up."""
    command = ["timeout", str(timeout), *machine.command()]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL) as process:
        assert process.stdout
        try:
            yield process.stdout
        finally:
            process.terminate()


@dataclass
class Boot:
    """How a boot went. status is None if QEMU had to be stopped."""

    command: list[str]
    status: int | None
    console: str
    errors: str
    seconds: float

    def log(self) -> str:
        shown = " ".join(arg if len(arg) < 200 else arg[:200] + "..." for arg in self.command)
        end = f"[status {self.status}, {self.seconds:.2f} s]"
        return f"$ {shown}\n{self.console}\n{self.errors}{end}\n"


def boot(machine: Machine, timeout: float = TIMEOUT) -> Boot:
    command = machine.command()
    start = time.monotonic()
    status: int | None = None
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE) as process:
        try:
            out, err = process.communicate(timeout=timeout)
            status = process.returncode
        except subprocess.TimeoutExpired:
            process.kill()
            out, err = process.communicate()
    console = CONTROL_SEQUENCE.sub("", out.decode("latin-1")).replace("\r", "")
    return Boot(command, status, console, err.decode("latin-1"), time.monotonic() - start)


REPORT = re.compile(r"^kaslr: (phys=0x[0-9a-f]+ virt=0x[0-9a-f]+ .*)$", re.M)


def report(console: str) -> dict[str, str] | None:
    """The fields of the line that kaslr.report prints; None unless there is exactly one."""
    lines = REPORT.findall(console)
    if len(lines) != 1:
        return None
    return dict(word.partition("=")[::2] for word in lines[0].split())
