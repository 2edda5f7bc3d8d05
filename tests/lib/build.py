# SPDX-License-Identifier: BSD-3-Clause
"""Builds the guests that tests boot, by the project's own Makefile."""

from __future__ import annotations

import os
import re
import subprocess
import threading
from functools import lru_cache
from pathlib import Path

from tests.lib.suite import BUILD, RESULTS, ROOT

APP_FOLDERS = ("tests/guest", "examples")
WARNINGS = ["-Wall", "-Wextra", "-Wconversion", "-Wshadow", "-Wstrict-prototypes",
            "-Wmissing-prototypes", "-Werror"]
ASSEMBLE_FLAGS = ["-nostdlib", "-static", "-no-pie", "-Wl,-N", "-Wl,--build-id=none",
                  "-Wl,-z,noexecstack", "-Wl,--no-warn-rwx-segments"]
lock = threading.Lock()


class BuildError(Exception):
    """Something does not build; the text says what the tool said."""


def run(command: list[str]) -> None:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise BuildError(f"{' '.join(command)}: {(done.stderr or done.stdout).strip()[-500:]}")



def app_path(name: str) -> str:
    """Folder of an application, from its name alone."""
    for folder in APP_FOLDERS:
        if (ROOT / folder / name / "main.c").exists():
            return f"{folder}/{name}"
    raise FileNotFoundError(f"no application {name} in {' or '.join(APP_FOLDERS)}")


@lru_cache(maxsize=None)
def build(arch: str, app: str, variables: tuple[str, ...]) -> Path | BuildError:
    """Runs make once for each application and variant; returns its folder, or what went wrong."""
    # Relative to the top folder, as people type it: make then knows its files again.
    out = BUILD.relative_to(ROOT)
    if variables:
        out /= "variant-" + "-".join(re.sub("[=/ ]", "", v) for v in variables).lower()
    try:
        run(["make", "-s", f"ARCH={arch}", f"APP={app_path(app)}", f"O={out}", *variables])
    except BuildError as error:
        return error
    return ROOT / out / arch / app


def image(arch: str, app: str, kind: str, *variables: str) -> Path:
    """Builds an application and returns the path of its .img, .pvh or .elf.

    variables are for make: "REPLAY=1"; such a variant is built in a folder of its own.
    """
    with lock:
        folder = build(arch, app, variables)
    if isinstance(folder, BuildError):
        raise folder
    return folder / f"{app}.{kind}"


def assemble(arch: str, source: Path, output: Path, base: int) -> Path:
    """Builds a free-standing assembly program, linked at base: x86_64: 32-bit ELF, arm64: flat."""
    prefix, mode = ("aarch64-linux-gnu-", []) if arch == "arm64" else ("", ["-m32"])
    output.parent.mkdir(parents=True, exist_ok=True)
    # Made under another name first: tests that run side by side share it.
    scratch = output.with_suffix(f".{threading.get_ident()}")
    run([f"{prefix}gcc", *mode, *ASSEMBLE_FLAGS, f"-Wl,-Ttext={base:#x}", "-o", str(scratch),
         str(source)])
    if arch == "arm64":
        run([f"{prefix}objcopy", "-O", "binary", str(scratch)])
    return scratch.rename(output)


def host_program(name: str, sources: list[Path], *flags: str) -> Path:
    """Builds a C program of the tests for the host."""
    output = RESULTS / name
    output.parent.mkdir(parents=True, exist_ok=True)
    run([os.environ.get("HOSTCC", "gcc"), "-std=gnu11", "-g", "-O2", *WARNINGS, *flags,
         "-o", str(output), *map(str, sources)])
    return output
