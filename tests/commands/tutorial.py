"""The commands in docs/first-plan.md and their output: run anew by ``python -m tests.commands.tutorial``.

A block of the page that begins with ``$ oneroof`` holds one command and what it prints.
"""

from __future__ import annotations

import contextlib
import re
import shlex
import tempfile
from pathlib import Path

from tests.commands.prompt import ROOT, oneroof

PAGE = ROOT / "docs/first-plan.md"
BLOCK = re.compile(r"^```text\n\$ oneroof (?P<command>.*)\n(?P<output>(?:(?!```).*\n)*)```$", re.MULTILINE)
SECONDS = re.compile(r"^(Took +)[\d.,]+ s$", re.MULTILINE)


def steady(output: str) -> str:
    """The output without what differs from run to run: seconds, and spaces at the ends of lines."""
    return SECONDS.sub(r"\g<1>0.3 s", "\n".join(line.rstrip() for line in output.splitlines()) + "\n").lstrip("\n")


def outputs(text: str) -> list[tuple[str, str, str]]:
    """Command, output on the page and output now, in the order of the page, all run in one fresh folder."""
    found = []
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        (Path(folder) / "examples").symlink_to(ROOT / "examples")
        for block in BLOCK.finditer(text):
            answer = oneroof(*shlex.split(block["command"]))
            told = answer.out if answer.status == 0 else answer.out + answer.err
            found.append((block["command"], block["output"], steady(told)))
    return found


def main() -> None:
    """Write the page anew with what the commands print now."""
    text = PAGE.read_text(encoding="utf-8")
    for command, _, now in outputs(text):
        place = next(block for block in BLOCK.finditer(text) if block["command"] == command)
        text = text[: place.start("output")] + now + text[place.end("output") :]
    PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
