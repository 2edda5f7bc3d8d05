# SPDX-License-Identifier: BSD-3-Clause
"""Fetches Debian 12 packages by name, for any architecture, and unpacks them.

apt does it, with an index and a cache of its own in build/xen/<arch>/: nothing is installed,
the system's own packages and foreign architectures are not touched, and nobody needs to be
root. Whatever is fetched is checked against the keys of debian-archive-keyring.
"""

from __future__ import annotations

import fcntl
import os
import subprocess
from contextlib import contextmanager
from pathlib import Path
from typing import Iterator, Sequence

from tests.lib.suite import BUILD

WORK = BUILD / "xen"
MIRROR = "http://deb.debian.org/debian"
RELEASE = "bookworm"
KEYS = "/usr/share/keyrings/debian-archive-keyring.gpg"
PATIENCE = 600.0  # seconds, for all that is to be fetched

CONF = """\
Dir::State "{work}/state";
Dir::State::status "{work}/status";
Dir::Cache "{work}/cache";
Dir::Etc::sourcelist "{work}/sources.list";
Dir::Etc::sourceparts "{work}/none";
APT::Architecture "{arch}";
APT::Architectures {{ "{arch}"; }};
APT::Sandbox::User "";
Acquire::Languages "none";
Acquire::Retries "3";
APT::Update::Error-Mode "any";
"""


class FetchError(Exception):
    """A package cannot be had; the text says what the tool said."""


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Test programs that run side by side do not fetch the same things at once."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def tool(command: list[str], work: Path) -> str:
    environment = os.environ | {"APT_CONFIG": str(work / "apt.conf"), "LC_ALL": "C"}
    done = subprocess.run(command, cwd=work / "debs", env=environment, capture_output=True,
                          text=True, check=False, timeout=PATIENCE)
    if done.returncode:
        raise FetchError(f"{' '.join(command[:2])}: {(done.stderr or done.stdout).strip()[-500:]}")
    return done.stdout


def make_index(arch: str, work: Path) -> None:
    if (work / "apt.conf").exists():
        return
    for folder in ("state/lists/partial", "cache/archives/partial", "debs"):
        (work / folder).mkdir(parents=True, exist_ok=True)
    (work / "status").touch()
    (work / "sources.list").write_text(
        f"deb [arch={arch} signed-by={KEYS}] {MIRROR} {RELEASE} main\n")
    conf = work / "apt.conf"
    conf.write_text(CONF.format(work=work, arch=arch))
    try:
        tool(["apt-get", "update"], work)
    except FetchError:
        conf.unlink()
        raise


def download(names: list[str], work: Path) -> None:
    """Into work/debs. An index may be older than the packages: one more try with a new one."""
    try:
        tool(["apt-get", "download", *names], work)
    except FetchError:
        tool(["apt-get", "update"], work)
        tool(["apt-get", "download", *names], work)


def depends(arch: str, package: str) -> list[str]:
    """What a package depends on, by name: a metapackage stands for the newest of its kind."""
    work = WORK / arch
    with alone(work):
        make_index(arch, work)
        lines = tool(["apt-cache", "depends", package], work).splitlines()
    return [line.split(":")[1].strip() for line in lines if line.strip().startswith("Depends:")]


def unpacked(arch: str, packages: Sequence[str], into: str = "root") -> Path:
    """The folder build/xen/<arch>/<into>, with what is in these packages. Debian's name of the
    architecture: amd64 or arm64. Each package is fetched once."""
    work = WORK / arch
    target = work / into
    with alone(work):
        make_index(arch, work)
        missing = [name for name in packages if not (work / f"{into}.has" / name).exists()]
        if missing:
            for old in (work / "debs").glob("*.deb"):
                old.unlink()
            download(missing, work)
            (work / f"{into}.has").mkdir(exist_ok=True)
            for deb in sorted((work / "debs").glob("*.deb")):
                tool(["dpkg-deb", "--extract", str(deb), str(target)], work)
                deb.unlink()
            for name in missing:
                (work / f"{into}.has" / name).touch()
    return target
