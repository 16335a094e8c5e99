"""The columns of the master program: deliveries, and packages made of deliveries and cohorts, found so far."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from oneroof.planning.goals import timeliness_on
from oneroof.planning.limits import Limits
from oneroof.planning.matching import Matching
from oneroof.planning.problem import NO_ONE, Floats, Ints, Problem


@dataclass(frozen=True)
class Trip:
    """One way of bringing goods of a source to a requirement."""

    pair: int
    quantity: float  # units of the source for one unit of the column
    legs: tuple[int, ...]
    days: tuple[int, ...]  # departures
    arrive: int
    order: int  # index of the order of a purchase, NO_ONE for an offer
    pin: int = NO_ONE  # the pin whose reward the units earn, in the relaxation only


@dataclass(frozen=True)
class Column:
    """A delivery (one trip), or a package with a trip for every item part and persons in starts."""

    requirement: int
    trips: tuple[Trip, ...]
    cohorts: tuple[tuple[int, float], ...]  # row of the start among all starts, persons
    day: int  # on which it counts
    is_package: bool


@dataclass
class Pool:
    """Columns in compressed form: ``rows[first[j]:first[j + 1]]`` are the limits that column ``j`` uses."""

    problem: Problem
    matching: Matching
    limits: Limits
    reward: Floats = field(default_factory=lambda: np.zeros(0))  # (pins,) for every unit up to the pin's quantity
    columns: list[Column] = field(default_factory=list)
    gain: list[float] = field(default_factory=list)  # points less transport and rewards of pins, per unit
    entries: list[tuple[NDArray[np.int64], Floats]] = field(default_factory=list)
    known: set[tuple[object, ...]] = field(default_factory=set)

    def add(self, column: Column) -> bool:
        """Add a column unless one with the same limits and the same day is there; say whether it was new."""
        rows, values = self.uses(column)
        name = (column.requirement, column.day, rows.tobytes(), values.tobytes())
        if name in self.known:
            return False
        gain = self.worth(column) + self.rewards(column)
        self.known.add(name)
        self.columns.append(column)
        self.gain.append(gain)
        self.entries.append((rows, values))
        return True

    def rewards(self, column: Column) -> float:
        """What one unit of a column earns for keeping pins."""
        return sum(trip.quantity * float(self.reward[trip.pin]) for trip in column.trips if trip.pin != NO_ONE)

    def worth(self, column: Column) -> float:
        """Points less transport cost of one unit."""
        p, pairs, sources = self.problem, self.matching.pairs, self.matching.sources
        r = column.requirement
        time = timeliness_on(int(p.requirements.due[r]), int(p.requirements.latest[r]), column.day)
        points = float(p.requirements.points[r]) if column.is_package else float(pairs.gain[column.trips[0].pair])
        cost = sum(
            trip.quantity * sources.tonnes[pairs.source[trip.pair]] * p.legs.cost[list(trip.legs)].sum()
            for trip in column.trips
            if trip.legs
        )
        return points * time - float(cost)

    def uses(self, column: Column, floors: bool = False) -> tuple[Ints, Floats]:
        """The limits that one unit of a column uses, by row, each once, without those that the problem does not set.

        With ``floors`` also what it brings to pins, which ask for at least an amount.
        """
        lim, pairs = self.limits, self.matching.pairs
        found: dict[int, float] = {}

        def put(row: int, amount: float) -> None:
            asked = lim.amount[row] < np.inf or (floors and lim.pin <= row < lim.kept)
            if asked and amount > 0:  # what costs nothing draws on no fund
                found[row] = found.get(row, 0.0) + amount

        if column.is_package:
            put(lim.requirement + column.requirement, 1.0)
        elif pairs.part[column.trips[0].pair] == NO_ONE and pairs.share[column.trips[0].pair] > 0:
            put(lim.requirement + column.requirement, float(pairs.share[column.trips[0].pair]))
        for trip in column.trips:
            self._put_trip(trip, put)
        for start, persons in column.cohorts:
            put(lim.course + start, persons)
            put(lim.trainees + int(lim.start_day[start]) // 7, persons)
        rows = sorted(found)
        return np.array(rows, np.int64), np.array([found[row] for row in rows])

    def _put_trip(self, trip: Trip, put) -> None:  # type: ignore[no-untyped-def]
        """Enter what a trip takes from its source, its legs and their origins."""
        lim, sources = self.limits, self.matching.sources
        s = int(self.matching.pairs.source[trip.pair])
        if trip.order == NO_ONE:
            put(lim.offer + int(sources.what[s]), trip.quantity)
        else:
            put(lim.fund + int(sources.order_fund[trip.order]), trip.quantity * float(sources.order_price[trip.order]))
            week = int(sources.order_week[trip.order])
            put(lim.supplier + int(sources.what[s]) * lim.weeks + week, trip.quantity)
        pin = int(self.matching.pairs.pin[trip.pair])
        if pin != NO_ONE:
            put(lim.pin + pin, trip.quantity)
        if trip.pin != NO_ONE:
            put(lim.kept + trip.pin, trip.quantity)
        tonnes = trip.quantity * float(sources.tonnes[s])
        for leg, day in zip(trip.legs, trip.days, strict=True):
            put(lim.leg + leg * lim.weeks + day // 7, tonnes)
            put(lim.node + int(self.problem.legs.origin[leg]) * lim.weeks + day // 7, tonnes)

    def packed(self) -> Packed:
        """The pool as arrays."""
        count = len(self.columns)
        first = np.zeros(count + 1, np.int64)
        np.cumsum([len(rows) for rows, _ in self.entries], out=first[1:])
        rows = np.concatenate([rows for rows, _ in self.entries]) if count else np.zeros(0, np.int64)
        values = np.concatenate([values for _, values in self.entries]) if count else np.zeros(0)
        gain = np.array(self.gain)
        amount = self.limits.amount[rows] / values
        most = np.minimum.reduceat(amount, first[:-1]) if count else np.zeros(0)
        return Packed(gain, most, first, rows, values)

    def keep(self, chosen: NDArray[np.bool_]) -> None:
        """Forget all columns but the chosen ones."""
        self.columns = [c for c, stays in zip(self.columns, chosen, strict=True) if stays]
        self.gain = [g for g, stays in zip(self.gain, chosen, strict=True) if stays]
        self.entries = [e for e, stays in zip(self.entries, chosen, strict=True) if stays]
        self.known = {
            (c.requirement, c.day, rows.tobytes(), values.tobytes())
            for c, (rows, values) in zip(self.columns, self.entries, strict=True)
        }


@dataclass(frozen=True)
class Packed:
    """The master program: maximise ``gain @ x`` with every row's use at most its amount and ``0 <= x <= most``."""

    gain: Floats
    most: Floats  # (columns,) the most of each that its limits allow alone
    first: Ints
    rows: Ints
    values: Floats
