"""Between deliveries and flows: shipments entered into a timetable, and read from it."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise

import numpy as np

from oneroof.planning.columns import Trip
from oneroof.planning.problem import NO_ONE, Floats
from oneroof.planning.timetable import Label, Timetable, delivery_days
from oneroof.planning.whole import Shipments

HAIR = 1e-7


class _Rider:
    """Enters deliveries into a timetable."""

    def __init__(self, table: Timetable) -> None:
        self.table = table
        self.place = {label: j for j, label in enumerate(table.labels)}
        self.flow_of = {s: k for k, flow in enumerate(table.flows) for s in flow.sources}
        self.quantity = np.zeros(len(table.labels))
        self.there: dict[tuple[int, int, int], float] = defaultdict(float)  # requirement, part, day -> units or persons

    def put(self, label: Label, units: float) -> None:
        """Add units to the column of a label; raises KeyError where there is none."""
        self.quantity[self.place[label]] += units

    def wait(self, k: int, node: int, day: int, until: int, units: float) -> None:
        """Let goods wait from stop to stop."""
        stops = self.table.flows[k].stops[node]
        for a, b in pairwise(stops):
            if day <= a < until:
                self.put(Label("wait", k, node, 0, a, (node, a), (node, b)), units)

    def ride(self, trip: Trip, units: float) -> None:
        """Enter a trip; it leaves on the first day of each of its weeks on which it can."""
        table, p, s = self.table, self.table.problem, self.table.matching.sources
        source = int(table.matching.pairs.source[trip.pair])
        k = self.flow_of[source]
        r, node = int(table.matching.pairs.requirement[trip.pair]), int(s.node[source])
        day, windowed = int(s.first[source]), bool(s.is_offer[source]) and table.windowed(source)
        if trip.order != NO_ONE:
            day = int(s.order_ready[trip.order])
            self.put(Label("order", k, trip.order, source, day, None, (node, day)), units)
        elif not windowed:
            self.put(Label("source", k, source, source, day, None, (node, day)), units)
        for leg, leave in zip(trip.legs, trip.days, strict=True):
            at = max(day, int(p.legs.opens[leg]), 7 * (leave // 7))
            head = int(p.legs.destination[leg]), at + int(p.legs.days[leg])
            if windowed:
                self.put(Label("leg", k, leg, source, at, None, head), units)
            else:
                self.wait(k, node, day, at, units)
                self.put(Label("leg", k, leg, NO_ONE, at, (node, at), head), units)
            (node, day), windowed = head, False
        self.deliver(k, r, int(table.matching.pairs.part[trip.pair]), node, day, source if windowed else NO_ONE, units)

    def deliver(self, k: int, r: int, part: int, node: int, day: int, source: int, units: float) -> None:
        """Hand goods over on the first day on which that is done."""
        if source == NO_ONE:
            until = next(d for d in delivery_days(self.table, k, r) if d >= day)
            self.wait(k, node, day, until, units)
            day = until
        for j in self.deliveries[k, r, part, day, source]:
            self.quantity[j] += units
            self.there[r, part, day] += units

    @property
    def deliveries(self) -> dict[tuple[int, int, int, int, int], list[int]]:
        """Columns of deliveries by flow, requirement, part, day and source; parts that come alone count as parts."""
        if not hasattr(self, "_deliveries"):
            pairs = self.table.matching.pairs
            self._deliveries: dict[tuple[int, int, int, int, int], list[int]] = {}
            for j, label in enumerate(self.table.labels):
                if label.kind in ("delivery", "window"):
                    r, part = int(pairs.requirement[label.what]), int(pairs.part[label.what])
                    self._deliveries[label.flow, r, part, label.day, label.place] = [j]
                    if part != NO_ONE:
                        self._deliveries.setdefault((label.flow, r, NO_ONE, label.day, label.place), [j])
        return self._deliveries

    def seat(self, r: int, start: int, persons: float) -> None:
        """Enter persons in a start."""
        p, lim = self.table.problem, self.table.limits
        course = int(lim.start_course[start])
        ready = int(lim.start_day[start] + p.courses.days[course])
        parts = p.packages.parts[p.requirements.package[r]]
        place = next(i for i, part in enumerate(parts) if part.is_course and part.what == course)
        if self.table.days[r] and ready <= self.table.days[r][-1]:
            self.put(Label("cohort", NO_ONE, r, start, ready, None, None), persons)
            self.there[r, place, ready] += persons

    def pack(self) -> None:
        """As many packages as the parts make, each as early as they do."""
        p = self.table.problem
        for r, days in self.table.days.items():
            parts, made = p.packages.parts[p.requirements.package[r]], 0.0
            stock = [0.0] * len(parts)
            for before, day in zip([-1, *days], days, strict=False):
                if before >= 0:
                    for i, units in enumerate(stock):
                        self.put(Label("stock", NO_ONE, r, i, before, None, None), units)
                for i in range(len(parts)):
                    stock[i] += sum(x for (q, e, d), x in self.there.items() if q == r and e == i and before < d <= day)
                ready = min(np.floor(units / part.quantity + HAIR) for units, part in zip(stock, parts, strict=True))
                count = float(min(ready, np.floor(p.requirements.quantity[r] + HAIR) - made))
                if count > 0:
                    made += count
                    self.put(Label("package", NO_ONE, r, 0, day, None, None), count)
                    stock = [max(units - count * part.quantity, 0.0) for units, part in zip(stock, parts, strict=True)]


def ridden(table: Timetable, shipments: Shipments) -> Floats | None:
    """Quantities of a timetable's columns that do what shipments do; None where it has no columns for them."""
    rider = _Rider(table)
    try:
        for trip, units in shipments.trips:
            rider.ride(trip, units)
        for r, start, persons in shipments.cohorts:
            rider.seat(r, start, persons)
        rider.pack()
    except (KeyError, StopIteration):
        return None
    return rider.quantity


