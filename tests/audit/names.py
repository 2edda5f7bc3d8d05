# SPDX-License-Identifier: BSD-3-Clause
"""Everything that a guest maps must have a name, and everything with a name be mapped."""

from __future__ import annotations

import re
import subprocess
import time
from pathlib import Path
from typing import NamedTuple

from tests.lib.suite import ROOT

PAGE = 4096
HERE = Path(__file__).parent
TRIES = 5  # a hypervisor may be what is stopped
# Neighbours: no guards between these
IMAGE = ("text", "constants", "data")
TABLES = ("page tables", "pages for tables")
MAPPING = re.compile(r"^([0-9a-f]{16})-([0-9a-f]{16})  ([0-9a-f]+)-([0-9a-f]+) .* (r[w-][x-])(?: user)?$", re.M)
RANGE = re.compile(r"^range (0x[0-9a-f]+) (0x[0-9a-f]+) (r[w-][x-]) (.+)$", re.M)


class Mapping(NamedTuple):
    """As the page tables have it; the ends are exclusive."""

    start: int
    end: int
    physical: int
    rights: str


class Range(NamedTuple):
    """As docs/memory-layout.md has it."""

    start: int
    end: int
    rights: str
    name: str


def mappings(table: str) -> list[Mapping]:
    """From the table that audit prints."""
    return [Mapping(int(m[1], 16), int(m[2], 16) + 1, int(m[3], 16), m[5])
            for m in MAPPING.finditer(table)]


def named_ranges(socket: Path, elf: Path) -> tuple[list[Range], str]:
    """What the running guest should map, by its own variables; and what gdb said."""
    for _ in range(TRIES):
        done = subprocess.run(
            ["gdb-multiarch", "-nx", "-batch", "-ex", f"target remote {socket}",
             "-x", str(ROOT / "tools/gdb_kaslr.py"), "-ex", f"kaslr {elf}",
             "-x", str(HERE / "ranges.py"), "-ex", "detach"],
            cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
        found = [Range(int(m[1], 16), int(m[2], 16), m[3], m[4]) for m in RANGE.finditer(done.stdout)]
        if found:
            break
        time.sleep(0.1)
    return found, done.stdout + done.stderr


def name_of(mapping: Mapping, ranges: list[Range]) -> Range | None:
    return next((r for r in ranges if r.start <= mapping.start and mapping.end <= r.end), None)


def unnamed(found: list[Mapping], ranges: list[Range]) -> list[str]:
    problems = []
    for mapping in found:
        named = name_of(mapping, ranges)
        where = f"{mapping.start:x}-{mapping.end:x}"
        if named is None:
            problems.append(f"audit: has no name: {where} {mapping.rights}")
        elif named.rights != mapping.rights:
            problems.append(f"audit: {named.name} is {mapping.rights}, not {named.rights}: {where}")
    return problems


def unmapped(found: list[Mapping], ranges: list[Range]) -> list[str]:
    """The heap may have seams in it; all else must be there to the last page."""
    problems = []
    for named in ranges:
        inside = [m for m in found if name_of(m, [named])]
        size = sum(m.end - m.start for m in inside)
        if not inside or (named.name != "heap" and size != named.end - named.start):
            problems.append(f"audit: {named.name} is not mapped as a whole")
    return problems


def unguarded(found: list[Mapping], ranges: list[Range]) -> list[str]:
    """The page before and behind each thing is never mapped."""
    things = [r for r in ranges if r.name not in IMAGE + TABLES]
    for name, parts in (("image", IMAGE), ("window on the tables", TABLES)):
        found_parts = [r for r in ranges if r.name in parts]
        if found_parts:
            things.append(Range(min(r.start for r in found_parts),
                                max(r.end for r in found_parts), "", name))
    problems = []
    for thing in things:
        for guard in (thing.start - PAGE, thing.end):
            if any(m.start <= guard < m.end for m in found):
                problems.append(f"audit: {thing.name} has no guard at {guard:x}")
    return problems


def shared(found: list[Mapping]) -> list[str]:
    """No physical page is mapped twice."""
    pieces = sorted((m.physical, m.physical + m.end - m.start) for m in found)
    return [f"audit: mapped twice: {second[0]:x}" for first, second in zip(pieces, pieces[1:])
            if second[0] < first[1]]


def naming_problems(table: str, ranges: list[Range]) -> list[str]:
    found = mappings(table)
    if not found or not ranges:
        return ["audit: no mappings, or no names"]
    return unnamed(found, ranges) + unmapped(found, ranges) + unguarded(found, ranges) + shared(found)


# A guest that maps one thing, and what may be wrong with it.
GOOD = [Mapping(0x9000, 0xA000, 0x1000, "r-x"), Mapping(0xC000, 0xE000, 0x4000, "rw-")]
NAMES = [Range(0x9000, 0xA000, "r-x", "text"), Range(0xC000, 0xE000, "rw-", "stack")]
WRONG = {
    "has no name": [*GOOD, Mapping(0x20000, 0x21000, 0x8000, "r--")],
    "is rwx, not rw-": [GOOD[0], Mapping(0xC000, 0xE000, 0x4000, "rwx")],
    "is not mapped as a whole": [GOOD[0], Mapping(0xC000, 0xD000, 0x4000, "rw-")],
    "has no guard": [*GOOD, Mapping(0xB000, 0xC000, 0x8000, "rw-")],
    "mapped twice": [GOOD[0], Mapping(0xC000, 0xE000, 0x0, "rw-")],
}


def table_of(found: list[Mapping]) -> str:
    return "".join(f"{m.start:016x}-{m.end - 1:016x}  {m.physical:x}-{m.physical:x}  1K 1K  {m.rights}\n"
                   for m in found)


def silent() -> list[str]:
    """What naming_problems() does not notice of all that may be wrong; and if it complains of nothing."""
    problems = naming_problems(table_of(GOOD), NAMES)
    return problems + [f"does not notice: {what}" for what, found in WRONG.items()
                       if not any(what in said for said in naming_problems(table_of(found), NAMES))]
