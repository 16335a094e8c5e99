"""First columns: a plan filled greedily, so that the first prices already know which weeks are full."""

from __future__ import annotations

import numpy as np
from numba import njit

from oneroof.planning.columns import Columns, Trips
from oneroof.planning.pool import Pool
from oneroof.planning.problem import NO_ONE
from oneroof.planning.routes import Router
from oneroof.planning.sweeps import best_arrival, sweep, trace

LARGE = 1_500  # offers from which on the first rounds of pricing do as well in less time
HOPS = 24  # legs of a delivery, at most
ROOM = 12  # deliveries for every offer on average, at most


def greedy(pool: Pool, router: Router) -> Columns:
    """The deliveries of a greedy plan in fractions: offers in the order of their best points per tonne."""
    terrain, pairs, s = router.terrain, pool.matching.pairs, pool.matching.sources
    best = np.zeros(len(s.item))
    items = np.flatnonzero(pairs.part < 0)
    np.maximum.at(best, pairs.source[items], pairs.gain[items] / s.tonnes[pairs.source[items]])
    offers = router.busy[s.is_offer[router.busy] & (best[router.busy] > 0)]
    if len(offers) > LARGE:
        return Columns.of([])
    offers = offers[np.lexsort((offers, -best[offers]))]
    room = ROOM * len(offers)
    pair, arrive, first = np.zeros(room, np.int64), np.zeros(room, np.int64), np.zeros(room + 1, np.int64)
    leg, when = np.zeros(room * HOPS, np.int64), np.zeros(room * HOPS, np.int64)
    price = np.repeat(pool.problem.legs.cost[:, None], pool.limits.weeks, axis=1)
    labels, left = np.full(router.shape, np.inf), pool.limits.amount.copy()
    count = _fill(pool.terms, terrain, offers, price, left, labels, pair, first, leg, when, arrive)
    legs = int(first[count])
    none = np.full(count, NO_ONE, np.int64)
    trips = Trips(pair[:count], np.ones(count), arrive[:count], none, none, first[: count + 1], leg[:legs], when[:legs])
    return Columns.deliveries(pairs.requirement[trips.pair], trips)


@njit(cache=True)
def _fill(terms, terrain, offers, price, left, labels, pair, first, leg, when, arrive):  # type: ignore[no-untyped-def]
    """Place the best delivery of an offer through what is left, until it has none, and go on; how many were placed."""
    open_, bay = np.zeros(price.shape), np.zeros(labels.shape[0])
    count = 0
    for s in offers:
        while count < len(pair):
            _open(terms, terrain, price, left, open_)
            sweep(terrain, s, open_, bay, labels)
            one, t = _best(terms, terrain, s, bay, labels, left)
            if one < 0:
                break
            begin = first[count]
            legs, days = leg[begin : begin + HOPS], when[begin : begin + HOPS]
            steps = trace(terrain, s, terrain.pair_node[one], t, open_, bay, labels, legs, days)
            if steps < 0 or not _take(terms, terrain, s, one, legs[:steps], days[:steps], left):
                break
            pair[count], first[count + 1] = one, begin + steps
            arrive[count] = days[steps - 1] + terrain.leg_days[legs[steps - 1]] if steps else terrain.first[s]
            count += 1
    return count


@njit(cache=True)
def _open(terms, terrain, price, left, open_):  # type: ignore[no-untyped-def]
    """Close the legs whose week, or the week of whose origin, is full."""
    weeks = terms.weeks
    for i in range(price.shape[0]):
        node = terms.node + terrain.leg_origin[i] * weeks
        for w in range(weeks):
            full = left[terms.leg + i * weeks + w] <= 1e-6 or left[node + w] <= 1e-6
            open_[i, w] = np.inf if full else price[i, w]


@njit(cache=True)
def _best(terms, terrain, s, bay, labels, left):  # type: ignore[no-untyped-def]
    """The pair of an offer that earns most a unit among requirements with room, and its day; -1 without."""
    best, pair, day = 0.0, -1, -1
    if left[terms.offer + terms.what[s]] <= 1e-9:
        return pair, day
    for i in range(terrain.pair_first[s], terrain.pair_first[s + 1]):
        room = left[terms.requirement + terms.pair_requirement[i]]
        if terrain.pair_part[i] >= 0 or terms.pair_share[i] <= 0 or room <= 1e-9:
            continue
        value, t = best_arrival(terrain, s, i, bay, labels)
        if value > best:
            best, pair, day = value, i, t
    return pair, day


@njit(cache=True)
def _take(terms, terrain, s, pair, legs, days, left):  # type: ignore[no-untyped-def]
    """Take as much as fits from the limits of a delivery; whether it was anything."""
    weeks, tonnes = terms.weeks, terrain.tonnes[s]
    offer, wanted = terms.offer + terms.what[s], terms.requirement + terms.pair_requirement[pair]
    units = min(left[offer], left[wanted] / terms.pair_share[pair])
    for i in range(len(legs)):
        week = days[i] // 7
        units = min(units, left[terms.leg + legs[i] * weeks + week] / tonnes)
        units = min(units, left[terms.node + terrain.leg_origin[legs[i]] * weeks + week] / tonnes)
    if units <= 1e-9:
        return False
    left[offer] -= units
    left[wanted] -= units * terms.pair_share[pair]
    for i in range(len(legs)):
        week = days[i] // 7
        left[terms.leg + legs[i] * weeks + week] -= units * tonnes
        left[terms.node + terrain.leg_origin[legs[i]] * weeks + week] -= units * tonnes
    return True
