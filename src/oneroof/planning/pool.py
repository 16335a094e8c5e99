"""The columns found so far, and what each of them uses of every limit."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from oneroof.planning.columns import Column, Columns, Packed
from oneroof.planning.limits import Limits
from oneroof.planning.matching import Matching
from oneroof.planning.problem import Bools, Floats, Ints, Problem

INF = np.inf


class Terms(NamedTuple):
    """What columns earn and use, as the compiled loops want it."""

    weeks: int
    offer: int  # first rows of blocks (see Limits)
    requirement: int
    fund: int
    supplier: int
    course: int
    trainees: int
    leg: int
    node: int
    pin: int
    kept: int
    amount: Floats
    start_day: Ints
    leg_origin: Ints
    leg_cost: Floats
    points: Floats
    due: Ints
    latest: Ints
    pair_source: Ints
    pair_requirement: Ints
    pair_part: Ints
    pair_gain: Floats
    pair_share: Floats
    pair_pin: Ints
    is_offer: Bools
    what: Ints
    tonnes: Floats
    order_fund: Ints
    order_week: Ints
    order_price: Floats


def terms_of(problem: Problem, matching: Matching, limits: Limits) -> Terms:
    """The terms of a problem."""
    p, s, pairs, lim = problem, matching.sources, matching.pairs, limits
    return Terms(
        weeks=lim.weeks, offer=lim.offer, requirement=lim.requirement, fund=lim.fund, supplier=lim.supplier,
        course=lim.course, trainees=lim.trainees, leg=lim.leg, node=lim.node, pin=lim.pin, kept=lim.kept,
        amount=lim.amount.copy(), start_day=lim.start_day.copy(),
        leg_origin=p.legs.origin.copy(), leg_cost=p.legs.cost.copy(),
        points=p.requirements.points.copy(), due=p.requirements.due.copy(), latest=p.requirements.latest.copy(),
        pair_source=pairs.source.copy(), pair_requirement=pairs.requirement.copy(), pair_part=pairs.part.copy(),
        pair_gain=pairs.gain.copy(), pair_share=pairs.share.copy(), pair_pin=pairs.pin.copy(),
        is_offer=s.is_offer.copy(), what=s.what.copy(), tonnes=s.tonnes.copy(),
        order_fund=s.order_fund.copy(), order_week=s.order_week.copy(), order_price=s.order_price.copy(),
    )  # fmt: skip


@njit(cache=True)
def _put(asked, rows, values, begin, end, row, amount):  # type: ignore[no-untyped-def]
    """Enter what a column uses of a row, among its entries in the order of rows; the new end.

    Rows that are not ``asked`` for are left out.
    """
    if not asked[row] or amount <= 0.0:  # what costs nothing draws on no fund
        return end
    at = end
    while at > begin and rows[at - 1] >= row:
        at -= 1
    if at < end and rows[at] == row:
        values[at] += amount
        return end
    for i in range(end, at, -1):
        rows[i], values[i] = rows[i - 1], values[i - 1]
    rows[at], values[at] = row, amount
    return end + 1


@njit(cache=True)
def _put_trip(terms, asked, trips, k, rows, values, begin, end):  # type: ignore[no-untyped-def]
    """Enter what a trip takes from its source, its legs and their origins; the new end and the cost of transport."""
    pair, order, quantity = trips.pair[k], trips.order[k], trips.quantity[k]
    s = terms.pair_source[pair]
    if order < 0:
        end = _put(asked, rows, values, begin, end, terms.offer + terms.what[s], quantity)
    else:
        row = terms.fund + terms.order_fund[order]
        end = _put(asked, rows, values, begin, end, row, quantity * terms.order_price[order])
        row = terms.supplier + terms.what[s] * terms.weeks + terms.order_week[order]
        end = _put(asked, rows, values, begin, end, row, quantity)
    if terms.pair_pin[pair] >= 0:
        end = _put(asked, rows, values, begin, end, terms.pin + terms.pair_pin[pair], quantity)
    if trips.pin[k] >= 0:
        end = _put(asked, rows, values, begin, end, terms.kept + trips.pin[k], quantity)
    tonnes, cost = quantity * terms.tonnes[s], 0.0
    for i in range(trips.first[k], trips.first[k + 1]):
        leg, week = trips.leg[i], trips.when[i] // 7
        cost += tonnes * terms.leg_cost[leg]
        end = _put(asked, rows, values, begin, end, terms.leg + leg * terms.weeks + week, tonnes)
        row = terms.node + terms.leg_origin[leg] * terms.weeks + week
        end = _put(asked, rows, values, begin, end, row, tonnes)
    return end, cost


@njit(cache=True)
def _enter(terms, asked, columns, trips, first, rows, values, worth):  # type: ignore[no-untyped-def]
    """Entries and worth (points less the cost of transport) of every column."""
    end = 0
    for j in range(len(columns.requirement)):
        begin = end
        r, day = columns.requirement[j], columns.day[j]
        one = columns.trip_first[j]
        if columns.is_package[j]:
            points = terms.points[r]
            end = _put(asked, rows, values, begin, end, terms.requirement + r, 1.0)
        else:
            pair = trips.pair[one]
            points = terms.pair_gain[pair]
            if terms.pair_part[pair] < 0 and terms.pair_share[pair] > 0:
                end = _put(asked, rows, values, begin, end, terms.requirement + r, terms.pair_share[pair])
        due, latest = terms.due[r], terms.latest[r]
        worth[j] = points * (1.0 if day <= due else (0.0 if day >= latest else (latest - day) / (latest - due)))
        for k in range(one, columns.trip_first[j + 1]):
            end, cost = _put_trip(terms, asked, trips, k, rows, values, begin, end)
            worth[j] -= cost
        for i in range(columns.cohort_first[j], columns.cohort_first[j + 1]):
            start, persons = columns.start[i], columns.persons[i]
            end = _put(asked, rows, values, begin, end, terms.course + start, persons)
            row = terms.trainees + terms.start_day[start] // 7
            end = _put(asked, rows, values, begin, end, row, persons)
        first[j + 1] = end


@njit(cache=True)
def name_columns(requirement, day, first, rows, bits, names):  # type: ignore[no-untyped-def]
    """A number for every column, the same for equal ones: FNV-1a over requirement, day, rows and values, 64 bits."""
    prime = np.uint64(1099511628211)
    for j in range(len(requirement)):
        name = np.uint64(14695981039346656037)
        name = (name ^ np.uint64(requirement[j])) * prime
        name = (name ^ np.uint64(day[j])) * prime
        for i in range(first[j], first[j + 1]):
            name = (name ^ np.uint64(rows[i])) * prime
            name = (name ^ (bits[i] >> np.uint64(29))) * prime
            name = (name ^ bits[i]) * prime
        names[j] = name


class _Columns(NamedTuple):
    """The parts of columns that the compiled loops read."""

    requirement: Ints
    day: Ints
    is_package: Bools
    trip_first: Ints
    cohort_first: Ints
    start: Ints
    persons: Floats


class _Trips(NamedTuple):
    """The parts of trips that the compiled loops read."""

    pair: Ints
    quantity: Floats
    order: Ints
    pin: Ints
    first: Ints
    leg: Ints
    when: Ints


@dataclass
class Pool:
    """Columns, and the master program that they make up."""

    problem: Problem
    matching: Matching
    limits: Limits
    reward: Floats = field(default_factory=lambda: np.zeros(0))  # (pins,) for every unit up to the pin's quantity

    def __post_init__(self) -> None:
        """Lay out the terms, which never change, and begin without columns."""
        self.terms = terms_of(self.problem, self.matching, self.limits)
        self.columns = Columns.of([])
        self.names = np.zeros(0, np.uint64)  # (columns,) the same for those that do the same for the same requirement
        self.worth, self.packed = self.entered(self.columns)

    def __len__(self) -> int:
        """How many columns there are."""
        return len(self.columns)

    def column(self, j: int) -> Column:
        """One of the columns."""
        return self.columns.column(j)

    def entered(self, columns: Columns, floors: bool = False) -> tuple[Floats, Packed]:
        """Points less transport of one unit of each column, and their program; rewards of pins belong to its gains.

        Its rows are those that the problem limits; with ``floors`` also what columns bring to pins, which ask for at
        least an amount.
        """
        count, trips = len(columns), columns.trips
        legs = np.diff(trips.first)
        room = count + int((5 + 2 * legs).sum()) + 2 * len(columns.start)
        first, rows, values = np.zeros(count + 1, np.int64), np.zeros(room, np.int64), np.zeros(room)
        worth, asked = np.zeros(count), self.limits.amount < INF
        asked[self.limits.pin : self.limits.kept] |= floors
        _enter(
            self.terms, asked, _Columns(*(getattr(columns, name) for name in _Columns._fields)),
            _Trips(*(getattr(trips, name) for name in _Trips._fields)), first, rows, values, worth,
        )  # fmt: skip
        rows, values = rows[: first[-1]].copy(), values[: first[-1]].copy()
        most = np.minimum.reduceat(self.limits.amount[rows] / values, first[:-1]) if count else np.zeros(0)
        return worth, Packed(worth + self.rewards(columns), most, first, rows, values)

    def rewards(self, columns: Columns) -> Floats:
        """What one unit of each column earns for keeping pins."""
        trips, earned = columns.trips, np.zeros(len(columns))
        pinned = np.flatnonzero(trips.pin >= 0)
        if len(pinned):
            owner = np.searchsorted(columns.trip_first, pinned, side="right") - 1
            np.add.at(earned, owner, trips.quantity[pinned] * self.reward[trips.pin[pinned]])
        return earned

    def extend(self, columns: Columns) -> Bools:
        """Add the columns that earn something, fit and are new; which they are.

        A column is new where no other uses the same for the same requirement on the same day.
        """
        worth, packed = self.entered(columns)
        fresh, names = np.zeros(len(columns), np.bool_), self._names(columns, packed)
        good = np.flatnonzero((packed.gain > 0) & (packed.most > 0))
        first = good[np.unique(names[good], return_index=True)[1]]
        fresh[first] = ~np.isin(names[first], self.names)
        chosen = np.flatnonzero(fresh)
        if len(chosen):
            self.columns = self.columns.joined(columns.take(chosen))
            self.packed = self.packed.joined(packed.take(chosen))
            self.worth = np.append(self.worth, worth[chosen])
            self.names = np.append(self.names, names[chosen])
        return fresh

    @staticmethod
    def _names(columns: Columns, packed: Packed) -> NDArray[np.uint64]:
        """A number for every column, the same for equal ones."""
        names = np.zeros(len(columns), np.uint64)
        name_columns(columns.requirement, columns.day, packed.first, packed.rows, packed.values.view(np.uint64), names)
        return names

    def set_rewards(self, reward: Floats) -> None:
        """Let pins earn other rewards."""
        self.reward = reward
        self.packed = replace(self.packed, gain=self.worth + self.rewards(self.columns))

    def keep(self, chosen: Bools) -> None:
        """Forget all columns but the chosen ones."""
        places = np.flatnonzero(chosen)
        self.columns, self.packed, self.worth = self.columns.take(places), self.packed.take(places), self.worth[places]
        self.names = self.names[places]
