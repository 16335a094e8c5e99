"""Columns of the master program: deliveries, and packages made of deliveries and cohorts; one by one and as arrays."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from oneroof.planning.problem import NO_ONE, Bools, Floats, Ints

# Places in arrays without a sign: compiled loops first ask of every signed one whether it counts from the end, and take
# twice the time for it.
Places = NDArray[np.uint32]


class Trip(NamedTuple):
    """One way of bringing goods of a source to a requirement."""

    pair: int
    quantity: float  # units of the source for one unit of the column
    legs: tuple[int, ...]
    days: tuple[int, ...]  # departures
    arrive: int
    order: int  # index of the order of a purchase, NO_ONE for an offer
    pin: int = NO_ONE  # the pin whose reward the units earn, in the relaxation only

    @property
    def place(self) -> tuple[int, int, tuple[int, ...], tuple[int, ...], int]:
        """What trips are sorted by, so that their order never depends on how they were found."""
        return self.pair, self.arrive, self.legs, self.days, self.order


@dataclass(frozen=True)
class Column:
    """A delivery (one trip), or a package with a trip for every item part and persons in starts."""

    requirement: int
    trips: tuple[Trip, ...]
    cohorts: tuple[tuple[int, float], ...]  # row of the start among all starts, persons
    day: int  # on which it counts
    is_package: bool


def starts_of(count: Iterable[int]) -> Ints:
    """(n + 1,) where each of n runs of so many entries begins, and where the last one ends."""
    return np.concatenate([[0], np.cumsum(np.fromiter(count, np.int64))]).astype(np.int64)


def owner_of(first: Ints) -> Ints:
    """The run that each entry belongs to, where run ``k`` ends at ``first[k + 1]``."""
    return np.repeat(np.arange(len(first) - 1), np.diff(first))


def runs_of(columns: Sequence[Ints | Bools]) -> tuple[Ints, Ints]:
    """(n,) the run that each row of sorted columns belongs to, equal rows being one, and (runs,) where each begins."""
    fresh = np.zeros(len(columns[0]), np.bool_)
    fresh[:1] = True
    for column in columns:
        fresh[1:] |= column[1:] != column[:-1]
    return np.cumsum(fresh) - 1, np.flatnonzero(fresh)


def spans(first: Ints, chosen: Ints) -> tuple[Ints, Ints]:
    """The entries of some runs, one after another, and where each run begins among them."""
    count = first[chosen + 1] - first[chosen]
    begin = np.concatenate([[0], np.cumsum(count)]).astype(np.int64)
    entries = np.arange(begin[-1]) + np.repeat(first[chosen] - begin[:-1], count)
    return entries, begin


def places_in(old: Sequence[Hashable], new: Sequence[Hashable]) -> Ints:
    """(old,) the place of each of some names in another list, NO_ONE where it is not there."""
    at = {name: i for i, name in enumerate(new)}
    return np.array([at.get(name, NO_ONE) for name in old], np.int64)


@dataclass(frozen=True)
class Trips:
    """Trips as arrays; the legs of trip ``k`` are ``leg[first[k]:first[k + 1]]``."""

    pair: Ints
    quantity: Floats
    arrive: Ints
    order: Ints
    pin: Ints
    first: Ints
    leg: Ints
    when: Ints

    @classmethod
    def of(cls, trips: list[Trip]) -> Trips:
        """Trips one by one as arrays."""
        return cls(
            np.array([t.pair for t in trips], np.int64),
            np.array([t.quantity for t in trips], np.float64),
            np.array([t.arrive for t in trips], np.int64),
            np.array([t.order for t in trips], np.int64),
            np.array([t.pin for t in trips], np.int64),
            starts_of(len(t.legs) for t in trips),
            np.array([leg for t in trips for leg in t.legs], np.int64),
            np.array([day for t in trips for day in t.days], np.int64),
        )

    def take(self, chosen: Ints) -> Trips:
        """Some of the trips."""
        entries, first = spans(self.first, chosen)
        return Trips(
            self.pair[chosen], self.quantity[chosen], self.arrive[chosen], self.order[chosen], self.pin[chosen],
            first, self.leg[entries], self.when[entries],
        )  # fmt: skip

    def joined(self, more: Trips) -> Trips:
        """These trips and more."""
        return Trips(
            np.append(self.pair, more.pair),
            np.append(self.quantity, more.quantity),
            np.append(self.arrive, more.arrive),
            np.append(self.order, more.order),
            np.append(self.pin, more.pin),
            np.append(self.first, self.first[-1] + more.first[1:]),
            np.append(self.leg, more.leg),
            np.append(self.when, more.when),
        )

    def plain(self) -> Trips:
        """The same trips for one unit each, without the rewards of pins."""
        count = len(self.pair)
        return replace(self, quantity=np.ones(count), pin=np.full(count, NO_ONE, np.int64))

    def listed(self) -> list[Trip]:
        """All trips one by one."""
        leg, when, first = self.leg.tolist(), self.when.tolist(), self.first.tolist()
        columns = (self.pair, self.quantity, self.arrive, self.order, self.pin)
        return [
            Trip(pair, quantity, tuple(leg[a:b]), tuple(when[a:b]), arrive, order, pin)
            for pair, quantity, arrive, order, pin, a, b in zip(
                *(column.tolist() for column in columns), first[:-1], first[1:], strict=True
            )
        ]

    def trip(self, k: int) -> Trip:
        """One trip."""
        a, b = int(self.first[k]), int(self.first[k + 1])
        legs, days = tuple(self.leg[a:b].tolist()), tuple(self.when[a:b].tolist())
        return Trip(
            int(self.pair[k]), float(self.quantity[k]), legs, days,
            int(self.arrive[k]), int(self.order[k]), int(self.pin[k]),
        )  # fmt: skip


@dataclass(frozen=True)
class Columns:
    """Columns as arrays; column ``j`` has the trips from ``trip_first[j]`` and the cohorts from ``cohort_first[j]``."""

    requirement: Ints
    day: Ints
    is_package: Bools
    trip_first: Ints
    trips: Trips
    cohort_first: Ints
    start: Ints
    persons: Floats

    @classmethod
    def of(cls, columns: list[Column]) -> Columns:
        """Columns one by one as arrays."""
        return cls(
            np.array([c.requirement for c in columns], np.int64),
            np.array([c.day for c in columns], np.int64),
            np.array([c.is_package for c in columns], np.bool_),
            starts_of(len(c.trips) for c in columns),
            Trips.of([t for c in columns for t in c.trips]),
            starts_of(len(c.cohorts) for c in columns),
            np.array([start for c in columns for start, _ in c.cohorts], np.int64),
            np.array([persons for c in columns for _, persons in c.cohorts], np.float64),
        )

    @classmethod
    def deliveries(cls, requirement: Ints, trips: Trips) -> Columns:
        """A column for every trip."""
        count = len(requirement)
        none = np.zeros(0)
        return cls(
            requirement, trips.arrive, np.zeros(count, np.bool_), np.arange(count + 1), trips,
            np.zeros(count + 1, np.int64), none.astype(np.int64), none,
        )  # fmt: skip

    def __len__(self) -> int:
        """How many they are."""
        return len(self.requirement)

    def take(self, chosen: Ints) -> Columns:
        """Some of the columns."""
        trips, trip_first = spans(self.trip_first, chosen)
        cohorts, cohort_first = spans(self.cohort_first, chosen)
        return Columns(
            self.requirement[chosen], self.day[chosen], self.is_package[chosen], trip_first, self.trips.take(trips),
            cohort_first, self.start[cohorts], self.persons[cohorts],
        )  # fmt: skip

    def joined(self, more: Columns) -> Columns:
        """These columns and more."""
        return Columns(
            np.append(self.requirement, more.requirement),
            np.append(self.day, more.day),
            np.append(self.is_package, more.is_package),
            np.append(self.trip_first, self.trip_first[-1] + more.trip_first[1:]),
            self.trips.joined(more.trips),
            np.append(self.cohort_first, self.cohort_first[-1] + more.cohort_first[1:]),
            np.append(self.start, more.start),
            np.append(self.persons, more.persons),
        )

    def column(self, j: int) -> Column:
        """One column."""
        trips = tuple(self.trips.trip(k) for k in range(int(self.trip_first[j]), int(self.trip_first[j + 1])))
        mine = slice(int(self.cohort_first[j]), int(self.cohort_first[j + 1]))
        cohorts = tuple(zip(self.start[mine].tolist(), self.persons[mine].tolist(), strict=True))
        return Column(int(self.requirement[j]), trips, cohorts, int(self.day[j]), bool(self.is_package[j]))


@dataclass(frozen=True)
class Packed:
    """The master program: maximise ``gain @ x`` with every row's use at most its amount and ``0 <= x <= most``.

    ``rows[first[j]:first[j + 1]]`` are the limits that column ``j`` uses, ``values`` how much of each.
    """

    gain: Floats
    most: Floats  # (columns,) the most of each that its limits allow alone
    first: Ints
    rows: Ints
    values: Floats

    def charge(self, price: Floats) -> Floats:
        """(columns,) what the rows of each charge for one unit of it."""
        if not len(self.gain):
            return np.zeros(0)
        total: Floats = np.bincount(self.owner(), self.values * price[self.rows], len(self.gain)).astype(np.float64)
        return total

    def places(self) -> tuple[Places, Places]:
        """``first`` and ``rows`` for compiled loops."""
        return self.first.astype(np.uint32), self.rows.astype(np.uint32)

    def owner(self) -> Ints:
        """(entries,) the column that each entry belongs to."""
        return owner_of(self.first)

    def used(self, quantity: Floats, rows: int) -> Floats:
        """(rows,) what quantities use of every row."""
        use: Floats = np.bincount(self.rows, self.values * quantity[self.owner()], rows).astype(np.float64)
        return use

    def in_use(self, rows: int) -> tuple[Ints, Ints]:
        """Which of so many rows the program uses, and for every entry the place of its row among them."""
        mask = np.zeros(rows, np.bool_)
        mask[self.rows] = True
        place = np.cumsum(mask) - 1
        return np.flatnonzero(mask), place[self.rows]

    def take(self, chosen: Ints) -> Packed:
        """Some of the columns."""
        entries, first = spans(self.first, chosen)
        return Packed(self.gain[chosen], self.most[chosen], first, self.rows[entries], self.values[entries])

    def joined(self, more: Packed) -> Packed:
        """Two programs over the same rows as one."""
        return Packed(
            np.append(self.gain, more.gain),
            np.append(self.most, more.most),
            np.append(self.first, self.first[-1] + more.first[1:]),
            np.append(self.rows, more.rows),
            np.append(self.values, more.values),
        )
