"""What a plan comes to, counted anew from its lines: units served, points, costs and the use of every limit."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from oneroof.planning.goals import timeliness
from oneroof.planning.ledger import PRINTED, TOLERANCE, Ledger, Serving, over, wanted_item
from oneroof.planning.plan import printed
from oneroof.planning.problem import Floats, Ints, Problem
from oneroof.planning.tables import Row

Use = dict[tuple[int, int], float]  # (index of the limit, week) -> used


class Served(NamedTuple):
    """Units of a requirement that count on a day, and the points they earn."""

    requirement: int
    day: int
    quantity: float
    points: float


@dataclass(frozen=True)
class Uses:
    """How much of every limit a plan uses; what is absent is 0."""

    offer: dict[int, float]  # units
    leg: Use  # tonnes departing
    node: Use  # tonnes departing
    fund: dict[int, float]  # currency, by quantity times price
    supplier: Use  # units by order week
    start: dict[tuple[int, int], float]  # (course, day of the start) -> persons
    course: Use  # persons by week of the start
    trainees: dict[int, float]  # week -> persons
    lines: dict[tuple[str, int, int], int]  # (kind, index, week) -> printed numbers

    def of(self, kind: str, which: int, week: int) -> float:
        """What prices.csv calls ``used``; ``week`` is -1 where there is none, for a course then of all weeks."""
        if kind == "offer":
            return self.offer.get(which, 0.0)
        if kind == "fund":
            return self.fund.get(which, 0.0)
        if kind == "trainees":
            return self.trainees.get(week, 0.0)
        if kind == "course" and week < 0:
            return math.fsum(persons for (course, _), persons in self.start.items() if course == which)
        table: Use = {"leg": self.leg, "node": self.node, "supplier": self.supplier, "course": self.course}[kind]
        return table.get((which, week), 0.0)


@dataclass(frozen=True)
class Tally:
    """A plan's account: units by requirement, points, costs."""

    served: tuple[Served, ...]  # by requirement and day
    in_time: Floats  # (requirements,) units by due
    late: Floats  # (requirements,) units after due, also those that earn nothing
    missing: Floats  # (requirements,) units that never come
    met: tuple[bool, ...]  # (requirements,) whether all units come by due; the others have a row in gaps.csv
    points: float
    transport_cost: float  # currency
    tonnes: float  # tonnes of all deliveries

    @property
    def objective(self) -> float:
        """Points less transport cost."""
        return self.points - self.transport_cost

    def served_rows(self, problem: Problem) -> list[Row]:
        """The rows of served.csv."""
        keys = problem.requirements.keys
        rows = []
        for r, day, quantity, points in self.served:
            if quantity > PRINTED:
                told = problem.date(day).isoformat()
                row = {"requirement": keys[r], "served_on": told, "quantity": printed(quantity)}
                rows.append(row | {"points": printed(points)})
        return rows

    def gap_quantities(self, problem: Problem) -> list[Row]:
        """The first columns of gaps.csv (requirement, quantity, in_time, late, missing), a row for each not met."""
        q = problem.requirements
        return [
            {
                "requirement": q.keys[r],
                "quantity": printed(q.quantity[r]),
                "in_time": printed(self.in_time[r]),
                "late": printed(self.late[r]),
                "missing": printed(self.missing[r]),
            }
            for r, met in enumerate(self.met)
            if not met
        ]

    def figures(self) -> dict[str, Any]:
        """The figures of summary.json that follow from the lines."""
        return {
            "objective": self.objective,
            "points": self.points,
            "transport_cost": self.transport_cost,
            "tonnes": self.tonnes,
            "requirements": len(self.met),
            "requirements_met_in_time": sum(self.met),
        }


def tally(problem: Problem, ledger: Ledger) -> Tally:
    """Count a plan from its deliveries, movements and cohorts; what served.csv says plays no part."""
    served = _item_units(problem, ledger) + _package_units(problem, ledger)
    served.sort()
    q = problem.requirements
    count = len(q.keys)
    who = np.array([s.requirement for s in served], dtype=np.int64)
    units = np.array([s.quantity for s in served], dtype=np.float64)
    soon = np.array([s.day for s in served], dtype=np.int64) <= q.due[who]
    in_time = np.bincount(who[soon], units[soon], count).astype(np.float64)
    late = np.bincount(who[~soon], units[~soon], count).astype(np.float64)
    lines = [0] * count
    for delivery in ledger.deliveries:
        lines[delivery.requirement] += 1
    cost = problem.legs.cost.tolist()
    return Tally(
        tuple(served),
        in_time,
        late,
        np.maximum(q.quantity - in_time - late, 0.0),
        tuple(not over(a, b, 1 + n) for a, b, n in zip(q.quantity.tolist(), in_time.tolist(), lines, strict=True)),
        math.fsum(s.points for s in served),
        math.fsum(d.weight * cost[move.leg] for d in ledger.deliveries for move in d.moves),
        math.fsum(d.weight for d in ledger.deliveries),
    )


