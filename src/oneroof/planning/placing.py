"""Deliveries placed one after another through what is left of the limits, compiled for thousands of offers."""

from __future__ import annotations

import numpy as np
from numba import njit

from oneroof.planning.sweeps import offer_best

HOPS = 32  # legs of a delivery, at most


@njit(cache=True)
def place_all(  # type: ignore[no-untyped-def]
    terms, terrain, offers, done, each, price, left, need, whole, sliver, bay, charge, least, units, labels, open_,
    pair, taken, day, first, leg, when,
):  # fmt: skip
    """Place the best delivery of an offer through what is left, until it has none, and go on with the next.

    Begins with offer number ``done`` and ends after the last, or where the room is short; returns how far it came and
    how many deliveries it found. ``need`` (sources,) tonnes must be free on a leg, ``whole`` (sources,) says which come
    in whole units, ``sliver`` is the least of the others; an offer gets ``each`` deliveries at most. ``charge`` and
    ``least`` (pairs,) are what a unit is charged and must earn beyond it. ``left`` is changed.
    """
    legs, nodes = price.shape[0], labels.shape[1]
    room = left[terms.leg : terms.leg + legs * terms.weeks].reshape(legs, terms.weeks)
    node_room = left[terms.node : terms.node + nodes * terms.weeks].reshape(nodes, terms.weeks)
    count = 0
    for at in range(done, len(offers)):
        s = offers[at]
        if len(pair) - count < each:
            return at, count
        for _ in range(each):
            if not _wanted(terms, terrain, s, whole[s], sliver, left, charge, least, units):
                break
            begin = first[count]
            mine, days = leg[begin : begin + HOPS], when[begin : begin + HOPS]
            one, t, _, steps = offer_best(
                terrain, s, price, room, node_room, need[s], bay, units, charge, least, labels, open_, mine, days
            )
            if one < 0 or steps < 0:
                break
            amount = _fits(terms, terrain, s, mine[:steps], days[:steps], units[one], whole[s], left)
            if amount <= 0.0:
                break
            left[terms.offer + terms.what[s]] -= amount
            left[terms.requirement + terms.pair_requirement[one]] -= amount * terms.pair_share[one]
            for i in range(steps):
                room[mine[i], days[i] // 7] -= amount * terrain.tonnes[s]
                node_room[terrain.leg_origin[mine[i]], days[i] // 7] -= amount * terrain.tonnes[s]
            pair[count], taken[count], day[count], first[count + 1] = one, amount, t, begin + steps
            count += 1
    return len(offers), count


@njit(cache=True)
def _wanted(terms, terrain, s, whole, sliver, left, charge, least, units):  # type: ignore[no-untyped-def]
    """Note how many units each pair of an offer could still take; whether any could earn enough."""
    some, have = False, left[terms.offer + terms.what[s]]
    for i in range(terrain.pair_first[s], terrain.pair_first[s + 1]):
        units[i] = 0.0
        if terrain.pair_part[i] >= 0 or terms.pair_share[i] <= 0 or terms.pair_gain[i] - charge[i] <= least[i]:
            continue
        most = min(have, left[terms.requirement + terms.pair_requirement[i]] / terms.pair_share[i])
        units[i] = np.floor(most + 1e-9) if whole else (most if most > sliver else 0.0)
        some = some or units[i] > 0.0
    return some


@njit(cache=True)
def _fits(terms, terrain, s, legs, days, most, whole, left):  # type: ignore[no-untyped-def]
    """Units that fit on a way, at most ``most``."""
    units, tonnes = most, terrain.tonnes[s]
    for i in range(len(legs)):
        week = days[i] // 7
        units = min(units, left[terms.leg + legs[i] * terms.weeks + week] / tonnes)
        units = min(units, left[terms.node + terrain.leg_origin[legs[i]] * terms.weeks + week] / tonnes)
    return np.floor(units + 1e-9) if whole else units
