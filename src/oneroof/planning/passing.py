"""Cheapest ways through what a plan leaves of legs and nodes, compiled; only days and nodes that matter are looked at.

A way leads from homes, where goods wait from a first to a last day, to one node by a day. ``since`` is the first day on
which goods could be at each node and ``latest`` the last from which they still come in time, as if all legs that fit
the goods were open and had room. Between them the least price per tonne is found day by day backwards; it can't rise
as time goes back, so a node is settled once it has come down to ``least``, the price when every leg is ridden in its
best week.
"""

from __future__ import annotations

import numpy as np
from numba import njit

INF = np.inf
NEVER = 1 << 40  # a day that does not come
LONG_AGO = -NEVER
HAIR = 1e-6  # what printing may have taken from a limit
LONGEST = 256  # legs of a way
CROWD = 40  # ways that are tried for one requirement, at most
SLIVER = 0.05  # share of what is wanted that a way must have room for


@njit(cache=True, nogil=True)
def least_days(origin, destination, days, allowed, total):  # type: ignore[no-untyped-def]
    """Fill total[from, to] with the fewest days on the way between nodes, whatever the dates; NEVER without a way."""
    total[:] = NEVER
    for node in range(len(total)):
        total[node, node] = 0
        moved = True
        while moved:
            moved = False
            for i in range(len(origin)):
                if allowed[i] and total[destination[i], node] + days[i] < total[origin[i], node]:
                    total[origin[i], node] = total[destination[i], node] + days[i]
                    moved = True


@njit(cache=True, nogil=True)
def last_days(origin, destination, days, opens, closes, allowed, node, by, latest):  # type: ignore[no-untyped-def]
    """Fill the last day on which goods may be at every node and still arrive at ``node`` by a day."""
    latest[:] = LONG_AGO
    latest[node] = by
    moved = True
    while moved:
        moved = False
        for i in range(len(origin)):
            if not allowed[i] or latest[destination[i]] == LONG_AGO:
                continue
            last = min(closes[i], latest[destination[i]] - days[i])
            if last >= opens[i] and last > latest[origin[i]]:
                latest[origin[i]] = last
                moved = True


@njit(cache=True, nogil=True)
def _least_along(origin, destination, chosen, cost, node, total):  # type: ignore[no-untyped-def]
    """Fill the least sum of ``cost`` from every node to ``node`` on some legs, whatever the days; INF is closed."""
    total[:] = INF
    total[node] = 0.0
    moved = True
    while moved:
        moved = False
        for i in chosen:
            if total[destination[i]] + cost[i] < total[origin[i]]:
                total[origin[i]] = total[destination[i]] + cost[i]
                moved = True


@njit(cache=True, nogil=True)
def least_costs(origin, destination, cost, node, total):  # type: ignore[no-untyped-def]
    """``_least_along`` on all legs."""
    _least_along(origin, destination, np.arange(len(origin)), cost, node, total)


@njit(cache=True, nogil=True)
def _relevant(legs, allowed, apart, homes, firsts, node, by, since, latest, least_leg, chosen):  # type: ignore[no-untyped-def]
    """Fill ``since`` and ``latest`` and choose the legs that a way in time may ride: their number.

    ``least_leg`` is INF for the others. ``apart`` is from ``least_days``.
    """
    origin, destination, days, opens, closes = legs[:5]
    for n in range(len(since)):
        since[n], latest[n] = NEVER, by - apart[n, node]
        for i in range(len(homes)):
            since[n] = min(since[n], firsts[i] + apart[homes[i], n])
    count = 0
    for i in range(len(origin)):
        leave, least_leg[i] = max(since[origin[i]], opens[i]), INF
        if allowed[i] and leave <= closes[i] and leave + days[i] <= latest[destination[i]]:
            chosen[count], count = i, count + 1
    return count


@njit(cache=True, nogil=True)
def _open_prices(chosen, origin, cost, legs_left, nodes_left, need, first, last, price, least_leg):  # type: ignore[no-untyped-def]
    """Fill the price of relevant legs in some weeks: their cost where ``need`` tonnes fit, INF elsewhere."""
    for i in chosen:
        for week in range(first, last + 1):
            fits = legs_left[i, week] >= need - HAIR and nodes_left[origin[i], week] >= need - HAIR
            price[i, week] = cost[i] if fits else INF
            if fits:
                least_leg[i] = cost[i]


