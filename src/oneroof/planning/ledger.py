"""A plan's lines as numbers, days and indices into its problem: the one reading that all judgements share."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from oneroof.planning.problem import NO_ONE, Problem
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


@dataclass(frozen=True)
class Ledger:
    """The lines of a plan; a line that can't be read is left out and told in ``unreadable``.

    ``relaxed`` says that fractions of whole units count.
    """

    deliveries: tuple[Delivery, ...]
    purchases: tuple[Purchase, ...]
    cohorts: tuple[Cohort, ...]
    served: dict[tuple[int, int], tuple[float, float]]  # (requirement, day) -> units and points as printed
    relaxed: bool = False
    unreadable: tuple[str, ...] = ()

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


@dataclass
class _Reader:
    """Reads the lines; every date is parsed once."""

    problem: Problem
    days: dict[str, int] = field(default_factory=dict)
    told: list[str] = field(default_factory=list)

    def ledger(self, tables: Mapping[str, Iterable[Row]], relaxed: bool) -> Ledger:
        """All tables; purchases come first since deliveries name them."""
        p = self.problem
        self.offers, self.requirements = index(p.offers.keys), index(p.requirements.keys)
        self.legs, self.courses = index(p.legs.keys), index(p.courses.keys)
        self.suppliers, self.funds = index(p.suppliers.keys), index(p.funds.keys)
        self.weights, self.offered = p.items.tonnes.tolist(), p.offers.item.tolist()
        self.sold = p.suppliers.item.tolist()
        purchases = tuple(x for x in (self.purchase(i, row) for i, row in self.rows(tables, "purchases")) if x)
        self.bought = purchases
        self.purchases = index(x.key for x in purchases)
        moves = self.moves(tables)
        deliveries = [self.delivery(i, row, moves) for i, row in self.rows(tables, "deliveries")]
        cohorts = [self.cohort(i, row) for i, row in self.rows(tables, "cohorts")]
        served: dict[tuple[int, int], tuple[float, float]] = {}
        for i, row in self.rows(tables, "served"):
            self.add_served(i, row, served)
        return Ledger(
            tuple(x for x in deliveries if x),
            purchases,
            tuple(x for x in cohorts if x),
            served,
            relaxed,
            tuple(self.told),
        )

    def rows(self, tables: Mapping[str, Iterable[Row]], name: str) -> Iterable[tuple[int, Row]]:
        """Rows with the number that a spreadsheet shows."""
        return enumerate(tables.get(name, ()), 2)

    def number(self, row: Row, column: str) -> float:
        """A cell as a finite number of at least 0."""
        try:
            value = float(row[column])
        except ValueError:
            value = math.nan
        if not 0 <= value < math.inf:
            raise _UnusableError(f"{column} is {row[column]!r}, which is no number of at least 0")
        return value

    def day(self, row: Row, column: str) -> int:
        """A cell as a day."""
        text = row[column]
        if text not in self.days:
            try:
                self.days[text] = self.problem.day(text)
            except ValueError:
                raise _UnusableError(f"{column} is {text!r}, which is no date") from None
        return self.days[text]

    def known(self, row: Row, column: str, keys: dict[str, int]) -> int:
        """A cell as an index."""
        place = keys.get(row[column])
        if place is None:
            raise _UnusableError(f"{column} is {row[column]!r}, which does not exist")
        return place

    def tell(self, table: str, number: int, why: _UnusableError) -> None:
        """Note a row that can't be read."""
        self.told.append(f"{table}.csv row {number}: {why}.")

    def purchase(self, number: int, row: Row) -> Purchase | None:
        """A row of purchases.csv."""
        try:
            return Purchase(
                row["purchase"],
                self.known(row, "supplier", self.suppliers),
                self.known(row, "fund", self.funds),
                self.day(row, "order_on"),
                self.day(row, "ready_on"),
                self.number(row, "quantity"),
                self.number(row, "cost"),
            )
        except _UnusableError as why:
            self.tell("purchases", number, why)
            return None

    def moves(self, tables: Mapping[str, Iterable[Row]]) -> dict[str, list[Move]]:
        """The movements of each delivery, by step."""
        deliveries = {row["delivery"] for row in tables.get("deliveries", ())}
        found: dict[str, list[Move]] = {}
        for number, row in self.rows(tables, "movements"):
            try:
                if row["delivery"] not in deliveries:
                    raise _UnusableError(f"delivery is {row['delivery']!r}, which does not exist")  # noqa: TRY301
                move = Move(
                    int(self.number(row, "step")),
                    self.known(row, "leg", self.legs),
                    self.day(row, "depart_on"),
                    self.day(row, "arrive_on"),
                    self.number(row, "tonnes"),
                )
                found.setdefault(row["delivery"], []).append(move)
            except _UnusableError as why:
                self.tell("movements", number, why)
        return found

    def delivery(self, number: int, row: Row, moves: dict[str, list[Move]]) -> Delivery | None:
        """A row of deliveries.csv with its movements."""
        try:
            from_offer = row["source_kind"] == "offer"
            if not from_offer and row["source_kind"] != "purchase":
                raise _UnusableError(f"source_kind is {row['source_kind']!r}, neither offer nor purchase")  # noqa: TRY301
            source = self.known(row, "source", self.offers if from_offer else self.purchases)
            item = self.offered[source] if from_offer else self.sold[self.bought[source].supplier]
            quantity = self.number(row, "quantity")
            return Delivery(
                row["delivery"],
                from_offer,
                source,
                self.known(row, "requirement", self.requirements),
                item,
                row["item"],
                quantity,
                quantity * self.weights[item],
                self.number(row, "tonnes"),
                self.day(row, "depart_on"),
                self.day(row, "arrive_on"),
                tuple(sorted(moves.get(row["delivery"], ()))),
            )
        except _UnusableError as why:
            self.tell("deliveries", number, why)
            return None

    def cohort(self, number: int, row: Row) -> Cohort | None:
        """A row of cohorts.csv."""
        try:
            return Cohort(
                self.known(row, "course", self.courses),
                self.known(row, "requirement", self.requirements),
                self.day(row, "start_on"),
                self.day(row, "ready_on"),
                self.number(row, "persons"),
            )
        except _UnusableError as why:
            self.tell("cohorts", number, why)
            return None

    def add_served(self, number: int, row: Row, served: dict[tuple[int, int], tuple[float, float]]) -> None:
        """A row of served.csv, added to what its requirement and day already have."""
        try:
            key = self.known(row, "requirement", self.requirements), self.day(row, "served_on")
            units, points = served.get(key, (0.0, 0.0))
            served[key] = units + self.number(row, "quantity"), points + self.number(row, "points")
        except _UnusableError as why:
            self.tell("served", number, why)


def wanted_item(problem: Problem, requirement: int) -> int | None:
    """The item that a requirement asks for; None where it asks for a package."""
    item = int(problem.requirements.item[requirement])
    return None if item == NO_ONE else item
