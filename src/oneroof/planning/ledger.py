"""A plan's lines as numbers, days and indices into its problem: the one reading that all judgements share."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, NamedTuple

import numpy as np

from oneroof.planning.problem import NO_ONE, Bools, Floats, Ints, Problem
from oneroof.planning.tables import Row

TOLERANCE = 1e-6  # relative, absolute below 1
PRINTED = 0.5e-6  # half a unit in the sixth decimal, the rounding of one printed number


class Move(NamedTuple):
    """One step of a delivery."""

    step: int
    leg: int
    depart: int
    arrive: int
    tonnes: float  # as printed


class Delivery(NamedTuple):
    """One delivery; ``item`` is what its source holds and ``weight`` its quantity in tonnes."""

    key: str
    from_offer: bool
    source: int  # index of an offer, or of a purchase in the ledger
    requirement: int
    item: int
    stated_item: str
    quantity: float
    weight: float
    tonnes: float  # as printed
    depart: int
    arrive: int
    moves: tuple[Move, ...]


class Purchase(NamedTuple):
    """One purchase."""

    key: str
    supplier: int
    fund: int
    order: int
    ready: int
    quantity: float
    cost: float  # as printed


class Cohort(NamedTuple):
    """Persons of one requirement in one start of a course."""

    course: int
    requirement: int
    start: int
    ready: int
    persons: float


@dataclass(frozen=True, eq=False)
class Lines:
    """The deliveries as columns, and their movements one after another, each delivery's by step."""

    key: list[str]
    from_offer: Bools
    source: Ints  # index of an offer, or of a purchase in the ledger
    requirement: Ints
    item: Ints  # what the source holds
    stated_item: list[str]
    quantity: Floats
    weight: Floats  # quantity in tonnes
    tonnes: Floats  # as printed
    depart: Ints
    arrive: Ints
    first: Ints  # (deliveries + 1,) first movement of each
    step: Ints
    leg: Ints
    leave: Ints  # day of departure of each movement
    come: Ints  # day of arrival of each movement
    carried: Floats  # tonnes of each movement as printed

    @cached_property
    def of_move(self) -> Ints:
        """(movements,) index of the delivery."""
        return np.repeat(np.arange(len(self.key)), np.diff(self.first))

    def moves(self) -> list[Move]:
        """All movements."""
        columns = (self.step, self.leg, self.leave, self.come, self.carried)
        return list(map(Move._make, _together(columns)))

    def deliveries(self) -> Iterator[Delivery]:
        """All deliveries."""
        moves, first = self.moves(), self.first.tolist()
        columns = (
            *(self.key, self.from_offer.tolist(), self.source.tolist(), self.requirement.tolist(), self.item.tolist()),
            *(self.stated_item, self.quantity.tolist(), self.weight.tolist(), self.tonnes.tolist()),
            *(self.depart.tolist(), self.arrive.tolist()),
        )
        for values, begin, end in zip(zip(*columns, strict=True), first[:-1], first[1:], strict=True):
            yield Delivery._make((*values, tuple(moves[begin:end])))


@dataclass(frozen=True, eq=False)
class Ledger:
    """The lines of a plan; a line that can't be read is left out and told in ``unreadable``.

    ``relaxed`` says that fractions of whole units count. ``kept`` is for figures that judgements share.
    """

    lines: Lines
    purchases: tuple[Purchase, ...]
    cohorts: tuple[Cohort, ...]
    served: dict[tuple[int, int], tuple[float, float]]  # (requirement, day) -> units and points as printed
    relaxed: bool = False
    unreadable: tuple[str, ...] = ()
    kept: dict[str, Any] = field(default_factory=dict, init=False, repr=False)

    @cached_property
    def deliveries(self) -> tuple[Delivery, ...]:
        """The deliveries one by one."""
        return tuple(self.lines.deliveries())

    @staticmethod
    def of(problem: Problem, tables: Mapping[str, Iterable[Row]], relaxed: bool = False) -> Ledger:
        """The ledger of a plan's tables; absent tables are empty."""
        return _Reader(problem).ledger(tables, relaxed)


def over(value: float, limit: float, count: float = 0) -> bool:
    """Whether the value is above the limit by more than tolerance and the rounding of ``count`` printed numbers."""
    return value > limit + TOLERANCE * max(1.0, abs(limit)) + PRINTED * count


def differs(value: float, other: float, count: float = 0) -> bool:
    """Whether two numbers differ by more than tolerance and the rounding of ``count`` printed numbers."""
    return over(value, other, count) or over(other, value, count)


