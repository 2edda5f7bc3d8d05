# SPDX-License-Identifier: BSD-3-Clause
"""Reads the boot matrix: see the head of matrix.txt for its form."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass, field
from pathlib import Path

from tests.boot import newc
from tests.lib.qemu import TIMEOUT, Boot, exit_status, report

UPPER_HALF = 1 << 63
PAGE = 4096
# A number that may be an address. After a plus sign it is an offset, which may be shown.
ADDRESS = re.compile(r"(?<![+\w])0x[0-9a-f]+|\b[0-9a-f]{12,}\b", re.I)
REPORT_LINE = re.compile(r"^kaslr: phys=.*$", re.M)
REPEAT = re.compile(r"\{(.+?)\*(\d+)\}")
BYTE = re.compile(r"\\x([0-9a-f]{2})")
COLUMNS = 9


class MatrixError(Exception):
    """A line of the matrix makes no sense."""


@dataclass
class Expectation:
    """What a boot must and must not do."""

    status: int | None = None  # main's value; None: any that is not 0
    timeout: float = TIMEOUT
    moved: bool = False
    addresses: bool = False  # may show them
    inside: range | None = None  # where the physical base must be
    has: list[re.Pattern[str]] = field(default_factory=list)
    has_not: list[re.Pattern[str]] = field(default_factory=list)
    after: re.Pattern[str] | None = None  # firmware speaks up to here

    def _guests(self, console: str) -> str:
        """What the guest says on the console."""
        starts = [match.end() for match in self.after.finditer(console)] if self.after else [0]
        return console[starts[-1]:] if starts else ""

    def problems(self, arch: str, boot: Boot) -> list[str]:
        """What speaks against this boot; an empty list if nothing does."""
        if boot.status is None:
            return [f"did not end within {boot.seconds:.0f} s"]
        console = self._guests(boot.console)
        found = self._status_problems(arch, boot)
        if not console:
            found.append("printed nothing")
        found += [f"does not print: {r.pattern}" for r in self.has if not r.search(console)]
        found += [f"prints: {r.pattern}" for r in self.has_not if r.search(console)]
        leak = ADDRESS.search(REPORT_LINE.sub("", console))
        if leak and not self.addresses:
            found.append(f"shows an address: {leak.group()}")
        if self.moved or self.inside is not None:
            found += self._place_problems(console)
        return found

    def _status_problems(self, arch: str, boot: Boot) -> list[str]:
        if self.status is None:
            return ["ended with success"] if boot.status == 0 else []
        wanted = exit_status(arch, self.status)
        return [f"ended with status {boot.status}, not {wanted}"] if boot.status != wanted else []

    def _place_problems(self, console: str) -> list[str]:
        fields = report(console)
        if fields is None:
            return ["no report line, or more than one"]
        phys, virt = int(fields["phys"], 16), int(fields["virt"], 16)
        found = []
        if self.moved and (virt < UPPER_HALF or virt == phys):
            found.append(f"virtual base is not random: {virt:#x}")
        if phys % PAGE or virt % PAGE:
            found.append("a base is not page aligned")
        if self.inside is not None and phys not in self.inside:
            found.append(f"physical base {phys:#x} is outside the only free memory")
        return found


@dataclass
class Row:
    """One boot of the matrix."""

    arch: str
    name: str
    image: str
    load: list[str]
    machine: str
    cpu: str
    memory: str
    expect: Expectation
    append: str
    extra: list[str]

    @property
    def title(self) -> str:
        return f"{self.arch} {self.name}"


def parse_expectation(text: str) -> Expectation:
    words = iter(shlex.split(text))
    result = Expectation(status=0)
    for word in words:
        if word == "moved":
            result.moved = True
        elif word == "addresses":
            result.addresses = True
        elif word == "fails":
            result.status = None
        elif word == "exit":
            result.status = int(next(words))
        elif word == "inside":
            first, last = next(words).split("-")
            result.inside = range(int(first, 16), int(last, 16))
        elif word == "within":
            result.timeout = float(next(words))
        elif word == "lists":
            result.has += [re.compile(r, re.M) for r in newc.expected(int(next(words)))]
        elif word == "after":
            result.after = re.compile(next(words), re.M)
        elif word in ("has", "no"):
            pattern = re.compile(next(words), re.M)
            (result.has if word == "has" else result.has_not).append(pattern)
        else:
            raise MatrixError(f"unknown word in an expectation: {word}")
    return result


def dash(text: str) -> str:
    """A column that holds a dash is empty."""
    return "" if text == "-" else text


def expand(text: str) -> str:
    """'{ab*3}' -> 'ababab', and \\x01 becomes that byte"""
    text = REPEAT.sub(lambda m: m.group(1) * int(m.group(2)), text)
    return BYTE.sub(lambda m: chr(int(m.group(1), 16)), text)


def parse_row(arch: str, line: str, expectations: dict[str, str]) -> Row:
    columns = [dash(column.strip()) for column in line.split("|")]
    if len(columns) != COLUMNS:
        raise MatrixError(f"{len(columns)} columns instead of {COLUMNS}: {line}")
    name, image, load, machine, cpu, memory, expect, append, extra = columns
    # "hello inside 0x0-0x1000": a named expectation, and more words after it
    first, _, more = expect.partition(" ")
    if first not in expectations:
        raise MatrixError(f"unknown expectation {first}: {line}")
    wanted = parse_expectation(f"{expectations[first]} {more}")
    return Row(arch, name, image, load.split(), machine, cpu or "max", memory or "64M",
               wanted, expand(append), shlex.split(extra))


def read_lines(path: Path) -> tuple[dict[str, str], list[tuple[str, str]]]:
    """The named expectations of a matrix, and its other lines, each with its section."""
    section = ""
    expectations: dict[str, str] = {}
    lines: list[tuple[str, str]] = []
    for line in map(str.strip, path.read_text().splitlines()):
        if not line or line.startswith("#"):
            continue
        if line.startswith("["):
            section = line.strip("[]")
        elif section == "expect":
            name, _, wanted = line.partition(" ")
            expectations[name] = wanted.strip()
        else:
            lines.append((section, line))
    return expectations, lines


def read_matrix(path: Path) -> list[Row]:
    expectations, lines = read_lines(path)
    rows = [parse_row(arch, line, expectations) for arch, line in lines]
    titles = [row.title for row in rows]
    twice = {title for title in titles if titles.count(title) > 1}
    if twice:
        raise MatrixError(f"names given twice: {', '.join(sorted(twice))}")
    return rows
