"""Shipments entered in a ledger: a plan's lines as its tables print them, before they are printed."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from oneroof.planning.columns import Trips, runs_of
from oneroof.planning.ledger import Cohort, Ledger, Lines, Purchase
from oneroof.planning.plan import printed
from oneroof.planning.problem import NO_ONE, Bools, Floats, Ints
from oneroof.planning.relaxation import Relaxation
from oneroof.planning.whole import Shipments

LEAST = 1e-6  # the smallest quantity that print shows
SIXTH = 1e6  # units of the sixth decimal


class _Orders(NamedTuple):
    """The orders in use by their keys: numbered by supplier, fund and week."""

    key: list[str]
    order: Ints
    source: Ints
    place: dict[int, int]  # by index of the order


def posted(relaxation: Relaxation, shipments: Shipments, relaxed: bool = False) -> Ledger:
    """The ledger of shipments, the same as that of the tables that it is printed in.

    Deliveries stand by requirement, arrival and source; what one source sends one way on the same days is one.
    Numbers have six decimals at most: whole units stay whole, others are cut so that limits hold.
    """
    p, s, pairs = relaxation.problem, relaxation.matching.sources, relaxation.matching.pairs
    trips = Trips.of([trip for trip, _ in shipments.trips])
    units = np.array([units for _, units in shipments.trips], np.float64)
    orders = _orders(relaxation, trips)
    source, requirement = pairs.source[trips.pair], pairs.requirement[trips.pair]
    offered, what = s.is_offer[source], s.what[source]
    bought = np.array([orders.place.get(order, 0) for order in trips.order.tolist()], np.int64)
    ways = _ways(trips, _ranks(p.legs.keys))
    depart = trips.arrive.copy()
    rides = np.diff(trips.first) > 0
    depart[rides] = trips.when[trips.first[:-1][rides]]
    rank = np.where(offered, _ranks(p.offers.keys)[np.where(offered, what, 0)] if len(p.offers.keys) else 0, bought)
    places = (_ranks(p.requirements.keys)[requirement], trips.arrive, depart, ~offered, rank, *ways)
    order = np.lexsort(places[::-1])
    group, first = runs_of([column[order] for column in places])
    total = _rounded(np.bincount(group, units[order], len(first)).astype(np.float64))
    chosen = order[first][total >= LEAST]
    total, from_offer = total[total >= LEAST], offered[chosen]
    purchases, at = _purchases(relaxation, orders, bought[chosen][~from_offer], total[~from_offer])
    giver = what[chosen]
    giver[~from_offer] = at
    lines = _lines(relaxation, trips.take(chosen), total, from_offer, giver, depart[chosen])
    return Ledger(lines, purchases, _cohorts(relaxation, shipments), {}, relaxed)


def _lines(relaxation: Relaxation, trips: Trips, units: Floats, from_offer: Bools, giver: Ints, depart: Ints) -> Lines:
    """Deliveries and their movements; trips stand in the order of the lines."""
    p, pairs = relaxation.problem, relaxation.matching.pairs
    item, width = relaxation.matching.sources.item[pairs.source[trips.pair]], max(4, len(str(len(units))))
    keys = [f"D{number:0{width}d}" for number in range(1, len(units) + 1)]
    weight, count = units * p.items.tonnes[item], np.diff(trips.first)
    tonnes = np.round(weight, 6)
    step = np.arange(len(trips.leg)) - np.repeat(trips.first[:-1], count) + 1
    return Lines(
        keys, from_offer, giver, pairs.requirement[trips.pair], item, [p.items.keys[i] for i in item.tolist()], units,
        weight, tonnes, depart, trips.arrive, trips.first, step, trips.leg, trips.when,
        trips.when + p.legs.days[trips.leg], np.repeat(tonnes, count),
    )  # fmt: skip


def _ranks(keys: tuple[str, ...]) -> Ints:
    """Where each key stands among them when they are sorted."""
    ranks = np.zeros(len(keys), np.int64)
    ranks[sorted(range(len(keys)), key=keys.__getitem__)] = np.arange(len(keys))
    return ranks


def _ways(trips: Trips, rank: Ints) -> list[Ints]:
    """The legs of trips by rank, then their days, as columns; -1 where a trip has no more: shorter ones come first."""
    count, longest = len(trips.pair), int(np.diff(trips.first).max(initial=0))
    legs, days = np.full((longest, count), -1), np.full((longest, count), -1)
    owner = np.repeat(np.arange(count), np.diff(trips.first))
    step = np.arange(len(owner)) - trips.first[owner]
    legs[step, owner], days[step, owner] = rank[trips.leg], trips.when
    return [*legs, *days]


def _rounded(units: Floats) -> Floats:
    """Units as print shows them: whole numbers stay whole, others are cut after six decimals so that limits hold."""
    near = np.round(units)
    rounded: Floats = np.where(np.abs(units - near) < LEAST / 2, near, np.floor(units * SIXTH + 1e-3) / SIXTH)
    return rounded


def _orders(relaxation: Relaxation, trips: Trips) -> _Orders:
    """The orders of trips."""
    s, p = relaxation.matching.sources, relaxation.problem
    used, where = np.unique(trips.order, return_index=True)
    where, used = where[used != NO_ONE], used[used != NO_ONE]
    source = relaxation.matching.pairs.source[trips.pair[where]]
    names = [
        (p.suppliers.keys[what], p.funds.keys[fund], week)
        for what, fund, week in zip(
            s.what[source].tolist(), s.order_fund[used].tolist(), s.order_week[used].tolist(), strict=True
        )
    ]
    by_name = np.array(sorted(range(len(names)), key=names.__getitem__), np.int64)
    width = max(4, len(str(len(names))))
    keys = [f"P{number:0{width}d}" for number in range(1, len(names) + 1)]
    places = {order: place for place, order in enumerate(used[by_name].tolist())}
    return _Orders(keys, used[by_name], source[by_name], places)


def _purchases(
    relaxation: Relaxation, orders: _Orders, bought: Ints, units: Floats
) -> tuple[tuple[Purchase, ...], Ints]:
    """What deliveries need of orders; and for each of those deliveries the place of its purchase."""
    p, s = relaxation.problem, relaxation.matching.sources
    used, at = np.unique(bought, return_inverse=True)
    quantity = np.bincount(at, units, len(used)).tolist()
    found = []
    for place, units_bought in zip(used.tolist(), quantity, strict=True):
        order, supplier = orders.order[place], int(s.what[orders.source[place]])
        cost = units_bought * float(p.suppliers.price[supplier])
        days = 7 * int(s.order_week[order]), int(s.order_ready[order])
        numbers = float(printed(units_bought)), float(printed(cost))
        found.append(Purchase(orders.key[place], supplier, int(s.order_fund[order]), *days, *numbers))
    return tuple(found), at.astype(np.int64)


def _cohorts(relaxation: Relaxation, shipments: Shipments) -> tuple[Cohort, ...]:
    """Cohorts by course, requirement and start."""
    p, lim = relaxation.problem, relaxation.limits
    found = []
    for r, start, persons in shipments.cohorts:
        course, day = int(lim.start_course[start]), int(lim.start_day[start])
        if persons >= LEAST:
            cut = float(_rounded(np.array([persons]))[0])
            found.append(Cohort(course, r, day, day + int(p.courses.days[course]), cut))
    return tuple(sorted(found, key=lambda c: (p.courses.keys[c.course], p.requirements.keys[c.requirement], c.start)))
