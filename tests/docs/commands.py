# SPDX-License-Identifier: BSD-3-Clause
"""Runs the commands of the docs, as somebody would who reads them, in a copy of the tree."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

TIMEOUT = 120.0
# Targets that take seconds are run, of others it is enough that make knows them.
CHEAP = {"all", "images", "elf", "run", "help", "size", "gdb", "symbolize", "iso", "disk"}
NEEDS_GUEST = "ATTACH="  # one that runs already
HARMLESS = ("cp", "mkdir", "openssl", "sbsign", "sbverify")
KEPT = {"build"}
LEFT_OUT = {"build", ".git", "__pycache__"}
# A guest that fails may end QEMU with success all the same: not every machine carries a status.
GUEST_FAILED = re.compile(r"^(?:ukaslr: stop|panic|fault): .*$", re.M)
BUILD_LINE = re.compile(r"^  [A-Z]+ +\S+$")
# What differs from run to run, and from one QEMU to the next
VARYING = re.compile(r"0x[0-9a-f]+|bits=\d+ sources=\S+")
# Sizes of what is built: each change moves them a little, and so does another GRUB.
SIZE = re.compile(r"\b\d{1,3}(?:,\d{3})+\b")
SIZE_MAY_DIFFER = 0.05


@dataclass
class Outcome:
    """problems is empty if all is well; output is None if the command was not run."""

    problems: list[str]
    output: str | None = None
    note: str = ""


def copy_tree(source: Path, target: Path) -> None:
    """Makes target a copy of source; what was built in target stays, times of files are kept."""
    target.mkdir(parents=True, exist_ok=True)
    for old in target.iterdir():
        if old.name not in KEPT:
            shutil.rmtree(old) if old.is_dir() else old.unlink()
    shutil.copytree(source, target, dirs_exist_ok=True,
                    ignore=lambda folder, names: LEFT_OUT & set(names))


def variables_of(help_text: str) -> set[str]:
    """The variables that `make help` names."""
    return set(re.findall(r"\b([A-Z][A-Z_]*)=", help_text))


def targets_of(help_text: str) -> set[str]:
    """The targets that `make help` names: 'make unit | fuzz   parts of it'"""
    lines = re.findall(r"^ +make ((?:[a-z-]+)(?: \| [a-z-]+)*)", help_text, re.M)
    return {target for line in lines for target in line.split(" | ")}


def shape(text: str) -> list[str]:
    """The lines of an output without the build's, and without what varies."""
    lines = (SIZE.sub("N,NNN", line.rstrip()) for line in text.splitlines())
    return [VARYING.sub("...", line) for line in lines if line and not BUILD_LINE.match(line)]


def stale_sizes(shown: str, real: str) -> list[tuple[str, str]]:
    """Pairs of sizes, in the order of both texts, that are too far from each other."""
    def value(size: str) -> int:
        return int(size.replace(",", ""))
    return [(old, new) for old, new in zip(SIZE.findall(shown), SIZE.findall(real))
            if abs(value(old) - value(new)) > SIZE_MAY_DIFFER * value(new)]


class Shell:
    """A place to run commands in, free of the variables that a make around us was given."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = {name: value for name, value in os.environ.items()
                            if not name.startswith(("MAKE", "MFLAGS"))}
        for name in variables_of(self.run("make help").output or ""):
            self.environment.pop(name, None)

    def run(self, command: str) -> Outcome:
        start = time.monotonic()
        try:
            done = subprocess.run(command, cwd=self.folder, env=self.environment, shell=True,
                                  stdin=subprocess.DEVNULL, capture_output=True, text=True,
                                  timeout=TIMEOUT, check=False)
        except subprocess.TimeoutExpired:
            return Outcome([f"did not end within {TIMEOUT:.0f} s"])
        problems = []
        if done.returncode:
            problems.append(f"status {done.returncode}: {(done.stderr or done.stdout).strip()[-300:]}")
        return Outcome(problems, done.stdout, f"{time.monotonic() - start:.1f} s")

    def has_target(self, arguments: str) -> Outcome:
        """Whether make knows what it is asked for; runs nothing."""
        outcome = self.run(f"make -n {arguments}")
        return Outcome(outcome.problems, None, "not run")

    def check(self, command: str) -> Outcome:
        """Runs a command of the docs, or finds out whether it could be run."""
        words = shlex.split(command)
        if words[0] == "make":
            targets = {word for word in words[1:] if "=" not in word} or {"all"}
            runs = targets <= CHEAP and not any(word.startswith(NEEDS_GUEST) for word in words)
            return self.run(command) if runs else self.has_target(command[len("make"):])
        if words[0] in HARMLESS:
            return self.run(command)
        if words[0].startswith("qemu-system-"):
            outcome = self.run(command)
            outcome.problems += GUEST_FAILED.findall(outcome.output or "")
            return outcome
        if words[:3] == ["python3", "-B", "-m"]:
            module = self.folder / (words[3].replace(".", "/") + ".py")
            return Outcome([] if module.exists() else [f"no module {words[3]}"], None, "not run")
        return Outcome(["tests/docs/ does not know how to check this"])
