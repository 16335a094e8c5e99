"""The question: everything a plan depends on, as frozen arrays sorted by key, with days counted from the start."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from oneroof.planning.tables import Row, Tables

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

STAGES = ("offered", "pledged", "committed")
CONSENTS = ("not_needed", "granted", "pending")
NO_ONE = -1  # an index that points nowhere: no coalition, no item, no package


@dataclass(frozen=True)
class Nodes:
    """Places; ``handling`` is what may depart from each in a week."""

    keys: tuple[str, ...]
    names: tuple[str, ...]
    nations: tuple[str, ...]
    kinds: tuple[str, ...]
    latitude: Floats  # (nodes,) degrees
    longitude: Floats  # (nodes,) degrees
    handling: Floats  # (nodes,) tonnes a week, inf without limit


@dataclass(frozen=True)
class Legs:
    """One-way legs between nodes; departures on days ``opens <= day <= closes``, both inside the horizon."""

    keys: tuple[str, ...]
    origin: Ints  # (legs,) index of a node
    destination: Ints  # (legs,) index of a node
    modes: tuple[str, ...]
    days: Ints  # (legs,) days
    capacity: Floats  # (legs,) tonnes a week, inf without limit
    cost: Floats  # (legs,) currency per tonne
    explosives: Bools  # (legs,)
    opens: Ints  # (legs,) day
    closes: Ints  # (legs,) day


@dataclass(frozen=True)
class Items:
    """Catalogue entries."""

    keys: tuple[str, ...]
    names: tuple[str, ...]
    units: tuple[str, ...]
    tonnes: Floats  # (items,) tonnes per unit
    value: Floats  # (items,) currency per unit
    explosives: Bools  # (items,)
    whole: Bools  # (items,) True where only whole units move


@dataclass(frozen=True)
class Part:
    """A part of a package: units of an item or persons of a course, per package."""

    is_course: bool
    what: int  # index of an item or of a course
    quantity: float


@dataclass(frozen=True)
class Packages:
    """Capability packages and their parts, items first, each sorted by key."""

    keys: tuple[str, ...]
    names: tuple[str, ...]
    parts: tuple[tuple[Part, ...], ...]


@dataclass(frozen=True)
class Substitutes:
    """``units_per_unit`` of ``substitute`` stand for one unit of ``item`` and earn ``preference`` times its points."""

    item: Ints
    substitute: Ints
    units_per_unit: Floats
    preference: Floats


@dataclass(frozen=True)
class Requirements:
    """What the recipient asks for; exactly one of ``item`` and ``package`` is not ``NO_ONE``."""

    keys: tuple[str, ...]
    item: Ints
    package: Ints
    quantity: Floats
    node: Ints
    due: Ints  # (requirements,) day; may lie outside the horizon
    latest: Ints  # (requirements,) day
    priority: Ints  # (requirements,) 1..5
    coalition: Ints
    points: Floats  # (requirements,) points per unit served in time


@dataclass(frozen=True)
class Offers:
    """What donors offer; ``first`` to ``until`` are the days on which the goods may leave (consent included)."""

    keys: tuple[str, ...]
    donors: tuple[str, ...]
    item: Ints
    quantity: Floats
    node: Ints
    first: Ints  # (offers,) day, at least 0
    until: Ints  # (offers,) day, at most the last of the horizon
    stage: Ints  # (offers,) index into STAGES
    consent: Ints  # (offers,) index into CONSENTS
    coalition: Ints
    not_via: tuple[tuple[str, ...], ...]
    agreements: tuple[str, ...]
    usable: Bools  # (offers,) stage high enough, consent not pending, a day to leave on


@dataclass(frozen=True)
class Courses:
    """Courses; ``starts`` holds every start that ends inside the horizon."""

    keys: tuple[str, ...]
    names: tuple[str, ...]
    node: Ints
    days: Ints
    seats: Floats  # (courses,) persons per start, inf without limit
    starts: tuple[Ints, ...]
    languages: tuple[str, ...]


@dataclass(frozen=True)
class Funds:
    """Money with its window of order days and the coalition it is bound to."""

    keys: tuple[str, ...]
    donors: tuple[str, ...]
    amount: Floats  # (funds,) currency
    first: Ints
    until: Ints
    coalition: Ints


@dataclass(frozen=True)
class Suppliers:
    """Who sells what, from where, at what price, how fast."""

    keys: tuple[str, ...]
    names: tuple[str, ...]
    item: Ints
    node: Ints
    price: Floats  # (suppliers,) currency per unit
    lead: Ints  # (suppliers,) days
    per_week: Floats  # (suppliers,) units by order week, inf without limit
    first: Ints  # (suppliers,) first order day


@dataclass(frozen=True)
class Pins:
    """Quantities of offers that requirements must get whatever they earn."""

    offer: Ints
    requirement: Ints
    quantity: Floats


@dataclass(frozen=True)
class Problem:
    """A planning problem; ``tables`` keeps the checked rows it was made from."""

    name: str
    start: dt.date
    weeks: int
    currency: str
    min_stage: int
    trainees: float  # persons a week, inf without limit
    factors: tuple[float, ...]  # points per unit of value, for priority 1 to 5
    illustrative: tuple[str, ...]
    sources: tuple[str, ...]
    nations: dict[str, str]  # code -> name
    nodes: Nodes
    legs: Legs
    items: Items
    substitutes: Substitutes
    packages: Packages
    coalitions: tuple[str, ...]
    coalition_names: tuple[str, ...]
    requirements: Requirements
    offers: Offers
    courses: Courses
    funds: Funds
    suppliers: Suppliers
    pins: Pins
    tables: Tables

    @property
    def days(self) -> int:
        """Days of the horizon."""
        return 7 * self.weeks

    @cached_property
    def digest(self) -> str:
        """SHA-256 over the sorted, canonical rows of all tables."""
        return self.tables.digest

    def date(self, day: int) -> dt.date:
        """The calendar date of a day."""
        return self.start + dt.timedelta(days=int(day))

    def day(self, date: dt.date | str) -> int:
        """The day of a calendar date; texts repeat, so each is parsed once. Raises ValueError where it is no date."""
        if not isinstance(date, str):
            return (date - self.start).days
        if date not in self._read:
            self._read[date] = (dt.date.fromisoformat(date) - self.start).days
        return self._read[date]

    @cached_property
    def _read(self) -> dict[str, int]:
        """Days of the texts that were read."""
        return {}

    @staticmethod
    def of(tables: Tables) -> Problem:
        """The problem that checked tables state."""
        return _Maker(tables).problem()


class _Maker:
    """Turns the text of checked rows into arrays."""

    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        start = tables.settings["start"]
        assert isinstance(start, dt.date)
        self.start = start
        self.weeks = int(str(tables.settings["weeks"]))
        self.last = 7 * self.weeks - 1
        self.seen: dict[str, int] = {"": -(10**9)}
        self.index = {
            name: {row[key]: i for i, row in enumerate(tables.rows[table])}
            for name, table, key in (
                ("nodes", "nodes", "node"),
                ("items", "items", "item"),
                ("packages", "packages", "package"),
                ("coalitions", "coalitions", "coalition"),
                ("courses", "courses", "course"),
                ("offers", "offers", "offer"),
                ("requirements", "requirements", "requirement"),
            )
        }

    def text(self, table: str, column: str) -> tuple[str, ...]:
        """A column as text."""
        return tuple(row[column] for row in self.tables.rows[table])

    def names(self, table: str, key: str) -> tuple[str, ...]:
        """Names; the key where a name is empty."""
        return tuple(row["name"] or row[key] for row in self.tables.rows[table])

    def floats(self, table: str, column: str, empty: float = 0.0) -> Floats:
        """A column of numbers."""
        values = [float(row[column]) if row[column] else empty for row in self.tables.rows[table]]
        return _frozen(np.array(values, dtype=np.float64))

    def ints(self, table: str, column: str) -> Ints:
        """A column of whole numbers."""
        return _frozen(np.array([int(float(row[column])) for row in self.tables.rows[table]], dtype=np.int64))

    def flags(self, table: str, column: str, empty: bool) -> Bools:
        """A column of yes and no."""
        words = [row[column] for row in self.tables.rows[table]]
        return _frozen(np.array([word == "yes" if word else empty for word in words], dtype=np.bool_))

    def days(self, table: str, column: str, empty: int) -> Ints:
        """A column of dates as days."""
        values = [self.day(row[column]) if row[column] else empty for row in self.tables.rows[table]]
        return _frozen(np.array(values, dtype=np.int64))

    def day(self, text: str) -> int:
        """A date as a day; dates repeat, so each is parsed once."""
        if text not in self.seen:
            self.seen[text] = (dt.date.fromisoformat(text) - self.start).days
        return self.seen[text]

    def refs(self, table: str, column: str, to: str) -> Ints:
        """A column of keys as indices; NO_ONE where empty."""
        index = self.index[to]
        values = [index[row[column]] if row[column] else NO_ONE for row in self.tables.rows[table]]
        return _frozen(np.array(values, dtype=np.int64))

    def choices(self, table: str, column: str, words: tuple[str, ...]) -> Ints:
        """A column of words from a list; the first where empty."""
        values = [words.index(row[column]) if row[column] else 0 for row in self.tables.rows[table]]
        return _frozen(np.array(values, dtype=np.int64))

    def problem(self) -> Problem:
        """Everything."""
        settings = self.tables.settings
        trainees = settings.get("trainees_per_week")
        items = self.items()
        packages = self.packages()
        return Problem(
            name=str(settings["name"]),
            start=self.start,
            weeks=self.weeks,
            currency=str(settings["currency"]),
            min_stage=STAGES.index(str(settings["min_stage"])),
            trainees=np.inf if trainees is None else float(str(trainees)),
            factors=tuple(float(str(f)) for f in _listed(settings["priority_factors"])),
            illustrative=tuple(str(t) for t in _listed(settings["illustrative"])),
            sources=tuple(str(s) for s in _listed(settings["sources"])),
            nations={row["nation"]: row["name"] or row["nation"] for row in self.tables.rows["nations"]},
            nodes=self.nodes(),
            legs=self.legs(),
            items=items,
            substitutes=self.substitutes(),
            packages=packages,
            coalitions=self.text("coalitions", "coalition"),
            coalition_names=self.names("coalitions", "coalition"),
            requirements=self.requirements(items, packages),
            offers=self.offers(),
            courses=self.courses(),
            funds=self.funds(),
            suppliers=self.suppliers(),
            pins=Pins(
                self.refs("pins", "offer", "offers"),
                self.refs("pins", "requirement", "requirements"),
                self.floats("pins", "quantity"),
            ),
            tables=self.tables,
        )

    def nodes(self) -> Nodes:
        """The nodes."""
        t = "nodes"
        return Nodes(
            self.text(t, "node"),
            self.names(t, "node"),
            self.text(t, "nation"),
            self.text(t, "kind"),
            self.floats(t, "latitude"),
            self.floats(t, "longitude"),
            self.floats(t, "handling_tonnes_per_week", np.inf),
        )

    def legs(self) -> Legs:
        """The legs, their days of departure cut to the horizon."""
        t = "legs"
        return Legs(
            self.text(t, "leg"),
            self.refs(t, "origin", "nodes"),
            self.refs(t, "destination", "nodes"),
            self.text(t, "mode"),
            self.ints(t, "days"),
            self.floats(t, "tonnes_per_week", np.inf),
            self.floats(t, "cost_per_tonne"),
            self.flags(t, "explosives", True),
            _frozen(np.maximum(self.days(t, "opens", 0), 0)),
            _frozen(np.minimum(self.days(t, "closes", self.last), self.last)),
        )

    def items(self) -> Items:
        """The items."""
        t = "items"
        return Items(
            self.text(t, "item"),
            self.names(t, "item"),
            self.text(t, "unit"),
            self.floats(t, "tonnes_per_unit"),
            self.floats(t, "value_per_unit"),
            self.flags(t, "explosives", False),
            self.flags(t, "whole_units", True),
        )

    def substitutes(self) -> Substitutes:
        """The substitutes."""
        t = "substitutes"
        return Substitutes(
            self.refs(t, "item", "items"),
            self.refs(t, "substitute", "items"),
            self.floats(t, "units_per_unit"),
            self.floats(t, "preference"),
        )

    def packages(self) -> Packages:
        """The packages with their parts."""
        parts: list[list[tuple[bool, str, Part]]] = [[] for _ in self.tables.rows["packages"]]
        for row in self.tables.rows["package_parts"]:
            course = row["kind"] == "course"
            what = self.index["courses" if course else "items"][row["part"]]
            part = Part(course, what, float(row["quantity"]))
            parts[self.index["packages"][row["package"]]].append((course, row["part"], part))
        ordered = tuple(tuple(part for _, _, part in sorted(found, key=lambda p: p[:2])) for found in parts)
        return Packages(self.text("packages", "package"), self.names("packages", "package"), ordered)

    def requirements(self, items: Items, packages: Packages) -> Requirements:
        """The requirements, with their points per unit (see docs/planning-model.md, What makes a plan better)."""
        t = "requirements"
        item, package = self.refs(t, "item", "items"), self.refs(t, "package", "packages")
        due, priority = self.days(t, "due", 0), self.ints(t, "priority")
        stated = self.floats(t, "points_per_unit", np.nan)
        factors = [float(str(f)) for f in _listed(self.tables.settings["priority_factors"])]
        worth = [sum(p.quantity * items.value[p.what] for p in parts if not p.is_course) for parts in packages.parts]
        value = [items.value[i] if i != NO_ONE else worth[p] for i, p in zip(item, package, strict=True)]
        derived = np.array([factors[p - 1] * v for p, v in zip(priority, value, strict=True)])
        return Requirements(
            self.text(t, "requirement"),
            item,
            package,
            self.floats(t, "quantity"),
            self.refs(t, "node", "nodes"),
            due,
            _frozen(np.where([bool(x) for x in self.text(t, "latest")], self.days(t, "latest", 0), due + 180)),
            priority,
            self.refs(t, "coalition", "coalitions"),
            _frozen(np.where(np.isnan(stated), derived.reshape(stated.shape), stated)),
        )

    def offers(self) -> Offers:
        """The offers; consent and the horizon cut the days on which they may leave."""
        t = "offers"
        stage, consent = self.choices(t, "stage", STAGES), self.choices(t, "consent", CONSENTS)
        first = np.maximum(self.days(t, "available_from", 0), 0)
        granted = consent == CONSENTS.index("granted")
        first = np.where(granted, np.maximum(first, self.days(t, "consent_from", 0)), first)
        until = np.minimum(self.days(t, "available_until", self.last), self.last)
        usable = (
            (stage >= STAGES.index(str(self.tables.settings["min_stage"])))
            & (consent != CONSENTS.index("pending"))
            & (first <= until)
        )
        return Offers(
            self.text(t, "offer"),
            self.text(t, "donor"),
            self.refs(t, "item", "items"),
            self.floats(t, "quantity"),
            self.refs(t, "node", "nodes"),
            _frozen(first),
            _frozen(until),
            stage,
            consent,
            self.refs(t, "coalition_only", "coalitions"),
            tuple(_nations(row) for row in self.tables.rows[t]),
            self.text(t, "agreement"),
            _frozen(usable),
        )

    def courses(self) -> Courses:
        """The courses with their starts; starts before day 0 do not exist."""
        t = "courses"
        days, every = self.ints(t, "days"), self.ints(t, "every_days")
        first, last = self.days(t, "first_start", 0), self.days(t, "last_start", self.last)
        starts = []
        for a, b, step, length in zip(first, last, every, days, strict=True):
            all_starts = np.arange(a, b + 1, step, dtype=np.int64)
            starts.append(_frozen(all_starts[(all_starts >= 0) & (all_starts + length <= self.last)]))
        return Courses(
            self.text(t, "course"),
            self.names(t, "course"),
            self.refs(t, "node", "nodes"),
            days,
            self.floats(t, "seats", np.inf),
            tuple(starts),
            self.text(t, "language"),
        )

    def funds(self) -> Funds:
        """The funds."""
        t = "funds"
        return Funds(
            self.text(t, "fund"),
            self.text(t, "donor"),
            self.floats(t, "amount"),
            self.days(t, "available_from", 0),
            self.days(t, "available_until", self.last),
            self.refs(t, "coalition_only", "coalitions"),
        )

    def suppliers(self) -> Suppliers:
        """The suppliers."""
        t = "suppliers"
        return Suppliers(
            self.text(t, "supplier"),
            self.names(t, "supplier"),
            self.refs(t, "item", "items"),
            self.refs(t, "node", "nodes"),
            self.floats(t, "unit_price"),
            self.ints(t, "lead_days"),
            self.floats(t, "units_per_week", np.inf),
            self.days(t, "available_from", 0),
        )


def _frozen(array: NDArray[np.generic]) -> NDArray:  # type: ignore[type-arg]
    """The array, made read-only: a problem never changes."""
    array.setflags(write=False)
    return array


def _listed(value: object) -> list[object]:
    """A setting that is a list."""
    assert isinstance(value, (list, tuple))
    return list(value)


def _nations(row: Row) -> tuple[str, ...]:
    """The nations of ``not_via``, sorted."""
    return tuple(sorted({code.strip() for code in row["not_via"].split(";") if code.strip()}))
