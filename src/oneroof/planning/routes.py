"""Cheapest ways through space and time at given prices: one forward sweep a source prices all its deliveries."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numba import njit

from oneroof.planning.matching import Matching
from oneroof.planning.problem import Floats, Ints, Problem

INF = np.inf


class Terrain(NamedTuple):
    """What never changes while prices do, as the compiled sweeps want it (they take named tuples, not dataclasses)."""

    leg_origin: Ints
    leg_destination: Ints
    leg_days: Ints
    leg_opens: Ints
    leg_closes: Ints
    out_first: Ints
    out_leg: Ints
    in_first: Ints
    in_leg: Ints
    node: Ints  # (sources,)
    first: Ints
    until: Ints
    last: Ints  # last useful day over the source's pairs
    tonnes: Floats
    legs: Ints
    pair_first: Ints  # (sources + 1,)
    pair_node: Ints
    pair_part: Ints
    pair_gain: Floats
    pair_due: Ints
    pair_latest: Ints
    pair_last: Ints
    curve_first: Ints  # (pairs + 1,) where the curve of a part pair starts; it covers days from due to last


@dataclass(frozen=True)
class Quotes:
    """The best delivery of every pair at given prices.

    For an item, ``value`` is points less transport and order price, per unit of the source, and ``day`` its arrival;
    for a part, ``curve`` holds the cost per unit of the source by arrival day.
    """

    value: Floats  # (pairs,) -inf where there is no way
    day: Ints  # (pairs,)
    curve: Floats


@dataclass(frozen=True)
class Ways:
    """Itineraries: for each request, legs and their departure days from first to last."""

    length: Ints  # (requests,)
    leg: Ints  # (requests, hops)
    day: Ints  # (requests, hops)


def terrain_of(problem: Problem, matching: Matching) -> Terrain:
    """Lay out a problem for the sweeps."""
    p, s, pairs, net = problem, matching.sources, matching.pairs, matching.network
    count = len(s.item)
    last = np.full(count, -1, np.int64)
    np.maximum.at(last, pairs.source, pairs.last)
    due = p.requirements.due[pairs.requirement]
    begin = np.maximum(np.minimum(due, pairs.last), 0)
    length = np.where(pairs.part >= 0, pairs.last - begin + 1, 0)
    curve_first = np.concatenate([[0], np.cumsum(length)])
    return Terrain(
        leg_origin=p.legs.origin.copy(),  # copies: the sweeps are compiled for arrays that may be written
        leg_destination=p.legs.destination.copy(),
        leg_days=p.legs.days.copy(),
        leg_opens=p.legs.opens.copy(),
        leg_closes=p.legs.closes.copy(),
        out_first=net.out_first,
        out_leg=net.out_leg,
        in_first=net.in_first,
        in_leg=net.in_leg,
        node=s.node.copy(),
        first=s.first.copy(),
        until=s.until.copy(),
        last=last,
        tonnes=s.tonnes.copy(),
        legs=s.legs.copy(),
        pair_first=np.searchsorted(pairs.source, np.arange(count + 1)).astype(np.int64),
        pair_node=p.requirements.node[pairs.requirement],
        pair_part=pairs.part.copy(),
        pair_gain=pairs.gain.copy(),
        pair_due=due,
        pair_latest=p.requirements.latest[pairs.requirement],
        pair_last=pairs.last.copy(),
        curve_first=curve_first.astype(np.int64),
    )


@njit(cache=True, nogil=True)
def sweep(terrain, s, price, bay, labels):  # type: ignore[no-untyped-def]
    """Fill labels[day, node] with the least cost per tonne of having goods of source ``s`` there by that day.

    Goods may come back to the source's node, and then leave it after the window too; its label is the cost of that.
    """
    first, last, until, home = terrain.first[s], terrain.last[s], terrain.until[s], terrain.node[s]
    begin, legs = terrain.out_first[terrain.legs[s]], terrain.out_leg[terrain.legs[s]]
    nodes = labels.shape[1]
    returns = until < last  # without an end of the window there is no use in coming back
    labels[first : last + 1, :] = INF
    for t in range(first, last + 1):
        week = t // 7
        for n in range(nodes):
            if t > first and labels[t - 1, n] < labels[t, n]:
                labels[t, n] = labels[t - 1, n]
            cost = labels[t, n]
            if n == home and t <= until and bay[t] < cost:
                cost = bay[t]
            if cost == INF:
                continue
            for i in range(begin[n], begin[n + 1]):
                leg = legs[i]
                to = terrain.leg_destination[leg]
                arrive = t + terrain.leg_days[leg]
                if arrive > last or t < terrain.leg_opens[leg] or t > terrain.leg_closes[leg]:
                    continue
                if to == home and not returns:
                    continue
                sum_ = cost + price[leg, week]
                if sum_ < labels[arrive, to]:
                    labels[arrive, to] = sum_


@njit(cache=True, nogil=True)
def _best_day(terrain, s, pair, bay, labels):  # type: ignore[no-untyped-def]
    """The best arrival day of an item pair and its value per unit; waiting is free, so days before due are one."""
    due, latest, last = terrain.pair_due[pair], terrain.pair_latest[pair], terrain.pair_last[pair]
    weight, gain, node = terrain.tonnes[s], terrain.pair_gain[pair], terrain.pair_node[pair]
    best, best_day = -INF, -1
    at_home = node == terrain.node[s]
    first = terrain.first[s]
    end = min(last, terrain.until[s]) if at_home else last
    for t in range(max(min(due, end), first), end + 1):
        cost = bay[t] if at_home else labels[t, node]
        if cost == INF:
            continue
        time = 1.0 if t <= due else (0.0 if t >= latest else (latest - t) / (latest - due))
        value = gain * time - weight * cost
        if value > best:
            best, best_day = value, t
    return best, best_day


@njit(cache=True, nogil=True)
def _quote(terrain, sources, price, bays, value, day, curve, labels):  # type: ignore[no-untyped-def]
    """Quote every pair of some sources."""
    for i in range(len(sources)):
        s = sources[i]
        if terrain.first[s] > terrain.last[s]:
            continue
        bay = bays[s]
        sweep(terrain, s, price, bay, labels)
        for pair in range(terrain.pair_first[s], terrain.pair_first[s + 1]):
            if terrain.pair_part[pair] < 0:
                value[pair], day[pair] = _best_day(terrain, s, pair, bay, labels)
                continue
            node, weight, begin = terrain.pair_node[pair], terrain.tonnes[s], terrain.curve_first[pair]
            start = terrain.pair_last[pair] - (terrain.curve_first[pair + 1] - begin) + 1
            at_home, cheapest = node == terrain.node[s], INF
            if at_home:
                for t in range(terrain.first[s], min(start, terrain.until[s] + 1)):
                    cheapest = min(cheapest, bay[t])
            for t in range(max(start, terrain.first[s]), terrain.pair_last[pair] + 1):
                if at_home:
                    if t <= terrain.until[s]:
                        cheapest = min(cheapest, bay[t])
                else:
                    cheapest = labels[t, node]
                curve[begin + t - start] = weight * cheapest


@njit(cache=True, nogil=True)
def _trace_one(terrain, s, node, t, price, bay, labels, leg_out, day_out):  # type: ignore[no-untyped-def]
    """Walk back over equal labels; the number of legs, or -1 where the room does not suffice."""
    home, kind, steps = terrain.node[s], terrain.legs[s], 0
    at_source = node == home
    while not at_source:
        while t > terrain.first[s] and labels[t - 1, node] == labels[t, node]:
            t -= 1
        found = False
        for i in range(terrain.in_first[kind, node], terrain.in_first[kind, node + 1]):
            leg = terrain.in_leg[kind, i]
            origin, leave = terrain.leg_origin[leg], t - terrain.leg_days[leg]
            if leave < terrain.first[s] or leave < terrain.leg_opens[leg] or leave > terrain.leg_closes[leg]:
                continue
            last_leg = origin == home and leave <= terrain.until[s]
            last_leg = last_leg and bay[leave] + price[leg, leave // 7] == labels[t, node]
            before = bay[leave] if last_leg else labels[leave, origin]
            if before < INF and before + price[leg, leave // 7] == labels[t, node]:
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
def _trace(terrain, source, node, day, price, bays, length, leg, when, labels):  # type: ignore[no-untyped-def]
    """Trace requests that are sorted by source; each source is swept once."""
    swept = -1
    for i in range(len(source)):
        s = source[i]
        if s != swept:
            sweep(terrain, s, price, bays[s], labels)
            swept = s
        length[i] = _trace_one(terrain, s, node[i], day[i], price, bays[s], labels, leg[i], when[i])


class Router:
    """Quotes and traces deliveries of a problem on one or more threads, with the same answer for any number."""

    def __init__(self, problem: Problem, matching: Matching, threads: int = 1) -> None:
        self.terrain = terrain_of(problem, matching)
        self.shape = (problem.days, len(problem.nodes.keys))
        self.threads = max(1, min(threads, os.cpu_count() or 1))
        self.hops = 8
        count = len(self.terrain.node)
        self.busy = np.flatnonzero(self.terrain.last >= self.terrain.first).astype(np.int64)
        self.buffers = [np.full(self.shape, INF) for _ in range(self.threads)]
        self.bays = np.zeros((count, problem.days))

    def quote(self, price: Floats, bays: dict[int, Floats]) -> Quotes:
        """Quote all pairs at ``price`` (legs, weeks) and ``bays`` (by source: order price by day), both per tonne."""
        self._set(bays)
        pairs = len(self.terrain.pair_node)
        value, day = np.full(pairs, -INF), np.full(pairs, -1, np.int64)
        curve = np.full(int(self.terrain.curve_first[-1]), INF)

        def work(part: int) -> None:
            mine = self.busy[part :: self.threads]
            _quote(self.terrain, mine, price, self.bays, value, day, curve, self.buffers[part])

        self._share(work)
        return Quotes(value, day, curve)

    def ways(self, price: Floats, bays: dict[int, Floats], source: Ints, node: Ints, day: Ints) -> Ways:
        """Itineraries of requests (source, node of arrival, day of arrival), at the prices of the last quote."""
        self._set(bays)
        while True:
            found = self._ways(price, source, node, day)
            if not (found.length == -1).any():
                assert (found.length >= 0).all(), "an itinerary has no way back to its source"
                return found
            self.hops *= 2

    def _ways(self, price: Floats, source: Ints, node: Ints, day: Ints) -> Ways:
        """Itineraries of at most ``hops`` legs; the length is -1 where that is too few."""
        count = len(source)
        found = Ways(
            np.zeros(count, np.int64),
            np.zeros((count, self.hops), np.int64),
            np.zeros((count, self.hops), np.int64),
        )
        order = np.argsort(source, kind="stable")
        cuts = [count * part // self.threads for part in range(self.threads + 1)]

        def work(part: int) -> None:
            mine = order[cuts[part] : cuts[part + 1]]
            length, leg, when = found.length[mine], found.leg[mine], found.day[mine]
            buffer = self.buffers[part]
            _trace(self.terrain, source[mine], node[mine], day[mine], price, self.bays, length, leg, when, buffer)
            found.length[mine], found.leg[mine], found.day[mine] = length, leg, when

        self._share(work)
        return found

    def _set(self, bays: dict[int, Floats]) -> None:
        """Take over the order prices of purchases."""
        for s, bay in bays.items():
            self.bays[s] = bay

    def _share(self, work: Callable[[int], None]) -> None:
        """Run the parts, on threads where there are several; compiled code lets go of the interpreter's lock."""
        if self.threads == 1:
            work(0)
            return
        with ThreadPoolExecutor(self.threads) as pool:
            list(pool.map(work, range(self.threads)))


