"""Whole units made better: free a few requirements at a time and settle them again by a small mixed-integer program."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from oneroof.planning import master
from oneroof.planning.columns import Trip
from oneroof.planning.packing import HAIR, Packing, Placed, Whole
from oneroof.planning.problem import Floats
from oneroof.planning.whole import Program, packed


class Library:
    """All pieces seen so far, by requirement: trips, cohorts, days on which packages were complete."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.trips: dict[int, dict[Trip, None]] = {}
        self.cohorts: dict[int, set[tuple[int, int, int]]] = {}
        self.packages: dict[int, set[tuple[int, int]]] = {}
        requirement = program.pool.matching.pairs.requirement
        for trip in program.trips:
            self.trips.setdefault(int(requirement[trip.pair]), {})[trip] = None
        for cohort in program.cohorts:
            self.cohorts.setdefault(cohort[0], set()).add(cohort)
        for package in program.packages:
            self.packages.setdefault(package[0], set()).add(package)

    def learn(self, packing: Packing) -> None:
        """Take in what a packing uses."""
        p, lim = packing.problem, packing.limits
        for placed in packing.placed:
            self.trips.setdefault(int(packing.pairs.requirement[placed.trip.pair]), {})[placed.trip] = None
        for whole in packing.wholes:
            r = whole.requirement
            places = {x.what: i for i, x in enumerate(p.packages.parts[p.requirements.package[r]]) if x.is_course}
            self.packages.setdefault(r, set()).add((r, whole.day))
            for placed in whole.parts:
                self.trips.setdefault(r, {})[placed.trip] = None
            for start, _ in whole.cohorts:
                self.cohorts.setdefault(r, set()).add((r, places[int(lim.start_course[start])], start))

    def some(self, requirements: list[int]) -> Program:
        """The pieces of some requirements, in a fixed order."""
        program = Program(self.program.pool)
        program.trips = sorted(
            (t for r in requirements for t in self.trips.get(r, {})), key=lambda t: (t.pair, t.arrive, t.legs, t.days, t.order)
        )
        program.cohorts = sorted(c for r in requirements for c in self.cohorts.get(r, ()))
        program.packages = sorted(g for r in requirements for g in self.packages.get(r, ()))
        return program


def settle(packing: Packing, library: Library, free: list[int], nodes: int, rng: np.random.Generator) -> bool:
    """Take some requirements' pieces out and put the best found back; whether the plan became better."""
    before = packing.objective
    chosen = set(free)
    of = packing.pairs.requirement
    old = [x for x in packing.placed if int(of[x.trip.pair]) in chosen]
    old_wholes = [x for x in packing.wholes if x.requirement in chosen]
    for place in reversed([i for i, x in enumerate(packing.placed) if int(of[x.trip.pair]) in chosen]):
        packing.remove(place)
    for place in reversed([i for i, x in enumerate(packing.wholes) if x.requirement in chosen]):
        packing.remove_whole(place)
    base = packing.objective
    widen(packing, library, free, 6, rng)
    program = library.some(free)
    q, _, whole = packed(program)
    links = int(q.rows.max()) - packing.limits.end + 1 if len(q.rows) and q.rows.max() >= packing.limits.end else 0
    amount = np.append(np.maximum(packing.left, 0.0), np.zeros(links))
    most = _most(q.first, q.rows, q.values, amount)
    q = replace(q, most=np.where(whole, np.floor(most + HAIR), most))
    start = _as_columns(program, old, old_wholes, packing)
    solved = master.solve(q, amount, whole=whole, nodes=nodes, start=start, gap=1e-5, time_limit=20.0)
    if base + solved.objective > before + 1e-9 * max(1.0, abs(before)):
        x = np.where(whole, np.round(solved.quantity), solved.quantity)
        _put_back(packing, program, x)
        return True
    for placed in old:
        packing.place(placed.trip, placed.units)
    for w in old_wholes:
        packing.restore(w)
    return False


def _most(first: np.ndarray, rows: np.ndarray, values: Floats, amount: Floats) -> Floats:
    """The most of every column that what is left allows alone."""
    most = np.full(len(first) - 1, np.inf)
    positive = values > 0
    column = np.repeat(np.arange(len(first) - 1), np.diff(first))
    np.minimum.at(most, column[positive], amount[rows[positive]] / values[positive])
    return most


