"""What a next pledge is worth: candidates picked by prices, the figure by solving again with the pledge added."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from oneroof.planning import master
from oneroof.planning.columns import Columns, Packed, Trip, Trips
from oneroof.planning.limits import Limits
from oneroof.planning.plan import printed
from oneroof.planning.problem import NO_ONE, Bools, Floats, Ints, Problem
from oneroof.planning.reaching import Roads
from oneroof.planning.relaxation import Relaxation, Round
from oneroof.planning.schema import TABLE
from oneroof.planning.solve import Search
from oneroof.planning.tables import Row, Tables

KEY = "~pledge"  # sorts behind every other key, so that nothing else moves
NODES = 4  # places that are weighed for one item
FREE = 1_000  # columns near a pledge that may change in a large problem
SEARCHED = 4_000  # columns up to which a pledge that stands out is searched anew
CLEAR = 4.0  # times the absolute gap of the relaxation that a pledge must promise to stand out
LONGEST = 12  # rounds of such a search; four times as many while its gap is wide
ROUNDS = 3  # of new columns for a pledge in a large problem
EXACT = 1_000  # columns up to which everything is solved to the end
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


def next_pledges(relaxation: Relaxation, count: int = 5, stop: Callable[[], bool] | None = None) -> list[Row]:
    """The rows of next_pledges.csv, the pledge of the highest worth first."""
    if count <= 0 or not len(relaxation.problem.requirements.keys) or not relaxation.problem.nations:
        return []
    p = relaxation.problem
    found: list[tuple[float, Pledge]] = []
    valuer = Valuer(relaxation)  # in small problems its prices are exact, and choose better candidates
    for pledge in sorted(candidates(valuer.base), key=lambda x: (-x.estimate, x.item)):
        if stop and stop():
            break
        if len(found) >= count and sorted((w for w, _ in found), reverse=True)[count - 1] >= pledge.estimate:
            break
        if len(found) >= count * (2 if len(relaxation.pool) <= SEARCHED else 1):
            break
        found.append((valuer.worth(pledge), pledge))
    found = [(worth, x) for worth, x in found if worth > max(1e-6 * abs(relaxation.bound) * 1e-3, 1e-6)]
    found.sort(key=lambda x: (-round(x[0], 6), x[1].item, x[1].node))
    return [
        {
            "rank": str(rank),
            "item": p.items.keys[x.item],
            "quantity": printed(x.units),
            "node": p.nodes.keys[x.node],
            "from": p.date(x.day).isoformat(),
            "worth": printed(round(worth, 2)),
            "estimate": printed(round(x.estimate, 2)),
        }
        for rank, (worth, x) in enumerate(found[:count], 1)
    ]


# ---- candidates ------------------------------------------------------------------------------------------------------
def candidates(relaxation: Relaxation) -> list[Pledge]:
    """For every item that is lacking: how much, where and from when a pledge of it would earn most at the prices."""
    p, roads = relaxation.problem, Roads(relaxation.problem)
    by_item: dict[int, list[_Lack]] = defaultdict(list)
    for lack in _lacks(relaxation):
        by_item[lack.item].append(lack)
    price = _prices(p, relaxation.limits, np.maximum(relaxation.price, 0.0))
    found = []
    for item, lacks in sorted(by_item.items()):
        pledge = _best_place(p, roads, price, item, lacks)
        if pledge is not None:
            found.append(pledge)
    return found


def _lacks(relaxation: Relaxation) -> list[_Lack]:
    """What item requirements lack by ``due``, and the item that alone is missing from packages."""
    p, q = relaxation.problem, relaxation.problem.requirements
    pairs, s = relaxation.matching.pairs, relaxation.matching.sources
    served, used = np.zeros(len(q.keys)), np.zeros(len(p.offers.keys))
    for j in np.flatnonzero(relaxation.quantity > 0):
        column, x = relaxation.pool.column(int(j)), float(relaxation.quantity[j])
        for trip in column.trips:
            if trip.order == NO_ONE:
                used[s.what[pairs.source[trip.pair]]] += x * trip.quantity
        if column.day <= q.due[column.requirement]:
            served[column.requirement] += x * (1.0 if column.is_package else float(pairs.share[column.trips[0].pair]))
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


class Valuer:
    """Solves again with pledges added, noise-free: both sides go through masters that are solved to the end.

    Small problems are solved as a whole. In large ones what is far from the pledge keeps its place: the figure is then
    the gain of a plan that changes only near it, which the best plan can pass by little.
    """

    def __init__(self, relaxation: Relaxation, most: int = EXACT) -> None:
        self.exact = len(relaxation.pool) <= most
        self.base, self.objective, self.roads = relaxation, 0.0, Roads(relaxation.problem)
        if self.exact:
            search = Search(relaxation.problem, warm=relaxation)
            search.begin_warm(relaxation)
            self.objective, price, quantity = self._to_the_end(search)
            self.base = replace(search.relaxation("", 0), price=price, quantity=quantity)

    def worth(self, pledge: Pledge) -> float:
        """How much the relaxed objective rises with the pledge."""
        problem = with_pledge(self.base.problem, pledge)
        if not self.exact:
            near = self._nearby(Search(problem))
            return max(near, self._anew(problem)) if self._stands_out(pledge) else near
        search = Search(problem, warm=self.base)
        search.begin_warm(self.base)
        return max(self._to_the_end(search)[0] - self.objective, 0.0)

    def _stands_out(self, pledge: Pledge) -> bool:
        """Whether a pledge may be worth so much that a search of everything tells more than its own gap blurs."""
        base = self.base
        few = len(base.pool) <= SEARCHED
        return few and pledge.estimate > CLEAR * (base.bound - base.objective)

    def _anew(self, problem: Problem) -> float:
        """The gain by a search of the whole problem, which begins warm; exact to its gap and that of the base."""
        rounds: list[Round] = []

        def enough() -> bool:
            return len(rounds) >= LONGEST * (1 if rounds[-1].gap < 2 * self.base.gap else 4)

        found = Search(problem, warm=self.base).run(self.base.gap / 2, report=rounds.append, stop=enough)
        return found.objective - self.base.objective

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

    def _nearby(self, search: Search) -> float:
        """The gain when only deliveries near the pledge may change, and the pledge joins them."""
        old, price, quantity = self._shifted(search), self._shifted_price(search), self.base.quantity
        row = search.limits.requirement - 1  # of the pledge, the last of the offers
        pairs, s = search.matching.pairs, search.matching.sources
        own = s.is_offer[pairs.source] & (s.what[pairs.source] == row - search.limits.offer)
        near = np.unique(pairs.requirement[own])
        busy = np.unique(pairs.source[np.isin(pairs.requirement, near)])
        search.router.busy = np.intersect1d(search.router.busy, busy).astype(np.int64)
        search.price_round(price, 4)
        self._by_week(search, np.flatnonzero(own & (pairs.part == NO_ONE)), price)
        free = self._free(search, old, price, near)
        fixed = np.repeat(np.where(free, 0.0, quantity), np.diff(old.first))
        amount = search.limits.amount - np.bincount(old.rows, old.values * fixed, search.limits.end)
        amount = np.where(np.isfinite(amount), np.maximum(amount, 0.0), np.inf)
        kept = _part_of(old, np.flatnonzero(free), amount)
        before = best = _solved(kept, amount, price)[0]
        for _ in range(ROUNDS):
            fresh = search.pool.packed
            mine = np.unique(fresh.owner()[fresh.rows == row])
            both = kept.joined(_part_of(fresh, mine, amount))
            best, solved = _solved(both, amount, price)
            if not search.price_round(solved, 4):
                break
        return max(best - before, 0.0)

    def _by_week(self, search: Search, mine: Ints, price: Floats) -> None:
        """Deliveries of the pledge that leave in each week and still come in time, each its best way at the prices."""
        p, pairs, s = search.problem, search.matching.pairs, search.matching.sources
        by_leg, found = _prices(p, search.limits, price), list[Trip]()
        for pair in mine.tolist():
            source, r = int(pairs.source[pair]), int(pairs.requirement[pair])
            kind = bool(p.items.explosives[s.item[source]]), ()
            open_ = np.ascontiguousarray(np.where(self.roads.allowed(*kind)[:, None], by_leg, np.inf))
            node, home, first = int(p.requirements.node[r]), int(s.node[source]), int(s.first[source])
            by = min(int(p.requirements.due[r]), p.days - 1)
            if home == node or by < first:
                continue
            self.roads.sweep(open_, node, first, by)
            for week in range(first // 7, by // 7 + 1):
                way = self.roads.follow(open_, node, home, max(first, 7 * week), 7 * week + 6, by)
                if way is None or way.price * s.tonnes[source] >= pairs.gain[pair]:
                    continue
                arrive = way.days[-1] + int(p.legs.days[way.legs[-1]])
                found.append(Trip(pair, 1.0, way.legs, way.days, arrive, NO_ONE))
        search.pool.extend(Columns.deliveries(pairs.requirement[[t.pair for t in found]], Trips.of(found)))

    def _shifted(self, search: Search) -> Packed:
        """The columns of the base with their rows in the problem that has one offer more, the last."""
        old, first = self.base.pool.packed, self.base.limits.requirement
        return replace(old, rows=old.rows + (old.rows >= first))

    def _shifted_price(self, search: Search) -> Floats:
        """The prices of the base, and none for the pledge."""
        return np.insert(np.maximum(self.base.price, 0.0), self.base.limits.requirement, 0.0)

    def _free(self, search: Search, packed: Packed, price: Floats, near: Ints) -> Bools:
        """Columns that may change: those of near requirements, and the best that share a priced limit with them."""
        of = self.base.pool.columns.requirement
        free = np.isin(of, near)
        column = np.repeat(np.arange(len(of)), np.diff(packed.first))
        priced = np.zeros(len(price), np.bool_)
        priced[packed.rows[free[column]]] = True
        priced[search.pool.packed.rows] = True
        priced &= price > 0
        priced[search.limits.requirement : search.limits.fund] = False
        shares = np.bincount(column, priced[packed.rows], len(of)) > 0
        loss = np.bincount(column, packed.values * price[packed.rows], len(of)) - packed.gain
        marginal = np.abs(loss) / np.maximum(np.abs(packed.gain), 1e-9)  # these give way first, or take over
        order = np.lexsort((np.arange(len(of)), marginal, ~shares, ~free))
        order = order[: max(FREE, int(free.sum()))]
        chosen = np.zeros(len(of), np.bool_)
        chosen[order] = (free | shares)[order]
        return chosen


def _part_of(packed: Packed, chosen: Ints, amount: Floats) -> Packed:
    """The master program of some columns, under the amounts that the others leave."""
    part = packed.take(chosen)
    most = np.minimum.reduceat(amount[part.rows] / part.values, part.first[:-1]) if len(chosen) else part.most
    return replace(part, most=most)


def _solved(packed: Packed, amount: Floats, price: Floats) -> tuple[float, Floats]:
    """Objective of a program and its prices, on rows that it does not use the earlier ones."""
    if not len(packed.gain):
        return 0.0, price
    solved = master.solve(packed, amount)
    merged, rows = price.copy(), np.unique(packed.rows)
    merged[rows] = np.maximum(solved.price[rows], 0.0)
    return solved.objective, merged
