"""First arrivals, last departures and dearest limits on the way to one node, without regard to what else moves."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numba import njit

from oneroof.planning.passing import INF, LONG_AGO, LONGEST, NEVER, last_days, least_costs, least_days, scratch
from oneroof.planning.problem import Bools, Floats, Ints, Problem


@njit(cache=True, nogil=True)
def _first_arrivals(origin, destination, days, opens, closes, allowed, home, first, until, arrive):  # type: ignore[no-untyped-def]
    """Fill the earliest day of arrival at every node for goods that leave home from ``first`` to ``until``."""
    arrive[:] = NEVER
    arrive[home] = first
    moved = True
    while moved:
        moved = False
        for i in range(len(origin)):
            if not allowed[i] or arrive[origin[i]] == NEVER:
                continue
            leave = max(arrive[origin[i]], opens[i])
            last = min(closes[i], until) if origin[i] == home else closes[i]
            if leave > last or destination[i] == home:
                continue
            if leave + days[i] < arrive[destination[i]]:
                arrive[destination[i]] = leave + days[i]
                moved = True


@njit(cache=True, nogil=True)
def _backward(destination, days, opens, closes, out_first, out_leg, price, node, begin, by, labels):  # type: ignore[no-untyped-def]
    """Fill labels[day, node] with the least price per tonne from there to ``node`` by a day; INF is closed."""
    nodes = labels.shape[1]
    for t in range(by, begin - 1, -1):
        week = t // 7
        for n in range(nodes):
            least = 0.0 if n == node else (labels[t + 1, n] if t < by else INF)
            for i in range(out_first[n], out_first[n + 1]):
                leg = out_leg[i]
                arrive = t + days[leg]
                if arrive <= by and opens[leg] <= t <= closes[leg]:
                    sum_ = price[leg, week] + labels[arrive, destination[leg]]
                    if sum_ < least:
                        least = sum_
            labels[t, n] = least


@njit(cache=True, nogil=True)
def _follow(  # type: ignore[no-untyped-def]
    destination, days, opens, closes, out_first, out_leg, price, node, home, first, until, by, labels, legs, when
):
    """The cheapest way from home along filled labels: its price per tonne and number of legs (-1: none)."""
    best, best_day, best_leg = INF, -1, -1
    for t in range(first, min(until, by) + 1):
        for i in range(out_first[home], out_first[home + 1]):
            leg = out_leg[i]
            arrive = t + days[leg]
            if arrive <= by and opens[leg] <= t <= closes[leg]:
                sum_ = price[leg, t // 7] + labels[arrive, destination[leg]]
                if sum_ < best:
                    best, best_day, best_leg = sum_, t, leg
    if best_leg < 0:
        return INF, -1
    legs[0], when[0], steps = best_leg, best_day, 1
    n, t = destination[best_leg], best_day + days[best_leg]
    while n != node:
        found = False
        while not found:
            for i in range(out_first[n], out_first[n + 1]):
                leg = out_leg[i]
                arrive = t + days[leg]
                if arrive > by or t < opens[leg] or t > closes[leg]:
                    continue
                if price[leg, t // 7] + labels[arrive, destination[leg]] == labels[t, n]:
                    legs[steps], when[steps], steps = leg, t, steps + 1
                    n, t, found = destination[leg], arrive, True
                    break
            if not found:
                t += 1
            if t > by or steps == len(legs):
                return INF, -1
    return best, steps


@dataclass(frozen=True)
class Journey:
    """A way to the node: its price per tonne, its legs and their days of departure."""

    price: float
    legs: tuple[int, ...]
    days: tuple[int, ...]


class Roads:
    """The legs of a problem, asked without regard to prices or to what else moves."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        legs, nodes = problem.legs, len(problem.nodes.keys)
        self.fixed = tuple(np.array(a) for a in (legs.origin, legs.destination, legs.days, legs.opens, legs.closes))
        self.out_leg = np.argsort(legs.origin, kind="stable").astype(np.int64)
        self.out_first = np.searchsorted(legs.origin[self.out_leg], np.arange(nodes + 1)).astype(np.int64)
        self.nation = np.array(problem.nodes.nations, dtype=object)
        self.masks: dict[tuple[bool, tuple[str, ...]], Bools] = {}
        self.arrivals: dict[tuple[object, ...], Ints] = {}
        self.departures: dict[tuple[object, ...], Ints] = {}
        self.days_apart: dict[tuple[bool, tuple[str, ...]], Ints] = {}
        self.cheapest: dict[tuple[object, ...], Floats] = {}
        self.span = problem.days  # days before a deadline that sweeps look back
        self.labels = np.full((problem.days + 1, nodes), INF)
        self.leg, self.when = np.zeros(LONGEST, np.int64), np.zeros(LONGEST, np.int64)

    # as the compiled functions of ``passing`` take them
    @cached_property
    def legs(self) -> tuple[Ints, ...]:
        """Origin, destination, days, first and last day of departure of every leg; the legs that leave each node."""
        return (*self.fixed, self.out_first, self.out_leg)

    @cached_property
    def cost(self) -> Floats:
        """(legs,) currency per tonne."""
        return np.array(self.problem.legs.cost)

    @cached_property
    def capacity(self) -> Floats:
        """(legs,) tonnes a week."""
        return np.array(self.problem.legs.capacity)

    @cached_property
    def handling(self) -> Floats:
        """(nodes,) tonnes a week."""
        return np.array(self.problem.nodes.handling)

    def apart(self, kind: tuple[bool, tuple[str, ...]]) -> Ints:
        """(nodes, nodes) the fewest days on the way between nodes, whatever the dates; NEVER without a way."""
        if kind not in self.days_apart:
            total = np.zeros((len(self.nation), len(self.nation)), np.int64)
            least_days(*self.fixed[:3], self.allowed(*kind), total)  # type: ignore[call-arg]
            self.days_apart[kind] = total
        return self.days_apart[kind]

    @cached_property
    def work(self) -> tuple[np.ndarray, ...]:
        """Arrays to work in."""
        return scratch(len(self.cost), len(self.nation), self.problem.weeks)

    @cached_property
    def any_day(self) -> tuple[Ints, ...]:
        """The legs as if they were open all the time."""
        origin, destination, days, _, _ = self.fixed
        always = np.zeros(len(origin), np.int64)
        return origin, destination, days, always, np.full(len(origin), self.problem.days, np.int64)

    def allowed(self, explosive: bool, not_via: tuple[str, ...]) -> Bools:
        """(legs,) which legs goods of this kind may ride."""
        key = explosive, not_via
        if key not in self.masks:
            legs = self.problem.legs
            mask = legs.explosives | (not explosive)
            for code in not_via:
                mask = mask & (self.nation[legs.destination] != code)
            self.masks[key] = np.array(mask, np.bool_)
        return self.masks[key]

    def first_arrivals(
        self, kind: tuple[bool, tuple[str, ...]], home: int, first: int, until: int, always: bool = False
    ) -> Ints:
        """(nodes,) the earliest day of arrival of goods that leave home in a window; NEVER without a way.

        ``always`` leaves out the days on which legs open and close.
        """
        key = kind, home, first, until, always
        if key not in self.arrivals:
            arrive = np.full(len(self.nation), NEVER, np.int64)
            if first <= until:
                legs = self.any_day if always else self.fixed
                _first_arrivals(*legs, self.allowed(*kind), home, first, until, arrive)  # type: ignore[call-arg]
            self.arrivals[key] = arrive
        return self.arrivals[key]

    def last_departures(self, kind: tuple[bool, tuple[str, ...]], node: int, by: int) -> Ints:
        """(nodes,) the last day at each node from which goods still arrive by a day; LONG_AGO without a way."""
        key = kind, node, by
        if key not in self.departures:
            leave = np.full(len(self.nation), LONG_AGO, np.int64)
            last_days(*self.fixed, self.allowed(*kind), node, by, leave)  # type: ignore[call-arg]
            self.departures[key] = leave
        return self.departures[key]

    def costs(self, kind: tuple[bool, tuple[str, ...]], node: int) -> Floats:
        """(nodes,) least transport cost per tonne from each node, INF without a way."""
        key = kind, node
        if key not in self.cheapest:
            total = np.full(len(self.nation), INF)
            cost = np.where(self.allowed(*kind), self.problem.legs.cost, INF)
            least_costs(*self.fixed[:2], cost, node, total)  # type: ignore[call-arg]
            self.cheapest[key] = total
        return self.cheapest[key]

    def sweep(self, price: Floats, node: int, begin: int, by: int) -> None:
        """Fill the labels towards a node by a day at ``price`` (legs, weeks) per tonne, back to day ``begin``."""
        _, destination, days, opens, closes = self.fixed
        begin = max(begin, by - self.span)
        _backward(destination, days, opens, closes, self.out_first, self.out_leg, price, node, begin, by, self.labels)

    def follow(self, price: Floats, node: int, home: int, first: int, until: int, by: int) -> Journey | None:
        """The cheapest way from home after a sweep; None without one, no legs where home is the node."""
        first = max(first, by - self.span) if home != node else first
        if home == node:
            return Journey(0.0, (), ()) if first <= min(until, by) else None
        _, destination, days, opens, closes = self.fixed
        best, steps = _follow(
            destination,
            days,
            opens,
            closes,
            self.out_first,
            self.out_leg,
            price,
            node,
            home,
            first,
            until,
            by,
            self.labels,
            self.leg,
            self.when,
        )
        if steps < 0:
            return None
        return Journey(float(best), tuple(self.leg[:steps].tolist()), tuple(self.when[:steps].tolist()))
