# SPDX-License-Identifier: BSD-3-Clause
"""What tools/media.py refuses: with a message, not a traceback, and without a medium.

Run from the top folder: python3 -B -m tests.boot.media_refuse
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import dataclass

from tests.lib.suite import RESULTS, ROOT, Suite

WORK = RESULTS / "media-refuse"
FILES = ("hello.img", "other/hello.img", "other/HELLO.IMG", "efi.img")


@dataclass
class Case:
    name: str
    words: str  # of the command line; files are in WORK
    says: str
    output: str = "medium"


CASES = (
    Case("no image", "iso missing.img", "missing.img: No such file or directory"),
    Case("no module", "disk hello.img --module missing", "missing: No such file or directory"),
    Case("no folder for it", "iso hello.img", "No such file or directory", "missing/medium"),
    Case("a module named as the image", "iso hello.img --module other/hello.img", "another file"),
    Case("a FAT has no case", "disk hello.img --module other/HELLO.IMG", "another file"),
    Case("a name that an ISO has", "iso efi.img", "another file"),
    Case("what GRUB cannot quote", "iso hello.img --append '", "GRUB cannot hand on"),
)


def problems(case: Case) -> list[str]:
    medium, image, *more = case.words.split()
    done = subprocess.run([sys.executable, "-B", "-m", "tools.media", medium, image, case.output,
                           *more], cwd=WORK, env={"PYTHONPATH": str(ROOT)}, capture_output=True,
                          text=True, check=False)
    checks = {
        f"exit status {done.returncode}": done.returncode == 1,
        f"does not say: {case.says}": case.says in done.stderr,
        f"not one line: {done.stderr}": done.stderr.count("\n") == 1,
        "leaves a medium": not (WORK / case.output).exists(),
    }
    return [what for what, right in checks.items() if not right]


def main() -> int:
    shutil.rmtree(WORK, ignore_errors=True)
    suite = Suite("media-refuse")
    for name in FILES:
        (WORK / name).parent.mkdir(parents=True, exist_ok=True)
        (WORK / name).write_bytes(b"an image")
    for case in CASES:
        suite.verdict(case.name, problems(case))
    return suite.end()


if __name__ == "__main__":
    sys.exit(main())
