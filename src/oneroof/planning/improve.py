"""Whole units made better: free a few requirements at a time and settle them again by a small mixed-integer program."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from oneroof.planning import master
from oneroof.planning.columns import Trip
from oneroof.planning.filling import fill
from oneroof.planning.packing import HAIR, Packing, Placed, Whole
from oneroof.planning.problem import Bools, Floats, Ints
from oneroof.planning.whole import Program, floors, most_alone, packed

ROUNDS = 40
SIZE, LEAST, MOST = 200, 60, 1200  # pieces that are free at a time: at first, at least, at most
EASY, HARD = 100, 200  # simplex iterations of a round below which more pieces are free in the next, above which fewer
MORE, FEWER = 1.3, 0.6
COARSE = 1e-4  # share of the bound that a unit is worth from which on it must be whole while a group is settled
NEAR = (0.001, 0.1)  # share of its points that a unit may lose against the prices when what is left is filled
AGAIN = 0.3  # times the chance of a requirement to be drawn again where its group became no better
VAIN = 12  # rounds in a row without success after which the search ends
NODES = 1  # of every search tree: most of what it finds it finds at the root
WORK = 1600  # simplex iterations over all rounds
MANY = 200  # requirements from which on each is but a little of the plan: less is tried
VAIN_IN_MANY = 4
WORK_IN_MANY = 1000


class Library:
    """All pieces seen so far, by requirement: trips, cohorts, days on which packages were complete."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.trips: dict[int, dict[Trip, None]] = {}
        self.cohorts: dict[int, set[tuple[int, int, int]]] = {}
        self.packages: dict[int, set[tuple[int, int]]] = {}
        pairs = program.pool.matching.pairs
        requirement = pairs.requirement.tolist()
        for trip in program.trips:
            self.trips.setdefault(requirement[trip.pair], {})[trip] = None
        for cohort in program.cohorts:
            self.cohorts.setdefault(cohort[0], set()).add(cohort)
        for package in program.packages:
            self.packages.setdefault(package[0], set()).add(package)

        pair = np.array([trip.pair for trip in program.trips], np.int64)
        units = program.relaxed[: len(pair)] * pairs.share[pair] * (pairs.part[pair] < 0)
        count = len(program.pool.problem.requirements.keys)
        # units of every requirement in the relaxed plan
        self.relaxed = np.bincount(pairs.requirement[pair], units, count).astype(np.float64)
        counts = program.relaxed[len(program.relaxed) - len(program.packages) :]
        for (r, _), x in zip(program.packages, counts, strict=True):
            self.relaxed[r] += x

    def paid(self, packing: Packing) -> Paid:
        """What every requirement pays for every limit in the relaxed plan."""
        of, lim = packing.of, packing.limits
        used = np.flatnonzero(of.quantity > HAIR)
        q, requirement = of.pool.packed.take(used), of.pool.columns.requirement[used]
        own, owner = q.rows < lim.pin, q.owner()
        values = q.values[own] * of.quantity[used][owner[own]] * np.maximum(of.price[q.rows[own]], 1e-9)
        places = requirement[owner[own]] * lim.end + q.rows[own]
        place, which = np.unique(places, return_inverse=True)
        requirement, row = np.divmod(place, packing.limits.end)
        return Paid(requirement, row, np.bincount(which, values, len(place)).astype(np.float64))

    def learn(self, placed: list[Placed], wholes: list[Whole], packing: Packing) -> None:
        """Take in what a packing uses."""
        p, lim = packing.problem, packing.limits
        for one in placed:
            self.trips.setdefault(int(packing.pairs.requirement[one.trip.pair]), {})[one.trip] = None
        for whole in wholes:
            r = whole.requirement
            places = {x.what: i for i, x in enumerate(p.packages.parts[p.requirements.package[r]]) if x.is_course}
            self.packages.setdefault(r, set()).add((r, whole.day))
            for one in whole.parts:
                self.trips.setdefault(r, {})[one.trip] = None
            for start, _ in whole.cohorts:
                self.cohorts.setdefault(r, set()).add((r, places[int(lim.start_course[start])], start))

    def some(self, requirements: list[int]) -> Program:
        """The pieces of some requirements, in a fixed order."""
        program = Program(self.program.pool, known=self.program.known)
        trips = (t for r in requirements for t in self.trips.get(r, {}))
        program.trips = sorted(trips, key=lambda t: t.place)
        program.cohorts = sorted(c for r in requirements for c in self.cohorts.get(r, ()))
        program.packages = sorted(g for r in requirements for g in self.packages.get(r, ()))
        return program


@dataclass(frozen=True)
class Paid:
    """Who pays how much for which limit: (payments,) each."""

    requirement: Ints
    row: Ints
    value: Floats

    def kin(self, r: int, count: int) -> Floats:
        """(requirements,) how much each pays for the same limits as one of them."""
        mine = self.requirement == r
        by_row = np.zeros(1 + int(self.row.max(initial=0)))
        by_row[self.row[mine]] = self.value[mine]
        kin: Floats = np.bincount(self.requirement, np.minimum(self.value, by_row[self.row]), count).astype(np.float64)
        return kin


