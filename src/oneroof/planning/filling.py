"""Offers placed through what is left of the limits, in whole units: compiled, for thousands of them."""

from __future__ import annotations

import numpy as np
from numba import njit

from oneroof.planning.columns import Trip
from oneroof.planning.packing import HAIR, Packing
from oneroof.planning.problem import NO_ONE, Floats, Ints
from oneroof.planning.sweeps import offer_best

HOPS = 32  # legs of a delivery, at most
PATIENCE = (0.001, 0.02, 0.1, 0.3, 1.0)  # share of its points that a unit may lose against the guiding prices
VAIN = 20  # packages in a row that can't be put together, after which no more are tried
EACH = 64  # deliveries of an offer in one go, at most


def fill_up(packing: Packing, price: Floats) -> None:
    """Fill what is left: near the prices of the proof first, then with anything that earns; packages last."""
    packing.guide(price)
    _more_packages(packing)
    for patience in PATIENCE:
        fill(packing, patience)
    packing.guide(np.zeros_like(price))
    fill(packing, 0.0)
    _more_packages(packing)


def fill(packing: Packing, patience: float) -> int:
    """Place the best deliveries of every source, heavy goods first; how many were placed.

    A unit may lose ``patience`` times its points against the prices that guide the packing.
    """
    sources = packing.sources
    order = np.lexsort((np.arange(len(sources.tonnes)), -sources.tonnes))
    offers = order[sources.is_offer[order]].astype(np.int64)
    least = np.where(packing.pairs.gain > 0, (1e-9 - patience) * packing.pairs.gain, np.inf)
    units, bought = np.zeros(len(packing.pairs.source)), order[~sources.is_offer[order]]
    before = len(packing.placed)
    _place_all(packing, offers, least, units)
    return len(packing.placed) - before + sum(packing.fill_source(int(s), units, least) for s in bought)


def _place_all(packing: Packing, offers: Ints, least: np.ndarray, units: np.ndarray) -> None:
    """Place what the compiled loop finds, one run of it after another until it found everything."""
    room = 8 * len(offers) + EACH
    pair, taken, day = np.zeros(room, np.int64), np.zeros(room), np.zeros(room, np.int64)
    first, leg, when = np.zeros(room + 1, np.int64), np.zeros(room * HOPS, np.int64), np.zeros(room * HOPS, np.int64)
    legs = packing.problem.legs.days
    done = 0
    while done < len(offers):
        done, count = _run(
            packing.of.pool.terms, packing.terrain, offers, done, packing.market.price, packing.left.copy(),
            packing.need - HAIR, packing.whole_item, packing.no_bay, packing.charge, least, units,
            packing.labels, packing.open, pair, taken, day, first, leg, when,
        )  # fmt: skip
        for k in range(count):
            span = slice(int(first[k]), int(first[k + 1]))
            mine, days = tuple(leg[span].tolist()), tuple(when[span].tolist())
            arrive = days[-1] + int(legs[mine[-1]]) if mine else int(day[k])
            packing.place(Trip(int(pair[k]), 1.0, mine, days, arrive, NO_ONE), float(taken[k]))


def _more_packages(packing: Packing) -> None:
    """Add packages while any can be put together, the most points first; those that lack a part are not tried."""
    q, vain = packing.problem.requirements, 0
    rows = np.flatnonzero(q.package != NO_ONE)
    for r in rows[np.lexsort((rows, -q.points[rows]))].tolist():
        last = int(min(q.latest[r], packing.problem.days) - 1)
        due = min(int(q.due[r]), last)
        for by in sorted({due, (due + last) // 2, last}) if last >= 0 else ():
            while vain < VAIN and has_parts(packing, r):
                added = packing.add_package(r, by)
                vain = 0 if added else vain + 1
                if not added:
                    break


def has_parts(packing: Packing, r: int) -> bool:
    """Whether the requirement has room for a package and its sources and courses have enough left of every part."""
    p, lim = packing.problem, packing.limits
    if packing.left[lim.requirement + r] < 1 - HAIR:
        return False
    for place, part in enumerate(p.packages.parts[p.requirements.package[r]]):
        if part.is_course:
            starts = np.arange(lim.course_first[part.what], lim.course_first[part.what + 1])
            left = float(packing.left[lim.course + starts].sum()) if len(starts) else 0.0
        else:
            sources = packing.pairs.source[packing.of_part.get((r, place), [])]
            left = sum(packing.units_left(int(s)) for s in sources)
        if left < part.quantity - HAIR:
            return False
    return True


@njit(cache=True)
def _run(  # type: ignore[no-untyped-def]
    terms, terrain, offers, done, price, left, need, whole, bay, charge, least, units, labels, open_, pair, taken, day,
    first, leg, when,
):  # fmt: skip
    """Offers from number ``done`` on, until all are placed or the room is short; how far it came, how much it found."""
    legs, nodes = price.shape[0], labels.shape[1]
    room = left[terms.leg : terms.leg + legs * terms.weeks].reshape(legs, terms.weeks)
    node_room = left[terms.node : terms.node + nodes * terms.weeks].reshape(nodes, terms.weeks)
    count = 0
    for at in range(done, len(offers)):
        s = offers[at]
        if len(pair) - count < EACH:
            return at, count
        for _ in range(EACH):
            if not _wanted(terms, terrain, s, whole[s], left, charge, least, units):
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
def _wanted(terms, terrain, s, whole, left, charge, least, units):  # type: ignore[no-untyped-def]
    """Note how many units each pair of an offer could still take; whether any could earn enough."""
    some, have = False, left[terms.offer + terms.what[s]]
    for i in range(terrain.pair_first[s], terrain.pair_first[s + 1]):
        units[i] = 0.0
        if terrain.pair_part[i] >= 0 or terms.pair_share[i] <= 0 or terms.pair_gain[i] - charge[i] <= least[i]:
            continue
        most = min(have, left[terms.requirement + terms.pair_requirement[i]] / terms.pair_share[i])
        units[i] = np.floor(most + 1e-9) if whole else (most if most > 1e-6 else 0.0)
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