@njit(cache=True, nogil=True)
def _charge(left, dual, amount, need, floor, top):  # type: ignore[no-untyped-def]
    """What a limit charges per tonne: nothing where ``need`` fits, else its price, within what the goods earn."""
    if left >= need - HAIR:
        return 0.0
    return top if amount <= 0 else min(max(dual, floor), top)


@njit(cache=True, nogil=True)
def _charged_prices(  # type: ignore[no-untyped-def]
    chosen, origin, cost, capacity, handling, legs_left, nodes_left, legs_dual, nodes_dual,
    need, floor, top, first, last, price, least_leg,
):  # fmt: skip
    """Fill the price of relevant legs in some weeks: their cost and what full legs and nodes charge."""
    for i in chosen:
        n = origin[i]
        for week in range(first, last + 1):
            leg = _charge(legs_left[i, week], legs_dual[i, week], capacity[i], need, floor, top)
            node = _charge(nodes_left[n, week], nodes_dual[n, week], handling[n], need, floor, top)
            price[i, week] = cost[i] + leg + node
            least_leg[i] = min(least_leg[i], price[i, week])


@njit(cache=True, nogil=True)
def _label(t, n, latest, least, settled, labels):  # type: ignore[no-untyped-def]
    """The least price per tonne from a node on a day that was swept."""
    if t <= settled[n] or least[n] == INF:
        return least[n]
    return labels[t, n] if t <= latest[n] else INF


@njit(cache=True, nogil=True)
def _sweep(chosen, legs, price, least_leg, node, begin, by, since, latest, least, settled, labels):  # type: ignore[no-untyped-def]
    """Fill the least prices towards a node by a day, from day ``begin`` on, for nodes and days that matter."""
    _least_along(legs[0], legs[1], chosen, least_leg, node, least)
    settled[:] = LONG_AGO
    settled[node] = by
    _descend(legs, price, least_leg, node, begin, by, by, since, latest, least, settled, labels)