def shipped(table: Timetable, quantity: Floats, objective: float) -> Shipments:
    """The deliveries and cohorts that quantities of a timetable's columns stand for."""
    left = quantity.copy()
    coming: dict[tuple[int, tuple[int, int]], list[int]] = defaultdict(list)
    for j, label in enumerate(table.labels):
        if label.head is not None and left[j] > HAIR:
            coming[label.flow, label.head].append(j)
    trips: dict[Trip, float] = defaultdict(float)
    cohorts: dict[tuple[int, int], float] = defaultdict(float)
    for j, label in enumerate(table.labels):
        if label.kind == "cohort" and quantity[j] > HAIR:
            cohorts[label.what, label.place] += float(quantity[j])
        while label.kind in ("delivery", "window") and left[j] > HAIR:
            way = _way_back(table, left, coming, j)
            if way is None:
                break
            units = min(float(left[i]) for i in way)
            left[way] -= units
            trips[_trip(table, way)] += units
    ordered = sorted(trips, key=lambda t: t.place)
    return Shipments(
        tuple((t, trips[t]) for t in ordered), tuple((*key, cohorts[key]) for key in sorted(cohorts)), objective
    )


def _way_back(
    table: Timetable, left: Floats, coming: dict[tuple[int, tuple[int, int]], list[int]], j: int
) -> list[int] | None:
    """Columns from a source to a delivery that all have something left."""
    way, label = [j], table.labels[j]
    while label.tail is not None:
        found = [i for i in coming[label.flow, label.tail] if left[i] > HAIR and i not in way]
        if not found:
            return None
        way.append(found[0])
        label = table.labels[found[0]]
    return way[::-1]


def _trip(table: Timetable, way: list[int]) -> Trip:
    """The trip along columns from a source to a delivery."""
    s, p, pairs = table.matching.sources, table.problem, table.matching.pairs
    labels = [table.labels[j] for j in way]
    first, last = labels[0], labels[-1]
    order = first.what if first.kind == "order" else NO_ONE
    legs = [(label.what, label.day) for label in labels if label.kind == "leg"]
    if legs:
        arrive = legs[-1][1] + int(p.legs.days[legs[-1][0]])
    else:
        arrive = int(s.order_ready[order]) if order != NO_ONE else int(s.first[first.place])
    r, part = pairs.requirement[last.what], pairs.part[last.what]
    mine = (pairs.source == first.place) & (pairs.requirement == r) & (pairs.part == part)
    pair = int(np.flatnonzero(mine)[0])
    return Trip(pair, 1.0, tuple(leg for leg, _ in legs), tuple(day for _, day in legs), arrive, order)
