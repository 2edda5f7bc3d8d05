# SPDX-License-Identifier: BSD-3-Clause
"""Are these places as likely as each other, and do they say nothing about each other?

A place is a slot: a number below `slots`, each of which should be equally likely. All tests
are chi-square tests (K. Pearson, 1900); their probabilities come from gnuplot's incomplete
gamma function. Of a family of n tests the smallest probability is multiplied by n (Bonferroni).
"""

from __future__ import annotations

import subprocess
from collections import Counter
from dataclasses import dataclass
from typing import Callable, Iterator, Sequence

CELLS = 16             # of a uniformity test, at most
PAIR_CELLS = 8         # along each side of a table of two variables
MIN_EXPECTED = 5       # Cochran's rule: in fewer, chi-square is not what the tables say
ENUMERABLE = 1 << 20   # so few slots are counted one by one
FAMILY = 0.001         # what a family of tests must exceed


@dataclass
class Result:
    """A chi-square, its degrees of freedom, and the probability of this one or a larger one."""

    what: str
    statistic: float
    freedom: int
    p: float = 0.0


@dataclass
class Variable:
    """Where one thing landed in each boot: slots below `slots`."""

    name: str
    slots: int
    values: list[int]


def upper_tails(values: Sequence[tuple[float, int]]) -> list[float]:
    """Probabilities of a chi-square and degrees of freedom (Abramowitz and Stegun, 26.4.19)."""
    lines = "".join(f'print sprintf("%.12g", 1 - igamma({freedom / 2!r}, {statistic / 2!r}))\n'
                    for statistic, freedom in values)
    done = subprocess.run(["gnuplot"], input=f'set print "-"\n{lines}', capture_output=True,
                          text=True, check=True)
    found = [float(word) for word in done.stdout.split()]
    if len(found) != len(values):
        raise RuntimeError(f"gnuplot: {done.stderr.strip()}")
    return found


def chi_square(counts: Sequence[float], expected: Sequence[float]) -> float:
    return sum((n - e) ** 2 / e for n, e in zip(counts, expected))


def high(slot: int, slots: int, cells: int) -> int:
    """The highest bits: which part of the whole."""
    return slot * cells // slots


def middle(slot: int, slots: int, cells: int) -> int:
    """Which part of a part, half of the bits further down."""
    parts = 1 << max(slots.bit_length() - 1, 8) // 2 - 2
    return slot * parts * cells // slots % cells


def low(slot: int, _slots: int, cells: int) -> int:
    """The lowest bits."""
    return slot % cells


PARTS: dict[str, Callable[[int, int, int], int]] = {"high": high, "middle": middle, "low": low}


def power_of_two(limit: float) -> int:
    """The largest that is not above the limit, but 2 at least."""
    return 1 << max(1, int(limit).bit_length() - 1)


def shares(part: Callable[[int, int, int], int], slots: int, cells: int) -> list[float]:
    """How much of all slots belongs to each cell."""
    if slots > ENUMERABLE:
        return [1 / cells] * cells
    counts = Counter(part(slot, slots, cells) for slot in range(slots))
    return [counts[cell] / slots for cell in range(cells)]


def uniform(variable: Variable, part: str) -> Result:
    """Is each value of these bits as frequent as it should be?"""
    n = len(variable.values)
    cells = min(CELLS, power_of_two(n / MIN_EXPECTED))
    bits = PARTS[part]
    counts = Counter(bits(value, variable.slots, cells) for value in variable.values)
    expected = [n * share for share in shares(bits, variable.slots, cells)]
    statistic = chi_square([counts[cell] for cell in range(cells)], expected)
    return Result(f"{variable.name}: {part} bits", statistic, cells - 1)


def independent(a: Variable, b: Variable, part: str) -> Result:
    """Do these bits of one say something about those of the other?"""
    n = len(a.values)
    side = min(PAIR_CELLS, power_of_two((n / MIN_EXPECTED) ** 0.5))
    bits = PARTS[part]
    pairs = Counter((bits(x, a.slots, side), bits(y, b.slots, side))
                    for x, y in zip(a.values, b.values))
    rows, columns = Counter[int](), Counter[int]()
    for (x, y), count in pairs.items():
        rows[x] += count
        columns[y] += count
    cells = [(x, y) for x in rows for y in columns]
    statistic = chi_square([pairs[cell] for cell in cells],
                           [rows[x] * columns[y] / n for x, y in cells])
    return Result(f"{a.name} and {b.name}: {part} bits", statistic,
                  (len(rows) - 1) * (len(columns) - 1))


def tests_of(variables: list[Variable]) -> Iterator[Result]:
    for i, variable in enumerate(variables):
        for part in PARTS:
            yield uniform(variable, part)
        for other in variables[:i]:
            for part in ("high", "low"):
                yield independent(other, variable, part)


def all_tests(variables: list[Variable]) -> list[Result]:
    """Every test of these variables. One that cannot be made, as nothing varies, has p = 0."""
    results = list(tests_of(variables))
    possible = [result for result in results if result.freedom]
    for result, p in zip(possible, upper_tails([(r.statistic, r.freedom) for r in possible])):
        result.p = p
    return results


def family(results: list[Result]) -> float:
    """The probability that the worst of so many good results is as bad as this one."""
    return min(1.0, min(result.p for result in results) * len(results))
