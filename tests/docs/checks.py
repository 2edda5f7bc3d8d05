# SPDX-License-Identifier: BSD-3-Clause
"""What can be said of a page without running anything. Each check returns what it complains of."""

from __future__ import annotations

import re
from pathlib import Path

from tests.docs.markdown import Document

FILE_SUFFIXES = (".c", ".h", ".S", ".md", ".mk", ".py", ".txt")
PATH = re.compile(r"[\w.*<>/-]+")
PLACEHOLDER = re.compile(r"<\w+>|\b(?:NAME|ARCH)\b|(?<=_)NAME\b")
INCLUDE = re.compile(r"<(.+\.h)>")
INCLUDE_FOLDERS = (".", "include", "include/libc", "arch/x86_64/include", "arch/arm64/include")
NOT_OURS = ("build/", "my-app", "my/app")
OPTION_WORD = re.compile(r'#define +\w+\s+"(kaslr[.\w]*=?)"')
OPTION_MODE = re.compile(r'LENGTH\("(\w+)"\)')
WAITING = re.compile(r"\b(?:TODO|FIXME)")


def looks_like_file(top: Path, span: str) -> bool:
    if not PATH.fullmatch(span) or span.startswith(("/", "-")) or span.startswith(NOT_OURS):
        return False
    if span.startswith(".") and "/" not in span:
        return False  # a section, or an ending of names
    if span.endswith(("/", *FILE_SUFFIXES)):
        return True
    # A script, or one/other: what begins with one of our folders is a path.
    return "/" in span and (top / span.split("/")[0]).is_dir()


def exists(top: Path, doc: Document, name: str) -> bool:
    """A path from the top, the page's folder or where headers are; or a file's bare name."""
    pattern = PLACEHOLDER.sub("*", name).rstrip("/")
    folders = [(top / doc.name).parent, *(top / folder for folder in INCLUDE_FOLDERS)]
    if any(any(folder.glob(pattern)) for folder in folders):
        return True
    if "/" in pattern:
        return False
    return any("build" not in path.relative_to(top).parts[:1] for path in top.rglob(pattern))


def check_names(top: Path, doc: Document) -> list[str]:
    """Files and folders in backticks exist."""
    problems = []
    for span in doc.spans():
        include = INCLUDE.fullmatch(span)
        name = include.group(1) if include else span
        if looks_like_file(top, name) and not exists(top, doc, name):
            problems.append(f"no such file: {span}")
    return problems


def check_links(top: Path, doc: Document) -> list[str]:
    """Links inside the project lead to a file, and to a heading in it."""
    problems = []
    for link in doc.links():
        if re.match(r"\w+:", link):
            continue
        file, _, anchor = link.partition("#")
        target = (top / doc.name).parent / file if file else top / doc.name
        if not target.exists():
            problems.append(f"dead link: {link}")
        elif anchor and anchor not in Document(link, target.read_text()).anchors():
            problems.append(f"no such heading: {link}")
    return problems


def boot_options(top: Path) -> set[str]:
    """kaslr=on, kaslr.report and so on, from the code that reads them."""
    source = (top / "lib/cmdline.c").read_text()
    words = set(OPTION_WORD.findall(source))
    modes = set(OPTION_MODE.findall(source))
    return {word for word in words if word not in ("kaslr", "kaslr=")} | {f"kaslr={mode}" for mode in modes}


def check_options(top: Path, doc: Document) -> list[str]:
    """A page names no boot option that there is not."""
    options = boot_options(top) | {"kaslr="}
    named = {word for span in doc.spans() for word in re.findall(r"\bkaslr(?:=\w*|\.\w+=?)", span)}
    return [f"no such boot option: {word}" for word in sorted(named - options)
            if not word.endswith((".c", ".h")) and word + "=" not in options]


def check_complete(_top: Path, doc: Document) -> list[str]:
    """Nothing waits to be filled in."""
    return [f"still to be written, line {number}: {line.strip()}"
            for number, line in enumerate(doc.text.splitlines(), 1) if WAITING.search(line)]


def missing_words(doc: Document, words: set[str], what: str) -> list[str]:
    """Words that stand in no code span of the page."""
    spans = doc.spans()
    return [f"{what} is not documented: {word}" for word in sorted(words)
            if not any(re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", span) or
                       span.startswith(word) for span in spans)]


PAGE_CHECKS = {"names": check_names, "links": check_links, "options": check_options,
               "complete": check_complete}
