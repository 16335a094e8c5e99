"""Offers placed through what is left of the limits, in whole units: compiled, for thousands of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from oneroof.planning.columns import Trip
from oneroof.planning.packing import HAIR, Packing
from oneroof.planning.placing import HOPS, place_all
from oneroof.planning.problem import NO_ONE, Floats, Ints

PATIENCE = (0.001, 0.02, 0.1, 0.3, 1.0)  # share of its points that a unit may lose against the guiding prices
VAIN = 20  # packages in a row that can't be put together, after which no more are tried
SLIVER = 1e-6  # units of goods that come in fractions, below which nothing is placed
SOME = 500  # offers that the compiled loop fills before it is asked again whether to stop
EACH = 64  # deliveries of an offer in one go, at most
MANY = 64  # offers from which on they are looked at side by side first
SORTS = 4  # of goods by the room that a unit needs: those of one sort are looked at together


def never() -> bool:
    """Nothing stops the filling."""
    return False


def fill_up(packing: Packing, price: Floats, stop: Callable[[], bool] | None = None) -> None:
    """Fill what is left: near the prices of the proof first, then with anything that earns; packages last.

    ``stop`` is asked between runs of the compiled loop; what was placed until then stays.
    """
    asked = stop or never
    packing.guide(price)
    if not asked():
        _more_packages(packing)
    for patience in PATIENCE:
        fill(packing, patience, asked)
    dear = packing.by
    packing.guide(np.zeros_like(price))
    if not asked():
        packing.learn_from(dear)
    fill(packing, 0.0, asked)
    if not asked():
        _more_packages(packing)


def fill(packing: Packing, patience: float, stop: Callable[[], bool] = never) -> int:
    """Place the best deliveries of every source, heavy goods first; how many were placed.

    A unit may lose ``patience`` times its points against the prices that guide the packing.
    """
    sources = packing.sources
    order = np.lexsort((np.arange(len(sources.tonnes)), -sources.tonnes))
    offers = order[sources.is_offer[order]].astype(np.int64)
    least = np.where(packing.pairs.gain > 0, (1e-9 - patience) * packing.pairs.gain, np.inf)
    units, bought = np.zeros(len(packing.pairs.source)), order[~sources.is_offer[order]]
    before = len(packing.placed)
    packing.look_again()
    _look(packing, offers, least)
    _place_all(packing, offers, least, units, stop)
    for s in bought.tolist():
        if stop():
            break
        packing.fill_source(s, units, least)
    packing.by.seen[:] = packing.left
    return len(packing.placed) - before


def _look(packing: Packing, offers: Ints, least: Floats) -> None:
    """Lower what the units of pairs can be worth at most, so that offers that have nothing to gain are passed over.

    Sources are looked at side by side and on all threads, through what is left for the lightest of their sort: that can
    only overrate a pair, and what is left becomes less. So the plan stays the same.
    """
    pairs, lim, left, terrain = packing.pairs, packing.limits, packing.left, packing.terrain
    ceiling, charge, price = packing.by.ceiling, packing.charge, packing.market.price
    some = np.where(packing.whole_item, 1.0 - HAIR, SLIVER)[pairs.source]
    has = np.where(packing.offer_row >= 0, left[packing.offer_row], 0.0)[pairs.source] >= some
    room = left[lim.requirement + pairs.requirement] >= some * pairs.share
    open_ = has & room & (pairs.part < 0) & (pairs.share > 0) & (np.minimum(pairs.gain - charge, ceiling) > least)
    sources = np.intersect1d(np.intersect1d(pairs.source[open_], offers), packing.of.router.busy)
    if len(sources) < MANY:
        return
    legs, nodes = packing.rooms()
    for sort in np.array_split(sources[np.lexsort((sources, packing.need[sources]))], min(SORTS, len(sources))):
        need = packing.need[sort].min() - HAIR
        wide = (legs >= need) & (nodes[terrain.leg_origin] >= need)
        market = replace(packing.market, price=np.where(wide, price, np.inf))
        value = packing.of.router.quote(market, charge, np.full(len(charge), np.inf), sort).value
        mine = open_ & np.isin(pairs.source, sort)
        ceiling[mine] = np.minimum(ceiling[mine], (value - charge)[mine])


def _place_all(packing: Packing, offers: Ints, least: np.ndarray, units: np.ndarray, stop: Callable[[], bool]) -> None:
    """Place what the compiled loop finds, some offers at a time so that it can be stopped in between."""
    room = 8 * SOME + EACH
    pair, taken, day = np.zeros(room, np.int64), np.zeros(room), np.zeros(room, np.int64)
    first, leg, when = np.zeros(room + 1, np.int64), np.zeros(room * HOPS, np.int64), np.zeros(room * HOPS, np.int64)
    legs = packing.problem.legs.days
    done = 0
    while done < len(offers) and not stop():
        done, count = place_all(
            packing.of.pool.terms, packing.terrain, offers[: done + SOME], done, EACH, packing.market.price,
            packing.left.copy(), packing.need - HAIR, packing.whole_item, SLIVER, packing.no_bay, packing.charge, least,
            packing.by.ceiling, units, packing.labels, packing.open, pair, taken, day, first, leg, when,
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
