"""Whole units cut from a plan in fractions, piece by piece: quick for problems of any size."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import numpy as np

from oneroof.planning.columns import Column, Trip, Trips, runs_of, spans
from oneroof.planning.packing import HAIR, Packing, Placed
from oneroof.planning.placing import place_given
from oneroof.planning.problem import Floats, Ints
from oneroof.planning.relaxation import Relaxation

ENOUGH = 0.05  # of a unit that a fraction must be to be rounded up


def carve(packing: Packing, relaxation: Relaxation) -> None:
    """Place packages, then items, as near the relaxed plan as whole units allow.

    Packages first, those with most points first: as many as the relaxed plan has, rounded to the nearest number, with
    parts cut from its columns in the order of their days. Of items first the whole parts of what pairs bring, then
    what is left of them, largest gain first.
    """
    pool, q = relaxation.pool, relaxation.problem.requirements
    used = np.flatnonzero(relaxation.quantity > HAIR)
    by_requirement: dict[int, list[int]] = defaultdict(list)
    for j in used[pool.columns.is_package[used]].tolist():
        by_requirement[int(pool.columns.requirement[j])].append(j)
    for r in sorted(by_requirement, key=lambda r: (-float(q.points[r]), r)):
        _cut_packages(packing, relaxation, r, by_requirement[r])
    _cut_items(packing, relaxation, used[~pool.columns.is_package[used]])


# ---- packages --------------------------------------------------------------------------------------------------------
def _cut_packages(packing: Packing, relaxation: Relaxation, r: int, columns: list[int]) -> None:
    """Place the packages of a requirement one after another, each from the columns that its share of them covers."""
    pool = relaxation.pool
    columns = sorted(columns, key=lambda j: (int(pool.columns.day[j]), j))
    quantity = relaxation.quantity[columns]
    total = float(np.floor(quantity.sum() + 0.5))
    placed = sum(whole.count for whole in packing.wholes if whole.requirement == r)
    total = min(total - placed, float(np.floor(packing.left[packing.limits.requirement + r] + HAIR)))
    if total < 1:
        return
    ends = np.cumsum(quantity) * (total / quantity.sum())
    pieces = [pool.column(j) for j in columns]
    for k in range(int(total)):
        covered = np.minimum(ends, k + 1.0) - np.maximum(np.append(0.0, ends[:-1]), float(k))
        shares = [(piece, float(x)) for piece, x in zip(pieces, covered, strict=True) if x > 1e-9]
        if not _place_package(packing, r, shares, pieces) and not _gathered(packing, r, pieces):
            break


def _gathered(packing: Packing, r: int, pieces: list[Column]) -> bool:
    """Place one package from any sources, in time or else as soon as the latest column."""
    p = packing.problem.requirements
    last = min(int(p.latest[r]), packing.problem.days - 1)
    days = {min(int(p.due[r]), last), min(max(piece.day for piece in pieces), last)}
    return any(packing.add_package(r, by) for by in sorted(days))


def _place_package(packing: Packing, r: int, shares: list[tuple[Column, float]], pieces: list[Column]) -> bool:
    """Place one package near some shares of columns, with the trips of any column to fall back on."""
    p, before = packing.problem, packing.objective
    parts: list[Placed] = []
    cohorts: list[tuple[int, float]] = []
    good = True
    for place, part in enumerate(p.packages.parts[p.requirements.package[r]]):
        if part.is_course:
            by = max(shares[-1][0].day, int(p.requirements.due[r]))
            found = packing.seats(part.what, part.quantity, by)
            good = good and found is not None
            cohorts += found or []
            packing.persons(found or [], 1.0)
        elif good:
            placed, missing = _cut_part(packing, place, part.quantity, shares, pieces)
            parts += placed
            good = missing <= HAIR
    return packing.close(r, 1.0, parts, cohorts, before if good else np.inf)


def _cut_part(
    packing: Packing, place: int, quantity: float, shares: list[tuple[Column, float]], pieces: list[Column]
) -> tuple[list[Placed], float]:
    """Take units of a part from the limits: near the shares, then on any trip with room; and what is missing."""
    found: list[Placed] = []
    whole = None
    done = asked = 0.0
    for trip, x in _trips(packing, place, shares):
        s = int(packing.pairs.source[trip.pair])
        whole = bool(packing.whole_item[s])
        asked += x * quantity
        units = (np.floor(asked + 0.5) if whole else asked) - done
        units = min(float(units), packing.fits(trip))
        if units > HAIR:
            packing.use(trip, units)
            found.append(Placed(trip, units))
            done += units
    goal = float(np.ceil(quantity - HAIR)) if whole else quantity
    last = shares[-1][0].day
    others = [(piece, 1.0) for piece in pieces] if done < goal - HAIR else []
    rest = {trip for trip, _ in _trips(packing, place, others)}
    for trip in sorted(rest, key=lambda t: (t.arrive > last, abs(t.arrive - last), t.place)):
        if done >= goal - HAIR:
            break
        units = min(goal - done, packing.fits(trip))
        if units > HAIR:
            packing.use(trip, units)
            found.append(Placed(trip, units))
            done += units
    return found, max(quantity - done, 0.0)


def _trips(packing: Packing, place: int, shares: list[tuple[Column, float]]) -> Iterator[tuple[Trip, float]]:
    """The trips of a part in some columns, for one unit, with their shares."""
    for column, x in shares:
        for trip in column.trips:
            if int(packing.pairs.part[trip.pair]) == place:
                yield Trip(trip.pair, 1.0, trip.legs, trip.days, trip.arrive, trip.order), x


# ---- items -----------------------------------------------------------------------------------------------------------
def _cut_items(packing: Packing, relaxation: Relaxation, columns: Ints) -> None:
    """Place what pairs bring in the relaxed plan: whole parts first, then fractions by what they gain."""
    pool = relaxation.pool
    trips = pool.columns.trips.take(pool.columns.trip_first[columns]).plain()
    pair = trips.pair
    quantity = relaxation.quantity[columns]
    whole = packing.whole_item[packing.pairs.source[pair]]
    order = np.lexsort((columns, pool.columns.day[columns], pair))
    ends = _running(quantity[order], pair[order])
    starts = ends - quantity[order]
    units = np.empty(len(columns))
    units[order] = np.where(whole[order], np.floor(ends + HAIR) - np.floor(starts + HAIR), quantity[order])
    gain, given = pool.packed.gain[columns], np.zeros(len(packing.pairs.source))
    np.add.at(given, [x.trip.pair for x in packing.placed], [x.units for x in packing.placed])
    for k in order.tolist() if packing.placed else []:  # what pins have is not brought twice
        taken = min(float(given[pair[k]]), float(units[k]))
        given[pair[k]], units[k] = given[pair[k]] - taken, units[k] - taken
    place_in_turn(packing, trips, units, np.lexsort((columns, -gain)), np.arange(len(columns)))
    ends_here = np.append(pair[order][1:] != pair[order][:-1], True) if len(order) else np.zeros(0, np.bool_)
    first = np.append(0, 1 + np.flatnonzero(ends_here))  # where the deliveries of each pair begin in the order
    rest = (ends - np.floor(ends + HAIR))[ends_here]
    open_ = np.flatnonzero((rest > ENOUGH) & whole[order[ends_here]])
    last = order[ends_here][open_]
    open_ = open_[np.lexsort((last, -gain[last] * rest[open_]))]
    place_in_turn(packing, trips, np.ones(len(columns)), order[spans(first, open_)[0]], pair)


def _running(quantity: Floats, group: Ints) -> Floats:
    """Sums so far inside each run of equal groups."""
    total = np.cumsum(quantity)
    begin = runs_of([group])[1]
    before = np.repeat(total[begin] - quantity[begin], np.diff(np.append(begin, len(group))))
    running: Floats = total - before
    return running


def place_in_turn(packing: Packing, trips: Trips, units: Floats, turn: Ints, group: Ints) -> None:
    """Place so many units of deliveries, or as many as fit, in turn; of each group only the first that fits."""
    taken = np.zeros(len(units))
    packing.objective += place_given(
        packing.of.pool.terms, packing.whole_item, trips.pair, trips.order, trips.first, trips.leg, trips.when,
        trips.arrive, units, turn, group, packing.left, taken,
    )  # fmt: skip
    placed = turn[taken[turn] > 0]
    packing.placed += map(Placed, trips.take(placed).listed(), taken[placed].tolist())