@njit(cache=True, nogil=True)
def open_legs(terrain, s, price, room, node_room, need, open_):  # type: ignore[no-untyped-def]
    """Prices of legs by week for a source; legs and origins with less room than ``need`` tonnes are closed."""
    begin, end = terrain.first[s] // 7, terrain.last[s] // 7 + 1
    for i in range(price.shape[0]):
        for w in range(begin, end):
            closed = room[i, w] < need or node_room[terrain.leg_origin[i], w] < need
            open_[i, w] = INF if closed else price[i, w]


@njit(cache=True, nogil=True)
def best_way(terrain, s, pair, open_, bay, labels, leg, when):  # type: ignore[no-untyped-def]
    """Arrival day (-1 without) and number of legs of the best delivery of a pair, after a sweep of its source."""
    node, last = terrain.pair_node[pair], terrain.pair_last[pair]
    if terrain.pair_part[pair] < 0:
        _, day = _best_day(terrain, s, pair, bay, labels)
    else:
        day = min(last, max(terrain.pair_due[pair], terrain.first[s]))
        while day <= last and labels[day, node] == INF:
            day += 1
        if node == terrain.node[s] or day > last:
            day = -1
    if day < 0:
        return -1, 0
    return day, _trace_one(terrain, s, node, day, open_, bay, labels, leg, when)


