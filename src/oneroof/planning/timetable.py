"""The whole problem as one program of flows through space and time: exact, and small enough only for small problems.

Goods that may stand for one another flow together: a *flow* is an item with the legs it may ride and the coalition it
is bound to (offers that pins name flow alone). Within a week a leg's limits do not tell one day from another and goods
wait free of charge, so a departure need only be tried on the first day of a week and on days on which goods arrive.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from oneroof.planning.columns import Packed
from oneroof.planning.goals import timeliness
from oneroof.planning.limits import Limits
from oneroof.planning.matching import Matching
from oneroof.planning.problem import NO_ONE, Bools, Floats, Problem

Place = tuple[int, int]  # node, day


class Label(NamedTuple):
    """What a column does: ``kind`` is leg, wait, source, order, delivery, cohort, stock or package."""

    kind: str
    flow: int  # NO_ONE for cohorts, stocks and packages
    what: int  # leg, source, order; requirement of deliveries, cohorts, stocks, packages
    place: int  # part of a package, start of a cohort; source of a first leg or of a delivery from its window
    day: int
    tail: Place | None  # where a flow column takes goods from; None for sources
    head: Place | None  # where it brings them; None for deliveries


@dataclass
class Flow:
    """Goods that stand for one another, and when they may be where."""

    sources: list[int]
    last: int
    legs: int  # which set of allowed legs
    tonnes: float
    whole: bool
    events: dict[int, list[int]] = field(default_factory=dict)  # node -> days on which goods may come there
    stops: dict[int, list[int]] = field(default_factory=dict)  # node -> days with a balance: arrivals and departures


@dataclass
class Timetable:
    """The program with what its columns mean; ``program`` has rows of limits first, then balances and stocks."""

    problem: Problem
    matching: Matching
    limits: Limits
    flows: list[Flow] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)
    gains: list[float] = field(default_factory=list)
    uses: list[list[tuple[int, float]]] = field(default_factory=list)
    whole: list[bool] = field(default_factory=list)
    rows: dict[tuple[int, ...], int] = field(default_factory=dict)
    days: dict[int, list[int]] = field(default_factory=dict)  # package requirements: days on which packages may count

    # ---- rows and columns -----------------------------------------------------------------------------------------
    def row(self, *name: int) -> int:
        """The row of a balance (flow, node, day) or of a stock (requirement, part, day, 0)."""
        return self.rows.setdefault(name, self.limits.end + len(self.rows))

    def add(self, label: Label, gain: float, whole: bool, uses: Iterable[tuple[int, float]]) -> None:
        """Add a column; rows without limit are left out, but those of pins."""
        lim = self.limits
        kept = [(row, x) for row, x in uses if row >= lim.end or lim.amount[row] < np.inf or lim.pin <= row < lim.kept]
        if label.tail is not None:
            kept.append((self.row(label.flow, *label.tail), 1.0))
        if label.head is not None:
            kept.append((self.row(label.flow, *label.head), -1.0))
        self.labels.append(label)
        self.gains.append(gain)
        self.whole.append(whole)
        self.uses.append(kept)

    def arrays(self) -> tuple[Packed, Floats, Bools]:
        """The program, the amounts of its rows and which columns take whole numbers."""
        first = np.append(0, np.cumsum([len(u) for u in self.uses])).astype(np.int64)
        rows = np.array([row for u in self.uses for row, _ in u], np.int64)
        values = np.array([x for u in self.uses for _, x in u])
        amount = np.append(self.limits.amount, np.zeros(len(self.rows)))
        program = Packed(np.array(self.gains), np.full(len(self.gains), np.inf), first, rows, values)
        return program, amount, np.array(self.whole, np.bool_)

    # ---- making ---------------------------------------------------------------------------------------------------
    @staticmethod
    def of(problem: Problem, matching: Matching, limits: Limits, pinned: bool = False) -> Timetable:
        """The timetable of a problem, or (``pinned``) of what its pins name alone, without packages."""
        table = Timetable(problem, matching, limits)
        for flow in _flows(problem, matching):
            if not pinned or set(matching.sources.what[flow.sources].tolist()) & set(problem.pins.offer.tolist()):
                table.flows.append(flow)
                _reach(table, flow)
        if not pinned:
            _set_package_days(table)
        for k in range(len(table.flows)):
            _add_sources(table, k)
            _add_legs(table, k)
            _add_deliveries(table, k)
        _add_packages(table)
        return table

    def windowed(self, s: int) -> bool:
        """Whether goods of a source may not wait at its node until the end."""
        return bool(self.matching.sources.until[s] < self.problem.days - 1)


def _flows(p: Problem, matching: Matching) -> list[Flow]:
    """Sources that stand for one another, by item, legs, coalition and pinned offer."""
    s, pairs = matching.sources, matching.pairs
    pinned = set(p.pins.offer.tolist())
    last = np.full(len(s.item), -1)
    np.maximum.at(last, pairs.source, pairs.last)
    found: dict[tuple[int, ...], list[int]] = {}
    for i in np.flatnonzero(last >= s.first).tolist():
        what = int(s.what[i])
        if s.is_offer[i]:
            coalition, alone = int(p.offers.coalition[what]), what if what in pinned else NO_ONE
        else:
            coalition, alone = int(p.funds.coalition[s.order_fund[s.order_first[i]]]), NO_ONE
        found.setdefault((int(s.item[i]), int(s.legs[i]), coalition, alone), []).append(i)
    return [
        Flow(members, int(last[members].max()), key[1], float(p.items.tonnes[key[0]]), bool(p.items.whole[key[0]]))
        for key, members in sorted(found.items())
    ]


def departures(table: Timetable, flow: Flow, leg: int, first: int, until: int) -> list[int]:
    """Days of a leg's weeks on which goods that are there since ``first`` may best leave, up to ``until``."""
    legs = table.problem.legs
    begin, end = max(first, int(legs.opens[leg])), min(until, int(legs.closes[leg]), flow.last - int(legs.days[leg]))
    return [max(begin, 7 * week) for week in range(begin // 7, end // 7 + 1)] if begin <= end else []


def _out(table: Timetable, flow: Flow, node: int) -> list[int]:
    """Legs that goods of a flow may ride out of a node."""
    net = table.matching.network
    span = slice(net.out_first[flow.legs, node], net.out_first[flow.legs, node + 1])
    return [int(leg) for leg in net.out_leg[flow.legs, span]]


def _reach(table: Timetable, flow: Flow) -> None:
    """Enter every place that goods of a flow may come to, in the order of days."""
    s, legs = table.matching.sources, table.problem.legs
    coming: dict[int, set[int]] = {}

    def ride(node: int, first: int, until: int) -> None:
        for leg in _out(table, flow, node):
            for day in departures(table, flow, leg, first, until):
                coming.setdefault(day + int(legs.days[leg]), set()).add(int(legs.destination[leg]))

    for i in flow.sources:
        if not s.is_offer[i]:
            for order in range(s.order_first[i], s.order_first[i + 1]):
                coming.setdefault(int(s.order_ready[order]), set()).add(int(s.node[i]))
        elif table.windowed(i):
            ride(int(s.node[i]), int(s.first[i]), int(s.until[i]))
        else:
            coming.setdefault(int(s.first[i]), set()).add(int(s.node[i]))
    for day in range(flow.last + 1):
        while coming.get(day):  # a leg may take no day at all
            node = coming[day].pop()
            if day in flow.events.setdefault(node, [])[-1:]:
                continue
            flow.events[node].append(day)
            ride(node, day, flow.last)
    for node, days in flow.events.items():
        legs_out = _out(table, flow, node)
        leaving = {d for leg in legs_out for e in days for d in departures(table, flow, leg, e, flow.last)}
        flow.stops[node] = sorted(leaving | set(days))


def _add_sources(table: Timetable, k: int) -> None:
    """Offers put in on their first day, or leg by leg while their window lasts; purchases when they are ready."""
    flow, s, lim, p = table.flows[k], table.matching.sources, table.limits, table.problem
    for i in flow.sources:
        node, what = int(s.node[i]), int(s.what[i])
        if not s.is_offer[i]:
            for order in range(s.order_first[i], s.order_first[i + 1]):
                day = int(s.order_ready[order])
                if day <= flow.last:
                    week = lim.supplier + what * lim.weeks + int(s.order_week[order])
                    uses = [(lim.fund + int(s.order_fund[order]), float(s.order_price[order])), (week, 1.0)]
                    table.add(Label("order", k, order, i, day, None, (node, day)), 0.0, flow.whole, uses)
        elif not table.windowed(i):
            day = int(s.first[i])
            table.add(Label("source", k, i, i, day, None, (node, day)), 0.0, flow.whole, [(lim.offer + what, 1.0)])
        else:
            for leg in _out(table, flow, node):
                for day in departures(table, flow, leg, int(s.first[i]), int(s.until[i])):
                    head = int(p.legs.destination[leg]), day + int(p.legs.days[leg])
                    label = Label("leg", k, leg, i, day, None, head)
                    uses = [*_carried(table, flow, leg, day), (lim.offer + what, 1.0)]
                    table.add(label, -flow.tonnes * float(p.legs.cost[leg]), flow.whole, uses)


def _carried(table: Timetable, flow: Flow, leg: int, day: int) -> list[tuple[int, float]]:
    """Limits that one unit on a leg uses."""
    lim = table.limits
    node = int(table.problem.legs.origin[leg])
    return [
        (lim.leg + leg * lim.weeks + day // 7, flow.tonnes),
        (lim.node + node * lim.weeks + day // 7, flow.tonnes),
    ]


def _add_legs(table: Timetable, k: int) -> None:
    """Waiting from stop to stop, and departures from stops."""
    flow, p = table.flows[k], table.problem
    for node, stops in sorted(flow.stops.items()):
        for a, b in pairwise(stops):
            table.add(Label("wait", k, node, 0, a, (node, a), (node, b)), 0.0, False, [])
        for leg in _out(table, flow, node):
            days = {d for e in flow.events[node] for d in departures(table, flow, leg, e, flow.last)}
            for day in sorted(days):
                head = int(p.legs.destination[leg]), day + int(p.legs.days[leg])
                label = Label("leg", k, leg, NO_ONE, day, (node, day), head)
                cost = flow.tonnes * float(p.legs.cost[leg])
                table.add(label, -cost, flow.whole, _carried(table, flow, leg, day))


def _wanted(table: Timetable, k: int) -> list[int]:
    """One pair for every requirement and part that goods of a flow may serve; parts that pins name come as parts."""
    pairs = table.matching.pairs
    found: dict[tuple[int, int], int] = {}
    for s in table.flows[k].sources:
        begin, end = np.searchsorted(pairs.source, [s, s + 1])
        for i in range(int(begin), int(end)):
            if pairs.part[i] != NO_ONE or table.problem.requirements.item[pairs.requirement[i]] != NO_ONE:
                found.setdefault((int(pairs.requirement[i]), int(pairs.part[i])), i)
    return [found[key] for key in sorted(found)]


def delivery_days(table: Timetable, k: int, r: int) -> list[int]:
    """Days on which goods of a flow are best handed over: the last stop that is in time, and every later arrival."""
    flow, p = table.flows[k], table.problem
    due, events = int(p.requirements.due[r]), flow.events.get(int(p.requirements.node[r]), [])
    return [d for d in events if d <= due][-1:] + [d for d in events if d > due]


def _add_deliveries(table: Timetable, k: int) -> None:
    """Goods handed over to requirements, from stops and from windows of sources at their node."""
    flow, p, s = table.flows[k], table.problem, table.matching.sources
    for pair in _wanted(table, k):
        r = int(table.matching.pairs.requirement[pair])
        node = int(p.requirements.node[r])
        for day in delivery_days(table, k, r):
            _add_delivery(table, k, pair, day, NO_ONE)
        for i in flow.sources:
            if s.node[i] == node and s.is_offer[i] and table.windowed(i):
                _add_delivery(table, k, pair, int(s.first[i]), i)


def _add_delivery(table: Timetable, k: int, pair: int, day: int, source: int) -> None:
    """One column; ``source`` hands over in its window."""
    flow, p, pairs, lim = table.flows[k], table.problem, table.matching.pairs, table.limits
    r, place = int(pairs.requirement[pair]), int(pairs.part[pair])
    if day > pairs.last[pair]:
        return
    pin = int(pairs.pin[pair])
    uses = [] if pin == NO_ONE else [(lim.pin + pin, 1.0)]
    if source != NO_ONE:
        uses.append((lim.offer + int(table.matching.sources.what[source]), 1.0))
    gain = 0.0
    if place == NO_ONE:
        uses.append((lim.requirement + r, float(pairs.share[pair])))
        gain = float(pairs.gain[pair]) * float(timeliness(p.requirements.due[r], p.requirements.latest[r], day))
    else:
        later = [d for d in table.days.get(r, []) if d >= day]
        uses += [(table.row(r, place, d, 0), -1.0) for d in later[:1]]
    node = int(p.requirements.node[r])
    tail = (node, day) if source == NO_ONE else None
    kind = "delivery" if source == NO_ONE else "window"
    table.add(Label(kind, k, pair, source, day, tail, None), gain, flow.whole, uses)


def _set_package_days(table: Timetable) -> None:
    """Days on which packages may come to count: arrivals of their parts and ends of their courses."""
    p, s, pairs, lim = table.problem, table.matching.sources, table.matching.pairs, table.limits
    found: dict[int, set[int]] = {int(r): set() for r in np.flatnonzero(p.requirements.package != NO_ONE)}
    for k, flow in enumerate(table.flows):
        for pair in _wanted(table, k):
            r = int(pairs.requirement[pair])
            if r in found:
                found[r] |= set(delivery_days(table, k, r))
                found[r] |= {int(s.first[i]) for i in flow.sources if s.node[i] == p.requirements.node[r]}
    for r, days in found.items():
        for part in p.packages.parts[p.requirements.package[r]]:
            if part.is_course:
                starts = slice(lim.course_first[part.what], lim.course_first[part.what + 1])
                days |= {int(d + p.courses.days[part.what]) for d in lim.start_day[starts]}
        due, end = int(p.requirements.due[r]), min(int(p.requirements.latest[r]), p.days) - 1
        table.days[r] = sorted({max(d, min(due, end)) for d in days if d <= end})


def _add_packages(table: Timetable) -> None:
    """Persons in starts, stocks of parts from day to day, and packages."""
    p, lim = table.problem, table.limits
    for r, days in sorted(table.days.items()):
        parts = p.packages.parts[p.requirements.package[r]]
        for place, part in enumerate(parts):
            for a, b in pairwise(days):
                uses = [(table.row(r, place, a, 0), 1.0), (table.row(r, place, b, 0), -1.0)]
                table.add(Label("stock", NO_ONE, r, place, a, None, None), 0.0, False, uses)
            if part.is_course:
                _add_cohorts(table, r, place, part.what)
        for day in days:
            time = float(timeliness(p.requirements.due[r], p.requirements.latest[r], day))
            uses = [(table.row(r, place, day, 0), part.quantity) for place, part in enumerate(parts)]
            uses.append((lim.requirement + r, 1.0))
            label = Label("package", NO_ONE, r, 0, day, None, None)
            table.add(label, float(p.requirements.points[r]) * time, True, uses)


def _add_cohorts(table: Timetable, r: int, place: int, course: int) -> None:
    """Persons of a requirement in the starts of a course."""
    p, lim = table.problem, table.limits
    for start in range(int(lim.course_first[course]), int(lim.course_first[course + 1])):
        ready = int(lim.start_day[start] + p.courses.days[course])
        later = [d for d in table.days[r] if d >= ready]
        if later:
            week = lim.trainees + int(lim.start_day[start]) // 7
            uses = [(lim.course + start, 1.0), (week, 1.0), (table.row(r, place, later[0], 0), -1.0)]
            table.add(Label("cohort", NO_ONE, r, start, ready, None, None), 0.0, True, uses)


def through(table: Timetable, reduced: Floats) -> Floats:
    """The most that a unit through each column can earn beyond the prices, from its source to its requirement.

    ``reduced`` is what each column alone earns; columns that are not part of a flow keep that.
    """
    order = sorted(
        (j for j, label in enumerate(table.labels) if label.tail is not None or label.head is not None),
        key=lambda j: (table.labels[j].day, table.labels[j].tail is not None),
    )
    before: dict[tuple[int, Place], float] = {}
    after: dict[tuple[int, Place], float] = {}
    for _ in range(3):  # legs of no day at all need a second look
        for j in order:
            label = table.labels[j]
            value = reduced[j] + (before.get((label.flow, label.tail), -np.inf) if label.tail else 0.0)
            if label.head:
                key = label.flow, label.head
                before[key] = max(before.get(key, -np.inf), value)
        for j in reversed(order):
            label = table.labels[j]
            value = reduced[j] + (after.get((label.flow, label.head), -np.inf) if label.head else 0.0)
            if label.tail:
                key = label.flow, label.tail
                after[key] = max(after.get(key, -np.inf), value)
    best = reduced.copy()
    for j in order:
        label = table.labels[j]
        best[j] += before.get((label.flow, label.tail), -np.inf) if label.tail else 0.0
        best[j] += after.get((label.flow, label.head), -np.inf) if label.head else 0.0
    return best
