"""What a next pledge is worth: candidates picked by prices, the figure by solving again with the pledge added."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from heapq import heappop, heappush

import numpy as np

from oneroof.planning import master
from oneroof.planning.columns import Columns, Trip, Trips
from oneroof.planning.limits import Limits
from oneroof.planning.matching import Wants
from oneroof.planning.plan import printed
from oneroof.planning.pledging import Surroundings
from oneroof.planning.problem import NO_ONE, Floats, Ints, Problem
from oneroof.planning.reaching import Roads
from oneroof.planning.relaxation import Relaxation, Round
from oneroof.planning.schema import TABLE
from oneroof.planning.solve import Search
from oneroof.planning.tables import Row, Tables

KEY = "~pledge"  # sorts behind every other key, so that nothing else moves
NODES = 4  # places that are weighed for one item
EXACT = 1_000  # columns up to which everything is solved to the end
EFFORT = 30_000  # columns times rounds of a search with a pledge, about: it grows with both
ROUNDS = 4  # of such a search, at most; twice as many while the figure is far from proven
SMALL = 4_000  # columns up to which a few more candidates are tried, and all is priced again for each of them
TIGHT = 1.5e-3  # gap to which the plan without a pledge is brought before it is held against the plan with one
SPREADS = 3  # deliveries of a pledge for every week it may leave in: at the prices, then at shaken ones
MOST_OFTEN = 2  # rounds at most with which bringing it nearer is not tried: they would change little
SURE = 0.85  # share of the most that a pledge can be worth from which on its search ends
ENOUGH = 0.95  # share of the best estimate that a pledge must keep to be allowed to come later


@dataclass(frozen=True)
class Pledge:
    """A candidate: units of an item at a node from a day, free of caveats; ``estimate`` is what prices say."""

    item: int
    units: float
    node: int
    day: int
    estimate: float


@dataclass(frozen=True)
class _Lack:
    """Units of an item that a requirement lacks by ``due`` and what one of them would earn."""

    requirement: int
    item: int
    units: float
    points: float


@dataclass(frozen=True)
class Valued:
    """A pledge with its worth as found by planning again, and the most that it can be worth."""

    pledge: Pledge
    worth: float
    most: float


def next_pledges(relaxation: Relaxation, count: int = 5, stop: Callable[[], bool] | None = None) -> list[Row]:
    """The rows of next_pledges.csv, the pledge of the highest worth first."""
    return pledge_rows(relaxation.problem, valued_pledges(relaxation, count, stop))


def valued_pledges(relaxation: Relaxation, count: int = 5, stop: Callable[[], bool] | None = None) -> list[Valued]:
    """The pledges worth most among those that the prices promise most of, the highest worth first."""
    if count <= 0 or not len(relaxation.problem.requirements.keys) or not relaxation.problem.nations:
        return []
    if stop and stop():
        return []
    found: list[Valued] = []
    valuer = Valuer(relaxation)  # its prices are better than those of the plan, and choose better candidates
    tried = count + (count if valuer.exact else 1 if len(relaxation.pool) <= SMALL else 0)
    for pledge in promising(valuer.base):
        if (stop and stop()) or len(found) >= tried:
            break
        if len(found) >= count and sorted((x.worth for x in found), reverse=True)[count - 1] >= pledge.estimate:
            break
        found.append(valuer.value(pledge))
    found = [x for x in found if x.worth > max(1e-6 * abs(relaxation.bound) * 1e-3, 1e-6)]
    return sorted(found, key=lambda x: (-round(x.worth, 6), x.pledge.item, x.pledge.node))[:count]


def pledge_rows(p: Problem, found: list[Valued]) -> list[Row]:
    """Pledges as next_pledges.csv prints them."""
    return [
        {
            "rank": str(rank),
            "item": p.items.keys[x.pledge.item],
            "quantity": printed(x.pledge.units),
            "node": p.nodes.keys[x.pledge.node],
            "from": p.date(x.pledge.day).isoformat(),
            "worth": printed(round(x.worth, 2)),
            "estimate": printed(round(x.pledge.estimate, 2)),
        }
        for rank, x in enumerate(found, 1)
    ]


# ---- candidates ------------------------------------------------------------------------------------------------------
def candidates(relaxation: Relaxation) -> list[Pledge]:
    """For every item that is lacking: how much, where and from when a pledge of it would earn most at the prices.

    The one that promises most comes first.
    """
    return list(promising(relaxation))


def promising(relaxation: Relaxation) -> Iterator[Pledge]:
    """``candidates`` one after another: an item is looked at when all that its gaps are worth could come next."""
    p, roads = relaxation.problem, Roads(relaxation.problem)
    by_item: dict[int, list[_Lack]] = defaultdict(list)
    for lack in _lacks(relaxation):
        by_item[lack.item].append(lack)
    price = _prices(p, relaxation.limits, np.maximum(relaxation.price, 0.0))
    most = {item: sum(max(x.points, 0.0) * x.units for x in lacks) for item, lacks in by_item.items()}
    found: list[tuple[float, int, Pledge]] = []
    for item in sorted(by_item, key=lambda item: (-most[item], item)):
        while found and -found[0][0] > most[item] * (1.0 + 1e-9):
            yield heappop(found)[2]
        pledge = _best_place(p, roads, price, item, by_item[item])
        if pledge is not None:
            heappush(found, (-pledge.estimate, item, pledge))
    while found:
        yield heappop(found)[2]


def _lacks(relaxation: Relaxation) -> list[_Lack]:
    """What item requirements lack by ``due``, and the item that alone is missing from packages."""
    p, q = relaxation.problem, relaxation.problem.requirements
    pairs, s = relaxation.matching.pairs, relaxation.matching.sources
    served, used = np.zeros(len(q.keys)), np.zeros(len(p.offers.keys))
    chosen = np.flatnonzero(relaxation.quantity > 0)
    columns, x = relaxation.pool.columns.take(chosen), relaxation.quantity[chosen]
    trips, offered = columns.trips, np.flatnonzero(columns.trips.order == NO_ONE)
    brought = np.repeat(x, np.diff(columns.trip_first)) * trips.quantity
    np.add.at(used, s.what[pairs.source[trips.pair[offered]]], brought[offered])
    share = np.where(columns.is_package, 1.0, pairs.share[trips.pair[columns.trip_first[:-1]]])
    soon = columns.day <= q.due[columns.requirement]
    np.add.at(served, columns.requirement[soon], (x * share)[soon])
    found = []
    for r in range(len(q.keys)):
        units = float(q.quantity[r]) - float(served[r])
        if units <= 1e-6 * q.quantity[r] or q.due[r] < 0 or q.points[r] <= 0:
            continue
        points = float(q.points[r]) - max(float(relaxation.price[relaxation.limits.requirement + r]), 0.0)
        if q.item[r] != NO_ONE:
            found.append(_Lack(r, int(q.item[r]), units, points))
            continue
        short = [
            part
            for part in p.packages.parts[q.package[r]]
            if not part.is_course and _left(p, used, part.what) < units * part.quantity - 1e-6
        ]
        if len(short) == 1:
            need = units * short[0].quantity - min(_left(p, used, short[0].what), 0.0)
            found.append(_Lack(r, short[0].what, need, points / short[0].quantity))
    return found


def _left(p: Problem, used: Floats, item: int) -> float:
    """Units of an item that usable offers still have."""
    mine = (p.offers.item == item) & p.offers.usable
    return float((p.offers.quantity[mine] - used[mine]).sum())


def _prices(p: Problem, lim: Limits, y: Floats) -> Floats:
    """(legs, weeks) per tonne: transport cost and the prices of legs and of the nodes where they begin."""
    legs, nodes = len(p.legs.keys), len(p.nodes.keys)
    price = p.legs.cost[:, None] + lim.leg_weeks(y, legs) + lim.node_weeks(y, nodes)[p.legs.origin]
    shut = (p.legs.capacity <= 0) | (p.nodes.handling[p.legs.origin] <= 0)
    price[shut] = np.inf
    return price


def _best_place(p: Problem, roads: Roads, price: Floats, item: int, lacks: list[_Lack]) -> Pledge | None:
    """The node, the day and the estimate of a pledge of an item; None where none would earn anything."""
    places = _places(p, item)
    allowed = np.ascontiguousarray(np.where(roads.allowed(bool(p.items.explosives[item]), ())[:, None], price, np.inf))
    weeks = np.arange(0, p.days, 7)
    total = np.zeros((len(weeks), len(places)))
    units = np.zeros(len(places))
    for lack in lacks:
        q, node = p.requirements, int(p.requirements.node[lack.requirement])
        by = min(int(q.due[lack.requirement]), p.days - 1)
        roads.sweep(allowed, node, 0, by)
        for k, place in enumerate(places):
            cost = np.where(weeks <= by, roads.labels[np.minimum(weeks, by), place], np.inf) * p.items.tonnes[item]
            gain = np.maximum(lack.points - cost, 0.0) * lack.units
            total[:, k] += gain
            units[k] += lack.units if gain[0] > 0 else 0.0
    best = int(total[0].argmax())
    if total[0, best] <= 0:
        return None
    last = int(np.flatnonzero(total[:, best] >= ENOUGH * total[0, best])[-1])
    amount = math.ceil(units[best] - 1e-6) if p.items.whole[item] else math.ceil(units[best] * 1000 - 1e-6) / 1000
    return Pledge(item, float(amount), places[best], int(weeks[last]), float(total[last, best]))


def _places(p: Problem, item: int) -> list[int]:
    """Nodes where such items are, those with most units first, else depots, ports and hubs where most offers are."""
    offers = p.offers
    mine = offers.item == item
    if not mine.any():
        kinds = np.array([kind in ("depot", "port", "hub", "airfield", "railhead") for kind in p.nodes.kinds])
        mine = kinds[offers.node] if len(offers.keys) else mine
    weight: dict[int, float] = defaultdict(float)
    for o in np.flatnonzero(mine):
        weight[int(offers.node[o])] += float(offers.quantity[o]) if offers.item[o] == item else 1.0
    if not weight:
        weight = {int(n): 0.0 for n in np.unique(p.requirements.node)}
    return sorted(weight, key=lambda n: (-weight[n], n))[:NODES]


# ---- worth -----------------------------------------------------------------------------------------------------------
def with_pledge(p: Problem, pledge: Pledge) -> Problem:
    """The problem with a pledge really added, as a committed offer of any nation, free of caveats."""
    row = {column.name: "" for column in TABLE["offers"].columns} | {
        "offer": KEY,
        "donor": min(p.nations),
        "item": p.items.keys[pledge.item],
        "quantity": repr(pledge.units),
        "node": p.nodes.keys[pledge.node],
        "available_from": p.date(pledge.day).isoformat(),
        "stage": "committed",
        "consent": "not_needed",
    }
    rows = {**p.tables.rows, "offers": (*p.tables.rows["offers"], row)}
    return Problem.of(Tables(p.tables.settings, rows))


class Pledged(Search):
    """A search with a pledge added that begins warm, and with deliveries of the pledge in every week."""

    def begin_warm(self, warm: Relaxation) -> None:
        """Take over an earlier search, and spread the pledge over weeks and ways."""
        super().begin_warm(warm)
        pairs, s = self.matching.pairs, self.matching.sources
        pledge = self.limits.requirement - 1 - self.limits.offer  # the last of the offers
        own = s.is_offer[pairs.source] & (s.what[pairs.source] == pledge)
        roads, price = Roads(self.problem), np.maximum(self.at.price, 0.0)
        for spread in range(SPREADS):
            self._leave_weekly(roads, np.flatnonzero(own & (pairs.part == NO_ONE)), self._shaken(price, spread))

    def _draw_together(self) -> None:
        """Nobody looks at the deliveries of a plan with a pledge."""

    def _shaken(self, price: Floats, spread: int) -> Floats:
        """Prices of legs and nodes up to three tenths higher or lower; the first time as they are."""
        lim = self.limits
        shaken, part = price.copy(), slice(lim.leg, lim.pin)
        if spread:
            chance = np.random.default_rng(spread).uniform(-0.3, 0.3, lim.pin - lim.leg)
            shaken[part] = np.where(
                np.isfinite(lim.amount[part]), (price[part] + 0.002 * self.typical) * (1.0 + chance), 0.0
            )
        return shaken

    def _leave_weekly(self, roads: Roads, mine: Ints, price: Floats) -> None:
        """Deliveries of the pledge that leave in each week and still come in time, each its best way at the prices."""
        p, pairs, s = self.problem, self.matching.pairs, self.matching.sources
        by_leg, found = _prices(p, self.limits, price), list[Trip]()
        for pair in mine.tolist():
            source, r = int(pairs.source[pair]), int(pairs.requirement[pair])
            open_ = roads.allowed(bool(p.items.explosives[s.item[source]]), ())
            charge = np.ascontiguousarray(np.where(open_[:, None], by_leg, np.inf))
            node, home, first = int(p.requirements.node[r]), int(s.node[source]), int(s.first[source])
            by = min(int(p.requirements.due[r]), p.days - 1)
            if home == node or by < first:
                continue
            roads.sweep(charge, node, first, by)
            for week in range(first // 7, by // 7 + 1):
                way = roads.follow(charge, node, home, max(first, 7 * week), 7 * week + 6, by)
                if way is None or way.price * s.tonnes[source] >= pairs.gain[pair]:
                    continue
                arrive = way.days[-1] + int(p.legs.days[way.legs[-1]])
                found.append(Trip(pair, 1.0, way.legs, way.days, arrive, NO_ONE))
        self.pool.extend(Columns.deliveries(pairs.requirement[[t.pair for t in found]], Trips.of(found)))


class Valuer:
    """Solves again with pledges added.

    Small problems are solved to the end, without and with the pledge. In larger ones the plan without it is brought
    nearer to its bound, and the search with it begins warm and takes a few rounds; in large ones a pledge of single
    items is let into the plan at hand (``pledging``). What is found is then what a pledge is worth at least. At most it
    is worth what the bound with it lies above the plan without it, or what all its units earn where they earn most,
    whichever is less.
    """

    def __init__(self, relaxation: Relaxation, most: int = EXACT, near: int = SMALL) -> None:
        self.near = max(near, most)
        self.exact = len(relaxation.pool) <= most
        self.base, self.objective = relaxation, 0.0
        self.rounds = int(np.clip(EFFORT // max(len(relaxation.pool), 1), 1, ROUNDS))
        if self.exact:
            search = Search(relaxation.problem, relaxation.router.threads, warm=relaxation)
            search.begin_warm(relaxation)
            self.objective, price, quantity = self._to_the_end(search)
            self.base = replace(search.relaxation("", 0), price=price, quantity=quantity)
        elif relaxation.gap > TIGHT and self.rounds > MOST_OFTEN:
            search = Search(relaxation.problem, relaxation.router.threads, warm=relaxation)
            self.base = _limited(search, TIGHT, self.rounds)

    @cached_property
    def around(self) -> Surroundings:
        """The plan without pledges, where pledges are let in."""
        p, lim = self.base.problem, self.base.limits
        return Surroundings(self.base, lambda y: _prices(p, lim, np.maximum(y, 0.0)))

    def worth(self, pledge: Pledge) -> float:
        """How much the relaxed objective rises with the pledge, as far as it is found."""
        return self.value(pledge).worth

    def value(self, pledge: Pledge) -> Valued:
        """How much the relaxed objective rises with the pledge, at least and at most."""
        if len(self.base.pool) > self.near and self.around.suits(pledge.item):
            least, most = self.around.worth_of(pledge.item, pledge.units, pledge.node, pledge.day, SURE)
            return Valued(pledge, least, max(min(most, _earned_near(self.base, self.around.wants, pledge)), least))
        problem = with_pledge(self.base.problem, pledge)
        if self.exact:
            search = Search(problem, self.base.router.threads, warm=self.base)
            search.begin_warm(self.base)
            worth = max(self._to_the_end(search)[0] - self.objective, 0.0)
            return Valued(pledge, worth, worth)
        search = Pledged(problem, self.base.router.threads, warm=self.base)
        earned = _earned_at_most(search)

        def proven(last: Round) -> bool:
            return last.best - self.base.objective >= SURE * min(last.bound - self.base.objective, earned)

        found = _limited(search, min(self.base.gap, TIGHT), self.rounds, proven)
        most = min(found.bound - self.base.objective, earned)
        return Valued(pledge, max(min(found.objective - self.base.objective, most), 0.0), max(most, 0.0))

    def _to_the_end(self, search: Search) -> tuple[float, Floats, Floats]:
        """Objective, prices and quantities when new columns bring nothing more."""
        objective, price, quantity = 0.0, search.at.price, np.zeros(0)
        for round_ in range(60):
            if not search.price_round(price, 4) and round_:
                break
            packed = search.pool.packed
            if not len(packed.gain):
                break
            solved = master.solve(packed, search.limits.amount)
            objective, price, quantity = solved.objective, np.maximum(solved.price, 0.0), solved.quantity
        return objective, price, np.append(quantity, np.zeros(len(search.pool) - len(quantity)))


def _limited(search: Search, gap: float, most: int, proven: Callable[[Round], bool] | None = None) -> Relaxation:
    """What a search finds in some rounds, in twice as many while it is far from what is asked."""
    rounds: list[Round] = []

    def enough() -> bool:
        if proven is not None and proven(rounds[-1]):
            return True
        return len(rounds) >= (2 * most if rounds[-1].gap > 4 * gap and most > 1 else most)

    return search.run(gap, report=rounds.append, stop=enough)


def _earned_near(base: Relaxation, wants: Wants, pledge: Pledge) -> float:
    """What the units of a pledge of single items earn in time where they earn most, whatever the ways there."""
    left, earned, q = pledge.units, 0.0, base.problem.requirements.quantity
    for r, _, points, share in sorted(wants.get(pledge.item, []), key=lambda x: (-x[2], x[0])):
        units = min(left, float(q[r]) / share)
        left, earned = left - units, earned + units * points
    return earned


def _earned_at_most(search: Search) -> float:
    """What the units of the last offer earn in time where they earn most, whatever the ways there.

    A plan without them is left when what they bring is taken out of a plan: no plan gains more by them.
    """
    p, pairs, s, lim = search.problem, search.matching.pairs, search.matching.sources, search.limits
    offer = lim.requirement - 1 - lim.offer
    own = np.flatnonzero(s.is_offer[pairs.source] & (s.what[pairs.source] == offer) & (pairs.share > 0))
    each, room = pairs.gain[own].copy(), p.requirements.quantity[pairs.requirement[own]] / pairs.share[own]
    parts = pairs.part[own] != NO_ONE
    each[parts] = (p.requirements.points[pairs.requirement[own]] * pairs.share[own])[parts]
    left, earned = float(p.offers.quantity[offer]), 0.0
    for k in np.lexsort((own, -each)).tolist():
        units = min(left, float(room[k]))
        left, earned = left - units, earned + units * float(each[k])
    return earned
