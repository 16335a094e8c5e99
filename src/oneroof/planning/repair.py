"""A plan in whole units made from an earlier one: what still stands stays, the room that is left is filled."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from oneroof.planning.carving import place_in_turn
from oneroof.planning.columns import Trip, Trips
from oneroof.planning.filling import fill_up, has_parts
from oneroof.planning.ledger import Ledger
from oneroof.planning.packing import HAIR, Packing, Placed, Whole
from oneroof.planning.plan import Plan
from oneroof.planning.posting import posted
from oneroof.planning.problem import NO_ONE
from oneroof.planning.relaxation import Relaxation
from oneroof.planning.sides import Side
from oneroof.planning.tally import Tally, tally
from oneroof.planning.warm import Move
from oneroof.planning.whole import Shipments
from oneroof.planning.writing import lines_of

MUCH = 1e-3  # share of the objective that a plan may lose beyond what the relaxed plan loses


@dataclass(frozen=True)
class Written:
    """A plan in whole units with its relaxation, its lines and its account."""

    relaxation: Relaxation
    shipments: Shipments
    tally: Tally
    ledger: Ledger

    @cached_property
    def plan(self) -> Plan:
        """Its tables: deliveries, movements, purchases, cohorts and served; no explanations."""
        p = self.relaxation.problem
        tables = lines_of(p, self.ledger) | {"served": self.tally.served_rows(p)}
        return Plan(tables, self.tally.figures(), [], p.tables)

    @cached_property
    def side(self) -> Side:
        """What comparisons need of it."""
        return Side(self.relaxation.problem, self.ledger)


def written(relaxation: Relaxation, shipments: Shipments) -> Written:
    """The lines and the account of shipments."""
    ledger = posted(relaxation, shipments)
    return Written(relaxation, shipments, tally(relaxation.problem, ledger), ledger)


def repaired(old: Written, relaxation: Relaxation) -> Written:
    """The earlier plan carried over to a changed problem, with its lines and its account."""
    return written(relaxation, carried(old, relaxation))


def carried(old: Written, relaxation: Relaxation) -> Shipments:
    """The earlier plan carried over to a changed problem: lines that are still possible, then what fits beside them.

    Where packages are broken and more is lost than the relaxed plan loses, two orders are tried, single items or
    packages first, and the better plan is kept.
    """
    best, broken = _carried(old, relaxation, packages_first=False)
    least = max(old.relaxation.objective - relaxation.objective, 0.0)
    if broken and old.shipments.objective - best.objective > least + MUCH * abs(old.shipments.objective):
        other, _ = _carried(old, relaxation, packages_first=True)
        best = other if other.objective > best.objective else best
    return best.shipments()


def _carried(old: Written, relaxation: Relaxation, packages_first: bool) -> tuple[Packing, bool]:
    """One order: broken packages are put together anew before or after single items; whether there were any."""
    packing = Packing(relaxation)
    move = Move(old.relaxation, relaxation.problem, relaxation.matching, relaxation.limits)
    pairs, lines = old.relaxation.matching.pairs, old.shipments.trips
    before, units = Trips.of([trip for trip, _ in lines]), np.array([units for _, units in lines])
    trips, possible = move.trips(before)
    is_part = pairs.part[before.pair] != NO_ONE
    parts: dict[int, list[tuple[Trip | None, float]]] = defaultdict(list)
    for k in np.flatnonzero(is_part).tolist():
        moved = trips.trip(k) if possible[k] else None
        parts[int(pairs.requirement[before.pair[k]])].append((moved, lines[k][1]))
    broken = _packages(packing, move, old, parts)
    if packages_first:
        _rebuild(packing, broken)
    items = np.flatnonzero(possible & ~is_part)
    place_in_turn(packing, trips.take(items), units[items], np.arange(len(items)), np.arange(len(items)))
    if not packages_first:
        _rebuild(packing, broken)
    fill_up(packing, relaxation.price)
    return packing, bool(broken)


def _rebuild(packing: Packing, broken: list[tuple[int, int, int]]) -> None:
    """Put packages together anew: requirement, day, how many; those with most points first."""
    points = packing.problem.requirements.points
    for r, day, count in sorted(broken, key=lambda x: (-float(points[x[0]]), x)):
        for _ in range(count):
            if not (has_parts(packing, r) and packing.add_package(r, day)):
                break


def _packages(
    packing: Packing, move: Move, old: Written, parts: dict[int, list[tuple[Trip | None, float]]]
) -> list[tuple[int, int, int]]:
    """Place the packages whose parts and persons are all still there; the others: requirement, day, how many."""
    broken: list[tuple[int, int, int]] = []
    cohorts: dict[int, list[tuple[int, float]]] = defaultdict(list)
    for r, start, persons in old.shipments.cohorts:
        cohorts[r].append((move.start_of(start), persons))
    days: dict[int, list[tuple[int, float]]] = defaultdict(list)
    for served in old.tally.served:
        days[served.requirement].append((served.day, served.quantity))
    for r in sorted(set(parts) | set(cohorts)):
        new = int(move.requirement[r])
        if new == NO_ONE or not days[r]:
            continue
        count = sum(n for _, n in days[r])
        trips = [(trip, units) for trip, units in parts[r] if trip is not None]
        intact = len(trips) == len(parts[r]) and all(start != NO_ONE for start, _ in cohorts[r])
        intact = intact and bool(move.same_parts[r]) and _room(packing, trips, cohorts[r])
        if intact and packing.left[packing.limits.requirement + new] >= count - HAIR:
            placed = tuple(Placed(trip, units) for trip, units in trips)
            for k, (day, n) in enumerate(days[r]):  # the first holds all pieces, the others only count
                packing.restore(Whole(new, n, () if k else placed, () if k else tuple(cohorts[r]), day))
            continue
        broken += [(new, day, round(n)) for day, n in days[r]]
    return broken


def _room(packing: Packing, trips: list[tuple[Trip, float]], cohorts: list[tuple[int, float]]) -> bool:
    """Whether everything a requirement's packages take together is still free."""
    before = packing.left.copy()
    packing.restore(Whole(0, 0.0, tuple(Placed(trip, units) for trip, units in trips), tuple(cohorts), 0))
    fits = bool((packing.left >= -1e-6).all())
    packing.remove_whole(len(packing.wholes) - 1)
    packing.left[:] = before
    return fits