@njit(cache=True, nogil=True)
def _descend(legs, price, least_leg, node, begin, top, by, since, latest, least, settled, labels):  # type: ignore[no-untyped-def]
    """Sweep from day ``top`` back to ``begin``; what is known of later days stays, for nodes not settled by then."""
    destination, days, opens, closes, out_first, out_leg = legs[1:]
    alive = np.empty(len(least), np.int64)
    count = 0
    for n in range(len(least)):
        if n != node and settled[n] <= top and least[n] < INF and max(since[n], begin) <= latest[n]:
            settled[n], alive[count], count = LONG_AGO, n, count + 1
    t = top
    while t >= begin and count:
        kept = 0
        for k in range(count):
            n = alive[k]
            if t > latest[n]:
                alive[kept], kept = n, kept + 1
                continue
            best = labels[t + 1, n] if t < latest[n] else INF
            for i in range(out_first[n], out_first[n + 1]):
                leg = out_leg[i]
                arrive = t + days[leg]
                if least_leg[leg] < INF and arrive <= by and opens[leg] <= t <= closes[leg]:
                    way = price[leg, t // 7] + _label(arrive, destination[leg], latest, least, settled, labels)
                    if way < best:
                        best = way
            labels[t, n] = best
            if best == least[n]:
                settled[n] = t
            elif t > since[n]:
                alive[kept], kept = n, kept + 1
        count, t = kept, t - 1


@njit(cache=True, nogil=True)
def _close(legs, legs_left, nodes_left, need, ridden, when, steps, price):  # type: ignore[no-untyped-def]
    """Shut what is full along a way that was taken; gives the last day on which something was shut, -1 if nothing."""
    origin, out_first, out_leg = legs[0], legs[5], legs[6]
    last = -1
    for k in range(steps):
        leg, week = ridden[k], when[k] // 7
        n = origin[leg]
        if legs_left[leg, week] < need - HAIR:
            price[leg, week], last = INF, max(last, 7 * week + 6)
        if nodes_left[n, week] < need - HAIR:
            last = max(last, 7 * week + 6)
            for i in range(out_first[n], out_first[n + 1]):
                price[out_leg[i], week] = INF
    return last


@njit(cache=True, nogil=True)
def _start(legs, price, least_leg, home, first, until, by, latest, least, settled, labels):  # type: ignore[no-untyped-def]
    """The cheapest start from home along a sweep: price per tonne, day and leg (-1: none); the earliest of equals."""
    destination, days, opens, closes, out_first, out_leg = legs[1:]
    best, best_day, best_leg = INF, -1, -1
    for t in range(first, min(until, by) + 1):
        for i in range(out_first[home], out_first[home + 1]):
            leg = out_leg[i]
            arrive = t + days[leg]
            if least_leg[leg] < INF and arrive <= by and opens[leg] <= t <= closes[leg]:
                way = price[leg, t // 7] + _label(arrive, destination[leg], latest, least, settled, labels)
                if way < best:
                    best, best_day, best_leg = way, t, leg
        if best == least[home]:
            break
    return best, best_day, best_leg


@njit(cache=True, nogil=True)
def _walk(  # type: ignore[no-untyped-def]
    legs, price, least_leg, node, leg, day, by, latest, least, settled, labels, ridden, when
):
    """Follow a sweep from a first leg on a day; fills legs and days and gives their number, -1 where it is lost."""
    destination, days, opens, closes, out_first, out_leg = legs[1:]
    ridden[0], when[0], steps = leg, day, 1
    n, t = destination[leg], day + days[leg]
    while n != node:
        found = False
        while not found:
            here = _label(t, n, latest, least, settled, labels)
            for i in range(out_first[n], out_first[n + 1]):
                leg = out_leg[i]
                arrive = t + days[leg]
                if least_leg[leg] == INF or arrive > by or t < opens[leg] or t > closes[leg]:
                    continue
                if price[leg, t // 7] + _label(arrive, destination[leg], latest, least, settled, labels) == here:
                    ridden[steps], when[steps], steps = leg, t, steps + 1
                    n, t, found = destination[leg], arrive, True
                    break
            if not found:
                t += 1
            if t > by or steps == len(ridden):
                return -1
    return steps


@njit(cache=True, nogil=True)
def bring(  # type: ignore[no-untyped-def]
    legs, cost, allowed, apart, legs_left, nodes_left, homes, firsts, untils, units, tonnes, whole, node, by,
    brought, wanted, crowd, span, work,
):  # fmt: skip
    """Units that come along one cheapest way after another; ``units`` and what is left shrink by what they take.

    ``brought`` units of the ``wanted`` are there already. ``work`` is from ``scratch``; there it notes what was left
    before, for ``restore``. Returns the units brought by then and the number of notes.
    """
    price, least_leg, least, labels, since, latest, settled, ridden, when, touched, before, order = work
    origin = legs[0]
    smallest, marks, shut, alive_then = 1.0 if whole else HAIR, 0, -1, -1
    for _ in range(crowd):
        begin, rest, alive = NEVER, wanted - brought, 0
        for i in range(len(homes)):
            if units[i] >= smallest - HAIR:
                begin, alive = min(begin, firsts[i]), alive + 1
        if begin > by or rest < smallest - HAIR:
            break
        begin = max(begin, by - span)
        need = tonnes if whole else max(SLIVER * rest, 1e-3) * tonnes
        if whole and alive == alive_then:  # as in the round before, but for what it filled
            _descend(legs, price, least_leg, node, begin, min(shut, by), by, since, latest, least, settled, labels)
        else:
            count = _relevant(legs, allowed, apart, homes, firsts, node, by, since, latest, least_leg, order)
            chosen = order[:count]
            _open_prices(chosen, origin, cost, legs_left, nodes_left, need, begin // 7, by // 7, price, least_leg)
            _sweep(chosen, legs, price, least_leg, node, begin, by, since, latest, least, settled, labels)
            alive_then = alive
        stock, best, day, leg = -1, INF, -1, -1
        for i in range(len(homes)):
            if units[i] < smallest - HAIR:
                continue
            if homes[i] == node:
                if firsts[i] <= min(untils[i], by) and best > 0.0:
                    stock, best, day, leg = i, 0.0, firsts[i], -1
                continue
            start = max(firsts[i], by - span)
            found, on, along = _start(
                legs, price, least_leg, homes[i], start, untils[i], by, latest, least, settled, labels
            )
            if found < best:
                stock, best, day, leg = i, found, on, along
        steps = 0
        if stock >= 0 and leg >= 0:
            steps = _walk(legs, price, least_leg, node, leg, day, by, latest, least, settled, labels, ridden, when)
        if stock < 0 or steps < 0:
            break
        taken = INF
        for k in range(steps):
            week = when[k] // 7
            taken = min(taken, legs_left[ridden[k], week] / tonnes, nodes_left[origin[ridden[k]], week] / tonnes)
        taken = min(taken, units[stock], rest)
        if whole:
            taken = np.floor(taken + HAIR)
        units[stock] -= taken
        for k in range(steps):
            week, n = when[k] // 7, origin[ridden[k]]
            touched[marks, 0], touched[marks, 1] = ridden[k], week
            before[marks, 0], before[marks, 1] = legs_left[ridden[k], week], nodes_left[n, week]
            legs_left[ridden[k], week] -= taken * tonnes
            nodes_left[n, week] -= taken * tonnes
            marks += 1
        if taken <= 0:
            break
        brought += taken
        shut = _close(legs, legs_left, nodes_left, need, ridden, when, steps, price)
    return brought, marks


@njit(cache=True, nogil=True)
def restore(origin, legs_left, nodes_left, touched, before):  # type: ignore[no-untyped-def]
    """Put back what a ``bring`` took, from what it noted."""
    for k in range(len(touched) - 1, -1, -1):
        leg, week = touched[k, 0], touched[k, 1]
        legs_left[leg, week], nodes_left[origin[leg], week] = before[k, 0], before[k, 1]


@njit(cache=True, nogil=True)
def cheapest(  # type: ignore[no-untyped-def]
    legs, cost, capacity, handling, allowed, apart, legs_left, nodes_left, legs_dual, nodes_dual, need, floor, top,
    homes, firsts, untils, node, by, span, work, found,
):  # fmt: skip
    """Fill ``found`` (homes,) with the least price per tonne from each home, INF without a way, full limits charging.

    ``follow`` then gives the ways.
    """
    price, least_leg, least, labels, since, latest, settled = work[:7]
    order, begin = work[11], NEVER
    for i in range(len(homes)):
        begin = min(begin, firsts[i])
    begin = max(begin, 0, by - span)
    chosen = order[: _relevant(legs, allowed, apart, homes, firsts, node, by, since, latest, least_leg, order)]
    if begin <= by:
        _charged_prices(
            chosen, legs[0], cost, capacity, handling, legs_left, nodes_left, legs_dual, nodes_dual,
            need, floor, top, begin // 7, by // 7, price, least_leg,
        )  # fmt: skip
    _sweep(chosen, legs, price, least_leg, node, begin, by, since, latest, least, settled, labels)
    for i in range(len(homes)):
        if homes[i] == node:
            found[i] = 0.0 if firsts[i] <= min(untils[i], by) else INF
            continue
        found[i] = _start(
            legs, price, least_leg, homes[i], max(firsts[i], by - span), untils[i], by, latest, least, settled, labels
        )[0]


@njit(cache=True, nogil=True)
def follow(legs, home, first, until, node, by, span, work):  # type: ignore[no-untyped-def]
    """Walk the way from a home after ``cheapest``; gives the number of its legs, -1 where there is none."""
    price, least_leg, least, labels, _, latest, settled, ridden, when = work[:9]
    if home == node:
        return 0
    _, day, leg = _start(legs, price, least_leg, home, max(first, by - span), until, by, latest, least, settled, labels)
    if leg < 0:
        return -1
    return _walk(legs, price, least_leg, node, leg, day, by, latest, least, settled, labels, ridden, when)


def scratch(legs: int, nodes: int, weeks: int) -> tuple[np.ndarray, ...]:
    """Room for ``bring`` and ``cheapest`` to work in, used again and again."""
    return (
        np.full((legs, weeks), INF),
        np.full(legs, INF),
        np.full(nodes, INF),
        np.full((7 * weeks + 1, nodes), INF),
        np.full(nodes, NEVER, np.int64),
        np.full(nodes, LONG_AGO, np.int64),
        np.full(nodes, LONG_AGO, np.int64),
        np.zeros(LONGEST, np.int64),
        np.zeros(LONGEST, np.int64),
        np.zeros((CROWD * LONGEST, 2), np.int64),
        np.zeros((CROWD * LONGEST, 2)),
        np.zeros(legs, np.int64),
    )
