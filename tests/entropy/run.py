# SPDX-License-Identifier: BSD-3-Clause
"""Boots often, and tests whether chance alone decides where everything lands.

Run from the top folder: python3 -B -m tests.entropy.run [--boots N] [--arch ARCH] [--seeds TEXT]
Virtual bases must never repeat; every base must be uniform in its high, middle and low
bits, and independent of every other. With --seeds the boots are replayed from a sequence of
seeds that TEXT names, and come out the same each time. A picture of where everything landed
is in build/entropy/.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

from tests.entropy.boots import WORK, memory_map, many_boots, variables
from tests.entropy.statistics import FAMILY, Result, Variable, all_tests, family
from tests.lib.build import BuildError
from tests.lib.suite import BUILD, Suite

PICTURES = BUILD / "entropy"
GNUPLOT = Path(__file__).with_name("picture.gnuplot")
# Of these there are too many places to meet one twice: 1,000 boots in 2^40 do so in one of two
# million tries.
NEVER_TWICE = ("virt", "stack", "exception stack", "arguments", "console", "read-only", "initrd")


def draw(arch: str, found: list[Variable]) -> Path:
    PICTURES.mkdir(parents=True, exist_ok=True)
    data, picture = PICTURES / f"{arch}.dat", PICTURES / f"{arch}.svg"
    with data.open("w") as out:
        for variable in found:
            out.write(f'"{variable.name}"\n')
            out.writelines(f"{value / variable.slots:.12f}\n" for value in variable.values)
            out.write("\n\n")
    title = f"{arch}: where {len(found[0].values)} boots landed"
    subprocess.run(["gnuplot", "-c", GNUPLOT, data, picture, title, str(len(found))], check=True)
    return picture


def repeated(name: str, boots: list[dict[str, int]]) -> list[str]:
    twice = len(boots) - len({places[name] for places in boots})
    return [f"{twice} of {len(boots)} boots landed where another did"] if twice else []


def examine(arch: str, number: int, seeds: str, suite: Suite) -> list[Result]:
    """Boots one architecture; returns its tests."""
    boots, failed = many_boots(arch, number, seeds)
    (WORK / f"{arch}.log").write_text("\n".join(failed))
    suite.verdict(f"{arch} boots", [f"{len(failed)} failed: {WORK}/{arch}.log"] if failed else [],
                  f"{len(boots)}")
    if not boots:
        return []
    for name in filter(boots[0].get, NEVER_TWICE):
        suite.verdict(f"{arch} {name} never repeats", repeated(name, boots))
    found = variables(arch, boots, memory_map(arch, seeds))
    print(f"      {draw(arch, found)}")
    return all_tests(found)


def show(results: list[Result], worst: int) -> None:
    for result in sorted(results, key=lambda r: r.p)[:worst]:
        print(f"      p = {result.p:.4f}  {result.what}")


def main() -> int:
    parser = argparse.ArgumentParser(description="tests the randomness of many boots")
    parser.add_argument("--boots", type=int, default=1000, help="of each architecture")
    parser.add_argument("--arch", action="append", choices=("x86_64", "arm64"), help="default: both")
    parser.add_argument("--seeds", default="", help="replay: the name of a sequence of seeds")
    args = parser.parse_args()
    if args.boots < 1:
        parser.error("--boots: at least one")
    WORK.mkdir(parents=True, exist_ok=True)
    suite = Suite("entropy")
    results: list[Result] = []
    for arch in args.arch or ("x86_64", "arm64"):
        try:
            results += examine(arch, args.boots, args.seeds, suite)
        except (BuildError, RuntimeError) as error:
            suite.verdict(arch, [str(error)])
    if results:
        p = family(results)
        suite.verdict("uniform and independent", [] if p > FAMILY else
                      [f"p = {p:.2g} of the whole family, not above {FAMILY}"],
                      f"{len(results)} tests, p = {p:.3f} of them together; the lowest:")
        show(results, 5)
    return suite.end()


if __name__ == "__main__":
    sys.exit(main())
