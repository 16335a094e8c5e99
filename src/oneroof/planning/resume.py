"""A packing that begins with an earlier plan: what pins ask comes first where need be, then its packages and lines."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import TypeVar

import numpy as np

from oneroof.planning import pins
from oneroof.planning.carving import carve
from oneroof.planning.columns import Trip, owner_of
from oneroof.planning.goals import timeliness_on
from oneroof.planning.packing import HAIR, Packing, Placed, Whole
from oneroof.planning.problem import NO_ONE, Floats
from oneroof.planning.relaxation import Relaxation
from oneroof.planning.stay import Cohorts, Earlier, Lines
from oneroof.planning.whole import decompose

OVER = 1e-6  # what sums of printed numbers may take from a limit
Key = TypeVar("Key", bound=Hashable)


def begun(relaxation: Relaxation, near: Earlier | None = None) -> Packing:
    """A packing with what the earlier plan did, or else the relaxed plan does, as far as it fits beside all pins.

    Where its lines leave a pin open, more is added in what they leave free. Where that does not do, the lines of pins
    come first, with what the relaxed plan sends there; where that does not fit either, deliveries that keep all pins.
    """
    packing = _packing(relaxation, near, ())
    if keeps_pins(packing):
        return packing
    relaxed, old = _relaxed(relaxation), near.trips if near else ()
    _for_pins(packing, (*old, *relaxed))  # more on the same ways, and parts that no package kept
    _for_pins(packing, _departures(packing))
    if keeps_pins(packing):
        return packing
    kept = pins.kept(relaxation)
    packing = _packing(relaxation, near, (*old, *relaxed, *kept))
    return packing if keeps_pins(packing) else _packing(relaxation, near, kept)


def _packing(relaxation: Relaxation, near: Earlier | None, first: Lines) -> Packing:
    """A packing with deliveries for pins, then the earlier plan, or else what is cut from the relaxed plan."""
    packing = Packing(relaxation)
    place(packing, near or Earlier((), {}, {}, np.zeros(0)), first)
    if near:
        packing.bonus = near.kept
    else:
        carve(packing, relaxation)
    return packing


def _relaxed(relaxation: Relaxation) -> Lines:
    """What the relaxed plan brings from an offer to where a pin wants it, the most first; units rounded up."""
    columns, pin = relaxation.pool.columns, relaxation.matching.pairs.pin
    pinned = np.zeros(len(columns), np.bool_)
    pinned[owner_of(columns.trip_first)[pin[columns.trips.pair] != NO_ONE]] = True
    program = decompose(relaxation.pool, relaxation.quantity, pinned & (relaxation.quantity > HAIR))
    found = zip(program.trips, program.relaxed.tolist(), strict=False)  # trips come before other columns
    mine = [(trip, units) for trip, units in found if relaxation.matching.pairs.pin[trip.pair] != NO_ONE]
    return tuple((trip, float(np.ceil(units))) for trip, units in sorted(mine, key=lambda x: -x[1]))


def _departures(packing: Packing) -> Lines:
    """For every pin that is open, ways through what is left in every week: those in time first, late ones before early.

    What comes just in time leaves the early weeks, which serve more, to others.
    """
    pairs, p, missing = packing.pairs, packing.problem, _missing(packing)
    found: list[tuple[float, int, Trip]] = []
    for pair in np.flatnonzero((pairs.pin != NO_ONE) & (pairs.part == NO_ONE)).tolist():
        s, r = int(pairs.source[pair]), int(pairs.requirement[pair])
        first, until = int(packing.sources.first[s]) // 7, int(packing.sources.until[s]) // 7
        for week in range(first, until + 1) if missing[pairs.pin[pair]] > OVER else ():
            for trip in packing.leaving(s, [pair], week):
                time = timeliness_on(int(p.requirements.due[r]), int(p.requirements.latest[r]), trip.arrive)
                found.append((-time, -trip.arrive, trip))
    return tuple((trip, np.inf) for _, _, trip in sorted(found, key=lambda x: (x[0], x[1], x[2].pair, x[2].days)))


def keeps_pins(packing: Packing) -> bool:
    """Whether what is placed brings what every pin asks."""
    return bool((_missing(packing) <= OVER).all())


def _missing(packing: Packing) -> Floats:
    """(pins,) units that every pin asks beyond what is placed, whole where the item is; below 0 where there is more."""
    p = packing.problem
    whole = p.items.whole[p.offers.item[p.pins.offer]]
    missing = np.where(whole, np.ceil(p.pins.quantity - HAIR), p.pins.quantity)
    for placed in packing.placed + [part for one in packing.wholes for part in one.parts]:
        pin = int(packing.pairs.pin[placed.trip.pair])
        if pin != NO_ONE:
            missing[pin] -= placed.units
    return missing


def place(packing: Packing, near: Earlier, first: Lines = ()) -> None:
    """Place what the earlier plan did, as far as it fits: packages whole, other lines one by one.

    Of ``first`` what pins ask for comes before all that; an earlier line of the same pair then brings only the rest.
    """
    pairs = packing.pairs
    given = _for_pins(packing, first)
    rest = _without(near.trips, [*packing.placed, *(x for mine in given.values() for x in mine)])
    parts: dict[int, list[Placed]] = {}
    for placed in rest:
        if pairs.part[placed.trip.pair] != NO_ONE:
            parts.setdefault(int(pairs.requirement[placed.trip.pair]), []).append(placed)
    for r in sorted({*parts, *near.cohorts, *given}):
        _complete(packing, r, given.get(r, []), parts.get(r, []), near.cohorts.get(r, ()))
    for placed in rest:
        if pairs.part[placed.trip.pair] == NO_ONE:
            fitting = min(placed.units, packing.fits_with_requirement(placed.trip))
            if fitting > 0:
                packing.place(placed.trip, fitting)


def _for_pins(packing: Packing, lines: Lines) -> dict[int, list[Placed]]:
    """Place of some lines what fits until every pin has what it asks; the parts of packages among it by requirement."""
    pairs, missing = packing.pairs, _missing(packing)
    given: dict[int, list[Placed]] = {}
    for line, units in lines:
        pin = int(pairs.pin[line.pair])
        if pin == NO_ONE:
            continue
        trip = _as_part(packing, line)
        is_part = pairs.part[trip.pair] != NO_ONE
        room = packing.fits(trip) if is_part else packing.fits_with_requirement(trip)
        fitting = min(units, float(missing[pin]), room)
        if fitting <= HAIR:
            continue
        missing[pin] -= fitting
        if is_part:
            given.setdefault(int(pairs.requirement[trip.pair]), []).append(Placed(trip, fitting))
            _hold(packing, Placed(trip, fitting))
        else:
            packing.place(trip, fitting)
    return given


def _as_part(packing: Packing, trip: Trip) -> Trip:
    """A pinned part that would come alone as one that makes a package with others."""
    pairs = packing.pairs
    mine = (pairs.source == pairs.source[trip.pair]) & (pairs.requirement == pairs.requirement[trip.pair])
    return trip._replace(pair=int(np.flatnonzero(mine)[-1]))


def _hold(packing: Packing, part: Placed) -> None:
    """Place a part of a package without counting any package yet."""
    packing.restore(Whole(int(packing.pairs.requirement[part.trip.pair]), 0.0, (part,), (), 0))


def _without(lines: Lines, placed: list[Placed]) -> list[Placed]:
    """Lines less what is placed of their pairs: first lines of the same trip, then the others of the pair."""
    same = _sums((x.trip, x.units) for x in placed)
    left = [Placed(trip, units - _taken(same, trip, units)) for trip, units in lines]
    others = _sums((trip.pair, units) for trip, units in same.items())
    left = [Placed(x.trip, x.units - _taken(others, x.trip.pair, x.units)) for x in left]
    return [x for x in left if x.units > HAIR]


def _sums(pieces: Iterable[tuple[Key, float]]) -> dict[Key, float]:
    """Units by key."""
    found: dict[Key, float] = {}
    for key, units in pieces:
        found[key] = found.get(key, 0.0) + units
    return found


def _taken(left: dict[Key, float], key: Key, most: float) -> float:
    """Take up to so many units of a key out of what is left of it; how many."""
    units = max(min(left.get(key, 0.0), most), 0.0)
    if units > 0:
        left[key] -= units
    return units


def _complete(packing: Packing, r: int, given: list[Placed], old: list[Placed], cohorts: Cohorts) -> None:
    """Place the packages of a requirement that its pieces complete: all of them, or those that still fit.

    ``given`` is what pins ask for: it is held already, and stays whatever it completes.
    """
    _let_go(packing, r)
    if _completed(packing, r, [*given, *old], cohorts):
        return
    parts, persons = _fitting(packing, r, given, old, cohorts)
    if not _completed(packing, r, parts, persons):
        for part in given:
            _hold(packing, part)


def _completed(packing: Packing, r: int, parts: list[Placed], cohorts: Cohorts) -> bool:
    """Place the packages that pieces complete; False, and nothing placed, where there are none or they don't fit."""
    wholes = _packages(packing, r, parts, cohorts)
    for whole in wholes:
        packing.restore(whole)
    if (packing.left < -OVER).any():
        _let_go(packing, r)
        return False
    return bool(wholes)