def is_whole(value: float) -> bool:
    """Whether it is a whole number as printed."""
    return abs(value - round(value)) <= 2 * PRINTED


@dataclass(frozen=True)
class Serving:
    """What serves each item requirement."""

    units: dict[tuple[int, int], tuple[float, float]]  # (item wanted, item given) -> units per unit, preference
    most: dict[int, float]  # item wanted -> most units of it that one unit of a substitute serves, at least 1

    @staticmethod
    def of(problem: Problem) -> Serving:
        """From the problem's substitutes; every item serves itself."""
        units = {(item, item): (1.0, 1.0) for item in range(len(problem.items.keys))}
        most: dict[int, float] = {}
        s = problem.substitutes
        for item, given, per, preference in zip(
            s.item.tolist(), s.substitute.tolist(), s.units_per_unit.tolist(), s.preference.tolist(), strict=True
        ):
            if item != given:
                units[item, given] = (per, preference)
            most[item] = max(most.get(item, 1.0), 1.0 / per)
        return Serving(units, most)


def index(keys: Iterable[str]) -> dict[str, int]:
    """Where each key stands."""
    return {key: place for place, key in enumerate(keys)}


class _UnusableError(Exception):
    """A cell that can't be used; the message is the rest of the sentence."""


Reads = Literal["number", "day"] | dict[str, int]  # a number of at least 0, a date, or a key that must exist
Columns = dict[str, Reads]  # in the order in which cells are judged


