# SPDX-License-Identifier: BSD-3-Clause
"""Holds the docs to what they say: runs their commands, looks for what they name.

Run from the top folder: python3 -B -m tests.docs.run [--filter TEXT]
Works on a copy of the tree in build/tests/docs/.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tests.docs.checks import PAGE_CHECKS, boot_options, missing_words
from tests.docs.commands import Outcome, Shell, copy_tree, shape, stale_sizes, targets_of, variables_of
from tests.docs.markdown import Block, Document
from tests.lib.suite import RESULTS, ROOT, Suite

TREE = RESULTS / "docs" / "tree"
BAD = Path("tests/docs/bad.md")
# How many commands of bad.md must fail
BAD_COMMANDS = 6


def pages(top: Path) -> list[Document]:
    paths = [top / "README.md", top / "CONTRIBUTING.md", *sorted((top / "docs").glob("*.md"))]
    return [Document.read(top, path) for path in paths]


def compare(shown: Block | None, outcome: Outcome) -> list[str]:
    """Whether the block that follows a command shows what the command says."""
    if shown is None or shown.language != "text" or outcome.output is None or outcome.problems:
        return []
    expected, real = shape(shown.text), shape(outcome.output)
    odd = stale_sizes(shown.text, outcome.output)
    if expected != real:
        odd = [pair for pair in zip(expected, real) if pair[0] != pair[1]]
        odd = odd[:1] or [(f"{len(expected)} lines", f"{len(real)} lines")]
    return [f"the page shows: {old}; the command says: {new}" for old, new in odd]


def run_blocks(shell: Shell, doc: Document) -> list[tuple[str, Outcome]]:
    """Each command of a page in the page's order, and what came of it."""
    done = []
    for block in doc.blocks():
        if block.language != "sh":
            continue
        commands = block.commands()
        for number, command in enumerate(commands, 1):
            outcome = shell.check(command)
            if number == len(commands):
                outcome.problems += compare(block.next, outcome)
            done.append((command, outcome))
    return done


def check_readme(shell: Shell, readme: Document) -> dict[str, list[str]]:
    """README.md names every option, variable and target that there is, and help no target that is not."""
    text = shell.run("make help").output or ""
    targets, variables = targets_of(text), variables_of(text)
    unknown = [f"make help names it, make does not know it: {target}" for target in sorted(targets)
               if shell.has_target(f"{target} FILE=README.md").problems]
    return {
        "boot options": missing_words(readme.section("Boot options"), boot_options(shell.folder),
                                      "boot option"),
        "variables": missing_words(readme.section("Variables of make"), variables, "variable") or
                     ([] if variables else ["make help names no variable"]),
        "targets": missing_words(readme, {f"make {t}" for t in targets}, "target") + unknown or
                   ([] if targets else ["make help names no target"]),
    }


def check_bad(shell: Shell) -> list[str]:
    """Every check must complain of bad.md."""
    doc = Document.read(shell.folder, shell.folder / BAD)
    silent = [name for name, check in PAGE_CHECKS.items() if not check(shell.folder, doc)]
    failed = [command for command, outcome in run_blocks(shell, doc) if outcome.problems]
    if len(failed) != BAD_COMMANDS:
        silent.append(f"commands: {', '.join(failed)} failed, not {BAD_COMMANDS}")
    if len(missing_words(doc, boot_options(shell.folder), "option")) != len(boot_options(shell.folder)):
        silent.append("missing words")
    return [f"did not notice: {name}" for name in silent]


def main() -> int:
    parser = argparse.ArgumentParser(description="checks the docs")
    parser.add_argument("--filter", default="", help="only pages whose name holds this text")
    args = parser.parse_args()

    copy_tree(ROOT, TREE)
    shell = Shell(TREE)
    suite = Suite("docs")
    suite.verdict("the checks can fail", check_bad(shell))
    for doc in pages(TREE):
        if args.filter not in doc.name:
            continue
        for name, check in PAGE_CHECKS.items():
            suite.verdict(f"{doc.name} {name}", check(TREE, doc))
        if doc.name == "README.md":
            for name, problems in check_readme(shell, doc).items():
                suite.verdict(f"{doc.name} {name}", problems)
        for command, outcome in run_blocks(shell, doc):
            suite.verdict(f"{doc.name} $ {command}", outcome.problems, outcome.note)
    return suite.end()


if __name__ == "__main__":
    sys.exit(main())
