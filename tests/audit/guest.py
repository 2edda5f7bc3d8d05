# SPDX-License-Identifier: BSD-3-Clause
"""What audits have in common: a guest that stays in main, and its memory as a file of the host."""

from __future__ import annotations

import mmap
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Callable, Iterable, Iterator

from tests.lib.build import BuildError
from tests.lib.suite import Suite

APP = "spin"
READY = b"ready"  # what it says in main
NOT_READY = "the guest does not come to main"
RAM_START = {"x86_64": 0, "arm64": 0x40000000}
LOAD_SLIDE = {"x86_64": 0, "arm64": 0x40200000}  # where QEMU puts it, less where it is linked


@dataclass
class Guest:
    """A machine to look at; kind is the image's."""

    name: str
    arch: str
    kind: str = "img"
    machine: str = ""
    cpu: str = "max"

    @property
    def title(self) -> str:
        return f"{self.arch} {self.name}"


def until_main(console: IO[bytes]) -> str | None:
    """The console up to the line that the guest says in main; None if it ends before."""
    text = b""
    for line in console:
        text += line
        if READY in line:
            return text.decode("latin-1").replace("\r\n", "\n")
    return None


@contextmanager
def contents(path: Path) -> Iterator[mmap.mmap]:
    """A guest's memory, as it is now."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as memory:
        yield memory


def judge(suite: Suite, title: str, look: Callable[[], list[str]]) -> None:
    """The verdict on what look() finds wrong; what does not build is wrong as well."""
    try:
        problems = look()
    except BuildError as error:
        problems = [str(error)]
    suite.verdict(title, problems)


def judge_all(name: str, memory: Path, looks: Iterable[tuple[str, Callable[[], list[str]]]]) -> int:
    """A whole audit, each part with its title: they leave the guest's memory in that file."""
    memory.parent.mkdir(parents=True, exist_ok=True)
    suite = Suite(name)
    for title, look in looks:
        judge(suite, title, look)
    memory.unlink(missing_ok=True)
    return suite.end()
