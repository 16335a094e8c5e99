"""A search that begins where an earlier one ended: its columns and prices, by key, where a changed problem has them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from oneroof.planning.columns import Column, Pool, Trip
from oneroof.planning.limits import Limits
from oneroof.planning.matching import Matching
from oneroof.planning.problem import NO_ONE, Floats, Ints, Part, Problem
from oneroof.planning.relaxation import Relaxation

NEAR = 0.001  # share of its gain that a column may lose against the prices and still be taken over
Places = dict[tuple[object, ...], int]


@dataclass(frozen=True)
class Start:
    """What a search begins with: columns with their quantities in the earlier plan, and row prices."""

    columns: list[Column]
    quantity: list[float]
    price: Floats


def start_of(old: Relaxation, pool: Pool) -> Start:
    """The columns of an earlier relaxation that are still possible, in terms of the pool's problem, and its prices."""
    move = Move(old, pool)
    columns, quantity = [], []
    for j in _promising(old).tolist():
        moved = move.column(old.pool.columns[j])
        if moved is not None:
            columns.append(moved)
            quantity.append(float(old.quantity[j]))
    return Start(columns, quantity, _prices(old, pool.problem, pool.limits))


def _promising(old: Relaxation) -> Ints:
    """Columns in use, and those whose gain the prices nearly allow."""
    packed = old.pool.packed()
    if not len(packed.gain):
        return np.zeros(0, np.int64)
    charge = np.add.reduceat(packed.values * old.price[packed.rows], packed.first[:-1])
    near = packed.gain - charge > -NEAR * np.abs(packed.gain)
    return np.flatnonzero((old.quantity > 0) | near)


class Move:
    """Translates columns from one problem's indices to another's."""

    def __init__(self, old: Relaxation, pool: Pool) -> None:
        a, b = old.problem, pool.problem
        self.old, self.pool, self.new = old, pool, b
        self.pairs, self.matching, self.limits = old.matching.pairs, pool.matching, pool.limits
        self.requirement = _map(a.requirements.keys, b.requirements.keys)
        self.leg = _map(a.legs.keys, b.legs.keys)
        self.pair_at = _pair_places(b, pool.matching)
        self.source_old, self.source_new = _source_names(a, old.matching), _source_names(b, pool.matching)
        self.order_at = {name: i for i, name in enumerate(_order_names(b, pool.matching))}
        self.orders = _order_names(a, old.matching)
        self.start_at = {
            (b.courses.keys[c], int(d)): i
            for i, (c, d) in enumerate(zip(pool.limits.start_course, pool.limits.start_day, strict=True))
        }
        self.same_days = _same(a.legs.keys, a.legs.days, b.legs.keys, b.legs.days)
        self.same_course = _same(a.courses.keys, a.courses.days, b.courses.keys, b.courses.days)
        self.allowed = [
            set(row[: first[-1]].tolist())
            for row, first in zip(pool.matching.network.out_leg, pool.matching.network.out_first, strict=True)
        ]

    def column(self, column: Column) -> Column | None:
        """The column in the new problem; None where it is no longer possible there."""
        r = self.requirement.get(column.requirement, NO_ONE)
        if r == NO_ONE:
            return None
        trips, cohorts = [], []
        for trip in column.trips:
            moved = self.trip(trip)
            if moved is None:
                return None
            trips.append(moved)
        for start, persons in column.cohorts:
            place = self.start(start)
            if place == NO_ONE:
                return None
            cohorts.append((place, persons))
        if column.is_package and not self.same_parts(column.requirement, r):
            return None
        return Column(r, tuple(trips), tuple(cohorts), column.day, column.is_package)

    def start(self, start: int) -> int:
        """A start of a course, NO_ONE where there is none on that day any more or nobody may take it."""
        a, lim = self.old.problem, self.old.limits
        course = int(lim.start_course[start])
        place = self.start_at.get((a.courses.keys[course], int(lim.start_day[start])), NO_ONE)
        if place == NO_ONE or a.courses.keys[course] not in self.same_course:
            return NO_ONE
        week = self.limits.trainees + int(lim.start_day[start]) // 7
        shut = self.limits.amount[self.limits.course + place] <= 0 or self.limits.amount[week] <= 0
        return NO_ONE if shut else place

    def same_parts(self, old: int, new: int) -> bool:
        """Whether a package requirement still asks for the same parts."""
        a, b = self.old.problem, self.new
        return _parts(a, old) == _parts(b, new)

    def trip(self, trip: Trip) -> Trip | None:
        """The trip in the new problem, None where its source, pair, order, legs or days are not there any more."""
        pairs, new = self.pairs, self.matching
        a, b = self.old.problem, self.new
        s = int(pairs.source[trip.pair])
        name = (
            *self.source_old[s],
            a.requirements.keys[pairs.requirement[trip.pair]],
            _part(a, self.old.matching, trip.pair),
        )
        pair = self.pair_at.get(name, NO_ONE)
        if pair == NO_ONE or trip.arrive > new.pairs.last[pair]:
            return None
        source = int(new.pairs.source[pair])
        legs = tuple(self.leg.get(leg, NO_ONE) for leg in trip.legs)
        leave = trip.days[0] if trip.days else trip.arrive
        order = NO_ONE
        if trip.order != NO_ONE:
            order = self.order_at.get(self.orders[trip.order], NO_ONE)
            if order == NO_ONE or new.sources.order_ready[order] > leave:
                return None
        elif not new.sources.first[source] <= leave <= new.sources.until[source]:
            return None
        if not self._rides(legs, trip.days, source, int(b.requirements.node[new.pairs.requirement[pair]])):
            return None
        pin = int(new.pairs.pin[pair]) if trip.pin != NO_ONE else NO_ONE
        return replace(trip, pair=pair, legs=legs, order=order, pin=pin)

    def _rides(self, legs: tuple[int, ...], days: tuple[int, ...], source: int, node: int) -> bool:
        """Whether legs still lead from a source to a node, on days on which they are open to it."""
        b, sources = self.new.legs, self.matching.sources
        allowed, at = self.allowed[sources.legs[source]], int(sources.node[source])
        for leg, day in zip(legs, days, strict=True):
            if leg not in allowed or b.keys[leg] not in self.same_days or int(b.origin[leg]) != at:
                return False
            if not b.opens[leg] <= day <= b.closes[leg]:
                return False
            at = int(b.destination[leg])
        return at == node


