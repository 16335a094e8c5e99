"""The answer: a plan's tables as printed, its summary and explanations; reading, writing and the digest."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import ROUND_HALF_EVEN, Context, Decimal
from functools import lru_cache
from operator import itemgetter, le
from pathlib import Path
from typing import Any

from oneroof.planning import tables as problem_tables
from oneroof.planning.faults import Fault, ProblemError
from oneroof.planning.schema import PLAN_TABLE
from oneroof.planning.tables import Row, Tables

COLUMNS: dict[str, tuple[str, ...]] = {name: table.names for name, table in PLAN_TABLE.items()}
KEYS: dict[str, tuple[str, ...]] = {name: table.key for name, table in PLAN_TABLE.items()}
COUNTED = {"step", "rank", "week"}  # key columns that sort as numbers, empty first
OTHER_FILES = ("summary.json", "explanations.json", "briefing.html", "problem")
FAR_FROM_PROVEN = 1.05  # times the worth of a pledge from where on the most that it can be worth is told beside it
_SIXTH = Decimal("0.000001")
_EXACT = Context(prec=400, rounding=ROUND_HALF_EVEN)  # room for every float with six decimals


@dataclass(frozen=True)
class Plan:
    """A plan as its folder holds it: every cell is text exactly as printed, every table sorted by key."""

    tables: dict[str, list[Row]]
    summary: dict[str, Any]
    explanations: list[dict[str, Any]] = field(default_factory=list)
    problem: Tables | None = None  # the tables of the question; the folder keeps them in problem/


class PlanFault(Fault):
    """A fault of a plan; where ``row`` is 0 it lies in no row, but in the folder, file or key that ``value`` names."""

    def sentence(self, workbook: bool = False) -> str:
        """Where, what, why and cure in one line."""
        return super().sentence() if self.row else f"{self.value} {self.reason}. {self.cure}"


def printed(value: float) -> str:
    """A number as the tables print it: at most 6 decimals, half to even on its shortest decimal form, no exponent.

    There are no trailing zeros and no -0. Raises ValueError where the value is not finite.
    """
    number = float(value)
    if number.is_integer() and abs(number) < 1e15:
        return str(int(number))
    if number != number or number in (float("inf"), float("-inf")):
        raise ValueError(f"{number} can't be printed: a plan holds finite numbers only")
    text = repr(number)
    decimals = text.partition(".")[2]
    if "e" in text or decimals[6:] == "5":
        text = format(Decimal(text).quantize(_SIXTH, context=_EXACT), "f")
    elif len(decimals) > 6:  # no tie lies between a number and its shortest form: that form would be the tie
        text = f"{number:.6f}"
    text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def ordered(tables: Mapping[str, Iterable[Row]]) -> dict[str, list[Row]]:
    """All plan tables (absent ones empty), rows sorted by key: by code point; step, rank and week as numbers."""
    return {name: _sorted(name, list(tables.get(name, ()))) for name in COLUMNS}


def digest(tables: Mapping[str, Iterable[Row]]) -> str:
    """SHA-256 over the concatenated bytes of all CSV files in the order of their names."""
    told = hashlib.sha256()
    for name, text in sorted(texts(tables).items()):
        del name
        told.update(text)
    return told.hexdigest()


def is_plan(folder: Path) -> bool:
    """Whether the folder holds a plan's summary and all its tables."""
    return (folder / "summary.json").is_file() and all((folder / f"{name}.csv").is_file() for name in COLUMNS)


def read(folder: Path) -> Plan:
    """The plan in a folder; raises ProblemError with every fault where it is none."""
    _refuse_no_folder(folder)
    faults: list[Fault] = []
    tables = {name: _read_table(folder / f"{name}.csv", faults) for name in COLUMNS}
    summary = _read_json(folder / "summary.json", dict, faults)
    explanations: Any = []
    if (folder / "explanations.json").exists():
        explanations = _read_json(folder / "explanations.json", list, faults)
    if faults:
        raise ProblemError(faults)
    problem = problem_tables.read(folder / "problem") if (folder / "problem").is_dir() else None
    return Plan(tables, summary, explanations, problem)


