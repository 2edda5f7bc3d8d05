# SPDX-License-Identifier: BSD-3-Clause
"""Tests the tests of randomness: against printed tables, and with generators that are bad.

Run from the top folder: python3 -B -m tests.entropy.check
"""

from __future__ import annotations

import hashlib
import sys
from typing import Callable

from tests.entropy.boots import physical_slots
from tests.entropy.statistics import (FAMILY, PARTS, Variable, all_tests, family, shares,
                                      upper_tails)
from tests.lib.suite import Suite

# Upper critical values of chi-square, NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.6.7.4
TABLE = {(1, 0.05): 3.841, (1, 0.001): 10.828, (7, 0.05): 14.067, (10, 0.10): 15.987,
         (15, 0.05): 24.996, (15, 0.01): 30.578, (15, 0.001): 37.697, (49, 0.05): 66.339,
         (49, 0.01): 74.919, (49, 0.001): 85.351, (100, 0.05): 124.342}
TABLE_ERROR = 0.002  # of the values' three digits, relative
DRAWS = 1000
SLOTS = 1 << 35


def random(number: int, name: str) -> int:
    """64 bits, the same in each run."""
    return int.from_bytes(hashlib.sha256(f"{name} {number}".encode()).digest()[:8], "little")


def draws(name: str, slots: int = SLOTS) -> list[int]:
    return [random(i, name) % slots for i in range(DRAWS)]


def drawn(change: Callable[[list[int]], list[int]]) -> list[Variable]:
    """Two things, of which one has been tampered with."""
    first = draws("first")
    return [Variable("first", SLOTS, first), Variable("second", SLOTS, change(first))]


# What may be wrong with a generator; none may pass.
BAD: dict[str, Callable[[list[int]], list[int]]] = {
    "a low bit is stuck": lambda _: [v | 1 for v in draws("second")],
    "a high bit is stuck": lambda _: [v & SLOTS // 2 - 1 for v in draws("second")],
    "a middle bit is stuck": lambda _: [v | 1 << 16 for v in draws("second")],
    "one half is met twice as often": lambda _: [
        v if random(i, "again") % 3 else v % (SLOTS // 2) for i, v in enumerate(draws("second"))],
    "always the same": lambda _: [12345] * DRAWS,
    "the same as the other": lambda first: first,
    "at a fixed distance from the other": lambda first: [(v + 0x1234567) % SLOTS for v in first],
    "high bits from the other": lambda first: [
        a & ~(SLOTS // 8 - 1) | b % (SLOTS // 8) for a, b in zip(first, draws("second"))],
    "low bits from the other": lambda first: [a % 8 | b & ~7 for a, b in zip(first, draws("second"))],
}


def table_problems() -> list[str]:
    found = upper_tails([(statistic, freedom) for (freedom, _), statistic in TABLE.items()])
    return [f"{freedom} degrees of freedom: {p}, not {wanted}"
            for (freedom, wanted), p in zip(TABLE, found) if abs(p / wanted - 1) > TABLE_ERROR]


def good_problems() -> list[str]:
    """Good draws pass, from a large and a small number of slots that is no power of two."""
    found = []
    for slots in (SLOTS, 16001):
        variables = [Variable(name, slots, draws(name, slots)) for name in ("a", "b", "c")]
        p = family(all_tests(variables))
        if p <= FAMILY:
            found.append(f"{slots} slots: p = {p}")
    return found


def share_problems() -> list[str]:
    found = [f"{name}: shares of {slots} slots are {sum(shares(part, slots, 16))} together"
             for name, part in PARTS.items() for slots in (100, 16001, 1 << 20, 1 << 40)
             if abs(sum(shares(part, slots, 16)) - 1) > 1e-9]
    # Three starts in the larger piece, one in the smaller; 0x9000 would reach beyond it.
    free = [(0x8000, 0x2000), (0x1000, 0x4000)]
    if physical_slots([0x1000, 0x3000, 0x8000], free, 0x2000) != (4, [0, 2, 3]):
        found.append("slots of memory are counted wrongly")
    return found


def main() -> int:
    suite = Suite("statistics")
    suite.verdict("tables of chi-square", table_problems())
    suite.verdict("good draws", good_problems())
    suite.verdict("shares and slots", share_problems())
    for name, change in BAD.items():
        p = family(all_tests(drawn(change)))
        suite.verdict(f"notices: {name}", [] if p <= FAMILY else [f"p = {p}"], f"p = {p:.2g}")
    return suite.end()


if __name__ == "__main__":
    sys.exit(main())
