"""First columns: a plan filled greedily, so that the first prices already know which weeks are full."""

from __future__ import annotations

import numpy as np

from oneroof.planning.columns import Columns, Trips
from oneroof.planning.placing import HOPS, place_all
from oneroof.planning.pool import Pool
from oneroof.planning.problem import NO_ONE
from oneroof.planning.routes import Router

LARGE = 1_500  # offers from which on the first rounds of pricing do as well in less time
EACH = 256  # deliveries of an offer, at most
ROOMY = 1e-6  # tonnes that a leg must have room for
SLIVER = 1e-9  # units below which nothing is placed
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
    count = len(pairs.source)
    room = ROOM * len(offers) + EACH
    pair, taken, day = np.zeros(room, np.int64), np.zeros(room), np.zeros(room, np.int64)
    first, leg, when = np.zeros(room + 1, np.int64), np.zeros(room * HOPS, np.int64), np.zeros(room * HOPS, np.int64)
    price = np.repeat(pool.problem.legs.cost[:, None], pool.limits.weeks, axis=1)
    _, found = place_all(
        pool.terms, terrain, offers, 0, EACH, price, pool.limits.amount.copy(),
        np.full(len(s.item), ROOMY), np.zeros(len(s.item), np.bool_), SLIVER, np.zeros(router.shape[0]),
        np.zeros(count), np.zeros(count), np.full(count, np.inf), np.zeros(count), np.full(router.shape, np.inf),
        np.zeros(price.shape),
        pair, taken, day, first, leg, when,
    )  # fmt: skip
    pair, first, legs = pair[:found], first[: found + 1], int(first[found])
    arrive, rides = s.first[pairs.source[pair]], np.diff(first) > 0
    last = first[1:][rides] - 1
    arrive[rides] = when[last] + pool.problem.legs.days[leg[last]]
    none = np.full(found, NO_ONE, np.int64)
    trips = Trips(pair, np.ones(found), arrive, none, none, first, leg[:legs], when[:legs])
    return Columns.deliveries(pairs.requirement[pair], trips)
