"""Measures oneroof on problems of known sizes, and one big linear program beside it, and writes docs/benchmarks.md.

    python bench/run.py [--sizes XS,S,M,L,XL] [--seed 1] [--lp-seconds 200] [--out docs/benchmarks.md]

The makers of problems and the linear program lie in the folder that ONEROOF_SHARED names (or beside the checkout);
without it only the examples are measured. Seconds are those of the whole process, from its start to the written plan.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import math
import os
import platform
import subprocess
import sys
import tempfile
import time
import tomllib
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SHARED = Path(os.environ.get("ONEROOF_SHARED", ROOT.parent / "shared"))
EXAMPLES = ("one-hub-winter", "washington-2024")
LARGEST_LP = ("XS", "S")  # at M it does not end within twenty minutes
BUILT_LP = "M"  # the largest that is built; beyond it its columns alone fill the memory
STAGES = ("build", "relaxation", "whole units", "explanations", "next pledges")
COLUMNS = ("read", *STAGES, "start, briefing, write")  # seconds
BLANK = " |" * (len(COLUMNS) + 5)
READ = """
import sys, time
from pathlib import Path
from oneroof.planning import tables
from oneroof.planning.problem import Problem
began = time.perf_counter()
Problem.of(tables.read(Path(sys.argv[1])))
print(time.perf_counter() - began)
"""


@dataclass(frozen=True)
class Ran:
    """A process that has ended: what it printed, its status, wall seconds and peak megabytes."""

    printed: str
    status: int
    seconds: float
    megabytes: float


def ran(command: list[str]) -> Ran:
    """Run a command alone and measure it."""
    began = time.perf_counter()
    with tempfile.TemporaryFile() as printed:
        process = subprocess.Popen(command, stdout=printed, stderr=subprocess.DEVNULL)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)  # the process is reaped already
        seconds = time.perf_counter() - began
        printed.seek(0)
        text = printed.read().decode()
    return Ran(text, process.returncode, seconds, used.ru_maxrss / 1024)


def planned(name: str, problem: Path, scratch: Path) -> tuple[str, tuple[float, float] | None]:
    """A row of the table, oneroof on a problem; and how large the problem is (offers x weeks) with its seconds.

    Reading is measured in a process of its own.
    """
    plan = scratch / f"plan-{name}"
    read = float(ran([sys.executable, "-c", READ, str(problem)]).printed)
    one = ran([sys.executable, "-m", "oneroof", "plan", str(problem), "--out", str(plan), "--json", "--force"])
    if one.status:
        return f"| {name} | oneroof | {one.seconds:.1f} | failed with exit status {one.status} |" + BLANK, None
    told = json.loads(one.printed)
    seconds = [read, *(told["stages"].get(stage, 0.0) for stage in STAGES)]
    stages = " | ".join(f"{x:.1f}" for x in [*seconds, one.seconds - sum(seconds)])
    gaps = f"{100 * told['relaxed_gap']:.2f} % | {100 * told['gap']:.2f} %"
    size = f"{one.megabytes:,.0f} | {told['columns']:,} | {told['rows']:,}"
    status = told["status"] + judged(problem, plan)
    row = f"| {name} | oneroof | {one.seconds:.1f} | {status} | {stages} | {gaps} | {size} |"
    return row, (offer_weeks(problem), one.seconds)


def judged(problem: Path, plan: Path) -> str:
    """What the independent checker says of a plan, where it is here."""
    checker = SHARED / "bench/check_plan.py"
    if not checker.is_file():
        return ""
    return ", " + ran([sys.executable, str(checker), str(problem), str(plan)]).printed.split(";")[0].strip()


def offer_weeks(problem: Path) -> float:
    """Offers times weeks of the horizon."""
    weeks = int(tomllib.loads((problem / "problem.toml").read_text(encoding="utf-8"))["weeks"])
    return float(weeks * (len((problem / "offers.csv").read_text(encoding="utf-8").splitlines()) - 1))


def growth(points: list[tuple[float, float]]) -> str:
    """The exponent with which seconds grow over offers x weeks, from the two largest problems that were made up."""
    if len(points) < 2:
        return ""
    (a, s), (b, t) = sorted(points)[-2:]
    power = math.log(t / s) / math.log(b / a)
    return f"Seconds grow with the power {power:.2f} of offers times weeks, by the two largest made-up problems."


def programmed(name: str, problem: Path, limit: int, beside: float) -> str:
    """A row of the table: one big linear program on a problem, and how much longer it takes than oneroof."""
    build = ["--build-only"] if name == BUILT_LP else ["--time-limit", str(limit)]
    one = ran([sys.executable, str(SHARED / "bench/one_big_lp.py"), str(problem), *build])
    seconds = f"{one.seconds:.1f}"
    if one.status:
        return f"| {name} | one big LP | {seconds} | failed with exit status {one.status} |" + BLANK
    told = json.loads(one.printed)
    blank = " |" * len(COLUMNS)
    size = f"{one.megabytes:,.0f} | {told['columns']:,} | {told['rows']:,} |"
    if build == ["--build-only"]:
        return f"| {name} | one big LP | {seconds} | built only: no optimum in 1,200 s |{blank} | | {size}"
    proven = "0.00 %" if told["status"] == "optimal" else "none"
    status = f"{told['status']}, {one.seconds / beside:.1f} times as long"
    return f"| {name} | one big LP | {seconds} | {status} |{blank} {proven} | | {size}"


def problems(sizes: list[str], seed: int, scratch: Path) -> dict[str, Path]:
    """The problems to measure: the examples, and made-up ones where their maker is here."""
    found = {name: ROOT / "examples" / name for name in EXAMPLES if (ROOT / "examples" / name).is_dir()}
    for size in sizes if SHARED.is_dir() else ():
        found[size] = scratch / size
        maker = [sys.executable, str(SHARED / "bench/make_instance.py"), str(found[size])]
        subprocess.run([*maker, "--size", size, "--seed", str(seed)], check=True, stdout=subprocess.DEVNULL)
    return found


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="XS,S,M,L,XL")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--lp-seconds", type=int, default=200, help="time limit of the linear program; 0 leaves it out")
    parser.add_argument("--out", type=Path, default=ROOT / "docs/benchmarks.md")
    asked = parser.parse_args()
    sizes = [size for size in asked.sizes.split(",") if size]
    rows, points = [], []
    with tempfile.TemporaryDirectory(prefix="oneroof-bench-") as folder:
        for name, problem in problems(sizes, asked.seed, Path(folder)).items():
            row, point = planned(name, problem, Path(folder))
            rows.append(row)
            points += [point] if point and name in sizes else []
            print(rows[-1], flush=True)
            if asked.lp_seconds and SHARED.is_dir() and point and name in (*LARGEST_LP, BUILT_LP):
                rows.append(programmed(name, problem, asked.lp_seconds, point[1]))
                print(rows[-1], flush=True)
    asked.out.write_text(page(rows, asked.seed, asked.lp_seconds, growth(points)), encoding="utf-8")
    print(f"Written: {asked.out}")


def page(rows: list[str], seed: int, seconds: int, growth: str) -> str:
    """The page with the table."""
    machine = f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}"
    return "\n".join(
        [
            "# Benchmarks",
            "",
            f"Measured on {dt.datetime.now(dt.UTC).date()} on {machine}, as many threads as cores, by `make bench`.",
            f"XS to XL are made-up problems (seed {seed}); the examples come with the project. Seconds are those of",
            "the whole process, from the start of Python to the written briefing. `relaxed gap` is what the search",
            "proves for fractions (asked: 0.5 %); `gap` is that of the plan as written, in whole units. Both are",
            "measured against a bound that no plan can pass. The linear program has a column for every item, leg and",
            f"day, states no whole units, and is given {seconds} seconds; at M it is only built, beyond that it does",
            "not fit. Violations are counted by an independent checker.",
            "",
            f"| problem | by | seconds | status | {' | '.join(COLUMNS)} "
            "| relaxed gap | gap | peak MB | columns | rows |",
            "|---|---|---:|---|" + "---:|" * (len(COLUMNS) + 5),
            *rows,
            "",
            *([growth, ""] if growth else []),
        ]
    )


if __name__ == "__main__":
    main()
