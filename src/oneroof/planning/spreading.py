"""More departures along a way that is too narrow for what a pair may send: one for every week that it would fill."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce

import numpy as np
from numba import njit

from oneroof.planning.market import Market
from oneroof.planning.problem import Floats, Ints, Problem
from oneroof.planning.routes import Router, Ways
from oneroof.planning.sweeps import INF, best_day

LARGE = 8_000  # pairs from which on it pays: below, rounds cost little, and packages in many columns round worse
EACH = 60  # departures of a pair that a round adds, at most
SLIVER = 1e-6  # tonnes below which nothing is left to send or to ride on


@njit(cache=True, nogil=True)
def _time_table(terrain, s, legs, last, price, bay, room, cost, leave):  # type: ignore[no-untyped-def]
    """Fill cost[k, t], the least to have goods behind leg ``k`` of a way by day ``t``, and when they leave for it."""
    first, until = terrain.first[s], terrain.until[s]
    for k in range(len(legs)):
        leg = legs[k]
        days, opens, closes = terrain.leg_days[leg], terrain.leg_opens[leg], terrain.leg_closes[leg]
        best, best_leave = INF, -1
        for t in range(first, last + 1):
            day = t - days
            if day >= first and opens <= day <= closes and room[k, day // 7] > SLIVER:
                before = cost[k - 1, day] if k > 0 else (bay[day] if day <= until else INF)
                total = before + price[leg, day // 7]
                if total < best:
                    best, best_leave = total, day
            cost[k, t], leave[k, t] = best, best_leave


@njit(cache=True, nogil=True)
def _fill_weeks(legs, when, left, room):  # type: ignore[no-untyped-def]
    """Send what is left on certain days as far as there is room; the tonnes that go."""
    tonnes = left
    for k in range(len(legs)):
        tonnes = min(tonnes, room[k, when[k] // 7])
    for k in range(len(legs)):
        room[k, when[k] // 7] -= tonnes
    return tonnes


@njit(cache=True, nogil=True)
def _note(legs, day, leave, out_leg, out_when):  # type: ignore[no-untyped-def]
    """Walk back through a time table from a day of arrival."""
    for k in range(len(legs) - 1, -1, -1):
        day = leave[k, day]
        out_leg[k], out_when[k] = legs[k], day


@njit(cache=True, nogil=True)
def _spread(  # type: ignore[no-untyped-def]
    terrain, capacity, handling, price, bays, pairs, by, most, least, tonnes, length, leg,
    out, out_day, out_cost, out_leg, out_when
):  # fmt: skip
    """Note the departures of all requests one after another; how many there are."""
    weeks, end, hops = price.shape[1], 0, leg.shape[1]
    room, cost = np.empty((hops, weeks)), np.empty((hops, 7 * weeks))
    leave = np.empty((hops, 7 * weeks), np.int64)
    for i in range(len(pairs)):
        pair, left, begin = pairs[i], tonnes[i], end
        s, legs = terrain.pair_source[pair], leg[i, : length[i]]
        last = by[i] if by[i] >= 0 else terrain.pair_last[pair]
        for k in range(len(legs)):
            room[k, :] = min(capacity[legs[k]], handling[terrain.leg_origin[legs[k]]])
        while left > SLIVER and end - begin < EACH:
            _time_table(terrain, s, legs, last, price, bays[terrain.bay[s]], room, cost, leave)
            day = last
            if by[i] < 0:
                value, day = best_day(terrain, s, pair, cost[len(legs) - 1], last)
                if end > begin and value <= least[pair]:
                    break
            total = cost[len(legs) - 1, day] if day >= 0 else INF
            if total == INF or (end > begin and total - out_cost[begin] > most[i]):
                break
            out[end], out_day[end], out_cost[end] = i, day, total
            _note(legs, day, leave, out_leg[end], out_when[end])
            left -= _fill_weeks(legs, out_when[end], left, room)
            end += 1
    return end


@dataclass(frozen=True)
class Departures:
    """What is sent along the ways of requests, the departures of each request one after another, cheapest first."""

    request: Ints  # (departures,)
    day: Ints  # by which it arrives
    cost: Floats  # per tonne
    ways: Ways

    def joined(self, more: Departures) -> Departures:
        """These and more."""
        request, day = np.append(self.request, more.request), np.append(self.day, more.day)
        return Departures(request, day, np.append(self.cost, more.cost), self.ways.joined(more.ways))


class Spreader:
    """Spreads what is to be sent over weeks, as if nobody else moved."""

    def __init__(self, problem: Problem, router: Router) -> None:
        self.router = router
        self.large = len(router.terrain.pair_node) >= LARGE
        self.capacity, self.handling = problem.legs.capacity.copy(), problem.nodes.handling.copy()
        narrow = np.minimum(self.capacity, self.handling[problem.legs.origin])
        self.narrow = np.append(narrow, INF)  # one more: there may be no legs

    def spread(
        self, market: Market, pairs: Ints, tonnes: Floats, ways: Ways, worth: Floats | tuple[Ints, Floats]
    ) -> Departures:
        """The departures by the legs of ``ways`` that send ``tonnes`` of pairs, as long as they are worth it.

        Each fills the week of the narrowest leg or node of the way. Requests that one departure can send have none, nor
        have those of small problems.
        ``worth`` is the value that a unit of each of all pairs must pass, arriving when it likes; or days by which
        requests arrive, and what they may cost beyond the first departure, per tonne.
        """
        by, most, least = np.full(len(pairs), -1, np.int64), np.full(len(pairs), INF), worth
        if isinstance(worth, tuple):
            by, most, least = worth[0], worth[1], np.zeros(0)
        rides = np.arange(ways.leg.shape[1]) < ways.length[:, None]
        narrow = np.where(rides, self.narrow[ways.leg], INF).min(axis=1, initial=INF)
        heavy = np.flatnonzero((tonnes > narrow) & (ways.length > 0) & self.large)
        parts, hops = np.array_split(heavy, self.router.threads), ways.leg.shape[1]

        def work(part: int) -> Departures:
            mine, room = parts[part], EACH * len(parts[part])
            request, day, cost = np.zeros(room, np.int64), np.zeros(room, np.int64), np.zeros(room)
            leaving = Ways.room(room, hops)
            end = _spread(
                self.router.terrain, self.capacity, self.handling, market.price, market.bays, pairs[mine], by[mine],
                most[mine], least, tonnes[mine], ways.length[mine], ways.leg[mine],
                request, day, cost, leaving.leg, leaving.day,
            )  # fmt: skip
            request = mine[request[:end]]
            leaving = Ways(ways.length[request], leaving.leg[:end], leaving.day[:end])
            return Departures(request, day[:end], cost[:end], leaving)

        return reduce(Departures.joined, self.router.share(work))


@dataclass(frozen=True)
class Variants:
    """Packages that differ in when their parts leave; goods and persons lie together by variant."""

    package: Ints  # (variants,) which package each is of
    good: Ints  # (goods of all variants,)
    good_variant: Ints
    way: Ints  # place among the first ways of goods, followed by those of their departures
    person: Ints  # (persons of all variants,)
    person_variant: Ints


def variants(
    packages: int, goods_of: Ints, persons_of: Ints, each: Floats, promise: Floats, more: Departures
) -> Variants:
    """For packages, the best of each, then those in which every part takes its next departure, as long as they pay.

    ``goods_of`` and ``persons_of`` name the package of each part, ``each`` is tonnes of the part a package, ``promise``
    (packages,) what the departures may cost in sum beyond the first ones. A part without a further departure keeps its
    last one.
    """
    departures = np.bincount(more.request, minlength=len(goods_of))
    first = np.cumsum(departures) - departures
    count = np.ones(packages, np.int64)
    np.maximum.at(count, goods_of, departures)
    begin = np.cumsum(count) - count
    package, place = np.repeat(np.arange(packages), count), np.arange(count.sum()) - np.repeat(begin, count)
    good, good_variant = _in_variants(goods_of, begin, count)
    step = np.minimum(place[good_variant], departures[good] - 1)
    again, extra = step > 0, np.zeros(len(package))
    entry = first[good[again]] + step[again]
    dearer = each[good[again]] * (more.cost[entry] - more.cost[first[good[again]]])
    np.add.at(extra, good_variant[again], dearer)
    way = good.copy()
    way[again] = len(goods_of) + entry
    person, person_variant = _in_variants(persons_of, begin, count)
    kept = (place == 0) | (extra < promise[package])
    place_of = np.cumsum(kept) - 1
    g, h = kept[good_variant], kept[person_variant]
    return Variants(package[kept], good[g], place_of[good_variant[g]], way[g], person[h], place_of[person_variant[h]])


def _in_variants(of: Ints, begin: Ints, count: Ints) -> tuple[Ints, Ints]:
    """Parts once for every variant of their package, and which variant that is, in the order of variants."""
    part = np.repeat(np.arange(len(of)), count[of])
    nth = np.arange(len(part)) - np.repeat(np.cumsum(count[of]) - count[of], count[of])
    variant = begin[of[part]] + nth
    order = np.argsort(variant, kind="stable")
    return part[order].astype(np.int64), variant[order].astype(np.int64)
