"""A search that begins where an earlier one ended: its columns and prices, by key, where a changed problem has them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from oneroof.planning.columns import Columns, Trips, owner_of, places_in
from oneroof.planning.limits import Limits
from oneroof.planning.matching import Matching
from oneroof.planning.problem import NO_ONE, Bools, Floats, Ints, Problem
from oneroof.planning.relaxation import Relaxation

NEAR = 0.001  # share of its gain that a column may lose against the prices and still be taken over


@dataclass(frozen=True)
class Start:
    """What a search begins with: columns with their quantities in the earlier plan, and row prices."""

    columns: Columns
    quantity: Floats
    price: Floats


def start_of(old: Relaxation, problem: Problem, matching: Matching, limits: Limits) -> Start:
    """The columns of an earlier relaxation that are still possible, in terms of a changed problem, and its prices."""
    near = _promising(old)
    columns, kept = Move(old, problem, matching, limits).columns(old.pool.columns.take(near))
    return Start(columns, old.quantity[near][kept], _prices(old, problem, limits))


def _promising(old: Relaxation) -> Ints:
    """Columns in use, and those whose gain the prices nearly allow."""
    packed = old.pool.packed
    near = packed.gain - packed.charge(old.price) > -NEAR * np.abs(packed.gain)
    return np.flatnonzero((old.quantity > 0) | near)


class Move:
    """Translates columns from one problem's indices to another's."""

    def __init__(self, old: Relaxation, problem: Problem, matching: Matching, limits: Limits) -> None:
        a, b = old.problem, problem
        self.old, self.matching, self.limits, self.new = old, matching, limits, problem
        self.requirement = places_in(a.requirements.keys, b.requirements.keys)
        self.leg = places_in(a.legs.keys, b.legs.keys)
        self.source = places_in(_source_names(a, old.matching), _source_names(b, matching))
        self.pair, self.order = self._pairs(), self._orders()
        self.start = places_in(_start_names(a, old.limits), _start_names(b, limits))
        self.pin = places_in(_pin_names(a), _pin_names(b))

    def _pairs(self) -> Ints:
        """(pairs,) the place of every old pair among the new ones, NO_ONE where it is gone."""
        old, new = self.old.matching.pairs, self.matching.pairs
        wanted = self.source[old.source], self.requirement[old.requirement], old.part
        return _found((new.source, new.requirement, new.part), wanted)

    def _orders(self) -> Ints:
        """(orders,) the place of every old order among the new ones, NO_ONE where it is gone."""
        old, new = self.old.matching.sources, self.matching.sources
        fund = places_in(self.old.problem.funds.keys, self.new.funds.keys)
        wanted = self.source[owner_of(old.order_first)], fund[old.order_fund], old.order_week
        return _found((owner_of(new.order_first), new.order_fund, new.order_week), wanted)

    def columns(self, columns: Columns) -> tuple[Columns, Bools]:
        """The columns that are still possible, in the new problem's indices, and which they are."""
        trips, rides = self.trips(columns.trips)
        start, requirement = self.start[columns.start], self.requirement[columns.requirement]
        good = (requirement >= 0) & (~columns.is_package | self.same_parts[columns.requirement])
        good[owner_of(columns.cohort_first)[(start < 0) | self._shut()[start]]] = False
        good[owner_of(columns.trip_first)[~rides]] = False
        moved = Columns(
            requirement, columns.day, columns.is_package, columns.trip_first, trips,
            columns.cohort_first, start, columns.persons,
        )  # fmt: skip
        return moved.take(np.flatnonzero(good)), good

    def start_of(self, start: int) -> int:
        """A start of a course, NO_ONE where it is gone or nobody may take it any more."""
        place = int(self.start[start])
        return NO_ONE if self._shut()[place] else place

    def trips(self, trips: Trips) -> tuple[Trips, Bools]:
        """Trips in the new problem's indices, and which of them are still possible."""
        pair, order, leg = self.pair[trips.pair], _mapped(self.order, trips.order), self.leg[trips.leg]
        pin = _mapped(self.pin, trips.pin)
        moved = Trips(pair, trips.quantity, trips.arrive, order, pin, trips.first, leg, trips.when)
        return moved, self._rides(trips, moved)

    def _shut(self) -> Bools:
        """(starts + 1,) starts that nobody may take, or whose course does not last as long as it did; the last is."""
        lim, a, b = self.limits, self.old.problem.courses, self.new.courses
        same = _same(b.keys, b.days, a.keys, a.days)[lim.start_course]
        week = lim.trainees + lim.start_day // 7
        seats = lim.amount[lim.course + np.arange(len(lim.start_day))]
        return np.append((seats <= 0) | (lim.amount[week] <= 0) | ~same, True)

    @cached_property
    def same_parts(self) -> Bools:
        """(old requirements,) whether a package requirement still asks for the same parts."""
        a, b = self.old.problem, self.new
        return np.array(
            [j >= 0 and _parts(a, i) == _parts(b, int(j)) for i, j in enumerate(self.requirement)], np.bool_
        )

    def _rides(self, old: Trips, new: Trips) -> Bools:
        """Which trips are still possible: their source, pair, order, legs and days are there, and the legs connect."""
        p, s, pairs = self.new, self.matching.sources, self.matching.pairs
        good = (new.pair >= 0) & ((old.order < 0) | (new.order >= 0))
        if not len(pairs.source):
            return good & False
        source, leave = pairs.source[new.pair], new.arrive.copy()
        rides = np.diff(new.first) > 0
        leave[rides] = new.when[new.first[:-1][rides]]
        window = (s.first[source] <= leave) & (leave <= s.until[source])
        good &= np.where(new.order < 0, window, np.append(s.order_ready, 0)[new.order] <= leave)
        good &= new.arrive <= pairs.last[new.pair]
        lasts = _same(self.old.problem.legs.keys, self.old.problem.legs.days, p.legs.keys, p.legs.days)
        good[owner_of(new.first)[~lasts[old.leg]]] = False
        return good & self.matching.rides(p, new.pair, new.first, new.leg, new.when)


