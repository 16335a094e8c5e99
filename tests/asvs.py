"""Read docs/asvs.csv: every line has a test that exists, or a reason; ``python -m tests.asvs`` tells all faults."""

from __future__ import annotations

import ast
import csv
import re
import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[1]
TABLE = ROOT / "docs/asvs.csv"
COLUMNS = ["requirement", "level", "about", "state", "how", "test", "reason"]
STATES = ("met", "planned", "deployment", "not applicable")


def rows(file: Path = TABLE) -> list[dict[str, str]]:
    """The lines of the table; those that begin with # are its head."""
    lines = [line for line in file.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    return list(csv.DictReader(lines))


def tests_of(file: Path) -> set[str]:
    """Names of the test functions of a file."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")}


def faults(table: list[dict[str, str]], root: Path = ROOT) -> list[str]:
    """What is wrong with the table, each fault with the requirement it is in."""
    if not table or list(table[0]) != COLUMNS:
        return [f"the columns are {', '.join(table[0]) if table else 'none'}, not {', '.join(COLUMNS)}"]
    found = []
    for name, number in Counter(row["requirement"] for row in table).items():
        found += [f"{name}: stands {number} times"] if number > 1 else []
    order = [tuple(int(part) for part in row["requirement"].split(".")) for row in table if _is_id(row["requirement"])]
    if order != sorted(order):
        found.append("the requirements are not in their order")
    for row in table:
        found += [f"{row['requirement']}: {told}" for told in _faults_of(row, root)]
    return found


def _is_id(text: str | None) -> bool:
    return bool(text) and re.fullmatch(r"\d{1,2}\.\d{1,2}\.\d{1,2}", text) is not None


def _faults_of(row: dict[str, str], root: Path) -> list[str]:
    """What is wrong with one line."""
    if None in row or None in row.values():
        return ["has another number of cells than the head"]
    found = []
    if not _is_id(row["requirement"]):
        found.append("is no number of a requirement")
    if row["level"] not in ("1", "2"):
        found.append(f"level is {row['level']!r}, not 1 or 2")
    if row["state"] not in STATES:
        found.append(f"state is {row['state']!r}, not one of {', '.join(STATES)}")
    if not row["about"]:
        found.append("does not say what it is about")
    if not row["test"] and not row["reason"]:
        found.append("has neither a test nor a reason")
    if row["state"] == "met" and not row["how"]:
        found.append("is met, but does not say where")
    if row["state"] != "met" and not row["reason"]:
        found.append(f"is {row['state']}, but does not say why")
    found += [f"names {name}, which is not there" for name in row["how"].split() if not any(root.glob(name))]
    for test in row["test"].split():
        file, _colons, function = test.partition("::")
        if not (root / file).is_file():
            found.append(f"names the test file {file}, which is not there")
        elif function not in tests_of(root / file):
            found.append(f"names the test {function}, which {file} does not have")
    return found


def main() -> int:
    """Print all faults, or how many lines are in which state."""
    table = rows()
    if found := faults(table):
        sys.stdout.write("docs/asvs.csv:\n" + "".join(f"  {told}\n" for told in found))
        return 1
    counts = Counter(row["state"] for row in table)
    tested = sum(bool(row["test"]) for row in table)
    states = ", ".join(f"{number} {state}" for state, number in counts.most_common())
    sys.stdout.write(f"ASVS 5.0.0: {len(table)} requirements listed: {states}; {tested} with a test.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
