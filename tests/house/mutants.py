"""Take out each filter in turn and see that the comparison of worlds notices: ``python -m tests.house.mutants``.

Every call of ``visible_to`` in the house is replaced, one at a time in a copy of the source, by all rows; the tests of
the walls must then fail. What survives is printed, and the exit status is 1. It takes a while: ``make check-walls``.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

SOURCE = Path("src/oneroof")
FILTER = re.compile(r"\.visible_to\([^()]*(?:\([^()]*\)[^()]*)*\)")
TESTS = ("tests/house/test_noninterference.py", "tests/access", "tests/house/test_one_way_in.py")


def places() -> Iterator[tuple[Path, int, str]]:
    """Each filter of the house: file, place of the call, and the line it stands in."""
    for file in sorted(SOURCE.glob("*/*.py")):
        text = file.read_text()
        for found in FILTER.finditer(text):
            line = text.count("\n", 0, found.start()) + 1
            yield file, found.start(), f"{file}:{line} {text.splitlines()[line - 1].strip()}"


def survives(file: Path, place: int, tests: list[str]) -> bool:
    """Whether the tests pass although the filter at a place is gone."""
    with tempfile.TemporaryDirectory(prefix="oneroof-mutant-") as folder:
        copy = Path(folder) / "src"
        shutil.copytree("src", copy)
        mutant = copy / file.relative_to("src")
        text = mutant.read_text()
        mutant.write_text(text[:place] + FILTER.sub(".all()", text[place:], count=1))
        command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *tests]
        ran = subprocess.run(
            command, env={**os.environ, "PYTHONPATH": str(copy)}, capture_output=True, text=True, check=False
        )
    return ran.returncode == 0


def main(arguments: list[str]) -> int:
    """Try every filter, or those of some files; print each verdict; 1 where one survives."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("files", nargs="*", help="parts of file names; all where none is given")
    asked.add_argument("--tests", nargs="*", default=list(TESTS))
    given = asked.parse_args(arguments)
    left = []
    for file, place, told in places():
        if given.files and not any(part in str(file) for part in given.files):
            continue
        alive = survives(file, place, given.tests)
        print("SURVIVES" if alive else "found", told, flush=True)
        left += [told] * alive
    print(f"{len(left)} filters can be taken out unnoticed")
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