def settle(
    packing: Packing, library: Library, free: list[int], rng: np.random.Generator, wide: bool
) -> tuple[bool, int]:
    """Take some requirements' pieces out and put the best found back; whether the plan became better, and the work.

    Units that are worth little may come in fractions on the way: they are cut, and what that leaves is filled.
    """
    value, held = packing.value(), packing.held()
    before = packing.objective
    old, old_wholes = _take_out(packing, set(free))
    base = packing.objective
    library.learn(old, old_wholes, packing)
    if wide:
        widen(packing, library, free, 4, rng)
    program = library.some(free)
    q, amount, whole = packed(program)
    work = 0
    if len(q.gain):
        amount[: packing.limits.end] = np.maximum(packing.left, 0.0)
        most, coarse = most_alone(q, amount), whole & _coarse(packing, program, q.gain)
        q = replace(q, most=np.where(coarse, np.floor(most + HAIR), most))
        start, floor = _as_columns(program, old, old_wholes), floors(packing.problem, library.program.pool, free)
        solved = master.solve(q, amount, whole=coarse, nodes=NODES, start=start, gap=1e-4, floor=floor)
        work = solved.work
        if base + solved.objective > before + 1e-9 * max(1.0, abs(before)):
            cut = np.where(whole, np.floor(solved.quantity + 1e-6), solved.quantity)
            put(packing, program, np.where(coarse, np.round(solved.quantity), cut))
            for patience in NEAR:
                fill(packing, patience)
            if packing.value() > value + 1e-9 * max(1.0, abs(value)):
                return True, work
    packing.go_back(held)
    return False, work


def _coarse(packing: Packing, program: Program, gain: Floats) -> Bools:
    """Columns whose units can't be cut: dear ones, parts, what pins ask for, and all but trips."""
    pair = np.array([trip.pair for trip in program.trips], np.int64)
    pairs, coarse = packing.pairs, gain > COARSE * abs(packing.of.bound)
    coarse[len(pair) :] = True
    coarse[: len(pair)] |= (pairs.part[pair] >= 0) | (pairs.pin[pair] >= 0)
    found: Bools = coarse
    return found


def _take_out(packing: Packing, free: set[int]) -> tuple[list[Placed], list[Whole]]:
    """Take everything of some requirements out of a plan."""
    freed = np.isin(packing.pairs.requirement, sorted(free)).tolist()
    gone = [i for i, x in enumerate(packing.placed) if freed[x.trip.pair]]
    wholes = [i for i, x in enumerate(packing.wholes) if x.requirement in free]
    old, old_wholes = [packing.placed[i] for i in gone], [packing.wholes[i] for i in wholes]
    for place in reversed(gone):
        packing.remove(place)
    for place in reversed(wholes):
        packing.remove_whole(place)
    return old, old_wholes


def _as_columns(program: Program, old: list[Placed], wholes: list[Whole]) -> Floats:
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


def put(packing: Packing, program: Program, x: Floats) -> None:
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


def improve(packing: Packing, library: Library, stop: Callable[[], bool] | None = None) -> int:
    """Free groups of requirements and settle them again; how many groups made the plan better.

    A group grows around a requirement that has less than in the relaxed plan, by those that use the same dear limits.
    Its size follows the work that the last one made. Counts of rounds and of work end the search, never the clock: the
    same problem gives the same plan everywhere.
    """
    rng, better, vain, work, size = np.random.default_rng(1), 0, 0, 0, float(SIZE)
    count = len(packing.problem.requirements.keys)
    if not count:
        return 0
    most_vain, most_work = (VAIN, WORK) if count < MANY else (VAIN_IN_MANY, WORK_IN_MANY)
    paid, chance = library.paid(packing), np.ones(count)
    packing.guide(packing.of.price)
    for round_ in range(ROUNDS):
        if vain >= most_vain or work > most_work or (stop and stop()):
            break
        first, free = _group(packing, library, paid, chance, size, rng)
        found, spent = settle(packing, library, free, rng, wide=round_ % 3 == 2)
        better, vain, work = better + found, 0 if found else vain + 1, work + spent
        chance[first] = 1.0 if found else AGAIN * chance[first]
        size = float(np.clip(size * (MORE if spent < EASY else FEWER if spent > HARD else 1.0), LEAST, MOST))
    return better


def _group(
    packing: Packing, library: Library, paid: Paid, chance: Floats, size: float, rng: np.random.Generator
) -> tuple[int, list[int]]:
    """A requirement that lost much to whole units, drawn by chance, and it with its nearest kin up to some pieces."""
    p = packing.problem.requirements
    count = len(p.keys)
    left = packing.left[packing.limits.requirement : packing.limits.requirement + count]
    lost = np.maximum(library.relaxed - (p.quantity - left), 0.0) * p.points
    chance = chance * (np.sqrt(lost) + 0.02 * np.sqrt(max(float(lost.max()), 1e-9)))
    first = min(int(np.searchsorted(np.cumsum(chance), rng.random() * chance.sum())), count - 1)
    near = paid.kin(first, count) * rng.uniform(0.3, 1.0, count)
    near[first] = np.inf
    free: list[int] = []
    pieces = 0
    for r in np.argsort(-near, kind="stable").tolist():
        pieces += len(library.trips.get(r, {}))
        if free and pieces > size:
            break
        free.append(r)
    return first, sorted(free)


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
