"""The columns at hand taken apart into deliveries, cohorts and packages: one program with whole numbers."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from oneroof.planning.columns import Column, Columns, Packed, Trip, Trips
from oneroof.planning.goals import timeliness
from oneroof.planning.pool import Pool
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
    known: dict[Trip, tuple[float, Ints, Floats]] = field(default_factory=dict)  # gain, rows and uses of trips seen

    def requirements(self) -> Ints:
        """The requirement of every column."""
        of = self.pool.matching.pairs.requirement
        found = [int(of[t.pair]) for t in self.trips] + [c[0] for c in self.cohorts] + [g[0] for g in self.packages]
        return np.array(found, np.int64)


def decompose(pool: Pool, quantity: Floats, chosen: Bools) -> Program:
    """Take the chosen columns apart; quantities of equal pieces add up."""
    trips: dict[Trip, float] = {}
    cohorts: dict[tuple[int, int, int], float] = {}
    packages: dict[tuple[int, int], float] = {}
    columns, count = pool.columns.take(np.flatnonzero(chosen)), quantity[chosen]
    units = np.repeat(count, np.diff(columns.trip_first)) * columns.trips.quantity
    for trip, x in zip(columns.trips.plain().listed(), units.tolist(), strict=True):
        trips[trip] = trips.get(trip, 0.0) + x
    for j in np.flatnonzero(columns.is_package).tolist():
        column, x = columns.column(j), float(count[j])
        _take_cohorts(pool, column, x, cohorts)
        packages[column.requirement, column.day] = packages.get((column.requirement, column.day), 0.0) + x
    program = Program(pool)
    program.trips = sorted(trips, key=lambda t: t.place)
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
    days: dict[int, list[int]] = {}
    for r, day in program.packages:
        days.setdefault(r, []).append(day)
    link: dict[tuple[int, int, int], int] = {}
    for r, found in days.items():
        for place in range(len(p.packages.parts[p.requirements.package[r]])):
            for day in found:
                link[r, place, day] = lim.end + len(link)
    _learn(program)
    gains, uses, whole = [], [], []
    for trip in program.trips:
        gain, used, is_whole = _of_trip(program, trip, days, link)
        gains.append(gain)
        uses.append(used)
        whole.append(is_whole)
    for cohort in program.cohorts:
        gains.append(0.0)
        uses.append(_of_cohort(pool, cohort, days, link))
    for r, day in program.packages:
        time = float(timeliness(p.requirements.due[r], p.requirements.latest[r], day))
        gains.append(float(p.requirements.points[r]) * time)
        uses.append(_of_package(pool, r, day, days, link))
    whole += [True] * (len(program.cohorts) + len(program.packages))
    amount = np.append(lim.amount, np.zeros(len(link)))
    return _arrays(gains, uses, amount), amount, np.array(whole, np.bool_)


_Days = dict[int, list[int]]  # of package requirements: the days on which packages may be complete
_Links = dict[tuple[int, int, int], int]  # requirement, place of the part, day -> row


def _learn(program: Program) -> None:
    """Gain and rows of the trips that were not seen before."""
    pool, new = program.pool, [trip for trip in program.trips if trip not in program.known]
    trips = Trips.of(new)
    worth, q = pool.entered(Columns.deliveries(pool.matching.pairs.requirement[trips.pair], trips), floors=True)
    for j, trip in enumerate(new):
        span = slice(int(q.first[j]), int(q.first[j + 1]))
        program.known[trip] = float(worth[j]), q.rows[span], q.values[span]


def _of_trip(program: Program, trip: Trip, days: _Days, link: _Links) -> tuple[float, tuple[Ints, Floats], bool]:
    """Gain and rows of a trip, and whether only whole units ride it."""
    pool = program.pool
    pairs, s = pool.matching.pairs, pool.matching.sources
    r, place = int(pairs.requirement[trip.pair]), int(pairs.part[trip.pair])
    gain, rows, values = program.known[trip]
    if place != NO_ONE:
        more = [link[r, place, d] for d in days.get(r, []) if d >= trip.arrive]
        rows, values = np.append(rows, more).astype(np.int64), np.append(values, -np.ones(len(more)))
    return gain, (rows, values), bool(pool.problem.items.whole[s.item[pairs.source[trip.pair]]])


def _of_cohort(pool: Pool, cohort: tuple[int, int, int], days: _Days, link: _Links) -> tuple[Ints, Floats]:
    """Rows of persons of a requirement in a start of a course."""
    p, lim = pool.problem, pool.limits
    r, place, start = cohort
    ready = int(lim.start_day[start] + p.courses.days[lim.start_course[start]])
    more = [link[r, place, d] for d in days.get(r, []) if d >= ready]
    rows = [x for x in (lim.course + start, lim.trainees + int(lim.start_day[start]) // 7) if lim.amount[x] < np.inf]
    return np.array(rows + more, np.int64), np.append(np.ones(len(rows)), -np.ones(len(more)))


def _of_package(pool: Pool, r: int, day: int, days: _Days, link: _Links) -> tuple[Ints, Floats]:
    """Rows of packages that are complete by a day: from then on their parts are spoken for."""
    p = pool.problem
    rows, values = [pool.limits.requirement + r], [1.0]
    for place, part in enumerate(p.packages.parts[p.requirements.package[r]]):
        for d in days[r]:
            if d >= day:
                rows.append(link[r, place, d])
                values.append(part.quantity)
    return np.array(rows, np.int64), np.array(values)


def _arrays(gains: list[float], uses: list[tuple[Ints, Floats]], amount: Floats) -> Packed:
    """Columns as arrays; the most of each is what its limits allow alone."""
    first = np.zeros(len(uses) + 1, np.int64)
    np.cumsum([len(rows) for rows, _ in uses], out=first[1:])
    rows = np.concatenate([rows for rows, _ in uses]) if uses else np.zeros(0, np.int64)
    values = np.concatenate([values for _, values in uses]) if uses else np.zeros(0)
    program = Packed(np.array(gains), np.zeros(0), first, rows, values)
    return replace(program, most=most_alone(program, amount))


def most_alone(program: Packed, amount: Floats) -> Floats:
    """The most of every column that the rows allow it alone; rows that only link pieces allow 0 and bound nothing."""
    most = np.full(len(program.gain), np.inf)
    column = program.owner()
    own = (program.values > 0) & np.isfinite(amount[program.rows])
    linked = np.zeros(len(amount), np.bool_)
    linked[program.rows[program.values < 0]] = True
    own &= ~linked[program.rows]
    np.minimum.at(most, column[own], amount[program.rows[own]] / program.values[own])
    return most


def shipments(program: Program, quantity: Floats, gain: Floats) -> Shipments:
    """The pieces of a program in use."""
    a, b = len(program.trips), len(program.trips) + len(program.cohorts)
    trips = tuple((t, float(x)) for t, x in zip(program.trips, quantity[:a], strict=True) if x > 1e-9)
    cohorts = tuple(
        (r, start, float(x)) for (r, _, start), x in zip(program.cohorts, quantity[a:b], strict=True) if x > 1e-9
    )
    return Shipments(trips, cohorts, float(gain @ quantity))


def floors(problem: Problem, pool: Pool, requirements: list[int] | None = None) -> tuple[Ints, Floats] | None:
    """The rows of pins (of some requirements) and what they ask, rounded up where the item comes in whole units."""
    pins = problem.pins
    mine = np.arange(len(pins.quantity))
    if requirements is not None:
        mine = mine[np.isin(pins.requirement, requirements)]
    if not len(mine):
        return None
    whole, quantity = problem.items.whole[problem.offers.item[pins.offer[mine]]], pins.quantity[mine]
    return pool.limits.pin + mine, np.where(whole, np.ceil(quantity - 1e-9), quantity)
