"""What may go wrong: legs that run late, nodes that close, donors that pause, and how likely each is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from oneroof.planning import sheets, workbook
from oneroof.planning.cells import flaw, nearest
from oneroof.planning.checks import Found, absent
from oneroof.planning.faults import Fault, ProblemError
from oneroof.planning.problem import Problem
from oneroof.planning.schema import NODE_KINDS, Column, Table

LATE, CLOSED, PAUSED = KINDS = ("late_leg", "closed_node", "paused_donor")
MODES = ("road", "rail", "sea", "air")
EVERY = "*"
_WHAT = {LATE: "leg", CLOSED: "node", PAUSED: "nation"}
_GROUPS = {LATE: ("mode", MODES), CLOSED: ("kind", NODE_KINDS)}
_LONGEST = 520.0  # the longest horizon in weeks; as days it is late beyond all use


def _size(name: str, meaning: str, example: str, default: str = "") -> Column:
    return Column(
        name, "number", meaning, example, required=not default, default=default, unit="days or weeks", at_least=0,
        at_most=_LONGEST,
    )  # fmt: skip


TABLE = Table(
    "shocks",
    "What may go wrong in a week, how likely, and for how long.",
    ("shock",),
    (
        Column("shock", "key", "Key of the shock; the draws of chance hang on it.", "RAIL-LATE"),
        Column("kind", "choice", "What goes wrong.", LATE, choices=KINDS),
        Column("target", "text", "A leg, node or nation by its key; mode:rail, kind:hub or * for many.", "mode:rail"),
        Column("probability", "number", "Chance that it begins in a week.", "0.1", at_least=0, at_most=1),
        _size("low", "Shortest size: days late, or weeks closed or paused.", "1", "likely"),
        _size("likely", "Likeliest size.", "3"),
        _size("high", "Longest size.", "7", "likely"),
        Column("note", "text", "Where the figures come from.", "Experts' judgement", required=False),
    ),
)


@dataclass(frozen=True)
class Shock:
    """One row: in each week, with ``probability``, it begins and lasts a triangular (low, likely, high) time.

    Times are days for ``late_leg`` and weeks for the others, rounded to whole ones, halves up.
    """

    key: str
    kind: str
    target: str
    probability: float  # a week, for each target
    low: float
    likely: float
    high: float
    note: str = ""

    @property
    def rank(self) -> int:
        """2 for a single target, 1 for a mode or kind of them, 0 for all: the highest rank that names a thing holds."""
        if self.target == EVERY:
            return 0
        return 1 if self.kind in _GROUPS and self.target.startswith(f"{_GROUPS[self.kind][0]}:") else 2

    def as_dict(self) -> dict[str, Any]:
        """The row for programs."""
        return asdict(self)


@dataclass(frozen=True)
class Shocks:
    """The shocks of a run, by key; ``illustrative`` says that they are made up and nobody's estimate."""

    rows: tuple[Shock, ...]
    illustrative: bool
    source: str  # the name of the file, '' for the defaults

    def striking(self, problem: Problem) -> Iterator[tuple[Shock, int]]:
        """Each shock with each leg, node or donor (index) that it strikes: the most particular rows for it hold."""
        for kind in KINDS:
            mine = [shock for shock in self.rows if shock.kind == kind]
            for place, (key, group) in enumerate(things(problem, kind)):
                here = [shock for shock in mine if shock.target in (EVERY, group, key)]
                most = max((shock.rank for shock in here), default=0)
                yield from ((shock, place) for shock in here if shock.rank == most)


def things(problem: Problem, kind: str) -> list[tuple[str, str]]:
    """What a kind of shock can strike: keys and the group that each belongs to."""
    if kind == LATE:
        return [(key, f"mode:{mode}") for key, mode in zip(problem.legs.keys, problem.legs.modes, strict=True)]
    if kind == CLOSED:
        return [(key, f"kind:{k}") for key, k in zip(problem.nodes.keys, problem.nodes.kinds, strict=True)]
    return [(key, "") for key in donors(problem)]


