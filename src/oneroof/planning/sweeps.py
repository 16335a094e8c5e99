"""Compiled sweeps: cheapest ways of a source to every node by every day at given prices, and their itineraries."""

from __future__ import annotations

import numpy as np
from numba import njit

from oneroof.planning.terrain import LANES

INF = np.inf


@njit(cache=True, nogil=True)
def _lower(to, by, charge):  # type: ignore[no-untyped-def]
    """Lower the labels of eight lanes to those of another day and node plus a charge, where that is less.

    Written out, all read before any is written: so they become vector instructions (see the package's settings).
    """
    a0, a1, a2, a3, a4, a5, a6, a7 = to[0], to[1], to[2], to[3], to[4], to[5], to[6], to[7]
    b0, b1, b2, b3 = by[0] + charge, by[1] + charge, by[2] + charge, by[3] + charge
    b4, b5, b6, b7 = by[4] + charge, by[5] + charge, by[6] + charge, by[7] + charge
    to[0], to[1] = b0 if b0 < a0 else a0, b1 if b1 < a1 else a1
    to[2], to[3] = b2 if b2 < a2 else a2, b3 if b3 < a3 else a3
    to[4], to[5] = b4 if b4 < a4 else a4, b5 if b5 < a5 else a5
    to[6], to[7] = b6 if b6 < a6 else a6, b7 if b7 < a7 else a7


@njit(cache=True, nogil=True)
def _arcs(terrain, kind, last):  # type: ignore[no-untyped-def]
    """The legs out of stops side by side: where those of each stop begin, which they are, and what they are like.

    The latter is (legs, 4): place of the destination, days, first and last day of departure. And for every stop the
    last day on which one of its legs opens.
    """
    begin, legs, stops = terrain.out_first[kind], terrain.out_leg[kind], terrain.stops
    first, opens = np.zeros(len(stops) + 1, np.int64), np.zeros(len(stops), np.int64)
    for n in range(len(stops)):
        first[n + 1] = first[n] + begin[stops[n] + 1] - begin[stops[n]]
    which, arcs = np.empty(first[-1], np.int64), np.empty((first[-1], 4), np.int64)
    for n in range(len(stops)):
        for i in range(first[n], first[n + 1]):
            leg = legs[begin[stops[n]] + i - first[n]]
            days = terrain.leg_days[leg]
            which[i], arcs[i, 0], arcs[i, 1] = leg, terrain.place[terrain.leg_destination[leg]], days
            arcs[i, 2], arcs[i, 3] = terrain.leg_opens[leg], min(terrain.leg_closes[leg], last - days)
            opens[n] = max(opens[n], arcs[i, 2])
    return first, which, arcs, opens


@njit(cache=True, nogil=True)
def _carry(to, before):  # type: ignore[no-untyped-def]
    """Lower the labels of eight lanes to those of the day before; whether any was lower than that already."""
    a0, a1, a2, a3, a4, a5, a6, a7 = to[0], to[1], to[2], to[3], to[4], to[5], to[6], to[7]
    b0, b1, b2, b3, b4, b5, b6, b7 = (
        before[0],
        before[1],
        before[2],
        before[3],
        before[4],
        before[5],
        before[6],
        before[7],
    )
    fell = (a0 < b0) | (a1 < b1) | (a2 < b2) | (a3 < b3) | (a4 < b4) | (a5 < b5) | (a6 < b6) | (a7 < b7)
    to[0], to[1] = b0 if b0 < a0 else a0, b1 if b1 < a1 else a1
    to[2], to[3] = b2 if b2 < a2 else a2, b3 if b3 < a3 else a3
    to[4], to[5] = b4 if b4 < a4 else a4, b5 if b5 < a5 else a5
    to[6], to[7] = b6 if b6 < a6 else a6, b7 if b7 < a7 else a7
    return fell


