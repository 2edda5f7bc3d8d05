# SPDX-License-Identifier: BSD-3-Clause
"""Boots everything in matrix.txt and compares what happens with what is expected there.

Run from the top folder: python3 -B -m tests.boot.run [--filter TEXT] [--list]
Consoles are kept in build/tests/boot/.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tests.boot.loads import prepare
from tests.boot.matrix import Row, read_matrix
from tests.lib.build import BuildError, image
from tests.lib.qemu import Machine, boot
from tests.lib.suite import RESULTS, Suite, in_parallel
from tools.elf import ElfError

MATRIX = Path(__file__).with_name("matrix.txt")
LOGS = RESULTS / "boot"


def boot_row(row: Row) -> tuple[Row, list[str], str]:
    """Boots one row; returns what speaks against it, and how long it took."""
    app, _, rest = row.image.partition(".")
    kind, *variables = rest.split()
    files = LOGS / f"{row.arch}-{row.name}.files"
    try:
        machine = Machine(row.arch, image(row.arch, app, kind, *variables), row.machine, row.cpu,
                          row.memory, row.append, list(row.extra))
        prepare(machine, row.load, files)
    except (BuildError, ElfError) as error:
        return row, [str(error)], ""
    done = boot(machine, row.expect.timeout)
    (LOGS / f"{row.arch}-{row.name}.log").write_text(done.log())
    return row, row.expect.problems(row.arch, done), f"{done.seconds:.2f} s"


def main() -> int:
    parser = argparse.ArgumentParser(description="boots the matrix of machines and inputs")
    parser.add_argument("--filter", default="", help="only boots whose 'arch name' holds this text")
    parser.add_argument("--arch", help="only boots of this architecture")
    parser.add_argument("--list", action="store_true", help="say what there is, boot nothing")
    args = parser.parse_args()

    rows = [row for row in read_matrix(MATRIX)
            if args.filter in row.title and args.arch in (None, row.arch)]
    if args.list:
        print("\n".join(row.title for row in rows))
        return 0
    LOGS.mkdir(parents=True, exist_ok=True)
    suite = Suite("boot")
    for row, problems, note in in_parallel(boot_row, rows):
        suite.verdict(row.title, problems, note)
    return suite.end()


if __name__ == "__main__":
    sys.exit(main())
