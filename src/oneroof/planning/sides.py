"""A problem and a plan of it, by who gives what to whom and who uses how much of what: one side of a comparison."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

import numpy as np

from oneroof.planning.columns import owner_of, runs_of
from oneroof.planning.ledger import Cohort, Ledger
from oneroof.planning.plan import Plan
from oneroof.planning.problem import Ints, Problem
from oneroof.planning.rules import whole_units_stay_whole
from oneroof.planning.schema import TABLE
from oneroof.planning.tables import Row
from oneroof.planning.tally import Tally, tally


class Ride(NamedTuple):
    """One departure on a leg."""

    leg: str
    on: dt.date


_Part = tuple[dt.date, dt.date, float, tuple[Ride, ...]]  # departure, arrival, quantity, rides


class Flow(NamedTuple):
    """When and by which ways one source gives to one requirement."""

    times: tuple[_Part, ...]

    @property
    def rides(self) -> set[Ride]:
        """Every departure on a leg."""
        return {ride for *_, rides in self.times for ride in rides}


class Brought(NamedTuple):
    """What one source gives to one requirement."""

    quantity: float
    first: int  # day of the first arrival
    last: int


class Line(NamedTuple):
    """Who gives what to whom: the line that two plans are compared by."""

    requirement: str
    kind: str  # offer, purchase or course
    source: str  # key of the offer, the supplier or the course
    fund: str  # key of the fund of a purchase
    item: str  # key of the item or course


@dataclass(frozen=True)
class Side:
    """One of the two plans with its problem and its account."""

    problem: Problem
    ledger: Ledger

    @staticmethod
    def of(problem: Problem, plan: Plan) -> Side:
        """From the tables of a plan; where it has fractions of whole units, fractions count."""
        ledger = Ledger.of(problem, plan.tables)
        return Side(problem, replace(ledger, relaxed=bool(whole_units_stay_whole(problem, ledger))))

    @cached_property
    def tally(self) -> Tally:
        """What the plan comes to."""
        return tally(self.problem, self.ledger)

    @cached_property
    def rows(self) -> dict[str, dict[str, Row]]:
        """The problem's rows by table and key."""
        single = {name: table.key[0] for name, table in TABLE.items() if len(table.key) == 1}
        return {name: {row[key]: row for row in self.problem.tables.rows[name]} for name, key in single.items()}

    @cached_property
    def donors(self) -> set[str]:
        """Nations that offer or fund something."""
        return {row["donor"] for name in ("offers", "funds") for row in self.rows[name].values()}

    def flow(self, line: Line) -> Flow:
        """When and by which ways one source gives to one requirement."""
        if line not in self._flows:
            self._flows[line] = _flow(self._trained[line] if line.kind == "course" else self._delivered(line))
        return self._flows[line]

    def _delivered(self, line: Line) -> list[_Part]:
        """The deliveries of a line."""
        p, lines = self.problem, self.ledger.lines
        parts, k = list[_Part](), self._numbers[line]
        for d in self._by_line[0][slice(*self._by_line[1][k : k + 2])].tolist():
            moves = slice(*lines.first[d : d + 2])
            rides = zip(lines.leg[moves].tolist(), lines.leave[moves].tolist(), strict=True)
            ways = tuple([Ride(p.legs.keys[leg], p.date(day)) for leg, day in rides])
            parts.append((p.date(lines.depart[d]), p.date(lines.arrive[d]), float(lines.quantity[d]), ways))
        return parts

    @cached_property
    def _trained(self) -> dict[Line, list[_Part]]:
        """The cohorts by line."""
        found, date = defaultdict[Line, list[_Part]](list), self.problem.date
        for c in self.ledger.cohorts:
            found[self._course(c)].append((date(c.start), date(c.ready), c.persons, ()))
        return found

    @cached_property
    def _flows(self) -> dict[Line, Flow]:
        """What ``flow`` has told."""
        return {}

    @cached_property
    def brought(self) -> dict[Line, Brought]:
        """How much each source gives to each requirement, and from when until when: flows without their ways."""
        lines, found = self.ledger.lines, dict[Line, Brought]()
        for c in self.ledger.cohorts:
            had = found.get(self._course(c), Brought(0.0, c.ready, c.ready))
            more = Brought(had.quantity + c.persons, min(had.first, c.ready), max(had.last, c.ready))
            found[self._course(c)] = more
        order, begin = self._by_line
        if not len(order):
            return found
        units = np.add.reduceat(lines.quantity[order], begin[:-1]).tolist()
        arrive = lines.arrive[order]
        sooner, later = (f.reduceat(arrive, begin[:-1]).tolist() for f in (np.minimum, np.maximum))
        columns = zip(self.lines, units, sooner, later, strict=True)
        return found | {line: Brought(*values) for line, *values in columns}

    @cached_property
    def lines(self) -> list[Line]:
        """The lines that bring goods, by requirement, source and fund."""
        order, begin = self._by_line
        return [self._line(k) for k in order[begin[:-1]].tolist()]

    @cached_property
    def line_of(self) -> Ints:
        """(deliveries,) the index of each delivery's line."""
        order, begin = self._by_line
        found = np.empty(len(order), np.int64)
        found[order] = owner_of(begin)
        return found

    @cached_property
    def _numbers(self) -> dict[Line, int]:
        """Line -> its index."""
        return {line: k for k, line in enumerate(self.lines)}

    @cached_property
    def _by_line(self) -> tuple[Ints, Ints]:
        """The deliveries so that those of one line stand together; where each line begins among them, and their end."""
        lines, bought = self.ledger.lines, self.ledger.purchases
        offered, at = lines.from_offer, np.where(lines.from_offer, 0, lines.source)
        supplier = np.array([x.supplier for x in bought] or [0], np.int64)[at]
        fund = np.where(offered, -1, np.array([x.fund for x in bought] or [0], np.int64)[at])
        source = np.where(offered, lines.source, supplier)
        order = np.lexsort((fund, source, lines.requirement))
        _, first = runs_of([fund[order], source[order], lines.requirement[order]])
        return order, np.append(first, len(order))

    def _line(self, k: int) -> Line:
        """Who gives to whom in a delivery."""
        p, lines = self.problem, self.ledger.lines
        requirement, item, source = (
            p.requirements.keys[lines.requirement[k]],
            p.items.keys[lines.item[k]],
            lines.source[k],
        )
        if lines.from_offer[k]:
            return Line(requirement, "offer", p.offers.keys[source], "", item)
        bought = self.ledger.purchases[source]
        return Line(requirement, "purchase", p.suppliers.keys[bought.supplier], p.funds.keys[bought.fund], item)

    def _course(self, cohort: Cohort) -> Line:
        """Who trains whom."""
        p = self.problem
        course = p.courses.keys[cohort.course]
        return Line(p.requirements.keys[cohort.requirement], "course", course, "", course)

    @cached_property
    def takers(self) -> dict[tuple[str, str], dict[str, float]]:
        """(``offer`` or ``fund``, its key) -> requirement -> units that it gives, or money."""
        found: dict[tuple[str, str], dict[str, float]] = defaultdict(lambda: defaultdict(float))
        for line, flow in self.brought.items():
            key = ("fund", line.fund) if line.kind == "purchase" else (line.kind, line.source)
            found[key][line.requirement] += flow.quantity * self.unit_cost(line)
        return found

    @cached_property
    def limits(self) -> dict[tuple[str, str], float]:
        """(``offer``, its key) -> units; (``fund``, its key) -> money."""
        p = self.problem
        tables = (("offer", p.offers.keys, p.offers.quantity), ("fund", p.funds.keys, p.funds.amount))
        return {
            (kind, key): limit
            for kind, keys, limits in tables
            for key, limit in zip(keys, limits.tolist(), strict=True)
        }

    def unit_cost(self, line: Line) -> float:
        """What one unit takes from its fund; 1 for what is not bought, so that units count."""
        return float(self.rows["suppliers"][line.source]["unit_price"]) if line.kind == "purchase" else 1.0


def _flow(parts: list[_Part]) -> Flow:
    """Deliveries by days and ways; those with the same ones are one."""
    times: dict[tuple[dt.date, dt.date, tuple[Ride, ...]], float] = defaultdict(float)
    for depart, arrive, units, rides in parts:
        times[depart, arrive, rides] += units
    return Flow(tuple(sorted((a, b, n, rides) for (a, b, rides), n in times.items())))