@njit(cache=True, nogil=True)
def _leave_home(terrain, s, last, price, bay, labels, reached):  # type: ignore[no-untyped-def]
    """Let goods of a source leave it, on days on which that is cheaper than ever before."""
    begin, legs, home = terrain.out_first[terrain.legs[s]], terrain.out_leg[terrain.legs[s]], terrain.node[s]
    for i in range(begin[home], begin[home + 1]):
        leg = legs[i]
        to, days, least = terrain.place[terrain.leg_destination[leg]], terrain.leg_days[leg], INF
        until = min(terrain.until[s], last - days, terrain.leg_closes[leg])
        for t in range(max(terrain.first[s], terrain.leg_opens[leg]), until + 1):
            total = bay[np.uint64(t)] + price[np.uint64(leg), np.uint64(t // 7)]
            if total < least:
                least = total
                labels[t + days, to] = min(labels[t + days, to], total)
                reached[to] = min(reached[to], t + days)


@njit(cache=True, nogil=True)
def _wait(here, before, fell):  # type: ignore[no-untyped-def]
    """Lower the labels of a day to those of the day before; note which were lower than that already.

    A loop of its own, so that it becomes vector instructions.
    """
    for n in range(len(fell)):
        a, b = here[n], before[n]
        fell[n] = a < b
        here[n] = a if a < b else b


@njit(cache=True, nogil=True)
def sweep(terrain, s, price, bay, labels, last):  # type: ignore[no-untyped-def]
    """Fill labels[day, place] with the least cost per tonne of having goods of source ``s`` there by that day.

    Places are those of stops (see Terrain), up to ``last``; what stands behind them must be inf, and stays so. Goods
    may come back to the source's node, and then leave it after the window too; its label is the cost of that. Waiting
    is free and prices stay for a week, so goods ride a leg only on days on which the label of its origin has fallen
    since they last did, or the leg's price has.
    """
    first, count, home = terrain.first[s], len(terrain.stops), terrain.place[terrain.node[s]]
    arc_first, which, arcs, opens = _arcs(terrain, terrain.legs[s], last)
    least, fell, reached = np.full(len(which), INF), np.zeros(count, np.bool_), np.full(count, last + 1)
    if terrain.until[s] >= last:  # without an end of the window there is no use in coming back
        for i in range(len(which)):
            arcs[i, 3] = -1 if arcs[i, 0] == home else arcs[i, 3]
    labels[first : last + 1, :count] = INF
    _leave_home(terrain, s, last, price, bay, labels, reached)
    for t in range(first + 1, last + 1):
        today, week = np.uint64(t), np.uint64(t // 7)  # places without a sign: see columns.Places
        here = labels[today]
        _wait(here, labels[np.uint64(t - 1)], fell)
        for n in range(count):
            if here[n] == INF or not (fell[n] or t % 7 == 0 or t <= opens[n]):
                continue
            for i in range(np.uint64(arc_first[n]), np.uint64(arc_first[n + 1])):
                if arcs[i, 2] <= t <= arcs[i, 3]:
                    charge = price[np.uint64(which[i]), week]
                    if fell[n] or charge < least[i]:
                        least[i] = charge
                        arrive, to = np.uint64(t + arcs[i, 1]), np.uint64(arcs[i, 0])
                        labels[arrive, to] = min(labels[arrive, to], here[n] + charge)


@njit(cache=True, nogil=True)
def sweep_lanes(terrain, batch, price, bays, labels, reached):  # type: ignore[no-untyped-def]
    """``sweep`` for sources that may ride the same legs, side by side: labels[day, place, lane].

    ``reached`` (places,) is room to note the first day on which goods of any lane are there. Goods ride a leg only on
    days on which some lane's label has fallen since they last did, or the leg's price has.
    """
    first, last = terrain.first[batch[0]], terrain.last[batch[0]]
    for k in range(1, LANES):
        if batch[k] >= 0:
            first, last = min(first, terrain.first[batch[k]]), max(last, terrain.last[batch[k]])
    stops = terrain.stops
    arc_first, which, arcs, opens = _arcs(terrain, terrain.legs[batch[0]], last)
    least = np.full(len(which), INF)
    for t in range(first, last + 1):
        labels[t, : len(stops), :] = INF
    reached[:] = last + 1
    for k in range(LANES):
        if batch[k] >= 0:
            bay = bays[terrain.bay[batch[k]]]
            _leave_home(terrain, batch[k], last, price, bay, labels[:, :, k], reached)
    for t in range(first, last + 1):
        today, week = np.uint64(t), np.uint64(t // 7)  # places without a sign: see columns.Places
        for n in range(len(stops)):
            if reached[n] > t:
                continue
            here = labels[today, n]
            fell = reached[n] == t
            if not fell:
                fell = _carry(here, labels[np.uint64(t - 1), n])
            if not fell and t % 7 > 0 and t > opens[n]:
                continue
            for i in range(np.uint64(arc_first[n]), np.uint64(arc_first[n + 1])):
                if arcs[i, 2] <= t <= arcs[i, 3]:
                    charge = price[np.uint64(which[i]), week]
                    if fell or charge < least[i]:
                        least[i] = charge
                        to, arrive = np.uint64(arcs[i, 0]), t + arcs[i, 1]
                        _lower(labels[np.uint64(arrive), to], here, charge)
                        reached[to] = min(reached[to], arrive)


@njit(cache=True, nogil=True, inline="always")
def best_day(terrain, s, pair, cost, end):  # type: ignore[no-untyped-def]
    """The best arrival day of an item pair, up to ``end``, and its value per unit; ``cost`` (days,) is per tonne.

    Waiting is free, so the days before the requirement is due are one.
    """
    due, latest = terrain.pair_due[pair], terrain.pair_latest[pair]
    weight, gain = terrain.tonnes[s], terrain.pair_gain[pair]
    best, day = -INF, -1
    for t in range(max(min(due, end), terrain.first[s]), end + 1):
        time = 1.0 if t <= due else (0.0 if t >= latest else (latest - t) / (latest - due))
        value = gain * time - weight * cost[t]
        if value > best:
            best, day = value, t
    return best, day


@njit(cache=True, nogil=True)
def best_arrival(terrain, s, pair, bay, labels):  # type: ignore[no-untyped-def]
    """``best_day`` by the labels of a sweep; at the source's own node goods are there as soon as they may leave."""
    last, node = terrain.pair_last[pair], terrain.pair_node[pair]
    if node == terrain.node[s]:
        return best_day(terrain, s, pair, bay, min(last, terrain.until[s]))
    return best_day(terrain, s, pair, labels[:, terrain.place[node]], last)


@njit(cache=True, nogil=True)
def trace(terrain, s, node, t, price, bay, labels, leg_out, day_out):  # type: ignore[no-untyped-def]
    """Walk back over equal labels; the number of legs, or -1 where the room does not suffice."""
    home, kind, steps = terrain.node[s], terrain.legs[s], 0
    at_source = node == home
    while not at_source:
        place = terrain.place[node]
        while t > terrain.first[s] and labels[t - 1, place] == labels[t, place]:
            t -= 1
        found = False
        for i in range(terrain.in_first[kind, node], terrain.in_first[kind, node + 1]):
            leg = terrain.in_leg[kind, i]
            origin, leave = terrain.leg_origin[leg], t - terrain.leg_days[leg]
            if leave < terrain.first[s] or leave < terrain.leg_opens[leg] or leave > terrain.leg_closes[leg]:
                continue
            last_leg = origin == home and leave <= terrain.until[s]
            last_leg = last_leg and bay[leave] + price[leg, leave // 7] == labels[t, place]
            before = bay[leave] if last_leg else labels[leave, terrain.place[origin]]
            if before < INF and before + price[leg, leave // 7] == labels[t, place]:
                at_source = last_leg
                if steps == len(leg_out):
                    return -1
                leg_out[steps], day_out[steps] = leg, leave
                steps, node, t, found = steps + 1, origin, leave, True
                break
        if not found:
            return -2
    for i in range(steps // 2):
        j = steps - 1 - i
        leg_out[i], leg_out[j] = leg_out[j], leg_out[i]
        day_out[i], day_out[j] = day_out[j], day_out[i]
    return steps


@njit(cache=True, nogil=True)
def open_legs(terrain, s, price, room, node_room, need, open_, last):  # type: ignore[no-untyped-def]
    """Prices of legs by week up to a day; legs and origins with less room than ``need`` tonnes are closed."""
    begin, end = terrain.first[s] // 7, last // 7 + 1
    for i in range(price.shape[0]):
        mine, wide, there, charge = open_[i], room[i], node_room[terrain.leg_origin[i]], price[i]
        for w in range(begin, end):
            mine[w] = charge[w] if (wide[w] >= need) & (there[w] >= need) else INF


@njit(cache=True, nogil=True)
def best_way(terrain, s, pair, open_, bay, labels, leg, when):  # type: ignore[no-untyped-def]
    """Arrival day (-1 without) and number of legs of the best delivery of a pair, after a sweep of its source."""
    node, last = terrain.pair_node[pair], terrain.pair_last[pair]
    if terrain.pair_part[pair] < 0:
        _, day = best_arrival(terrain, s, pair, bay, labels)
    else:
        day = min(last, max(terrain.pair_due[pair], terrain.first[s]))
        while day <= last and labels[day, terrain.place[node]] == INF:
            day += 1
        if node == terrain.node[s] or day > last:
            day = -1
    if day < 0:
        return -1, 0
    return day, trace(terrain, s, node, day, open_, bay, labels, leg, when)


@njit(cache=True, nogil=True)
def offer_best(  # type: ignore[no-untyped-def]
    terrain, s, price, room, node_room, need, bay, units, charge, least, ceiling, labels, open_, leg, when, swept
):
    """The best delivery of source ``s`` through what is left of the limits: pair, arrival day, value, number of legs.

    ``units`` (pairs of the source) says how many units each pair could still take, ``charge`` what the offer and the
    requirement charge per unit, ``least`` the value per unit that is asked. Legs and nodes with less room than ``need``
    tonnes are closed. The pair is -1 where nothing is worth it. ``ceiling`` is what a unit of a pair can be worth at
    most: pairs that can't be worth enough are not looked at, for the others it is lowered to what is found. With
    ``swept`` the labels are those of the source already, and no leg or node has been closed to it since.
    """
    begin, end, last = terrain.pair_first[s], terrain.pair_first[s + 1], -1
    for pair in range(begin, end):
        if units[pair] > 0.0 and terrain.pair_part[pair] < 0 and ceiling[pair] > least[pair]:
            last = max(last, terrain.pair_last[pair])
    if terrain.first[s] > last:
        return -1, -1, 0.0, 0
    if not swept:
        open_legs(terrain, s, price, room, node_room, need, open_, last)
        sweep(terrain, s, open_, bay, labels, last)
    best, best_pair, best_day = -INF, -1, -1
    for pair in range(begin, end):
        if units[pair] > 0.0 and terrain.pair_part[pair] < 0 and ceiling[pair] > least[pair]:
            value, day = best_arrival(terrain, s, pair, bay, labels)
            value -= charge[pair]
            ceiling[pair] = value
            if value > least[pair] and value > best:
                best, best_pair, best_day = value, pair, day
    if best_pair < 0:
        return -1, -1, 0.0, 0
    steps = trace(terrain, s, terrain.pair_node[best_pair], best_day, open_, bay, labels, leg, when)
    return best_pair, best_day, best, steps


@njit(cache=True, nogil=True)
def reach(terrain, s, price, room, node_room, need, bay, node, by, labels, open_, leg, when):  # type: ignore[no-untyped-def]
    """The cheapest way of source ``s`` to a node by a day through what is left: cost per tonne and number of legs."""
    if node == terrain.node[s]:
        day = min(by, terrain.until[s])
        return (bay[day], 0) if day >= terrain.first[s] else (INF, 0)
    if terrain.first[s] > min(by, terrain.last[s]):
        return INF, 0
    by = min(by, terrain.last[s])
    open_legs(terrain, s, price, room, node_room, need, open_, by)
    sweep(terrain, s, open_, bay, labels, by)
    cost = labels[by, terrain.place[node]]
    if cost == INF:
        return INF, 0
    return cost, trace(terrain, s, node, by, open_, bay, labels, leg, when)
