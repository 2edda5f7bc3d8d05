# SPDX-License-Identifier: BSD-3-Clause
"""What all test programs here have in common: where things are, and how results are told.

A suite ends with the line "N passed, N failed" and appends "suite passed failed" to
build/tests/counts, from which .ci/run takes its sum.
"""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Callable, Iterable, TypeVar

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "build"
RESULTS = BUILD / "tests"
PARALLEL = 2

T = TypeVar("T")
R = TypeVar("R")


def in_parallel(job: Callable[[T], R], items: Iterable[T]) -> Iterable[R]:
    """Runs the job on each item, some at a time; the answers keep the order of the items."""
    with ThreadPoolExecutor(PARALLEL) as pool:
        yield from pool.map(job, items)


class Suite:
    """Counts and prints the verdicts of one suite."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.passed = 0
        self.failed = 0

    def verdict(self, case: str, problems: list[str], note: str = "") -> None:
        """One case is done; it passed if nothing speaks against it."""
        if problems:
            self.failed += 1
        else:
            self.passed += 1
        print(f"{'FAIL' if problems else 'PASS'}  {case:<32} {note}".rstrip())
        for problem in problems:
            print(f"      {problem}")
        sys.stdout.flush()

    def end(self) -> int:
        """Prints and records the sum; returns the exit status for the program."""
        RESULTS.mkdir(parents=True, exist_ok=True)
        with (RESULTS / "counts").open("a") as counts:
            counts.write(f"{self.name} {self.passed} {self.failed}\n")
        print(f"{self.passed} passed, {self.failed} failed")
        return 1 if self.failed or not self.passed else 0
