"""Measures oneroof on problems of known sizes, and one big linear program beside it, and writes docs/benchmarks.md.

    python bench/run.py [--sizes XS,S,M,L] [--seed 1] [--lp-seconds 120] [--out docs/benchmarks.md]

The makers of problems and the linear program lie in the folder that ONEROOF_SHARED names (or beside the checkout);
without it only the examples are measured. Seconds are those of the whole process, from its start to the written plan.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SHARED = Path(os.environ.get("ONEROOF_SHARED", ROOT.parent / "shared"))
EXAMPLES = ("one-hub-winter", "washington-2024")
LARGEST_LP = ("XS", "S", "M")  # beyond these its columns alone fill the memory


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


def planned(name: str, problem: Path, scratch: Path) -> str:
    """A row of the table: oneroof on a problem."""
    plan = scratch / f"plan-{name}"
    one = ran([sys.executable, "-m", "oneroof", "plan", str(problem), "--out", str(plan), "--json", "--force"])
    if one.status:
        return f"| {name} | oneroof | {one.seconds:.1f} | failed with exit status {one.status} | | | | |"
    told = json.loads(one.printed)
    gaps = f"{100 * told['relaxed_gap']:.2f} % | {100 * told['gap']:.2f} %"
    columns = f"{told['columns']:,}" if "columns" in told else ""
    return f"| {name} | oneroof | {one.seconds:.1f} | {told['status']} | {gaps} | {one.megabytes:,.0f} | {columns} |"


def programmed(name: str, problem: Path, seconds: int) -> str:
    """A row of the table: one big linear program on a problem."""
    one = ran([sys.executable, str(SHARED / "bench/one_big_lp.py"), str(problem), "--time-limit", str(seconds)])
    if one.status:
        return f"| {name} | one big LP | {one.seconds:.1f} | failed with exit status {one.status} | | | | |"
    told = json.loads(one.printed)
    proven = "0.00 %" if told["status"] == "optimal" else "none"
    rest = f"{proven} | | {one.megabytes:,.0f} | {told['columns']:,} |"
    return f"| {name} | one big LP | {one.seconds:.1f} | {told['status']} | {rest}"


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
    parser.add_argument("--sizes", default="XS,S,M,L")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--lp-seconds", type=int, default=120, help="time limit of the linear program; 0 leaves it out")
    parser.add_argument("--out", type=Path, default=ROOT / "docs/benchmarks.md")
    asked = parser.parse_args()
    sizes = [size for size in asked.sizes.split(",") if size]
    rows = []
    with tempfile.TemporaryDirectory(prefix="oneroof-bench-") as folder:
        for name, problem in problems(sizes, asked.seed, Path(folder)).items():
            rows.append(planned(name, problem, Path(folder)))
            print(rows[-1], flush=True)
            if asked.lp_seconds and SHARED.is_dir() and name in LARGEST_LP:
                rows.append(programmed(name, problem, asked.lp_seconds))
                print(rows[-1], flush=True)
    asked.out.write_text(page(rows, asked.seed, asked.lp_seconds), encoding="utf-8")
    print(f"Written: {asked.out}")


def page(rows: list[str], seed: int, seconds: int) -> str:
    """The page with the table."""
    machine = f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}"
    return "\n".join(
        [
            "# Benchmarks",
            "",
            f"Measured on {dt.datetime.now(dt.UTC).date()} on {machine}, as many threads as cores, by `make bench`.",
            f"XS to L are made-up problems (seed {seed}); the examples come with the project. Seconds are those of",
            "the whole process, from the start of Python to the written briefing. `relaxed gap` is what the search",
            "proves for fractions (asked: 0.5 %); `gap` is that of the plan as written, in whole units. Both are",
            "measured against a bound that no plan can pass. The linear program has a column for every item, leg and",
            f"day, states no whole units, and is given {seconds} seconds.",
            "",
            "| problem | by | seconds | status | relaxed gap | gap | peak MB | columns |",
            "|---|---|---:|---|---:|---:|---:|---:|",
            *rows,
            "",
        ]
    )


if __name__ == "__main__":
    main()