def donors(problem: Problem) -> list[str]:
    """The nations that offer or pay, sorted."""
    return sorted({*problem.offers.donors, *problem.funds.donors})


_NOTE = "illustrative default, nobody's estimate"
DEFAULTS = Shocks(
    (
        Shock("DEFAULT-AIR", LATE, "mode:air", 0.06, 1, 1, 4, _NOTE),
        Shock("DEFAULT-DONOR", PAUSED, EVERY, 0.005, 1, 3, 8, _NOTE),
        Shock("DEFAULT-HUB", CLOSED, "kind:hub", 0.01, 1, 1, 3, _NOTE),
        Shock("DEFAULT-RAIL", LATE, "mode:rail", 0.12, 1, 3, 10, _NOTE),
        Shock("DEFAULT-ROAD", LATE, "mode:road", 0.08, 1, 2, 5, _NOTE),
        Shock("DEFAULT-SEA", LATE, "mode:sea", 0.15, 2, 4, 14, _NOTE),
    ),
    True,
    "",
)


def read_shocks(path: Path, problem: Problem) -> Shocks:
    """The shocks in a CSV file, or in the sheet ``shocks`` of an .xlsx workbook; its other sheets are not read.

    Raises ProblemError with every fault at once, by row and column.
    """
    path = Path(path)
    book = path.suffix.lower() == ".xlsx"
    if not path.is_file():
        reason = "is no file" if path.exists() else "does not exist"
        cure = "Give a .csv file, or an .xlsx workbook with a sheet shocks."
        raise ProblemError([Fault("shocks", 1, "", str(path), reason, cure)], book)
    table = TABLE if book else replace(TABLE, name=path.stem)
    sheet = workbook.read(path).get("shocks") if book else sheets.from_bytes(table.name, path.read_bytes())
    found = Found(table, sheet) if sheet else _no_sheet()
    faults = [*found.faults, *_strange_targets(found, problem), *_crossed_sizes(found)]
    if faults:
        raise ProblemError(faults, book)
    rows = (Shock(*(_value(row, column) for column in table.columns)) for row in found.rows)
    return Shocks(tuple(sorted(rows, key=lambda shock: shock.key)), False, path.name)


def _no_sheet() -> Found:
    """A workbook without the sheet is one fault."""
    return absent(replace(TABLE, required=True))


def _value(row: dict[str, str], column: Column) -> Any:
    """A cell as its field holds it; an empty size is the likely one."""
    if not column.is_number:
        return row[column.name]
    return float(row[column.name] or row["likely"])


def _strange_targets(found: Found, problem: Problem) -> Iterator[Fault]:
    """Targets that the problem does not have."""
    for row, cells in zip(found.numbers, found.rows, strict=True):
        kind, target = cells["kind"], cells["target"]
        if kind not in KINDS or not target or target == EVERY or flaw(found.table.by_name["target"], target):
            continue
        word, members = _GROUPS.get(kind, ("", ()))
        known = {key for key, _ in things(problem, kind)} | {f"{word}:{member}" for member in members}
        if kind == PAUSED:
            known |= set(problem.nations)
        if target not in known:
            near = nearest(target, known)
            also = f", {word}:{members[0]} and its like" if members else ""
            cure = f"Write {near}." if near else f"Write the key of a {_WHAT[kind]}{also}, or * for all."
            yield Fault(found.table.name, row, "target", target, f"is no {_WHAT[kind]} of the problem", cure)


def _crossed_sizes(found: Found) -> Iterator[Fault]:
    """Sizes that do not rise from low over likely to high."""
    columns = found.table.by_name
    for row, cells in zip(found.numbers, found.rows, strict=True):
        for lower, upper in (("low", "likely"), ("likely", "high")):
            a, b = cells[lower], cells[upper]
            if a and b and not flaw(columns[lower], a) and not flaw(columns[upper], b) and float(a) > float(b):
                cure = "Write sizes that rise from low over likely to high."
                yield Fault(found.table.name, row, upper, b, f"is less than {lower} ({a})", cure)
