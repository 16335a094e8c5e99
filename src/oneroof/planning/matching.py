"""Which source may serve which requirement: offers and purchases paired with what they are worth there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from oneroof.planning.goals import last_useful_day
from oneroof.planning.problem import NO_ONE, Bools, Floats, Ints, Problem

Wants = dict[int, list[tuple[int, int, float, float]]]  # by item: requirement, part, points per unit, share


@dataclass(frozen=True)
class Sources:
    """Usable offers, then purchases: one for each supplier and coalition of the funds that may pay it.

    A purchase source has orders: a fund and a week on whose first day it may be placed.
    """

    is_offer: Bools
    what: Ints  # index of the offer or of the supplier
    item: Ints
    node: Ints
    first: Ints  # first and last day on which goods may leave
    until: Ints
    tonnes: Floats  # per unit
    legs: Ints  # which set of allowed legs (see Network)
    order_first: Ints  # (sources + 1,) first order of each source
    order_fund: Ints
    order_week: Ints
    order_ready: Ints  # day on which the goods may leave
    order_price: Floats  # currency per unit


@dataclass(frozen=True)
class Pairs:
    """A source that may serve a requirement, as the item, as a substitute or as a part of a package.

    Sorted by source, then requirement, then part.
    """

    source: Ints
    requirement: Ints
    part: Ints  # place among the parts of the requirement's package; NO_ONE for an item
    gain: Floats  # points per unit of the source in time; 0 for parts
    share: Floats  # units of the requirement (of one package's part) that one unit of the source makes; 0: none
    last: Ints  # last day on which an arrival is of use (or is allowed, for pins)
    pin: Ints  # index of the pin that names this pair, NO_ONE without


@dataclass(frozen=True)
class Network:
    """Legs that each set of caveats and explosives allows, by origin and by destination."""

    out_first: Ints  # (sets, nodes + 1)
    out_leg: Ints  # (sets, legs)
    in_first: Ints
    in_leg: Ints
    allowed: Bools  # (sets, legs)


@dataclass(frozen=True)
class Matching:
    """Sources, pairs and the legs they may ride."""

    sources: Sources
    pairs: Pairs
    network: Network

    def rides(self, problem: Problem, pair: Ints, first: Ints, leg: Ints, day: Ints) -> Bools:
        """Whether goods of pairs may ride their legs, each left on its day, from their source to the requirement.

        Trip ``k`` goes by ``leg[first[k]:first[k + 1]]``; NO_ONE is no leg. Every leg is allowed for the goods and open
        on its day, begins where the one before ends, and leaves no earlier than that one arrives. On which day goods
        may leave, arrive or be ordered is not asked.
        """
        source, legs = self.pairs.source[pair], problem.legs
        hops = np.diff(first)
        at, rides = self.sources.node[source].copy(), hops > 0
        good: Bools = np.ones(len(pair), np.bool_)
        if len(leg):
            owner, begins = np.repeat(np.arange(len(pair)), hops), first[:-1][rides]
            here, ready = np.roll(legs.destination[leg], 1), np.roll(day + legs.days[leg], 1)
            here[begins], ready[begins] = at[rides], day[begins]
            stays = (leg != NO_ONE) & self.network.allowed[self.sources.legs[source][owner], leg]
            stays &= (legs.origin[leg] == here) & (ready <= day) & (legs.opens[leg] <= day) & (day <= legs.closes[leg])
            good[owner[~stays]] = False
            at[rides] = legs.destination[leg[first[1:][rides] - 1]]
        good &= at == problem.requirements.node[self.pairs.requirement[pair]]
        return good


def match(problem: Problem) -> Matching:
    """Everything that may be delivered to anyone."""
    kinds: dict[tuple[bool, tuple[str, ...]], int] = {}
    sources = _sources(problem, kinds)
    return Matching(sources, _pairs(problem, sources), legs_by_kind(problem, list(kinds)))


def _sources(problem: Problem, kinds: dict[tuple[bool, tuple[str, ...]], int]) -> Sources:
    """Usable offers by key, then purchases by supplier and coalition."""
    p = problem
    rows: list[tuple[bool, int, int, int, int, int, int]] = []
    for o in np.flatnonzero(p.offers.usable):
        item = int(p.offers.item[o])
        legs = kinds.setdefault((bool(p.items.explosives[item]), p.offers.not_via[o]), len(kinds))
        window = int(p.offers.first[o]), int(p.offers.until[o])
        rows.append((True, int(o), item, int(p.offers.node[o]), *window, legs))
    orders: list[list[tuple[int, int, int, float]]] = [[] for _ in rows]
    for s in range(len(p.suppliers.keys)):
        for coalition in sorted({int(c) for c in p.funds.coalition}):
            found = _orders(p, s, coalition)
            if found:
                item = int(p.suppliers.item[s])
                legs = kinds.setdefault((bool(p.items.explosives[item]), ()), len(kinds))
                first = min(ready for _, _, ready, _ in found)
                rows.append((False, s, item, int(p.suppliers.node[s]), first, p.days - 1, legs))
                orders.append(found)
    columns = list(zip(*rows, strict=True)) if rows else [()] * 7
    flat = [order for found in orders for order in found]
    items = np.array(columns[2], np.int64)
    return Sources(
        np.array(columns[0], np.bool_),
        np.array(columns[1], np.int64),
        items,
        np.array(columns[3], np.int64),
        np.array(columns[4], np.int64),
        np.array(columns[5], np.int64),
        p.items.tonnes[items],
        np.array(columns[6], np.int64),
        np.cumsum([0] + [len(found) for found in orders]).astype(np.int64),
        np.array([o[0] for o in flat], np.int64),
        np.array([o[1] for o in flat], np.int64),
        np.array([o[2] for o in flat], np.int64),
        np.array([o[3] for o in flat], np.float64),
    )


def _orders(p: Problem, supplier: int, coalition: int) -> list[tuple[int, int, int, float]]:
    """Orders that funds of a coalition may place: fund, week, day ready, price; in order of week."""
    s = p.suppliers
    if s.per_week[supplier] <= 0:
        return []
    monday = 7 * np.arange(p.weeks)
    ready = monday + s.lead[supplier]
    price = float(s.price[supplier])
    paying = (p.funds.coalition == coalition) & ((p.funds.amount > 0) | (price == 0))
    possible = (monday >= s.first[supplier]) & (ready < p.days)
    possible = possible[:, None] & paying & (p.funds.first <= monday[:, None]) & (p.funds.until >= monday[:, None])
    return [(int(f), int(week), int(ready[week]), price) for week, f in zip(*np.nonzero(possible), strict=True)]


def wants_of(p: Problem) -> Wants:
    """For every item: the requirements it may serve, with part, points per unit of the item and share."""
    found: dict[int, list[tuple[int, int, float, float]]] = {}
    stands: dict[int, list[tuple[int, float, float]]] = {}
    for i in range(len(p.substitutes.item)):
        wanted = int(p.substitutes.item[i])
        rate = float(p.substitutes.units_per_unit[i]), float(p.substitutes.preference[i])
        stands.setdefault(wanted, []).append((int(p.substitutes.substitute[i]), *rate))
    r = p.requirements
    for q in range(len(r.keys)):
        if r.item[q] != NO_ONE:
            points = float(r.points[q])
            found.setdefault(int(r.item[q]), []).append((q, NO_ONE, points, 1.0))
            for other, per_unit, preference in stands.get(int(r.item[q]), []):
                found.setdefault(other, []).append((q, NO_ONE, points * preference / per_unit, 1.0 / per_unit))
        else:
            for place, part in enumerate(p.packages.parts[r.package[q]]):
                if not part.is_course:
                    found.setdefault(part.what, []).append((q, place, 0.0, 1.0 / part.quantity))
    return found


def _pairs(p: Problem, sources: Sources) -> Pairs:
    """Every source with every requirement that its item, its coalition and its dates allow."""
    useful, coalitions = last_useful_day(p), p.requirements.coalition
    wants = {item: _columns(sorted(found), 4) for item, found in wants_of(p).items()}
    none = _columns([], 4)
    pinned: dict[int, dict[int, int]] = {}
    for i, (o, r) in enumerate(zip(p.pins.offer.tolist(), p.pins.requirement.tolist(), strict=True)):
        pinned.setdefault(o, {})[r] = i
    found = []
    for s, (what, offered, item, first) in enumerate(
        zip(*(x.tolist() for x in (sources.what, sources.is_offer, sources.item, sources.first)), strict=True)
    ):
        bound_to = int(p.offers.coalition[what]) if offered else _coalition_of(p, sources, s)
        rows = wants.get(item, none)
        who = rows[0].astype(np.int64)
        last, pin = useful[who], np.full(len(who), NO_ONE)
        if offered and what in pinned:
            pin = np.array([pinned[what].get(q, NO_ONE) for q in who.tolist()], np.int64)
            last = np.where(pin != NO_ONE, p.days - 1, last)
        kept = last >= first
        if bound_to != NO_ONE:
            kept &= coalitions[who] == bound_to
        mine = np.vstack([np.full(len(who), s), rows, last, pin])[:, kept]
        found.append(_with_pinned_parts(mine) if (pin != NO_ONE).any() else mine)
    table = np.hstack(found) if found else np.zeros((7, 0))
    whole = table[[0, 1, 2, 5, 6]].astype(np.int64)
    return Pairs(whole[0], whole[1], whole[2], table[3].copy(), table[4].copy(), whole[3], whole[4])


def _columns(rows: list[tuple[float, ...]], width: int) -> Floats:
    """(width, rows) rows as columns."""
    return np.array(rows, np.float64).reshape(len(rows), width).T


def _with_pinned_parts(mine: Floats) -> Floats:
    """The pairs of one source, and before each pinned part one by which it comes on its own and earns nothing."""
    pinned = (mine[6] != NO_ONE) & (mine[2] != NO_ONE)
    alone = mine[:, pinned].copy()
    alone[2], alone[3:5] = NO_ONE, 0.0
    return np.insert(mine, np.flatnonzero(pinned), alone, axis=1)


def _coalition_of(p: Problem, sources: Sources, s: int) -> int:
    """The coalition that the funds of a purchase source are bound to."""
    return int(p.funds.coalition[sources.order_fund[sources.order_first[s]]])


def legs_by_kind(p: Problem, kinds: list[tuple[bool, tuple[str, ...]]]) -> Network:
    """Legs by origin and by destination for every kind of source; legs that carry nothing are left out."""
    nodes, legs = len(p.nodes.keys), p.legs
    shape = (max(len(kinds), 1), len(legs.keys))
    out_first, in_first = np.zeros((shape[0], nodes + 1), np.int64), np.zeros((shape[0], nodes + 1), np.int64)
    out_leg, in_leg = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
    may = np.zeros(shape, np.bool_)
    nation = np.array(p.nodes.nations, dtype=object)
    open_ = (legs.capacity > 0) & (p.nodes.handling[legs.origin] > 0) & (legs.opens <= legs.closes)
    for i, (explosive, not_via) in enumerate(kinds):
        allowed = open_ & (legs.explosives | (not explosive))
        for code in not_via:
            allowed &= nation[legs.destination] != code
        may[i] = allowed
        for first, leg, end in ((out_first, out_leg, legs.origin), (in_first, in_leg, legs.destination)):
            chosen = np.flatnonzero(allowed)
            chosen = chosen[np.argsort(end[chosen], kind="stable")]
            leg[i, : len(chosen)] = chosen
            first[i] = np.searchsorted(end[chosen], np.arange(nodes + 1))
    return Network(out_first, out_leg, in_first, in_leg, may)
