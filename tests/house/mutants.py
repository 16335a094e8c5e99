"""Take out each filter in turn and see that a test notices: ``python -m tests.house.mutants`` (``make check-walls``).

The tests run once, in one process, to learn which of them reach which filter, and how quickly. For each filter that
process is then copied (``fork``) with its database in memory; in the copy the filter is taken out and the tests that
reach it run until one fails: first those that noticed another filter, then the quickest. A test that notices must
also pass in a copy that lost nothing, else it does not count.

Everything happens in a copy of the folder, whose files stay whole: a filter is taken out in memory. Verdicts are kept
in ``build/walls``; a run that was broken off goes on, as long as no file changed. The exit status is 1 where a filter
can be taken out unnoticed and does not stand in ``tests/house/second_walls.py``, or stands there and a test notices.
"""

from __future__ import annotations

import argparse
import gc
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from tests.house.filters import Filter, Holes, filters
from tests.house.second_walls import SECOND_WALLS

TESTS = (
    "access",
    "catalogue",
    "directory",
    "history",
    "house",
    "journal",
    "logistics",
    "nations",
    "sources",
    "staffing",
)
# Tests that watch a server or a browser reach no filter in this process; those that empty tables are not for copies.
APART = {"chromium", "server", "migrated", "with_items", "transactional_db"}
WARMING = "test_every_page_stands_in_the_frame_with_its_marking_twice"
FEW = 10  # tests: with fewer that are new, some more fill the caches of the process that is copied
SEEDS = 14  # pairs of worlds: each observer twice
KEPT = Path("build/walls")
LEFT_OUT = shutil.ignore_patterns(".*", "node_modules", "build", "dist", "var")
WRITTEN = {".py", ".html", ".txt", ".csv", ".po"}
GIVEN = "ONEROOF_TEST_WALLS"
CAUGHT, SURVIVES, UNREACHED, SECOND, STALE = "caught", "SURVIVES", "NO TEST", "second wall", "STALE"
BAD = (SURVIVES, UNREACHED, STALE)


