# SPDX-License-Identifier: BSD-3-Clause
"""Crashes a guest in known ways and compares what symbolize makes of its reports.

Run from the top folder: python3 -B -m tests.debug.symbolize
tests/guest/trace says in its comments which frames there are. Every frame must be right:
function, file and line, those of inlined functions and those below main as well.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

from tests.lib.build import BuildError, image, run
from tests.lib.qemu import Machine, boot, exit_status
from tests.lib.suite import BUILD, RESULTS, ROOT, Suite, in_parallel

WORK = RESULTS / "symbolize"
SOURCE = "tests/guest/trace/main.c"
TOOL = BUILD / "bin/symbolize"
MARK = re.compile(r"/\* (\w+) (\d+): (\w+) \*/")
FRAME = re.compile(r"^  (?:#\d+ +(?P<guess>\(perhaps\) )?|      inlined into )"
                   r"(?P<function>\S+) at (?P<file>\S+):(?P<line>\S+)$", re.M)
STOPPED = 99
STACK_TRACE = 32  # return addresses that a report shows: lib/trap.c
# What is below main, and where: the lines are of other files, looked up in them
BOTTOM = (("normal_boot", "boot/main.c", r"exit\(main\("),
          ("moved_entry", "arch/{arch}/enter.S", r"\b(?:bl|call)\s+normal_boot"))
CPU = {"x86_64": "max", "arm64": "cortex-a57"}
WAYS = ("leaf", "assembly", "null", "recursion", "variable", "overflow")


class Frame(NamedTuple):
    function: str
    file: str
    line: int


def marked_frames() -> dict[str, dict[int, Frame]]:
    """The frames of each way to crash, by number, as the source says."""
    frames: dict[str, dict[int, Frame]] = defaultdict(dict)
    for number, line in enumerate((ROOT / SOURCE).read_text().splitlines(), 1):
        for way, index, function in MARK.findall(line):
            frames[way][int(index)] = Frame(function, SOURCE, number)
    return frames


def line_of(file: str, pattern: str) -> int:
    lines = (ROOT / file).read_text().splitlines()
    return next(number for number, line in enumerate(lines, 1) if re.search(pattern, line))


def expected(arch: str, way: str) -> dict[int, Frame]:
    """Every frame of a crash, but for one that is in assembly or may be at two lines."""
    frames = dict(marked_frames()[way])
    if way == "overflow":
        return {i: frames[1] for i in range(1, STACK_TRACE + 1)}
    for function, file, pattern in BOTTOM:
        file = file.format(arch=arch)
        frames[max(frames) + 1] = Frame(function, file, line_of(file, pattern))
    return frames


def compare(arch: str, way: str, text: str) -> list[str]:
    # clang gives assembly files by their whole path
    found = [Frame(m["function"], m["file"].removeprefix(f"{ROOT}/"), int(m["line"].replace("??", "0")))
             for m in FRAME.finditer(text)]
    wanted = expected(arch, way)
    if way == "overflow":
        # arm64's link register may have one more
        wanted |= {i: wanted[1] for i in range(1, min(len(found), STACK_TRACE + 2))}
    problems = [f"frame {i} is {found[i] if i < len(found) else 'missing'}, not {frame}"
                for i, frame in wanted.items() if i >= len(found) or found[i] != frame]
    if len(found) > max(wanted) + 1:
        problems.append(f"{len(found)} frames instead of {max(wanted) + 1}")
    if 0 not in wanted and found and found[0].function != {"assembly": "memset"}.get(way, "deeper"):
        problems.append(f"frame 0 is {found[0]}")
    guesses = [m["function"] for m in FRAME.finditer(text) if m["guess"]]
    if guesses and way != "variable":
        problems.append(f"guessed: {', '.join(guesses)}")
    return problems


def problems(case: tuple[str, str, str]) -> list[str]:
    arch, compiler, way = case
    variables = [] if compiler == "gcc" else [f"CC={compiler}"]
    try:
        kernel, elf = (image(arch, "trace", kind, *variables) for kind in ("img", "elf"))
    except BuildError as error:
        return [str(error)]
    done = boot(Machine(arch, kernel, cpu=CPU[arch], append=way))
    if done.status != exit_status(arch, STOPPED):
        return [f"does not crash: status {done.status}"]
    tool = subprocess.run([TOOL, elf], input=done.console, capture_output=True, text=True, check=False)
    (WORK / f"{arch}-{compiler}-{way}.txt").write_text(tool.stdout + tool.stderr)
    lost = [line for line in done.console.splitlines() if line not in tool.stdout.splitlines()]
    found = [f"symbolize loses a line: {line}" for line in lost]
    if tool.returncode:
        found.append(f"symbolize ends with status {tool.returncode}")
    return found + compare(arch, way, tool.stdout)


def command_line_problems() -> list[str]:
    """One offset on the command line, and what must be refused."""
    elf = image("x86_64", "trace", "elf")
    cases = [([elf, "trace+0x0"], 0, r"at arch/x86_64|__base_addr"),
             ([elf, "other+0x10"], 2, r"no offset of trace"),
             ([elf, "0x7fffffff"], 1, r"^\?\? at \?\?:\?\?$"), ([], 2, "^Usage"),
             (["--help"], 0, "^Usage"), ([Path("/nonexistent")], 2, "No such file"),
             ([TOOL], 2, "no image"), ([ROOT / "README.md"], 2, "no ELF file")]
    found = []
    for arguments, status, text in cases:
        done = subprocess.run([TOOL, *arguments], stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, check=False)
        if done.returncode != status or not re.search(text, done.stdout + done.stderr, re.M):
            found.append(f"{arguments}: status {done.returncode}, {done.stdout}{done.stderr}")
    return found


def strange_console_problems() -> list[str]:
    """What is no report, or a damaged one, goes through unchanged and ends nothing."""
    words = [f"  stack+{8 * i:#x}: trace+0x{i:x}" for i in range(200)]
    lines = ["fault: ", "fault:  at trace+0x", "  stack+0x: trace+0x1", "  stack+0x8: other+0x1",
             "  link: trace+0xffffffffffffffffffff", "fault: x at trace+0x7fffffffffffffff, target: trace+0x",
             *words, "fault: x at the null page", "  stack+0xffffffffffffffff: trace+0x10", "\0\xff"]
    text = "\n".join(lines).encode("latin-1")
    done = subprocess.run([TOOL, image("x86_64", "trace", "elf")], input=text, capture_output=True,
                          check=False, timeout=10)
    shown = iter(done.stdout.splitlines())
    lost = [line for line in text.splitlines() if line.partition(b"\0")[0] not in shown]
    return [f"loses {line!r}" for line in lost] + \
        ([] if done.returncode in (0, 1) else [f"ends with status {done.returncode}"])


def main() -> int:
    WORK.mkdir(parents=True, exist_ok=True)
    run(["make", "-s", "symbolize"])
    suite = Suite("symbolize")
    cases = [(arch, compiler, way) for arch in CPU for compiler in ("gcc", "clang") for way in WAYS]
    for case, found in zip(cases, in_parallel(problems, cases)):
        suite.verdict(" ".join(case), found)
    suite.verdict("command line", command_line_problems())
    suite.verdict("strange console", strange_console_problems())
    return suite.end()


if __name__ == "__main__":
    sys.exit(main())