def uses(problem: Problem, ledger: Ledger) -> Uses:
    """What the plan uses of every limit."""
    found = Uses(
        offer=defaultdict(float),
        leg=defaultdict(float),
        node=defaultdict(float),
        fund=defaultdict(float),
        supplier=defaultdict(float),
        start=defaultdict(float),
        course=defaultdict(float),
        trainees=defaultdict(float),
        lines=defaultdict(int),
    )
    origin, price = problem.legs.origin.tolist(), problem.suppliers.price.tolist()
    for delivery in ledger.deliveries:
        if delivery.from_offer:
            found.offer[delivery.source] += delivery.quantity
            found.lines["offer", delivery.source, -1] += 1
        for move in delivery.moves:
            node, week = origin[move.leg], move.depart // 7
            found.leg[move.leg, week] += delivery.weight
            found.node[node, week] += delivery.weight
            found.lines["leg", move.leg, week] += 1
            found.lines["node", node, week] += 1
    for purchase in ledger.purchases:
        week = purchase.order // 7
        found.fund[purchase.fund] += purchase.quantity * price[purchase.supplier]
        found.supplier[purchase.supplier, week] += purchase.quantity
        found.lines["fund", purchase.fund, -1] += 1
        found.lines["supplier", purchase.supplier, week] += 1
    for cohort in ledger.cohorts:
        week = cohort.start // 7
        found.start[cohort.course, cohort.start] += cohort.persons
        found.course[cohort.course, week] += cohort.persons
        found.trainees[week] += cohort.persons
    return found


def points_on(problem: Problem, requirement: Ints, day: Ints) -> Floats:
    """Points that one unit of each requirement earns when it is served on the day."""
    q = problem.requirements
    earned: Floats = q.points[requirement] * timeliness(q.due[requirement], q.latest[requirement], day)
    return earned


def _item_units(problem: Problem, ledger: Ledger) -> list[Served]:
    """Units of requirements for an item: each delivery counts on its day of arrival, a substitute by its preference."""
    serving = Serving.of(problem)
    units: dict[tuple[int, int], list[float]] = {}
    for delivery in ledger.deliveries:
        wanted = wanted_item(problem, delivery.requirement)
        per_preference = None if wanted is None else serving.units.get((wanted, delivery.item))
        if per_preference:
            per, preference = per_preference
            had = units.setdefault((delivery.requirement, delivery.arrive), [0.0, 0.0])
            had[0] += delivery.quantity / per
            had[1] += delivery.quantity / per * preference
    return _with_points(problem, [(r, day, n, worth) for (r, day), (n, worth) in units.items()])


def _package_units(problem: Problem, ledger: Ledger) -> list[Served]:
    """Units of requirements for a package: each counts on the first day on which all its parts are there."""
    events: dict[int, list[tuple[int, tuple[bool, int], float]]] = defaultdict(list)
    for delivery in ledger.deliveries:
        if wanted_item(problem, delivery.requirement) is None:
            events[delivery.requirement].append((delivery.arrive, (False, delivery.item), delivery.quantity))
    for cohort in ledger.cohorts:
        if wanted_item(problem, cohort.requirement) is None:
            events[cohort.requirement].append((cohort.ready, (True, cohort.course), cohort.persons))
    found: list[tuple[int, int, float, float]] = []
    for r, happened in events.items():
        parts = problem.packages.parts[problem.requirements.package[r]]
        needs = {(part.is_course, part.what): part.quantity for part in parts}
        complete = _completed(needs, happened, float(problem.requirements.quantity[r]), ledger.relaxed)
        found += [(r, day, n, n) for day, n in complete]
    return _with_points(problem, found)


def _completed(
    needs: dict[tuple[bool, int], float],
    events: list[tuple[int, tuple[bool, int], float]],
    limit: float,
    relaxed: bool,
) -> Iterable[tuple[int, float]]:
    """The days on which packages become complete, and how many; whole ones unless ``relaxed``."""
    stock = dict.fromkeys(needs, 0.0)
    slack = 0.0 if relaxed else TOLERANCE + PRINTED * len(events)  # fractional parts are printed with 6 decimals
    most, had = _packages(limit, relaxed), 0.0
    by_day: dict[int, list[tuple[tuple[bool, int], float]]] = defaultdict(list)
    for day, part, quantity in events:
        by_day[day].append((part, quantity))
    for day in sorted(by_day):
        for part, quantity in by_day[day]:
            if part in stock:
                stock[part] += quantity
        ready = min((_packages((stock[part] + slack) / need, relaxed) for part, need in needs.items()), default=0.0)
        ready = min(ready, most)
        if ready > had + (PRINTED if relaxed else 0.0):
            yield day, ready - had
            had = ready


def _packages(number: float, relaxed: bool) -> float:
    """How many packages a number of packages is: all of it when ``relaxed``, else the whole ones."""
    return number if relaxed else float(math.floor(number + TOLERANCE))


def _with_points(problem: Problem, units: list[tuple[int, int, float, float]]) -> list[Served]:
    """(requirement, day, units, units weighed by preference) with the points they earn."""
    who = np.array([r for r, _, _, _ in units], dtype=np.int64)
    day = np.array([d for _, d, _, _ in units], dtype=np.int64)
    each = points_on(problem, who, day).tolist()
    return [Served(r, d, n, weighed * e) for (r, d, n, weighed), e in zip(units, each, strict=True)]
