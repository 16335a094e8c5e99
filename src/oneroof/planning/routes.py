"""The best delivery of every pair at given prices, and the itineraries that go with it."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numba import njit

from oneroof.planning.market import Market
from oneroof.planning.matching import Matching
from oneroof.planning.problem import Floats, Ints, Problem
from oneroof.planning.sweeps import INF, best_day, sweep_lanes, trace
from oneroof.planning.terrain import LANES, Terrain, batches, terrain_of

T = TypeVar("T")


@dataclass(frozen=True)
class Ways:
    """Itineraries: for each request, legs and their departure days from first to last."""

    length: Ints  # (requests,)
    leg: Ints  # (requests, hops)
    day: Ints  # (requests, hops)

    @classmethod
    def room(cls, count: int, hops: int) -> Ways:
        """Room for itineraries of so many legs at most."""
        return cls(np.zeros(count, np.int64), np.zeros((count, hops), np.int32), np.zeros((count, hops), np.int32))

    def take(self, chosen: Ints) -> Ways:
        """Some of them."""
        return Ways(self.length[chosen], self.leg[chosen], self.day[chosen])

    def joined(self, more: Ways) -> Ways:
        """These and more, with room for as many legs."""
        parts = ((self.length, more.length), (self.leg, more.leg), (self.day, more.day))
        return Ways(*(np.concatenate(part) for part in parts))


@dataclass(frozen=True)
class Quotes:
    """The best delivery of every pair at given prices.

    For an item, ``value`` is points less transport and order price, per unit of the source, ``day`` its arrival, and
    its itinerary stands in ``ways`` where the value passes what was asked. For the needs of packages, ``cost`` holds
    what a unit costs by day, by the cheapest source, and ``pair`` who that is (see Terrain).
    """

    value: Floats  # (pairs,) -inf where there is no way
    day: Ints  # (pairs,)
    ways: Ways  # (pairs, hops)
    cost: Floats  # (days of needs,)
    pair: Ints  # (days of needs,)


@njit(cache=True, nogil=True)
def _fill_need(terrain, pair, by_day, until, charge, cost, who):  # type: ignore[no-untyped-def]
    """Enter what a part pair asks for a unit by each day into its need, where it is the cheapest.

    ``by_day`` is what a tonne costs; after ``until`` it stays as it was.
    """
    s, need = terrain.pair_source[pair], terrain.pair_need[pair]
    first, begin, weight = terrain.need_first[need], terrain.need_begin[need], terrain.tonnes[s]
    for t in range(max(begin, terrain.first[s]), begin + terrain.need_first[need + 1] - first):
        total = charge + weight * by_day[min(t, until)]
        at = first + t - begin
        if total < cost[at] or (total == cost[at] and total < INF and pair < who[at]):
            cost[at], who[at] = total, pair


@njit(cache=True, nogil=True)
def _quote(  # type: ignore[no-untyped-def]
    terrain, rows, price, bays, charge, least, value, day, length, leg, when, cost, who, labels, reached
):
    """Quote every pair of some batches, and trace those whose value less ``charge`` passes ``least``."""
    for b in range(len(rows)):
        sweep_lanes(terrain, rows[b], price, bays, labels, reached)
        for k in range(LANES):
            s = rows[b, k]
            if s < 0:
                break
            bay, mine = bays[terrain.bay[s]], labels[:, :, k]
            for pair in range(terrain.pair_first[s], terrain.pair_first[s + 1]):
                at_home = terrain.pair_node[pair] == terrain.node[s]
                by_day = bay if at_home else mine[:, terrain.place[terrain.pair_node[pair]]]
                if terrain.pair_part[pair] >= 0:
                    until = terrain.until[s] if at_home else terrain.last[s]
                    _fill_need(terrain, pair, by_day, until, charge[pair], cost, who)
                    continue
                last = terrain.pair_last[pair]
                end = min(last, terrain.until[s]) if at_home else last
                value[pair], day[pair] = best_day(terrain, s, pair, by_day, end)
                if value[pair] - charge[pair] > least[pair]:
                    node = terrain.pair_node[pair]
                    length[pair] = trace(terrain, s, node, day[pair], price, bay, mine, leg[pair], when[pair])


@njit(cache=True, nogil=True)
def _follow(terrain, rows, price, bays, first, order, node, day, length, leg, when, labels, reached):  # type: ignore[no-untyped-def]
    """Trace requests; those of source ``s`` are ``order[first[s]:first[s + 1]]``."""
    for b in range(len(rows)):
        sweep_lanes(terrain, rows[b], price, bays, labels, reached)
        for k in range(LANES):
            s = rows[b, k]
            if s < 0:
                break
            for i in order[first[s] : first[s + 1]]:
                mine, bay = labels[:, :, k], bays[terrain.bay[s]]
                length[i] = trace(terrain, s, node[i], day[i], price, bay, mine, leg[i], when[i])


@njit(cache=True)
def _merge(cost, who, more, whose):  # type: ignore[no-untyped-def]
    """Take over what is cheaper (of equals the first pair) from another part of the work."""
    for i in range(len(cost)):
        if more[i] < cost[i] or (more[i] == cost[i] and more[i] < INF and whose[i] < who[i]):
            cost[i], who[i] = more[i], whose[i]


class Router:
    """Quotes and traces deliveries of a problem on one or more threads, with the same answer for any number."""

    def __init__(self, problem: Problem, matching: Matching, threads: int = 1) -> None:
        self.terrain: Terrain = terrain_of(problem, matching)
        self.shape = (problem.days, len(self.terrain.stops) + 1)  # of the labels of one source
        self.threads = max(1, min(threads, os.cpu_count() or 1))
        self.hops = 8
        self.busy = np.flatnonzero(self.terrain.last >= self.terrain.first).astype(np.int64)

    def __getstate__(self) -> dict[str, object]:
        """Everything but the buffers, which are large and hold nothing."""
        return {key: value for key, value in self.__dict__.items() if key != "_buffers"}

    @property
    def buffers(self) -> list[tuple[Floats, Ints]]:
        """For every thread, room for the labels of a batch and the days of first arrival."""
        if not hasattr(self, "_buffers"):
            days, places = self.shape
            self._buffers = [
                (np.full((days, places, LANES), INF), np.zeros(places, np.int64)) for _ in range(self.threads)
            ]
        return self._buffers

    def quote(self, market: Market, charge: Floats, least: Floats, sources: Ints | None = None) -> Quotes:
        """Quote all pairs; itineraries are traced where the value less ``charge`` (pairs,) passes ``least`` (pairs,).

        For parts, ``charge`` is what a unit costs beside its way. With ``sources`` the pairs of the others stay -inf.
        """
        pairs, days = len(self.terrain.pair_node), int(self.terrain.need_first[-1])
        rows = batches(self.terrain, self.busy if sources is None else sources)
        value, day, ways = np.full(pairs, -INF), np.full(pairs, -1, np.int64), Ways.room(pairs, self.hops)
        needs = [(np.full(days, INF), np.full(days, -1, np.int64)) for _ in range(self.threads)]

        def work(part: int) -> None:
            _quote(
                self.terrain, rows[part :: self.threads], market.price, market.bays, charge, least,
                value, day, ways.length, ways.leg, ways.day, *needs[part], *self.buffers[part],
            )  # fmt: skip

        self.share(work)
        cost, who = needs[0]
        for more, whose in needs[1:]:
            _merge(cost, who, more, whose)
        found = Quotes(value, day, ways, cost, who)
        return found if self._room(ways) else self.quote(market, charge, least, sources)

    def ways(self, market: Market, source: Ints, node: Ints, day: Ints) -> Ways:
        """Itineraries of requests (source, node of arrival, day of arrival) at a market's prices."""
        order = np.argsort(source, kind="stable")
        first = np.searchsorted(source[order], np.arange(len(self.terrain.node) + 1)).astype(np.int64)
        rows = batches(self.terrain, np.unique(source))
        ways = Ways.room(len(source), self.hops)

        def work(part: int) -> None:
            _follow(
                self.terrain, rows[part :: self.threads], market.price, market.bays, first, order, node, day,
                ways.length, ways.leg, ways.day, *self.buffers[part],
            )  # fmt: skip

        self.share(work)
        return ways if self._room(ways) else self.ways(market, source, node, day)

    def _room(self, ways: Ways) -> bool:
        """Whether all itineraries fitted into the room; where not, there is twice as much the next time."""
        assert (ways.length >= -1).all(), "an itinerary has no way back to its source"
        if (ways.length >= 0).all():
            return True
        self.hops *= 2
        return False

    def share(self, work: Callable[[int], T]) -> list[T]:
        """What the parts come to, on threads where there are several: compiled code lets go of the interpreter."""
        if self.threads == 1:
            return [work(0)]
        with ThreadPoolExecutor(self.threads - 1) as pool:
            others = [pool.submit(work, part) for part in range(1, self.threads)]
            return [work(0), *(other.result() for other in others)]