class Walls:
    """The plugin: runs the tests once, then the tests of each filter without it."""

    def __init__(self, folder: str, parts: Sequence[str], limit: int, mending: bool) -> None:
        self.folder, self.parts, self.limit, self.mending = Path(folder), parts, limit, mending
        self.known = filters()
        self.holes = Holes(self.known)
        self.reached: dict[str, set[str]] = {}
        self.spent: dict[str, float] = {}
        self.noticed: Counter[str] = Counter()
        self.steady: dict[str, bool] = {}
        self.said: Callable[[str], Any] = print

    def pytest_runtestloop(self, session: Any) -> bool:
        """In place of pytest's loop."""
        self.said = session.config.pluginmanager.get_plugin("terminalreporter").write_line
        self.holes.stand()
        self.items = {item.nodeid: item for item in session.items if fit(item)}
        wanted = [one for one in self.known if not self.parts or any(part in one.name for part in self.parts)]
        with (self.folder / "verdicts.jsonl").open("a+") as kept:
            kept.seek(0)
            told = {line["filter"]: line for line in map(json.loads, kept)}
            if self.mending:
                told = {name: line for name, line in told.items() if line["verdict"] == CAUGHT}
            self.noticed.update(line["by"] for line in told.values() if line["verdict"] == CAUGHT)
            self.learn(session, done=all(one.name in told for one in wanted))
            if session.testsfailed:
                self.said("Tests fail although nothing was taken out. Mend those first.")
                return True
            gc.freeze()
            verdicts = []
            for one in wanted:
                if one.name not in told:
                    told[one.name] = self.verdict(one)
                    kept.write(json.dumps(told[one.name]) + "\n")
                    kept.flush()
                verdicts.append(self.judged(told[one.name]))
                self.tell(one, verdicts[-1])
        session.testsfailed = self.total(verdicts)
        return True

    def learn(self, session: Any, *, done: bool) -> None:
        """Run the tests that are new and note what each reaches; where few are, also some that fill the caches."""
        with (self.folder / "reached.jsonl").open("a+") as kept:
            kept.seek(0)
            for line in map(json.loads, kept):
                self.note(line)
            new = [item for item in self.items.values() if item.nodeid not in self.spent]
            if not done and len(new) < FEW:
                new += [item for item in self.items.values() if item.originalname == WARMING]
            for item, following in zip(new, [*new[1:], *new[:1]], strict=True):
                self.holes.reached.clear()
                began = time.process_time()
                item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
                spent = round(time.process_time() - began, 3)
                line = {"test": item.nodeid, "seconds": spent, "reached": sorted(self.holes.reached)}
                self.note(line)
                if not session.testsfailed:
                    kept.write(json.dumps(line) + "\n")
                    kept.flush()

    def note(self, line: dict[str, Any]) -> None:
        """What one test reaches, and what it costs."""
        self.spent[line["test"]] = line["seconds"]
        for place in line["reached"]:
            self.reached.setdefault(place, set()).add(line["test"])

    def verdict(self, one: Filter) -> dict[str, Any]:
        """What comes of taking a filter out; behind a second wall, whose test goes first, fewer tests are asked."""
        began = time.monotonic()
        tests = self.reached.get(one.name, set()) & self.items.keys()
        second = SECOND_WALLS.get(one.name)
        first, limit = (second.test, self.limit // 10) if second is not None else ("", self.limit)
        worth = {test: self.spent.get(test, 0) / (1 + self.noticed[test]) for test in tests}
        order = sorted(tests, key=lambda test: (test != first, worth[test], test))
        found: dict[str, Any] = {"verdict": SURVIVES if order else UNREACHED, "by": "", "why": ""}
        while order:
            failed, asked, found["why"] = self.ask(one.name, order, limit)
            if not failed:
                break
            if self.passes(failed):
                found |= {"verdict": CAUGHT, "by": failed}
                self.noticed[failed] += 1
                break
            order = order[asked:]
        return {"filter": one.name, **found, "tests": len(tests), "seconds": round(time.monotonic() - began, 1)}

    def judged(self, told: dict[str, Any]) -> dict[str, Any]:
        """A verdict in the light of the second walls."""
        second = SECOND_WALLS.get(told["filter"])
        if second is None:
            return told
        shown = second.test in self.reached.get(told["filter"], set())
        return {**told, "verdict": SECOND if shown and told["verdict"] == SURVIVES else STALE, "why": second.why}

    def passes(self, test: str) -> bool:
        """Whether a test passes in a copy that lost nothing."""
        if test not in self.steady:
            self.steady[test] = self.ask(None, [test], self.limit) == ("", 1, "")
            if not self.steady[test]:
                self.said(f"does not count, since it fails in a copy that lost nothing: {test}")
        return self.steady[test]

    def ask(self, hole: str | None, tests: Sequence[str], limit: int) -> tuple[str, int, str]:
        """Run tests in a copy of this process until one fails: that test, how many ran, and its last words."""
        read, write = os.pipe()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # of threads, of which this process has no busy ones
            child = os.fork()
        if not child:
            os.close(read)
            signal.alarm(20 * limit)
            try:
                self.run(hole, tests, limit, write)
            finally:
                os._exit(0)
        os.close(write)
        with os.fdopen(read) as said:
            answer = said.read()
        _child, status = os.waitpid(child, 0)
        if not answer:
            return "", len(tests), f"the copy ended by itself or by the clock, with status {status}"
        failed, asked, why = json.loads(answer)
        return failed, asked, why

    def run(self, hole: str | None, tests: Sequence[str], limit: int, write: int) -> None:
        """In the copy: the tests, within the limit of CPU seconds; one line at the end."""
        began = time.process_time()
        self.holes.hole = hole
        items = [self.items[test] for test in tests if test in self.items]
        answer: tuple[str, int, str] = ("", len(items), "")
        for count, (item, following) in enumerate(zip(items, [*items[1:], items[0]], strict=True), 1):
            item.session._setupstate.teardown_exact(item)
            if why := failure(item, following):
                answer = (item.nodeid, count, why)
                break
            if time.process_time() - began > limit:
                answer = ("", count, f"only {count} of {len(items)} tests ran within {limit} s")
                break
        os.write(write, (json.dumps(answer) + "\n").encode())

    def tell(self, one: Filter, told: dict[str, Any]) -> None:
        """One line for a filter."""
        by = f" by {told['by']}" if told["by"] else ""
        why = f" ({told['why']})" if told["why"] else ""
        self.said(
            f"{told['verdict']}{by}: {one.name} [line {one.line}, {told['tests']} tests, {told['seconds']} s]{why}"
        )

    def total(self, told: Sequence[dict[str, Any]]) -> int:
        """Say how many there are of each verdict; how many are bad."""
        count = Counter(line["verdict"] for line in told)
        self.said(f"{len(told)} filters: " + ", ".join(f"{number} {verdict}" for verdict, number in count.items()))
        return sum(count[verdict] for verdict in BAD)


def fit(item: Any) -> bool:
    """Whether a test is one to ask: one with a database; of the worlds some; none that takes filters out itself."""
    drawn = getattr(item, "callspec", None)
    worlds = drawn.params.get("seed", 0) if drawn is not None else 0
    stored = "db" in item.fixturenames or item.get_closest_marker("django_db") is not None
    alone = item.originalname.startswith("test_without_") or bool(APART & set(item.fixturenames))
    return stored and not alone and worlds < SEEDS


def failure(item: Any, following: Any) -> str:
    """Run one test again: the last line of its failure, or nothing where it passes."""
    from _pytest.runner import runtestprotocol  # noqa: PLC0415 of pytest's own, as pytest-rerunfailures uses it

    for report in runtestprotocol(item, nextitem=following, log=False):
        if report.failed:
            return (str(report.longrepr).strip().splitlines() or ["it failed"])[-1][:200]
    return ""


def pytest_configure(config: Any) -> None:
    """The plugin, where this module is named with ``-p``."""
    config.pluginmanager.register(Walls(**json.loads(os.environ[GIVEN])))


# --- Outside ----------------------------------------------------------------------------------------------------------


def digest(tests: Sequence[str]) -> str:
    """One hash of the tests that were asked for and of every file that a verdict rests on."""
    whole = hashlib.sha256(" ".join(tests).encode())
    for file in sorted(file for top in ("src/oneroof", "tests") for file in Path(top).rglob("*")):
        if file.suffix in WRITTEN and file.name != "second_walls.py":
            whole.update(f"{file}\n".encode() + file.read_bytes())
    return whole.hexdigest()


def main(arguments: list[str]) -> int:
    """Try every filter, or those of which the name has one of some words; 1 where one is missed by no test."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("parts", nargs="*", help="parts of the names of filters (a file, a function); all if none")
    asked.add_argument("--tests", nargs="*", default=[f"tests/{name}" for name in TESTS])
    asked.add_argument("--limit", type=int, default=40, help="CPU seconds for the tests of one filter")
    asked.add_argument("--anew", action="store_true", help="forget the verdicts that are kept")
    asked.add_argument("--mending", action="store_true", help="tests were added: ask what survived again")
    given = asked.parse_args(arguments)
    state = KEPT.absolute() / "state"
    now = digest(given.tests)
    if given.anew or not (given.mending or (state.exists() and state.read_text() == now)):
        shutil.rmtree(KEPT, ignore_errors=True)
    KEPT.mkdir(parents=True, exist_ok=True)
    state.write_text(now)
    with tempfile.TemporaryDirectory(prefix="oneroof-walls-") as temporary:
        copy = Path(temporary) / "copy"
        shutil.copytree(".", copy, ignore=LEFT_OUT)
        plugin = {"folder": str(KEPT.absolute()), "parts": given.parts, "limit": given.limit, "mending": given.mending}
        paths = [str(copy / "src"), os.environ.get("PYTHONPATH", "")]
        env = {
            **os.environ,
            GIVEN: json.dumps(plugin),
            "PYTHONPATH": os.pathsep.join(filter(None, paths)),
            "ONEROOF_HOME": str(Path(temporary) / "home"),
        }
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-p",
            "no:cacheprovider",
            "-p",
            "no:xdist",
            "-p",
            "tests.house.mutants",
        ]
        return subprocess.run([*command, *given.tests], cwd=copy, env=env, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
