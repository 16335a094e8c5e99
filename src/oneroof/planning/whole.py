"""From fractions to whole units: the columns at hand taken apart into deliveries, cohorts and packages, then made whole."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from oneroof.planning import master
from oneroof.planning.columns import Column, Packed, Pool, Trip
from oneroof.planning.goals import timeliness
from oneroof.planning.problem import NO_ONE, Bools, Floats, Ints, Problem


@dataclass(frozen=True)
class Shipments:
    """What a plan does: quantities of trips, persons of requirements in starts of courses."""

    trips: tuple[tuple[Trip, float], ...]
    cohorts: tuple[tuple[int, int, float], ...]  # requirement, start, persons
    objective: float  # as the program counts it; the written plan is counted again


@dataclass
class Program:
    """Deliveries, cohorts and packages as one program, with whole numbers where the rules ask for them.

    Beyond the limits it has a row for every part of a package requirement and every day on which packages may be
    complete: packages complete by then need no more of the part than is there.
    """

    pool: Pool
    trips: list[Trip] = field(default_factory=list)
    cohorts: list[tuple[int, int, int]] = field(default_factory=list)  # requirement, place of the part, start
    packages: list[tuple[int, int]] = field(default_factory=list)  # requirement, day
    relaxed: Floats = field(default_factory=lambda: np.zeros(0))  # (columns,) quantities of the relaxed plan


def decompose(pool: Pool, quantity: Floats, chosen: Bools) -> Program:
    """Take the chosen columns apart; quantities of equal pieces add up."""
    trips: dict[Trip, float] = {}
    cohorts: dict[tuple[int, int, int], float] = {}
    packages: dict[tuple[int, int], float] = {}
    for j in np.flatnonzero(chosen):
        column, x = pool.columns[j], float(quantity[j])
        for trip in column.trips:
            one = Trip(trip.pair, 1.0, trip.legs, trip.days, trip.arrive, trip.order)
            trips[one] = trips.get(one, 0.0) + x * trip.quantity
        if column.is_package:
            _take_cohorts(pool, column, x, cohorts)
            packages[column.requirement, column.day] = packages.get((column.requirement, column.day), 0.0) + x
    program = Program(pool)
    program.trips = sorted(trips, key=lambda t: (t.pair, t.arrive, t.legs, t.days, t.order))
    program.cohorts, program.packages = sorted(cohorts), sorted(packages)
    program.relaxed = np.array(
        [trips[t] for t in program.trips]
        + [cohorts[c] for c in program.cohorts]
        + [packages[g] for g in program.packages]
    )
    return program


def _take_cohorts(pool: Pool, column: Column, x: float, cohorts: dict[tuple[int, int, int], float]) -> None:
    """Enter the cohorts of a package column; starts tell the course, the course its place among the parts."""
    p = pool.problem
    places = {
        part.what: place
        for place, part in enumerate(p.packages.parts[p.requirements.package[column.requirement]])
        if part.is_course
    }
    for start, persons in column.cohorts:
        place = places[int(pool.limits.start_course[start])]
        key = column.requirement, place, start
        cohorts[key] = cohorts.get(key, 0.0) + x * persons


def packed(program: Program) -> tuple[Packed, Floats, Bools]:
    """The program as arrays: gains, uses and amounts of all rows; which columns take whole numbers."""
    pool, p, lim = program.pool, program.pool.problem, program.pool.limits
    pairs, s = pool.matching.pairs, pool.matching.sources
    days: dict[int, list[int]] = {}
    for r, day in program.packages:
        days.setdefault(r, []).append(day)
    link: dict[tuple[int, int, int], int] = {}
    for r, found in days.items():
        for place in range(len(p.packages.parts[p.requirements.package[r]])):
            for day in found:
                link[r, place, day] = lim.end + len(link)
    gains, uses, whole = [], [], []
    for trip in program.trips:
        r, place = int(pairs.requirement[trip.pair]), int(pairs.part[trip.pair])
        column = Column(r, (trip,), (), trip.arrive, is_package=False)
        rows, values = pool.uses(column, floors=True)
        more = [link[r, place, d] for d in days.get(r, []) if d >= trip.arrive] if place != NO_ONE else []
        uses.append((np.append(rows, more).astype(np.int64), np.append(values, -np.ones(len(more)))))
        gains.append(pool.worth(column))
        whole.append(bool(p.items.whole[s.item[pairs.source[trip.pair]]]))
    for r, place, start in program.cohorts:
        course = int(lim.start_course[start])
        ready = int(lim.start_day[start] + p.courses.days[course])
        more = [link[r, place, d] for d in days[r] if d >= ready]
        rows = [x for x in (lim.course + start, lim.trainees + int(lim.start_day[start]) // 7) if lim.amount[x] < np.inf]
        uses.append((np.array(rows + more, np.int64), np.append(np.ones(len(rows)), -np.ones(len(more)))))
        gains.append(0.0)
        whole.append(True)
    for r, day in program.packages:
        rows, values = [lim.requirement + r], [1.0]
        for place, part in enumerate(p.packages.parts[p.requirements.package[r]]):
            for d in days[r]:
                if d >= day:
                    rows.append(link[r, place, d])
                    values.append(part.quantity)
        uses.append((np.array(rows, np.int64), np.array(values)))
        time = float(timeliness(p.requirements.due[r], p.requirements.latest[r], day))
        gains.append(float(p.requirements.points[r]) * time)
        whole.append(True)
    amount = np.append(lim.amount, np.zeros(len(link)))
    return _arrays(gains, uses, amount), amount, np.array(whole, np.bool_)


def _arrays(gains: list[float], uses: list[tuple[Ints, Floats]], amount: Floats) -> Packed:
    """Columns as arrays; the most of each is what its limits allow alone."""
    first = np.zeros(len(uses) + 1, np.int64)
    np.cumsum([len(rows) for rows, _ in uses], out=first[1:])
    rows = np.concatenate([rows for rows, _ in uses]) if uses else np.zeros(0, np.int64)
    values = np.concatenate([values for _, values in uses]) if uses else np.zeros(0)
    most = np.full(len(uses), np.inf)
    positive = (values > 0) & (amount[rows] > 0)  # rows that only link pieces allow 0 and bound nothing alone
    column = np.repeat(np.arange(len(uses)), np.diff(first))
    np.minimum.at(most, column[positive], amount[rows[positive]] / values[positive])
    return Packed(np.array(gains), most, first, rows, values)


def shipments(program: Program, quantity: Floats, gain: Floats) -> Shipments:
    """The pieces of a program in use."""
    a, b = len(program.trips), len(program.trips) + len(program.cohorts)
    trips = tuple((t, float(x)) for t, x in zip(program.trips, quantity[:a], strict=True) if x > 1e-9)
    cohorts = tuple(
        (r, start, float(x)) for (r, _, start), x in zip(program.cohorts, quantity[a:b], strict=True) if x > 1e-9
    )
    return Shipments(trips, cohorts, float(gain @ quantity))


def floors(problem: Problem, pool: Pool) -> tuple[Ints, Floats] | None:
    """The rows of pins and what they ask, rounded up where the item comes in whole units."""
    pins = problem.pins
    if not len(pins.quantity):
        return None
    whole = problem.items.whole[problem.offers.item[pins.offer]]
    asked = np.where(whole, np.ceil(pins.quantity - 1e-9), pins.quantity)
    return pool.limits.pin + np.arange(len(asked)), asked
