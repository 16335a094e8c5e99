"""A problem and a plan of it, by who gives what to whom and who uses how much of what: one side of a comparison."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, replace
from functools import cache, cached_property
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from oneroof.planning.columns import runs_of
from oneroof.planning.ledger import Cohort, Ledger
from oneroof.planning.plan import Plan
from oneroof.planning.problem import Ints, Problem
from oneroof.planning.rules import whole_units_stay_whole
from oneroof.planning.schema import TABLE
from oneroof.planning.tables import Row
from oneroof.planning.tally import Tally, tally

Place = tuple[str, str, int]  # ``leg`` or ``node``, its key, week


class Ride(NamedTuple):
    """One departure on a leg."""

    leg: str
    on: dt.date


_Part = tuple[dt.date, dt.date, float, float, tuple[Ride, ...]]  # departure, arrival, quantity, tonnes, rides


class Flow(NamedTuple):
    """All that one source gives to one requirement; ``rides`` are all its departures."""

    quantity: float
    tonnes: float
    times: tuple[tuple[dt.date, dt.date, float, tuple[Ride, ...]], ...]  # departure, arrival, quantity, rides

    @property
    def rides(self) -> set[Ride]:
        """Every departure on a leg."""
        return {ride for _, _, _, rides in self.times for ride in rides}


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

    @cached_property
    def flows(self) -> dict[Line, Flow]:
        """What each source gives to each requirement."""
        p, lines = self.problem, self.ledger.lines
        date, rides, first = cache(p.date), self._rides(), lines.first.tolist()
        order, begin, found = *self._by_line(), dict[Line, Flow]()
        columns = (lines.depart, lines.arrive, lines.quantity, lines.weight)
        depart, arrive, units, tonnes = (column.tolist() for column in columns)
        for a, b in pairwise(begin.tolist()):
            parts = [
                (date(depart[k]), date(arrive[k]), units[k], tonnes[k], tuple(rides[first[k] : first[k + 1]]))
                for k in order[a:b].tolist()
            ]
            found[self._line(int(order[a]))] = _flow(parts)
        trained = defaultdict[Line, list[_Part]](list)
        for c in self.ledger.cohorts:
            trained[self._course(c)].append((p.date(c.start), p.date(c.ready), c.persons, 0.0, ()))
        return found | {line: _flow(parts) for line, parts in trained.items()}

    @cached_property
    def brought(self) -> dict[Line, Brought]:
        """How much each source gives to each requirement, and from when until when: flows without their ways."""
        lines, found = self.ledger.lines, dict[Line, Brought]()
        for c in self.ledger.cohorts:
            had = found.get(self._course(c), Brought(0.0, c.ready, c.ready))
            more = Brought(had.quantity + c.persons, min(had.first, c.ready), max(had.last, c.ready))
            found[self._course(c)] = more
        order, begin = self._by_line()
        if not len(order):
            return found
        units = np.add.reduceat(lines.quantity[order], begin[:-1]).tolist()
        arrive = lines.arrive[order]
        sooner, later = (f.reduceat(arrive, begin[:-1]).tolist() for f in (np.minimum, np.maximum))
        columns = zip(order[begin[:-1]].tolist(), units, sooner, later, strict=True)
        return found | {self._line(k): Brought(*values) for k, *values in columns}

    def _rides(self) -> list[Ride]:
        """The departure of every movement."""
        p, lines = self.problem, self.ledger.lines
        order = np.lexsort((lines.leave, lines.leg))
        run, first = runs_of([lines.leave[order], lines.leg[order]])
        days = zip(lines.leg[order[first]].tolist(), lines.leave[order[first]].tolist(), strict=True)
        single, place = [Ride(p.legs.keys[leg], p.date(day)) for leg, day in days], np.zeros(len(order), np.int64)
        place[order] = run
        return [single[i] for i in place.tolist()]

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
    def _at(self) -> dict[Place, tuple[float, Ints]]:
        """Place -> tonnes of all requirements, and the movements."""
        p, lines = self.problem, self.ledger.lines
        weight, week = lines.weight[lines.of_move], lines.leave // 7
        found: dict[Place, tuple[float, Ints]] = {}
        for kind, keys, which in (("leg", p.legs.keys, lines.leg), ("node", p.nodes.keys, p.legs.origin[lines.leg])):
            order = np.lexsort((week, which))
            _, first = runs_of([week[order], which[order]])
            if not len(first):
                continue
            tonnes = np.add.reduceat(weight[order], first).tolist()
            names = zip(which[order[first]].tolist(), week[order[first]].tolist(), strict=True)
            moves = np.split(order, first[1:])
            found |= {(kind, keys[i], w): (x, mine) for (i, w), x, mine in zip(names, tonnes, moves, strict=True)}
        return found

    def filled(self, place: Place) -> float:
        """Tonnes of all requirements."""
        return self._at[place][0] if place in self._at else 0.0

    def riders(self, place: Place) -> dict[str, float]:
        """Requirement -> tonnes."""
        if place not in self._ridden:
            self._ridden[place] = defaultdict(float)
            if place in self._at:
                delivery = self.ledger.lines.of_move[self._at[place][1]]
                who, weight = self.ledger.lines.requirement[delivery], self.ledger.lines.weight[delivery]
                for r, tonnes in zip(who.tolist(), weight.tolist(), strict=True):
                    self._ridden[place][self.problem.requirements.keys[r]] += tonnes
        return self._ridden[place]

    @cached_property
    def _ridden(self) -> dict[Place, dict[str, float]]:
        """What ``riders`` has told."""
        return {}

    @cached_property
    def takers(self) -> dict[tuple[str, str], dict[str, float]]:
        """(``offer`` or ``fund``, its key) -> requirement -> units that it gives, or money."""
        found: dict[tuple[str, str], dict[str, float]] = defaultdict(lambda: defaultdict(float))
        for line, flow in self.flows.items():
            key = ("fund", line.fund) if line.kind == "purchase" else (line.kind, line.source)
            found[key][line.requirement] += flow.quantity * self.unit_cost(line)
        return found

    @cached_property
    def limits(self) -> dict[tuple[str, str], float]:
        """(``leg`` or ``node``, key) -> tonnes a week; ``offer`` -> units; ``fund`` -> money."""
        p = self.problem
        tables = (
            ("leg", p.legs.keys, p.legs.capacity),
            ("node", p.nodes.keys, p.nodes.handling),
            ("offer", p.offers.keys, p.offers.quantity),
            ("fund", p.funds.keys, p.funds.amount),
        )
        return {
            (kind, key): limit
            for kind, keys, limits in tables
            for key, limit in zip(keys, limits.tolist(), strict=True)
        }

    def unit_cost(self, line: Line) -> float:
        """What one unit takes from its fund; 1 for what is not bought, so that units count."""
        return float(self.rows["suppliers"][line.source]["unit_price"]) if line.kind == "purchase" else 1.0


def _flow(parts: list[_Part]) -> Flow:
    """The sum of deliveries; those with the same days and ways are one."""
    if len(parts) == 1:
        depart, arrive, units, tonnes, rides = parts[0]
        return Flow(units, tonnes, ((depart, arrive, units, rides),))
    times: dict[tuple[dt.date, dt.date, tuple[Ride, ...]], float] = defaultdict(float)
    quantity = tonnes = 0.0
    for depart, arrive, units, weight, rides in parts:
        times[depart, arrive, rides] += units
        quantity, tonnes = quantity + units, tonnes + weight
    return Flow(quantity, tonnes, tuple(sorted((a, b, n, rides) for (a, b, rides), n in times.items())))
