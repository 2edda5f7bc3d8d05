# SPDX-License-Identifier: BSD-3-Clause
"""Debugs guests with `make gdb`, as somebody would who types it.

Run from the top folder: python3 -B -m tests.debug.gdb
Each case is a session of gdb in a guest that is started, or that runs main already; its
output is kept in build/tests/gdb/.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from tests.lib.build import BuildError, app_path, image
from tests.lib.qemu import Machine, running
from tests.lib.suite import RESULTS, ROOT, Suite
from tests.unikraft.run import LXBOOT, STRICT, Variant

WORK = RESULTS / "gdb"
TIMEOUT = 60.0
READY = b"ready"
MENU = 4000  # milliseconds

# A function of the application, its caller and argument, a constant; then its end
SESSION = ["break overflow_stack if depth == 3", "continue", "backtrace", "print depth",
           "print/x constant", "print app_name", "delete", "continue"]
SHOWN = [r"^Temporary breakpoint 1, main \(", r"^Breakpoint 2, overflow_stack \(depth=3\)",
         r"^#3 .* in overflow_stack \(depth=.*\) at tests/guest/fault/main\.c:\d+$",
         r" in main \(", r"^\$1 = 3$", r"^\$3 = 0x[0-9a-f]+ <app_name> \"fault\"$|^\$3 = \"fault\"$",
         r"^fault: page fault"]
SPINS = [r"^#0 +(?:0x[0-9a-f]+ in )?main \(\) at tests/guest/spin/main\.c:\d+$", r"^\$1 = 1$"]
UNIKRAFT_SHOWN = [r"kernel is at slide 0x[0-9a-f]{9,}$", r"^#0 +main \(\) at tests/unikraft/standin/platform\.c:\d+$",
                  r"^\$1 = 0x[0-9a-f]{9,} ", r"^END$"]


@dataclass
class Case:
    name: str
    arch: str
    cpu: str = "max"
    app: str = "fault"
    elf: str = ""  # another than the one that runs
    attach: bool = False
    append: str = "stack-overflow"
    commands: list[str] = field(default_factory=lambda: SESSION)
    shown: list[str] = field(default_factory=lambda: SHOWN)
    waits: bool = False  # SeaBIOS still runs: it shows its boot menu


def spin(name: str, arch: str, cpu: str = "max", elf: str = "", shown: list[str] | None = None) -> Case:
    return Case(name, arch, cpu, "spin", elf, True, "", ["backtrace", "print (int)p[0]", "detach"],
                shown or SPINS)


WRONG = [r"fault\.elf is not what runs there"]
CASES = [
    Case("start", "x86_64"),
    Case("start 4-level", "x86_64", "max,la57=off"),
    Case("start kaslr=off", "x86_64", append="stack-overflow kaslr=off"),
    Case("start", "arm64"),
    Case("start 48-bit", "arm64", "cortex-a57"),
    Case("start kaslr=off", "arm64", append="stack-overflow kaslr=off"),
    spin("attach", "x86_64"),
    spin("attach 4-level", "x86_64", "max,la57=off"),
    spin("attach", "arm64"),
    spin("attach 48-bit", "arm64", "cortex-a57"),
    Case("attach SeaBIOS", "x86_64", "max", "spin", attach=True, waits=True, append="",
         commands=["tbreak main", "continue", "backtrace", "detach"],
         shown=[r"^waiting for .*spin\.elf at 0x[0-9a-f]+; Ctrl-C", r"^#0 +main \(\) at "]),
    spin("attach wrong", "x86_64", elf="fault", shown=WRONG),
    spin("attach wrong", "arm64", elf="fault", shown=WRONG),
]


def debug(case: Case, attach: str) -> str:
    """What a session of gdb shows."""
    ask = " ".join(f"-ex {shlex.quote(command)}" for command in case.commands)
    variables = {"GDBFLAGS": f"-nx -batch {ask}", "QEMUFLAGS": f"-cpu {case.cpu}"}
    done = subprocess.run(["make", "-s", "gdb", f"ARCH={case.arch}",
                           f"APP={app_path(case.elf or case.app)}", f"APPEND={case.append}",
                           f"ATTACH={attach}"],
                          cwd=ROOT, env={**os.environ, **variables}, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=TIMEOUT,
                          check=False)
    return done.stdout.decode("latin-1").replace("\r\n", "\n")


def attached(case: Case) -> str:
    """The same in a guest that runs already."""
    socket = (WORK / "socket").relative_to(ROOT)
    (ROOT / socket).unlink(missing_ok=True)
    machine = Machine(case.arch, image(case.arch, case.app, "img"), cpu=case.cpu,
                      extra=["-gdb", f"unix:{socket},server=on,wait=off"])
    if case.waits:
        machine.extra += ["-boot", f"menu=on,splash-time={MENU}"]
    with running(machine, TIMEOUT) as console:
        if case.waits:
            time.sleep(MENU / 4000)
        elif not any(READY in line for line in console):
            return "the guest does not come to main"
        return debug(case, str(socket))


def problems(case: Case) -> list[str]:
    try:
        image(case.arch, case.app, "img")
        text = attached(case) if case.attach else debug(case, "")
    except (BuildError, subprocess.TimeoutExpired) as error:
        return [str(error)]
    Path(WORK / f"{case.arch}-{case.name.replace(' ', '-')}.log").write_text(text)
    return [f"gdb does not show: {r}" for r in case.shown if not re.search(r, text, re.M)]


def debug_unikraft(suite: Suite, guest: Variant) -> None:
    """An image of Unikraft, as far as tests/unikraft has one: by tools/debug alone"""
    try:
        kernel = guest.build()
        done = subprocess.run(["tools/debug", guest.arch, kernel, kernel.with_suffix("")], cwd=ROOT,
                              env={**os.environ, "GDBFLAGS": "-nx -batch -ex backtrace -ex 'p marker' -ex c"},
                              stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=TIMEOUT, check=False)
        (WORK / f"{guest.arch}-unikraft.log").write_text(done.stdout + done.stderr)
        bad = [f"gdb does not show: {r}" for r in UNIKRAFT_SHOWN
               if not re.search(r, done.stdout, re.M)]
    except (BuildError, subprocess.TimeoutExpired) as error:
        bad = [str(error)]
    suite.verdict(f"{guest.arch} unikraft", bad)


def main() -> int:
    WORK.mkdir(parents=True, exist_ok=True)
    suite = Suite("gdb")
    for case in CASES:
        suite.verdict(f"{case.arch} {case.name}", problems(case))
    for guest in (STRICT, LXBOOT):
        debug_unikraft(suite, guest)
    return suite.end()


if __name__ == "__main__":
    sys.exit(main())
