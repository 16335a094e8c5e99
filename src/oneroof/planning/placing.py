"""Deliveries placed one after another through what is left of the limits, compiled for thousands of offers."""

from __future__ import annotations

import numpy as np
from numba import njit

from oneroof.planning.sweeps import offer_best

HOPS = 32  # legs of a delivery, at most


@njit(cache=True)
def place_all(  # type: ignore[no-untyped-def]
    terms, terrain, offers, done, each, price, left, need, whole, sliver, bay, charge, least, ceiling, units, labels,
    open_, pair, taken, day, first, leg, when,
):  # fmt: skip
    """Place the best delivery of an offer through what is left, until it has none, and go on with the next.

    Begins with offer number ``done`` and ends after the last, or where the room is short; returns how far it came and
    how many deliveries it found. ``need`` (sources,) tonnes must be free on a leg, ``whole`` (sources,) says which come
    in whole units, ``sliver`` is the least of the others; an offer gets ``each`` deliveries at most. ``charge`` and
    ``least`` (pairs,) are what a unit is charged and must earn beyond it, ``ceiling`` (pairs,) what it can earn at most
    as far as is known (see ``offer_best``). ``left`` is changed.
    """
    legs, nodes = price.shape[0], len(terrain.place)
    room = left[terms.leg : terms.leg + legs * terms.weeks].reshape(legs, terms.weeks)
    node_room = left[terms.node : terms.node + nodes * terms.weeks].reshape(nodes, terms.weeks)
    count = 0
    for at in range(done, len(offers)):
        s = offers[at]
        if len(pair) - count < each:
            return at, count
        swept = False
        for _ in range(each):
            if not _wanted(terms, terrain, s, whole[s], sliver, left, charge, least, ceiling, units):
                break
            begin = first[count]
            mine, days = leg[begin : begin + HOPS], when[begin : begin + HOPS]
            one, t, _, steps = offer_best(
                terrain, s, price, room, node_room, need[s], bay, units, charge, least, ceiling, labels, open_,
                mine, days, swept,
            )  # fmt: skip
            if one < 0 or steps < 0:
                break
            amount = _fits(terms, s, mine[:steps], days[:steps], units[one], whole[s], left)
            if amount <= 0.0:
                break
            left[terms.offer + terms.what[s]] -= amount
            left[terms.requirement + terms.pair_requirement[one]] -= amount * terms.pair_share[one]
            swept = True
            for i in range(steps):
                week, origin = days[i] // 7, terrain.leg_origin[mine[i]]
                room[mine[i], week] -= amount * terrain.tonnes[s]
                node_room[origin, week] -= amount * terrain.tonnes[s]
                swept = swept and room[mine[i], week] >= need[s] and node_room[origin, week] >= need[s]
            pair[count], taken[count], day[count], first[count + 1] = one, amount, t, begin + steps
            count += 1
    return len(offers), count


@njit(cache=True)
def _wanted(terms, terrain, s, whole, sliver, left, charge, least, ceiling, units):  # type: ignore[no-untyped-def]
    """Note how many units each pair of an offer could still take; whether any could earn enough."""
    some, have = False, left[terms.offer + terms.what[s]]
    for i in range(terrain.pair_first[s], terrain.pair_first[s + 1]):
        units[i] = 0.0
        if terrain.pair_part[i] >= 0 or terms.pair_share[i] <= 0 or terms.pair_gain[i] - charge[i] <= least[i]:
            continue
        if ceiling[i] <= least[i]:
            continue
        most = min(have, left[terms.requirement + terms.pair_requirement[i]] / terms.pair_share[i])
        units[i] = np.floor(most + 1e-9) if whole else (most if most > sliver else 0.0)
        some = some or units[i] > 0.0
    return some


@njit(cache=True)
def _fits(terms, s, legs, days, most, whole, left):  # type: ignore[no-untyped-def]
    """Units that fit on a way, at most ``most``."""
    units, tonnes = most, terms.tonnes[s]
    for i in range(len(legs)):
        week = days[i] // 7
        units = min(units, left[terms.leg + legs[i] * terms.weeks + week] / tonnes)
        units = min(units, left[terms.node + terms.leg_origin[legs[i]] * terms.weeks + week] / tonnes)
    return np.floor(units + 1e-9) if whole else units


