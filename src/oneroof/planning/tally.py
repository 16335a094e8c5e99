"""What a plan comes to, counted anew from its lines: units served, points, costs and the use of every limit."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

import numpy as np

from oneroof.planning.goals import timeliness
from oneroof.planning.ledger import PRINTED, TOLERANCE, Ledger, Serving, over, wanted_item
from oneroof.planning.plan import printed
from oneroof.planning.problem import NO_ONE, Floats, Ints, Problem
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
        rows, date = list[Row](), cache(problem.date)
        for r, day, quantity, points in self.served:
            if quantity > PRINTED:
                told = date(day).isoformat()
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
    """Count a plan from its deliveries, movements and cohorts; what served.csv says plays no part.

    It is counted once for a ledger, which keeps it.
    """
    if "tally" not in ledger.kept:
        ledger.kept["tally"] = _tally(problem, ledger)
    counted: Tally = ledger.kept["tally"]
    return counted


def _tally(problem: Problem, ledger: Ledger) -> Tally:
    """The account, counted."""
    found = _item_units(problem, ledger) + _package_units(problem, ledger)
    served = tuple(sorted(found))
    q, lines = problem.requirements, ledger.lines
    count = len(q.keys)
    who = np.array([s.requirement for s in served], dtype=np.int64)
    units = np.array([s.quantity for s in served], dtype=np.float64)
    soon = np.array([s.day for s in served], dtype=np.int64) <= q.due[who]
    in_time = np.bincount(who[soon], units[soon], count).astype(np.float64)
    late = np.bincount(who[~soon], units[~soon], count).astype(np.float64)
    printed_lines = lines_by_requirement(problem, ledger).tolist()
    cost = lines.weight[lines.of_move] * problem.legs.cost[lines.leg]
    return Tally(
        served,
        in_time,
        late,
        np.maximum(q.quantity - in_time - late, 0.0),
        tuple(
            not over(a, b, 1 + n) for a, b, n in zip(q.quantity.tolist(), in_time.tolist(), printed_lines, strict=True)
        ),
        math.fsum(s.points for s in served),
        math.fsum(cost.tolist()),
        math.fsum(lines.weight.tolist()),
    )


def lines_by_requirement(problem: Problem, ledger: Ledger) -> Ints:
    """(requirements,) how many deliveries each gets."""
    counted: Ints = np.bincount(ledger.lines.requirement, minlength=len(problem.requirements.keys))
    return counted


def uses(problem: Problem, ledger: Ledger) -> Uses:
    """What the plan uses of every limit, counted once for a ledger, which keeps it."""
    if "uses" not in ledger.kept:
        ledger.kept["uses"] = _uses(problem, ledger)
    used: Uses = ledger.kept["uses"]
    return used


def _uses(problem: Problem, ledger: Ledger) -> Uses:
    """The uses, counted."""
    lines, none = ledger.lines, -1
    given, quantity = lines.source[lines.from_offer], lines.quantity[lines.from_offer]
    origin, week, tonnes = problem.legs.origin[lines.leg], lines.leave // 7, lines.weight[lines.of_move]
    bought = _columns([(x.fund, x.supplier, x.order // 7) for x in ledger.purchases], 3)
    units = np.array([x.quantity for x in ledger.purchases], np.float64)
    starts = _columns([(c.course, c.start, c.start // 7) for c in ledger.cohorts], 3)
    persons = np.array([c.persons for c in ledger.cohorts], np.float64)
    counts: dict[tuple[str, int, int], int] = {}
    for kind, which, when in (
        ("offer", given, np.full(len(given), none)),
        ("leg", lines.leg, week),
        ("node", origin, week),
        ("fund", bought[0], np.full(len(units), none)),
        ("supplier", bought[1], bought[2]),
    ):
        told = totals(np.ones(len(which)), which, when)
        counts.update({(kind, *thing): round(count) for thing, count in told.items()})
    return Uses(
        offer=_single(totals(quantity, given)),
        leg=totals(tonnes, lines.leg, week),
        node=totals(tonnes, origin, week),
        fund=_single(totals(units * problem.suppliers.price[bought[1]], bought[0])),
        supplier=totals(units, bought[1], bought[2]),
        start=totals(persons, starts[0], starts[1]),
        course=totals(persons, starts[0], starts[2]),
        trainees=_single(totals(persons, starts[2])),
        lines=counts,
    )


def totals(amounts: Floats, *columns: Ints) -> dict[Any, float]:
    """Sums of amounts by the values of columns, as tuples in the order in which they first occur."""
    if not len(amounts):
        return {}
    code = np.zeros(len(amounts), np.int64)
    for column in columns:
        least = int(column.min())
        code = code * (int(column.max()) - least + 1) + (column - least)
    _, first, place = np.unique(code, return_index=True, return_inverse=True)
    sums = np.bincount(place, amounts, len(first))
    order = np.argsort(first)
    keys = zip(*(column[first[order]].tolist() for column in columns), strict=True)
    return dict(zip(keys, sums[order].tolist(), strict=True))


def _single(found: dict[tuple[int], float]) -> dict[int, float]:
    """Totals by one column, without tuples."""
    return {key: amount for (key,), amount in found.items()}


def _columns(rows: list[tuple[int, ...]], width: int) -> Ints:
    """(width, rows) rows as columns."""
    return np.array(rows, np.int64).reshape(len(rows), width).T


def points_on(problem: Problem, requirement: Ints, day: Ints) -> Floats:
    """Points that one unit of each requirement earns when it is served on the day."""
    q = problem.requirements
    earned: Floats = q.points[requirement] * timeliness(q.due[requirement], q.latest[requirement], day)
    return earned


def _item_units(problem: Problem, ledger: Ledger) -> list[Served]:
    """Units of requirements for an item: each delivery counts on its day of arrival, a substitute by its preference."""
    lines, kinds = ledger.lines, len(problem.items.keys)
    wanted = problem.requirements.item[lines.requirement]
    code = np.where(wanted == NO_ONE, -1, wanted * kinds + lines.item)
    pairs, place = np.unique(code, return_inverse=True)
    units = Serving.of(problem).units
    served = [units.get(divmod(pair, kinds), (0.0, 0.0)) for pair in pairs.tolist()]  # 0: it does not serve
    per = np.array([per for per, _ in served])[place] if served else np.zeros(0)
    preference = np.array([preference for _, preference in served])[place] if served else np.zeros(0)
    serves = per > 0
    who, day = lines.requirement[serves], lines.arrive[serves]
    number = lines.quantity[serves] / per[serves]
    each, weighed = totals(number, who, day), totals(number * preference[serves], who, day)
    return _with_points(problem, [(r, d, n, weighed[r, d]) for (r, d), n in each.items()])


def _package_units(problem: Problem, ledger: Ledger) -> list[Served]:
    """Units of requirements for a package: each counts on the first day on which all its parts are there."""
    events: dict[int, list[tuple[int, tuple[bool, int], float]]] = defaultdict(list)
    lines = ledger.lines
    mine = problem.requirements.item[lines.requirement] == NO_ONE
    columns = (lines.requirement, lines.arrive, lines.item, lines.quantity)
    for r, day, item, quantity in zip(*(column[mine].tolist() for column in columns), strict=True):
        events[r].append((day, (False, item), quantity))
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