@njit(cache=True, nogil=True)
def offer_best(terrain, s, price, room, node_room, need, bay, units, charge, least, labels, open_, leg, when):  # type: ignore[no-untyped-def]
    """The best delivery of source ``s`` through what is left of the limits: pair, arrival day, value, number of legs.

    ``units`` (pairs of the source) says how many units each pair could still take, ``charge`` what the offer and the
    requirement charge per unit, ``least`` the value per unit that is asked. Legs and nodes with less room than ``need``
    tonnes are closed. The pair is -1 where nothing is worth it.
    """
    begin, end = terrain.pair_first[s], terrain.pair_first[s + 1]
    wanted = False
    for pair in range(begin, end):
        if units[pair] > 0.0 and terrain.pair_part[pair] < 0:
            wanted = True
    if not wanted or terrain.first[s] > terrain.last[s]:
        return -1, -1, 0.0, 0
    open_legs(terrain, s, price, room, node_room, need, open_)
    sweep(terrain, s, open_, bay, labels)
    best, best_pair, best_day = -INF, -1, -1
    for pair in range(begin, end):
        if units[pair] > 0.0 and terrain.pair_part[pair] < 0:
            value, day = _best_day(terrain, s, pair, bay, labels)
            value -= charge[pair]
            if value > least[pair] and value > best:
                best, best_pair, best_day = value, pair, day
    if best_pair < 0:
        return -1, -1, 0.0, 0
    steps = _trace_one(terrain, s, terrain.pair_node[best_pair], best_day, open_, bay, labels, leg, when)
    return best_pair, best_day, best, steps


@njit(cache=True, nogil=True)
def reach(terrain, s, price, room, node_room, need, bay, node, by, labels, open_, leg, when):  # type: ignore[no-untyped-def]
    """The cheapest way of source ``s`` to a node by a day through what is left: cost per tonne and number of legs."""
    if node == terrain.node[s]:
        day = min(by, terrain.until[s])
        return (bay[day], 0) if day >= terrain.first[s] else (INF, 0)
    if terrain.first[s] > min(by, terrain.last[s]):
        return INF, 0
    open_legs(terrain, s, price, room, node_room, need, open_)
    sweep(terrain, s, open_, bay, labels)
    by = min(by, terrain.last[s])
    cost = labels[by, node]
    if cost == INF:
        return INF, 0
    return cost, _trace_one(terrain, s, node, by, open_, bay, labels, leg, when)