@dataclass
class _Reader:
    """Reads the lines column by column; where a cell can't be used, its table is gone through row by row."""

    problem: Problem
    days: dict[str, int] = field(default_factory=dict)
    told: list[str] = field(default_factory=list)

    def ledger(self, tables: Mapping[str, Iterable[Row]], relaxed: bool) -> Ledger:
        """All tables; purchases come first since deliveries name them."""
        p = self.problem
        requirements, courses = index(p.requirements.keys), index(p.courses.keys)
        purchases = self.purchases(list(tables.get("purchases", ())))
        lines = self.lines(tables, requirements, purchases)
        columns: Columns = {"course": courses, "requirement": requirements, "start_on": "day", "ready_on": "day"}
        _, read = self.read("cohorts", list(tables.get("cohorts", ())), columns | {"persons": "number"})
        cohorts = tuple(Cohort(*values) for values in _together(read))
        columns = {"requirement": requirements, "served_on": "day", "quantity": "number", "points": "number"}
        _, read = self.read("served", list(tables.get("served", ())), columns)
        served: dict[tuple[int, int], tuple[float, float]] = {}
        for r, day, units, points in _together(read):
            had = served.get((r, day), (0.0, 0.0))
            served[r, day] = had[0] + units, had[1] + points
        return Ledger(lines, purchases, cohorts, served, relaxed, tuple(self.told))

    # ---- cells ----------------------------------------------------------------------------------------------------
    def cell(self, row: Row, column: str, reads: Reads) -> float:
        """A cell as what its column holds; raises _UnusableError."""
        text = row[column]
        if isinstance(reads, dict):
            if text not in reads:
                raise _UnusableError(f"{column} is {text!r}, which does not exist")
            return reads[text]
        if reads == "day":
            try:
                return self.problem.day(text)
            except ValueError:
                raise _UnusableError(f"{column} is {text!r}, which is no date") from None
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not 0 <= value < math.inf:
            raise _UnusableError(f"{column} is {text!r}, which is no number of at least 0")
        return value

    def column(self, rows: list[Row], column: str, reads: Reads) -> Any:
        """A column as an array; raises ValueError or KeyError where a cell can't be used."""
        cells = [row[column] for row in rows]
        if isinstance(reads, dict):
            return np.array([reads[text] for text in cells], np.int64)
        if reads == "day":
            for text in set(cells) - self.days.keys():
                self.days[text] = self.problem.day(text)
            return np.array([self.days[text] for text in cells], np.int64)
        values = np.array(list(map(float, cells)), np.float64)
        if not ((values >= 0) & (values < np.inf)).all():
            raise ValueError(column)
        return values

    def read(self, table: str, rows: list[Row], columns: Columns) -> tuple[list[Row], list[Any]]:
        """The rows that can be read and their columns as arrays; the other rows are told."""
        try:
            return rows, [self.column(rows, name, reads) for name, reads in columns.items()]
        except (ValueError, KeyError):
            rows = self.sound(table, rows, columns)
            return rows, [self.column(rows, name, reads) for name, reads in columns.items()]

    def sound(
        self, table: str, rows: list[Row], columns: Columns, judge: Callable[[Row], object] | None = None
    ) -> list[Row]:
        """The rows whose cells can be used; the others are told.

        ``judge`` raises _UnusableError for what it has against a row, before its cells are looked at.
        """
        kept = []
        for number, row in enumerate(rows, 2):
            try:
                if judge:
                    judge(row)
                for name, reads in columns.items():
                    self.cell(row, name, reads)
            except _UnusableError as why:
                self.told.append(f"{table}.csv row {number}: {why}.")
            else:
                kept.append(row)
        return kept

    # ---- tables ---------------------------------------------------------------------------------------------------
    def purchases(self, found: list[Row]) -> tuple[Purchase, ...]:
        """The rows of purchases.csv."""
        columns: Columns = {"supplier": index(self.problem.suppliers.keys), "fund": index(self.problem.funds.keys)}
        columns |= {"order_on": "day", "ready_on": "day", "quantity": "number", "cost": "number"}
        rows, read = self.read("purchases", found, columns)
        return tuple(Purchase(row["purchase"], *values) for row, values in zip(rows, _together(read), strict=True))

    def lines(
        self, tables: Mapping[str, Iterable[Row]], requirements: dict[str, int], purchases: tuple[Purchase, ...]
    ) -> Lines:
        """The rows of deliveries.csv with their movements."""
        p, rows = self.problem, list(tables.get("deliveries", ()))
        named = index(dict.fromkeys(row["delivery"] for row in rows))
        columns: Columns = {"delivery": named, "step": "number", "leg": index(p.legs.keys)}
        columns |= {"depart_on": "day", "arrive_on": "day", "tonnes": "number"}
        _, movements = self.read("movements", list(tables.get("movements", ())), columns)
        sources = {"offer": index(p.offers.keys), "purchase": index(x.key for x in purchases)}
        columns = {"quantity": "number", "requirement": requirements, "tonnes": "number"}
        columns |= {"depart_on": "day", "arrive_on": "day"}

        def judge(row: Row) -> None:
            if row["source_kind"] not in sources:
                raise _UnusableError(f"source_kind is {row['source_kind']!r}, neither offer nor purchase")
            self.cell(row, "source", sources[row["source_kind"]])

        if not all(row["source"] in sources.get(row["source_kind"], ()) for row in rows):
            rows = self.sound("deliveries", rows, columns, judge)
        rows, (quantity, who, tonnes, depart, arrive) = self.read("deliveries", rows, columns)
        from_offer = np.array([row["source_kind"] == "offer" for row in rows], np.bool_)
        source = np.array([sources[row["source_kind"]][row["source"]] for row in rows], np.int64)
        item = np.zeros(len(rows), np.int64)
        item[from_offer] = p.offers.item[source[from_offer]]
        sold = np.array([p.suppliers.item[x.supplier] for x in purchases], np.int64)
        item[~from_offer] = sold[source[~from_offer]]
        first, moves = _moves(movements, np.array([named[row["delivery"]] for row in rows], np.int64))
        weight = quantity * p.items.tonnes[item]
        keys, stated = [row["delivery"] for row in rows], [row["item"] for row in rows]
        fixed = (keys, from_offer, source, who, item, stated, quantity, weight, tonnes, depart, arrive, first)
        return Lines(*fixed, *moves)


def _together(columns: Iterable[Any]) -> Iterator[Any]:
    """Columns as rows of plain numbers."""
    return zip(*(column.tolist() for column in columns), strict=True)


def _moves(movements: list[Any], wanted: Ints) -> tuple[Ints, list[Any]]:
    """Where the movements of each wanted delivery begin (and end), and their columns but the first, by step."""
    movements[1] = movements[1].astype(np.int64)
    order = np.lexsort(movements[::-1])
    named = movements[0][order]
    begin, end = np.searchsorted(named, wanted), np.searchsorted(named, wanted, side="right")
    first = np.concatenate([[0], np.cumsum(end - begin)]).astype(np.int64)
    chosen = order[np.repeat(begin - first[:-1], end - begin) + np.arange(first[-1])]
    return first, [column[chosen] for column in movements[1:]]


def wanted_item(problem: Problem, requirement: int) -> int | None:
    """The item that a requirement asks for; None where it asks for a package."""
    item = int(problem.requirements.item[requirement])
    return None if item == NO_ONE else item