def _map(old: tuple[str, ...], new: tuple[str, ...]) -> dict[int, int]:
    """Places in one list of keys to places in another."""
    at = {key: i for i, key in enumerate(new)}
    return {i: at[key] for i, key in enumerate(old) if key in at}


def _same(a: tuple[str, ...], days: Ints, b: tuple[str, ...], other: Ints) -> set[str]:
    """Keys that last equally long in both."""
    had = dict(zip(a, days.tolist(), strict=True))
    return {key for key, n in zip(b, other.tolist(), strict=True) if had.get(key) == n}


def _parts(p: Problem, r: int) -> list[tuple[bool, str, float]]:
    """The parts of a package requirement by key."""
    found = p.packages.parts[p.requirements.package[r]] if p.requirements.package[r] != NO_ONE else ()
    return [(x.is_course, (p.courses.keys if x.is_course else p.items.keys)[x.what], x.quantity) for x in found]


def _part(p: Problem, matching: Matching, pair: int) -> str:
    """What tells pairs of one source and requirement apart: the part's item, 'item', or 'alone' for a pinned part."""
    place, r = int(matching.pairs.part[pair]), int(matching.pairs.requirement[pair])
    if place == NO_ONE:
        return "item" if p.requirements.item[r] != NO_ONE else "alone"
    part: Part = p.packages.parts[p.requirements.package[r]][place]
    return p.items.keys[part.what]


def _source_names(p: Problem, matching: Matching) -> list[tuple[str, str, str]]:
    """Every source by kind, key and coalition of its funds."""
    s, names = matching.sources, []
    for i in range(len(s.item)):
        if s.is_offer[i]:
            names.append(("offer", p.offers.keys[s.what[i]], ""))
        else:
            coalition = int(p.funds.coalition[s.order_fund[s.order_first[i]]])
            names.append(("purchase", p.suppliers.keys[s.what[i]], p.coalitions[coalition] if coalition >= 0 else ""))
    return names


def _pair_places(p: Problem, matching: Matching) -> Places:
    """Pairs by source, requirement and part."""
    names, pairs = _source_names(p, matching), matching.pairs
    return {
        (*names[s], p.requirements.keys[r], _part(p, matching, i)): i
        for i, (s, r) in enumerate(zip(pairs.source.tolist(), pairs.requirement.tolist(), strict=True))
    }


def _order_names(p: Problem, matching: Matching) -> list[tuple[str, str, str, str, int]]:
    """Every order by supplier, coalition, fund and week."""
    names, s = _source_names(p, matching), matching.sources
    return [
        (*names[i], p.funds.keys[s.order_fund[order]], int(s.order_week[order]))
        for i in range(len(s.item))
        for order in range(int(s.order_first[i]), int(s.order_first[i + 1]))
    ]


def _prices(old: Relaxation, new: Problem, limits: Limits) -> Floats:
    """Row prices by the thing and the week or day that each row is about; 0 where there was none."""
    a, lim, price = old.problem, old.limits, np.zeros(limits.end)
    for keys, other, first, to in (
        (a.offers.keys, new.offers.keys, lim.offer, limits.offer),
        (a.requirements.keys, new.requirements.keys, lim.requirement, limits.requirement),
        (a.funds.keys, new.funds.keys, lim.fund, limits.fund),
    ):
        for i, j in _map(keys, other).items():
            price[to + j] = old.price[first + i]
    weeks = min(lim.weeks, limits.weeks)
    for keys, other, first, to in (
        (a.suppliers.keys, new.suppliers.keys, lim.supplier, limits.supplier),
        (("",), ("",), lim.trainees, limits.trainees),
        (a.legs.keys, new.legs.keys, lim.leg, limits.leg),
        (a.nodes.keys, new.nodes.keys, lim.node, limits.node),
    ):
        for i, j in _map(keys, other).items():
            begin, at = first + i * lim.weeks, to + j * limits.weeks
            price[at : at + weeks] = old.price[begin : begin + weeks]
    starts = {
        (new.courses.keys[c], int(d)): i
        for i, (c, d) in enumerate(zip(limits.start_course, limits.start_day, strict=True))
    }
    for i, (c, d) in enumerate(zip(lim.start_course, lim.start_day, strict=True)):
        place = starts.get((a.courses.keys[c], int(d)), NO_ONE)
        if place != NO_ONE:
            price[limits.course + place] = old.price[lim.course + i]
    price[~np.isfinite(limits.amount)] = 0.0
    price[limits.pin : limits.kept] = 0.0
    pins = {name: i for i, name in enumerate(_pin_names(new))}
    for i, name in enumerate(_pin_names(a)):
        if name in pins:
            price[limits.kept + pins[name]] = old.price[lim.kept + i]
    return price


def _pin_names(p: Problem) -> list[tuple[str, str]]:
    """Pins by offer and requirement."""
    both = zip(p.pins.offer.tolist(), p.pins.requirement.tolist(), strict=True)
    return [(p.offers.keys[o], p.requirements.keys[r]) for o, r in both]