@njit(cache=True)
def _spare(terms, s, order, left):  # type: ignore[no-untyped-def]
    """Units that a source still has: of an offer, or what an order's fund can pay and its supplier can make."""
    if order < 0:
        return left[terms.offer + terms.what[s]]
    most = left[terms.supplier + terms.what[s] * terms.weeks + terms.order_week[order]]
    if terms.order_price[order] > 0.0:
        most = min(most, left[terms.fund + terms.order_fund[order]] / terms.order_price[order])
    return most


@njit(cache=True)
def place_given(  # type: ignore[no-untyped-def]
    terms, whole, pair, order, first, leg, when, arrive, units, turn, group, left, taken
):  # fmt: skip
    """Place given deliveries to item requirements, each up to its units, one after another as ``turn`` names them.

    Of deliveries of one group only the first that fits is placed. Fills ``taken`` and changes ``left``; returns what
    they earn.
    """
    done, earned = np.zeros(group.max() + 1 if len(group) else 0, np.bool_), 0.0
    for k in turn:
        if done[group[k]] or terms.pair_part[pair[k]] >= 0:
            continue
        s, r, share = terms.pair_source[pair[k]], terms.pair_requirement[pair[k]], terms.pair_share[pair[k]]
        legs, days = leg[first[k] : first[k + 1]], when[first[k] : first[k + 1]]
        most = min(_fits(terms, s, legs, days, _spare(terms, s, order[k], left), whole[s], left), units[k])
        room = left[terms.requirement + r] / max(share, 1e-12)
        most = min(most, np.floor(room + 1e-9) if whole[s] else room)
        if most <= 1e-9:
            continue
        taken[k], done[group[k]] = most, True
        if order[k] < 0:
            left[terms.offer + terms.what[s]] -= most
        else:
            left[terms.fund + terms.order_fund[order[k]]] -= most * terms.order_price[order[k]]
            left[terms.supplier + terms.what[s] * terms.weeks + terms.order_week[order[k]]] -= most
        tonnes = most * terms.tonnes[s]
        for i in range(len(legs)):
            left[terms.leg + legs[i] * terms.weeks + days[i] // 7] -= tonnes
            left[terms.node + terms.leg_origin[legs[i]] * terms.weeks + days[i] // 7] -= tonnes
            earned -= tonnes * terms.leg_cost[legs[i]]
        left[terms.requirement + r] -= most * share
        due, latest = terms.due[r], terms.latest[r]
        time = 1.0 if arrive[k] <= due else (0.0 if arrive[k] >= latest else (latest - arrive[k]) / (latest - due))
        earned += most * terms.pair_gain[pair[k]] * time
    return earned


@njit(cache=True)
def widened(terms, terrain, need, seen, left, ceiling):  # type: ignore[no-untyped-def]
    """Forget the ceilings of pairs that what has become free since may serve.

    ``seen`` and ``left`` (rows,) are what limits had left when the ceilings were found, and have now. A leg or node
    matters to a source where it has become wide enough for ``need`` (sources,) tonnes while its goods may travel.
    """
    reset = np.zeros(len(need), np.bool_)
    for row in range(terms.leg, terms.pin):
        if left[row] <= seen[row] + 1e-9:
            continue
        begin = 7 * ((row - terms.leg) % terms.weeks)
        for s in range(len(need)):
            opened = seen[row] < need[s] <= left[row]
            if opened and not reset[s] and terrain.first[s] < begin + 7 and terrain.last[s] >= begin:
                reset[s] = True
    money = (left[terms.fund : terms.course] > seen[terms.fund : terms.course] + 1e-9).any()
    for i in range(len(ceiling)):
        s, row = terms.pair_source[i], terms.requirement + terms.pair_requirement[i]
        again = reset[s] or left[row] > seen[row] + 1e-9
        if terms.is_offer[s]:
            again = again or left[terms.offer + terms.what[s]] > seen[terms.offer + terms.what[s]] + 1e-9
        elif money:
            again = True
        if again:
            ceiling[i] = np.inf
