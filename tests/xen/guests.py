# SPDX-License-Identifier: BSD-3-Clause
"""Reads guests.txt, whose head explains its form, and judges how its guests ended."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from tests.boot.matrix import (ADDRESS, Expectation, MatrixError, dash, expand, parse_expectation,
                               read_lines)
from tests.lib.build import image
from tests.lib.qemu import Boot, report
from tests.lib.suite import ROOT

COLUMNS = 7
CPIO = "cpio:"
REASONS = ("poweroff", "reboot", "crash")
# By itself, with STATUS_STOP, where nobody would hear of a reason; by xl, before it was a guest
STOPPED, REFUSED = "stopped", "refused"
ENDS = re.compile(r"\bends (\w+)")
SETTING = re.compile(r"^(\w+) *=.*$", re.M)


@dataclass
class Guest:
    """One line of a table of guests."""

    arch: str
    section: str
    name: str
    image: list[str]  # application, variables
    ramdisk: list[str]  # at most one: "cpio:" and the size of a file in it
    kind: str
    memory: int  # MiB
    boots: int
    expect: Expectation
    ends: str
    append: str

    @property
    def title(self) -> str:
        return f"{self.arch} {self.section} {self.name}"

    @property
    def label(self) -> str:
        """For files."""
        return self.title.replace(" ", "-")

    def kernel(self) -> Path:
        return image(self.arch, self.image[0], "img", *self.image[1:])

    def problems(self, console: str, reason: str, seconds: float = 0.0) -> list[str]:
        """What speaks against one boot."""
        if self.ends == REFUSED:  # in the words of xl, who may show numbers
            console = ADDRESS.sub("(number)", console)
        done = Boot([], 0, console, "", seconds)
        found = self.expect.problems(self.arch, done)
        if reason != self.ends:
            found.append(f"its shutdown reason is {reason}, not {self.ends}")
        return found

    def repeats(self, consoles: list[str]) -> list[str]:
        """Whether any two boots had the same virtual base."""
        bases = [fields["virt"] for fields in map(report, consoles) if fields]
        if self.boots > 1 and len(set(bases)) != self.boots:
            return [f"{len(set(bases))} different virtual bases in {self.boots} boots"]
        return []

    def config(self, name: str, kernel: str) -> str:
        """examples/xen/<kind>.cfg as users get it, with the values of this guest."""
        values = {"name": name, "kernel": kernel, "memory": self.memory, "extra": self.append}
        text = (ROOT / "examples/xen" / f"{self.kind}.cfg").read_text()
        if missing := values.keys() - set(SETTING.findall(text)):
            raise MatrixError(f"examples/xen/{self.kind}.cfg sets no {', '.join(missing)}")
        for key, value in values.items():
            quoted = value if isinstance(value, int) else f'"{value}"'
            text = re.sub(rf"^{key} *=.*$", lambda _: f"{key} = {quoted}", text, flags=re.M)
        text += "".join(f'ramdisk = "/guests/{disk}"\n' for disk in self.ramdisk)
        # What is left of the guest is looked at, and then destroyed.
        return text + "".join(f'on_{end} = "preserve"\n' for end in REASONS)


def parse(arch: str, section: str, line: str, expectations: dict[str, str]) -> Guest:
    columns = [dash(column.strip()) for column in line.split("|")]
    if len(columns) != COLUMNS:
        raise MatrixError(f"{len(columns)} columns instead of {COLUMNS}: {line}")
    name, app, kind, memory, boots, expect, append = columns
    first, _, more = expect.partition(" ")
    if first not in expectations:
        raise MatrixError(f"unknown expectation {first}: {line}")
    wanted = f"{expectations[first]} {more}"
    ends = (ENDS.findall(wanted) or REASONS)[-1 if ENDS.search(wanted) else 0]
    if ends not in (*REASONS, STOPPED, REFUSED):
        raise MatrixError(f"unknown shutdown reason {ends}: {line}")
    words = app.split()
    ramdisk = [word for word in words if word.startswith(CPIO)]
    words = [word for word in words if word not in ramdisk]
    return Guest(arch, section, name, words, ramdisk, kind, int(memory), int(boots),
                 parse_expectation(ENDS.sub("", wanted)), ends, expand(append))


def read_guests(arch: str, path: Path) -> list[Guest]:
    expectations, lines = read_lines(path)
    guests = [parse(arch, section, line, expectations) for section, line in lines]
    if len({guest.title for guest in guests}) != len(guests):
        raise MatrixError(f"{path}: a name is given twice")
    return guests