def write(plan: Plan, folder: Path, briefing: str, force: bool = False) -> None:
    """Write the plan into a new folder, whole or not at all.

    Everything is written beside the folder first and then renamed. An existing folder is refused with ProblemError;
    ``force`` replaces it where it holds a plan and nothing else.
    """
    _refuse_overwriting(folder, force)
    with replacing(folder) as fresh:
        _fill(plan, fresh, briefing)


@contextmanager
def replacing(folder: Path) -> Iterator[Path]:
    """A new folder beside this one, which takes its place when all is written; on any fault nothing has changed."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    try:
        fresh = beside / "new"
        fresh.mkdir()
        yield fresh
        if folder.exists():
            folder.rename(beside / "old")
            try:
                fresh.rename(folder)
            except OSError:
                (beside / "old").rename(folder)
                raise
        else:
            fresh.rename(folder)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _fill(plan: Plan, folder: Path, briefing: str) -> None:
    """Every file of the plan."""
    for name, text in texts(plan.tables).items():
        _put(folder / f"{name}.csv", text)
    _put(folder / "summary.json", _json(plan.summary))
    _put(folder / "explanations.json", _json(plan.explanations))
    _put(folder / "briefing.html", briefing.encode("utf-8"))
    if plan.problem is not None:
        problem_tables.write(plan.problem, folder / "problem")


def _put(path: Path, text: bytes) -> None:
    """Write bytes to the disk itself, so that the rename after it never shows half a plan."""
    with path.open("wb") as handle:
        handle.write(text)
        handle.flush()
        os.fsync(handle.fileno())


def _json(value: object) -> bytes:
    """JSON as the folder holds it: readable, UTF-8, finite numbers only."""
    return (json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False) + "\n").encode("utf-8")


def texts(tables: Mapping[str, Iterable[Row]]) -> dict[str, bytes]:
    """The bytes of each CSV file; raises ValueError for a table that no plan has, KeyError for a column left out."""
    strange = sorted(set(tables) - set(COLUMNS))
    if strange:
        raise ValueError(f"a plan has no table {', '.join(strange)}")
    texts = {}
    for name, rows in ordered(tables).items():
        out = io.StringIO(newline="")
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(COLUMNS[name])
        writer.writerows(map(itemgetter(*COLUMNS[name]), rows))
        texts[name] = out.getvalue().encode("utf-8")
    return texts


def _sorted(name: str, rows: list[Row]) -> list[Row]:
    """Rows by key; a number that is none sorts after all numbers, by its text."""
    columns: list[list[Any]] = []
    for column in KEYS[name]:
        cells = [row[column] for row in rows]
        columns.append([_counted(cell) for cell in cells] if column in COUNTED else cells)
    keys = list(zip(*columns, strict=True))
    if all(map(le, keys, keys[1:])):  # as tables nearly always are
        return rows
    return [rows[place] for place in sorted(range(len(rows)), key=keys.__getitem__)]


@lru_cache(maxsize=1024)
def _counted(text: str) -> tuple[int, float, str]:
    """Empty first, then numbers, then what is no number."""
    if not text:
        return (0, 0.0, "")
    try:
        return (1, float(text), text)
    except ValueError:
        return (2, 0.0, text)


def _read_table(path: Path, faults: list[Fault]) -> list[Row]:
    """The rows of one plan table; faults where it is missing or has other columns."""
    name = path.stem
    if not path.is_file():
        cure = "Name a folder that oneroof plan wrote, or write the plan again."
        faults.append(PlanFault(name, 0, "", str(path), "is missing, so the folder holds no whole plan", cure))
        return []
    try:
        with path.open(encoding="utf-8-sig", newline="") as handle:
            reader = csv.reader(handle)
            header = tuple(next(reader, []))
            rows = list(reader)
    except UnicodeDecodeError:
        faults.append(PlanFault(name, 1, "", "", "The bytes are not UTF-8", "Write the plan again."))
        return []
    if sorted(header) != sorted(COLUMNS[name]):
        cure = f"The columns of a plan's {name}.csv are {', '.join(COLUMNS[name])}. Write the plan again."
        faults.append(PlanFault(name, 1, "", ",".join(header), "is not the header of this table", cure))
        return []
    for number, row in enumerate(rows, 2):
        if len(row) != len(header):
            reason = f"The row has {len(row)} cells where {len(header)} are due"
            faults.append(PlanFault(name, number, "", "", reason, "Write the plan again."))
    return [dict(zip(header, row, strict=False)) for row in rows]


def _read_json(path: Path, kind: type, faults: list[Fault]) -> Any:
    """The value in a JSON file; a fault where it is missing, broken or of another kind."""
    cure = "Name a folder that oneroof plan wrote, or write the plan again."
    if not path.is_file():
        reason = "is missing, so the folder holds no whole plan"
    else:
        try:
            value = json.loads(path.read_text(encoding="utf-8"))
        except ValueError as error:
            reason = f"is no JSON ({error})"
        else:
            if isinstance(value, kind):
                return value
            reason = f"holds no JSON {'object' if kind is dict else 'array'}"
    faults.append(PlanFault(path.stem, 0, "", str(path), reason, cure))
    return kind()


def _refuse_no_folder(folder: Path) -> None:
    """ProblemError where the folder is absent, a file, or plainly something else than a plan."""
    cure = "Name a folder that oneroof plan wrote."
    if not folder.exists():
        reason = "does not exist"
    elif not folder.is_dir():
        reason = "is a file; a plan is a folder"
    elif (folder / "problem.toml").exists():
        reason = "holds a problem, not a plan"
        cure = "Run oneroof plan on it, and name the folder that it writes."
    elif not any((folder / f"{name}.csv").exists() for name in COLUMNS):
        reason = "holds no table of a plan"
    else:
        return
    raise ProblemError([PlanFault("plan", 0, "", str(folder), reason, cure)])


def _refuse_overwriting(folder: Path, force: bool) -> None:
    """ProblemError where writing would destroy something: anything at all, or with force anything but a plan."""
    if not folder.exists() and not folder.is_symlink():
        return
    if folder.is_dir() and not folder.is_symlink() and not any(folder.iterdir()):
        folder.rmdir()  # an empty folder is no loss
        return
    cure = "Choose another folder."
    if not folder.is_dir() or folder.is_symlink():
        reason = "is no folder of its own, and is not replaced"
    elif not is_plan(folder):
        reason = "holds something that is no plan, and is not replaced"
    elif not force:
        reason, cure = "exists and is not replaced", "Choose another folder, or add --force to replace the plan in it."
    else:
        known = {f"{name}.csv" for name in COLUMNS} | set(OTHER_FILES)
        strange = sorted(path.name for path in folder.iterdir() if path.name not in known)
        if not strange:
            return
        reason = f"also holds {', '.join(strange[:5])}, which no plan has, and is not replaced"
        cure = "Move that elsewhere, or choose another folder."
    raise ProblemError([PlanFault("plan", 0, "", str(folder), reason, cure)])


def at_most_by_rank(plan: Plan) -> list[float | None]:
    """What every row of next_pledges.csv is worth at most, None where its worth is that, or where nobody knows more."""
    rows = plan.tables["next_pledges"]
    stated = plan.summary.get("next_pledges_at_most")
    known = isinstance(stated, list) and len(stated) == len(rows) and all(isinstance(x, int | float) for x in stated)
    most = [float(x) for x in stated] if known and stated else [0.0] * len(rows)
    return [x if x > FAR_FROM_PROVEN * float(row["worth"] or 0) else None for row, x in zip(rows, most, strict=True)]
