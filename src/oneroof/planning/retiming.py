"""The same deliveries on other days: arrivals by the true length of legs, departures as early as room allows."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from oneroof.planning.itineraries import itineraries_of
from oneroof.planning.ledger import Delivery, Ledger
from oneroof.planning.problem import Ints, Problem
from oneroof.planning.tables import Row
from oneroof.planning.tally import tally

HAIR = 1e-9
PASSES = 2  # what has moved makes room for what comes after

Days = dict[str, list[int]]  # delivery -> day of departure on each leg, or the one day where it lies already


def retimed(problem: Problem, tables: Mapping[str, list[Row]], margin: Ints | None) -> dict[str, list[Row]]:
    """A plan's lines with the days that the problem's legs take, and with the units served counted anew.

    ``margin`` (legs,) asks for earlier departures where there is room: goods leave as soon as they may, and ride on
    ``margin`` days after they have left a leg, or on the day that was planned, where that is sooner. None keeps every
    departure. Raises ValueError where a departure would come before the goods are there.
    """
    ledger = Ledger.of(problem, tables)
    days = {d.key: [move.depart for move in d.moves] or [d.depart] for d in ledger.deliveries}
    if margin is not None:
        days = _Earlier(problem, ledger, days, margin).days
    deliveries, movements = {row["delivery"]: row for row in tables["deliveries"]}, []
    for d in ledger.deliveries:
        arrive = days[d.key][0]
        for move, depart in zip(d.moves, days[d.key], strict=False):
            if depart < arrive:
                raise ValueError(f"{d.key} would leave on day {depart}, before it is there on day {arrive}")
            arrive = depart + int(problem.legs.days[move.leg])
            on = {"depart_on": _date(problem, depart), "arrive_on": _date(problem, arrive)}
            what = {"delivery": d.key, "step": str(move.step), "leg": problem.legs.keys[move.leg]}
            movements.append({**what, **on, "tonnes": deliveries[d.key]["tonnes"]})
        on = {"depart_on": _date(problem, days[d.key][0]), "arrive_on": _date(problem, arrive)}
        deliveries[d.key] = deliveries[d.key] | on
    lines = {**tables, "deliveries": list(deliveries.values()), "movements": movements}
    account = tally(problem, Ledger.of(problem, lines))
    return {**lines, "served": account.served_rows(problem)}


def _date(problem: Problem, day: int) -> str:
    """A day as the tables write it."""
    return problem.date(day).isoformat()


class _Earlier:
    """Moves departures forward, one delivery after another, the most points a tonne first."""

    def __init__(self, problem: Problem, ledger: Ledger, days: Days, margin: Ints) -> None:
        self.problem, self.ledger, self.days, self.margin = problem, ledger, days, margin.tolist()
        legs, ways = problem.legs, itineraries_of(problem, ledger)
        self.leg_left = (legs.capacity[:, None] - ways.leg_booked).tolist()
        self.node_left = (problem.nodes.handling[:, None] - ways.node_booked).tolist()
        self.origin, self.length = legs.origin.tolist(), legs.days.tolist()
        self.opens = np.maximum(legs.opens, 0).tolist()
        self.first = problem.offers.first.tolist()
        for _ in range(PASSES):
            for place in ways.order.tolist():
                self.move(ledger.deliveries[place])

    def move(self, d: Delivery) -> None:
        """Bring one delivery forward; it never leaves a node later than before."""
        planned = self.days[d.key]
        there = self.first[d.source] if d.from_offer else self.ledger.purchases[d.source].ready
        if not d.moves:
            self.days[d.key] = [min(there, planned[0])]
            return
        found: list[int] = []
        for k, move in enumerate(d.moves):
            self.take(move.leg, planned[k], -d.weight)
            day = self.earliest(move.leg, min(there, planned[k]), planned[k], d.weight)
            self.take(move.leg, day, d.weight)
            found.append(day)
            there = day + self.length[move.leg]
            if k + 1 < len(planned):
                there = max(there, min(there + self.margin[move.leg], planned[k + 1]))
        self.days[d.key] = found

    def take(self, leg: int, day: int, tonnes: float) -> None:
        """Take room on a leg and at its node in a week; give it back where tonnes are negative."""
        self.leg_left[leg][day // 7] -= tonnes
        self.node_left[self.origin[leg]][day // 7] -= tonnes

    def earliest(self, leg: int, first: int, last: int, tonnes: float) -> int:
        """The first day from ``first`` on with room; at the latest ``last``, where there is some."""
        day: int = max(first, self.opens[leg])
        lefts, nodes = self.leg_left[leg], self.node_left[self.origin[leg]]
        while day < last:
            week = day // 7
            if lefts[week] + HAIR >= tonnes and nodes[week] + HAIR >= tonnes:
                return day
            day = 7 * (week + 1)
        return last