def _let_go(packing: Packing, r: int) -> None:
    """Take back all that is placed for a requirement of packages."""
    for at in reversed([i for i, whole in enumerate(packing.wholes) if whole.requirement == r]):
        packing.remove_whole(at)


def _fitting(
    packing: Packing, r: int, given: list[Placed], old: list[Placed], cohorts: Cohorts
) -> tuple[list[Placed], Cohorts]:
    """Of a requirement's pieces those that fit, each beside those before it, as far as they complete packages."""
    lim, parts, persons = packing.limits, list(given), []
    for part in given:
        _hold(packing, part)
    for part in old:
        units = min(part.units, packing.fits(part.trip))
        if units > HAIR:
            parts.append(Placed(part.trip, units))
            _hold(packing, parts[-1])
    for start, asked in cohorts:
        week = lim.trainees + int(lim.start_day[start]) // 7
        room = float(np.floor(min(packing.left[lim.course + start], packing.left[week], asked) + HAIR))
        if room > 0:
            persons.append((start, room))
            packing.restore(Whole(r, 0.0, (), ((start, room),), 0))
    _let_go(packing, r)
    return _needed(packing, r, len(given), parts, persons)


def _needed(
    packing: Packing, r: int, first: int, parts: list[Placed], persons: list[tuple[int, float]]
) -> tuple[list[Placed], Cohorts]:
    """Of pieces those that their packages need, the first parts all, the others in the order of their days."""
    p, of = packing.problem, packing.pairs.part
    count = sum(whole.count for whole in _packages(packing, r, parts, tuple(persons)))
    needs = p.packages.parts[p.requirements.package[r]]
    whole = [x.is_course or bool(p.items.whole[x.what]) for x in needs]
    left = {
        i: float(np.ceil(x.quantity * count - HAIR)) if whole[i] else x.quantity * count for i, x in enumerate(needs)
    }
    found = parts[:first]
    for part in found:
        left[int(of[part.trip.pair])] -= part.units
    for part in sorted(parts[first:], key=lambda x: x.trip.arrive):
        found.append(Placed(part.trip, _taken(left, int(of[part.trip.pair]), part.units)))
    places = {x.what: i for i, x in enumerate(needs) if x.is_course}
    seated = [(s, _taken(left, places[int(packing.limits.start_course[s])], units)) for s, units in persons]
    return [x for x in found if x.units > HAIR], tuple((s, units) for s, units in seated if units > HAIR)


def _packages(packing: Packing, r: int, placed: list[Placed], cohorts: Cohorts) -> list[Whole]:
    """The packages that a requirement's parts and cohorts complete, by day; the first holds all pieces."""
    p, lim = packing.problem, packing.limits
    needs = p.packages.parts[p.requirements.package[r]]
    courses = {part.what: place for place, part in enumerate(needs) if part.is_course}
    events = [(x.trip.arrive, int(packing.pairs.part[x.trip.pair]), x.units) for x in placed]
    for start, persons in cohorts:
        course = int(lim.start_course[start])
        if course in courses:
            events.append((int(lim.start_day[start] + p.courses.days[course]), courses[course], persons))
    stock, done = np.zeros(len(needs)), 0.0
    found: list[Whole] = []
    for day in sorted({day for day, _, _ in events}):
        for when, place_, units in events:
            if when == day:
                stock[place_] += units / needs[place_].quantity
        complete = float(min(np.floor(stock.min() + 1e-9), np.floor(p.requirements.quantity[r] + 1e-9)))
        if complete > done:
            pieces = ((), ()) if found else (tuple(placed), cohorts)
            found.append(Whole(r, complete - done, pieces[0], pieces[1], day))
            done = complete
    return found
