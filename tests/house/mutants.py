"""Take out each filter in turn and see that a test notices: ``python -m tests.house.mutants``.

Every call of ``visible_to`` in the house is answered, one at a time, with all rows; a test that reaches the call must
then fail. Tests run once to learn which of them reach which call, and how quickly; of each call only those run again,
the quickest first, until one fails. What survives is printed, and the exit status is 1: ``make check-walls``.

The tests that read the source are left out: they find a missing filter by its form, and here behaviour is asked.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

SOURCE = Path("src/oneroof")
FILTER = re.compile(r"\.visible_to\(")
TESTS = ("access", "catalogue", "directory", "history", "journal", "logistics", "sources", "staffing")
WORLDS = ("tests/house/test_noninterference.py", "-k", "alike_on_every_list or alike[0] or alike[1] or alike[2]")
PORTION = 25  # tests asked at a time: most filters are missed by one of the quickest
HOLE, REACHED = "ONEROOF_TEST_HOLE", "ONEROOF_TEST_REACHED"


def places() -> dict[str, str]:
    """Each filter of the house, as file:line, with the words of the line."""
    found = {}
    for file in sorted(SOURCE.glob("*/*.py")):
        for number, line in enumerate(file.read_text().splitlines(), 1):
            if FILTER.search(line):
                found[f"{file.relative_to(SOURCE)}:{number}"] = line.strip()
    return found


# --- Within pytest, as a plugin ---------------------------------------------------------------------------------------


class Reached:
    """The calls of the filter that each test reaches; with a hole, that call is answered with all rows."""

    def __init__(self, hole: str, into: str) -> None:
        self.hole, self.into = hole, into
        self.now: set[str] = set()
        self.seen: dict[str, dict[str, float]] = defaultdict(dict)

    def open(self, kind: type[Any]) -> None:
        """Stand before the filter of a manager, and of what is made of it."""
        whole = kind.__dict__["visible_to"]

        def visible_to(manager: Any, viewer: Any) -> Any:
            frame = sys._getframe(1)
            file = frame.f_code.co_filename.rpartition("/oneroof/")[2]
            place = f"{file}:{frame.f_lineno}"
            self.now.add(place)
            return manager.all() if place == self.hole else whole(manager, viewer)

        kind.visible_to = visible_to  # type: ignore[attr-defined]

    def pytest_collection_finish(self) -> None:
        """Django is ready: stand before every manager's filter."""
        from oneroof.access.visibility import Walled  # noqa: PLC0415 Django must be ready

        waiting: list[type[Any]] = [Walled]
        while waiting:
            kind = waiting.pop()
            waiting += kind.__subclasses__()
            if "visible_to" in kind.__dict__:
                self.open(kind)

    def pytest_runtest_logreport(self, report: Any) -> None:
        """After each test: what it reached, and how long it took."""
        if report.when == "call":
            for place in self.now:
                self.seen[place][report.nodeid] = report.duration
        if report.when == "teardown":
            self.now.clear()

    def pytest_sessionfinish(self) -> None:
        """Write what was reached."""
        if self.into:
            Path(self.into).write_text(json.dumps(self.seen))


def pytest_configure(config: Any) -> None:
    """The plugin, where this module is named with ``-p``."""
    config.pluginmanager.register(Reached(os.environ.get(HOLE, ""), os.environ.get(REACHED, "")))


# --- Outside ----------------------------------------------------------------------------------------------------------


def ask(home: str, tests: list[str], **more: str) -> bool:
    """Run tests with the plugin, on a database that stays; whether they pass."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "tests.house.mutants"]
    command += ["--reuse-db", *([] if REACHED in more else ["-x"]), *tests]
    env = {**os.environ, "ONEROOF_HOME": home, **more}
    return subprocess.run(command, env=env, capture_output=True, check=False).returncode == 0


def portions(tests: dict[str, float]) -> Iterator[list[str]]:
    """Tests, the quickest first, some at a time."""
    quickest = sorted(tests, key=lambda test: (tests[test], test))
    for first in range(0, len(quickest), PORTION):
        yield quickest[first : first + PORTION]


def survives(home: str, place: str, reached: dict[str, float], *, worlds: bool) -> bool:
    """Whether every test that reaches a filter passes without it, and so does the comparison of worlds if wanted."""
    if any(not ask(home, tests, **{HOLE: place}) for tests in portions(reached)):
        return False
    return not worlds or ask(home, list(WORLDS), **{HOLE: place})


def main(arguments: list[str]) -> int:
    """Try every filter, or those of some files; print each verdict; 1 where one survives."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("files", nargs="*", help="parts of file names; all where none is given")
    asked.add_argument("--tests", nargs="*", default=[f"tests/{name}" for name in TESTS])
    asked.add_argument("--no-worlds", action="store_true", help="leave out the comparison of worlds, which is slow")
    given = asked.parse_args(arguments)
    left = []
    with tempfile.TemporaryDirectory(prefix="oneroof-mutants-") as home:
        into = Path(home) / "reached.json"
        if not ask(home, given.tests, **{REACHED: str(into)}):
            print("Tests fail although nothing was taken out. Mend those first.")
            return 1
        reached = json.loads(into.read_text())
        for place, words in places().items():
            if given.files and not any(part in place for part in given.files):
                continue
            tests = reached.get(place, {})
            alive = survives(home, place, tests, worlds=not given.no_worlds)
            print("SURVIVES" if alive else "found", f"{place} ({len(tests)} tests)", words, flush=True)
            left += [place] * alive
    print(f"{len(left)} filters can be taken out unnoticed")
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