def _same(keys: tuple[str, ...], days: Ints, other: tuple[str, ...], their: Ints) -> Bools:
    """Which of some things are among others and last as long there."""
    place = places_in(keys, other)
    same: Bools = (place >= 0) & (days == np.append(their, 0)[place])
    return same


def _found(among: tuple[Ints, Ints, Ints], wanted: tuple[Ints, Ints, Ints]) -> Ints:
    """The places of triples among others, which differ from each other; NO_ONE where a triple is not there."""
    wide = [1 + max(int(x.max(initial=0)), int(y.max(initial=0))) for x, y in zip(among, wanted, strict=True)]
    names, sought = (((x[0] + 1) * (wide[1] + 1) + x[1] + 1) * (wide[2] + 1) + x[2] + 1 for x in (among, wanted))
    order = np.argsort(names, kind="stable")
    place = np.minimum(np.searchsorted(names[order], sought), max(len(names) - 1, 0))
    if not len(names):
        return np.full(len(sought), NO_ONE, np.int64)
    same = (names[order][place] == sought) & (wanted[0] >= 0) & (wanted[1] >= 0)
    return np.where(same, order[place], NO_ONE)


def _mapped(places: Ints, index: Ints) -> Ints:
    """Where each index went; NO_ONE stays."""
    return np.append(places, NO_ONE)[index]


def _parts(p: Problem, r: int) -> list[tuple[bool, str, float]]:
    """The parts of a package requirement by key."""
    found = p.packages.parts[p.requirements.package[r]] if p.requirements.package[r] != NO_ONE else ()
    return [(x.is_course, (p.courses.keys if x.is_course else p.items.keys)[x.what], x.quantity) for x in found]


def _source_names(p: Problem, matching: Matching) -> list[tuple[str, str, str]]:
    """Every source by kind, key and coalition of its funds."""
    s, names = matching.sources, []
    for i, (is_offer, what) in enumerate(zip(s.is_offer.tolist(), s.what.tolist(), strict=True)):
        if is_offer:
            names.append(("offer", p.offers.keys[what], ""))
        else:
            coalition = int(p.funds.coalition[s.order_fund[s.order_first[i]]])
            names.append(("purchase", p.suppliers.keys[what], p.coalitions[coalition] if coalition >= 0 else ""))
    return names


def _start_names(p: Problem, limits: Limits) -> list[tuple[str, int]]:
    """Starts by course and day."""
    both = zip(limits.start_course.tolist(), limits.start_day.tolist(), strict=True)
    return [(p.courses.keys[c], day) for c, day in both]


def _pin_names(p: Problem) -> list[tuple[str, str]]:
    """Pins by offer and requirement."""
    both = zip(p.pins.offer.tolist(), p.pins.requirement.tolist(), strict=True)
    return [(p.offers.keys[o], p.requirements.keys[r]) for o, r in both]


def _prices(old: Relaxation, new: Problem, limits: Limits) -> Floats:
    """Row prices by the thing and the week or day that each row is about; 0 where there was none."""
    a, lim, price = old.problem, old.limits, np.zeros(limits.end)
    weeks = min(lim.weeks, limits.weeks)
    for keys, other, first, to in (
        (a.offers.keys, new.offers.keys, lim.offer, limits.offer),
        (a.requirements.keys, new.requirements.keys, lim.requirement, limits.requirement),
        (a.funds.keys, new.funds.keys, lim.fund, limits.fund),
        (_start_names(a, lim), _start_names(new, limits), lim.course, limits.course),
        (_pin_names(a), _pin_names(new), lim.kept, limits.kept),
    ):
        place = places_in(keys, other)
        price[to + place[place >= 0]] = old.price[first + np.flatnonzero(place >= 0)]
    for keys, other, first, to in (
        (a.suppliers.keys, new.suppliers.keys, lim.supplier, limits.supplier),
        (("",), ("",), lim.trainees, limits.trainees),
        (a.legs.keys, new.legs.keys, lim.leg, limits.leg),
        (a.nodes.keys, new.nodes.keys, lim.node, limits.node),
    ):
        place, week = places_in(keys, other), np.arange(weeks)
        kept = np.flatnonzero(place >= 0)
        price[to + place[kept, None] * limits.weeks + week] = old.price[first + kept[:, None] * lim.weeks + week]
    price[~np.isfinite(limits.amount)] = 0.0
    return price