def _as_columns(program: Program, old: list[Placed], wholes: list[Whole], packing: Packing) -> Floats:
    """What was taken out, as quantities of the program's columns: the search starts from it."""
    trips = {t: i for i, t in enumerate(program.trips)}
    cohorts = {(r, start): len(trips) + i for i, (r, _, start) in enumerate(program.cohorts)}
    packages = {g: len(trips) + len(program.cohorts) + i for i, g in enumerate(program.packages)}
    x = np.zeros(len(trips) + len(program.cohorts) + len(program.packages))
    for placed in old:
        x[trips[placed.trip]] += placed.units
    for w in wholes:
        for placed in w.parts:
            x[trips[placed.trip]] += placed.units
        for start, persons in w.cohorts:
            x[cohorts[w.requirement, start]] += persons
        x[packages[w.requirement, w.day]] += w.count
    return x


def _put_back(packing: Packing, program: Program, x: Floats) -> None:
    """Place a program's quantities: trips of items one by one, the pieces of a package requirement as one."""
    a, b = len(program.trips), len(program.trips) + len(program.cohorts)
    parts: dict[int, list[Placed]] = {}
    for trip, units in zip(program.trips, x[:a], strict=True):
        if units <= 1e-7:
            continue
        if packing.pairs.part[trip.pair] < 0:
            packing.place(trip, float(units))
        else:
            parts.setdefault(int(packing.pairs.requirement[trip.pair]), []).append(Placed(trip, float(units)))
    cohorts: dict[int, list[tuple[int, float]]] = {}
    for (r, _, start), persons in zip(program.cohorts, x[a:b], strict=True):
        if persons > 0.5:
            cohorts.setdefault(r, []).append((start, float(persons)))
    counts = [(r, day, float(n)) for (r, day), n in zip(program.packages, x[b:], strict=True) if n > 0.5]
    for r in sorted({*parts, *cohorts, *(c[0] for c in counts)}):
        mine = [(day, n) for q, day, n in counts if q == r]
        # the first holds all pieces of the requirement; the others only count
        first = mine[0] if mine else (0, 0.0)
        packing.restore(Whole(r, first[1], tuple(parts.get(r, ())), tuple(cohorts.get(r, ())), first[0]))
        for day, n in mine[1:]:
            packing.restore(Whole(r, n, (), (), day))


def improve(
    packing: Packing,
    library: Library,
    rounds: int,
    size: int,
    nodes: int,
    seed: int = 1,
    stop: Callable[[], bool] | None = None,
) -> int:
    """Free ``rounds`` groups of requirements with about ``size`` pieces each; how many made the plan better.

    A group grows around a requirement that lacks something, by those that use the limits which are full.
    """
    rng, better = np.random.default_rng(seed), 0
    p = packing.problem.requirements
    count = len(p.keys)
    for _ in range(rounds):
        if stop and stop():
            break
        library.learn(packing)
        left = packing.left[packing.limits.requirement : packing.limits.requirement + count]
        lost = np.maximum(left, 0.0) * p.points + 1e-9
        noise = rng.random(count)
        first = int(np.argmax(np.log(noise) / lost**0.5 * -1.0 * -1.0))
        order = [first, *_neighbours(packing, first, rng)]
        free, pieces = [], 0
        for r in order:
            pieces += len(library.trips.get(r, {}))
            free.append(r)
            if pieces > size:
                break
        better += settle(packing, library, sorted(free), nodes, rng)
    return better


def _neighbours(packing: Packing, r: int, rng: np.random.Generator) -> list[int]:
    """Other requirements, those first that share items or full weeks with one, a little shuffled."""
    p = packing.problem.requirements
    count = len(p.keys)
    offers_of = packing.pairs.source[packing.pairs.requirement == r]
    shares = np.zeros(count)
    np.add.at(shares, packing.pairs.requirement[np.isin(packing.pairs.source, offers_of)], 1.0)
    near = (shares > 0) * 1.0 + (p.node == p.node[r]) * 0.5 - np.abs(p.due - p.due[r]) / packing.problem.days
    order = np.argsort(-(near + rng.random(count)), kind="stable")
    return [int(x) for x in order if x != r]


def widen(packing: Packing, library: Library, free: list[int], each: int, rng: np.random.Generator) -> None:
    """Teach the library ways through what is left: for every pair of some requirements, departures in some weeks."""
    pairs, terrain = packing.pairs, packing.terrain
    chosen = np.isin(pairs.requirement, free)
    for s in np.unique(pairs.source[chosen]):
        if packing.units_left(int(s)) < (1.0 if packing.whole_item[s] else 1e-6):
            continue
        weeks = np.arange(terrain.first[s] // 7, min(terrain.until[s], terrain.last[s]) // 7 + 1)
        if len(weeks) > each:
            weeks = np.sort(rng.choice(weeks, each, replace=False))
        mine = [int(i) for i in np.flatnonzero(chosen & (pairs.source == s))]
        for week in weeks:
            for trip in packing.leaving(int(s), mine, int(week)):
                library.trips.setdefault(int(pairs.requirement[trip.pair]), {})[trip] = None
