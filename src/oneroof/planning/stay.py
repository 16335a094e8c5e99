"""Staying near an earlier plan: its lines come first, and every unit that moves by a day has a price."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from oneroof.planning.columns import Trip
from oneroof.planning.ledger import Delivery, Ledger
from oneroof.planning.packing import Packing, Placed, Whole
from oneroof.planning.plan import Plan
from oneroof.planning.problem import NO_ONE, Floats
from oneroof.planning.relaxation import Relaxation
from oneroof.planning.tables import Row

DAY = 0.002  # share of a unit's points that one day of change costs
FAR = 25  # days from which a unit counts as dropped: together 5 % of its points


@dataclass(frozen=True)
class Earlier:
    """The lines of an earlier plan that are still possible, and what every unit of them that stays is worth."""

    trips: tuple[tuple[Trip, float], ...]
    cohorts: dict[int, tuple[tuple[int, float], ...]]  # by requirement: start and persons
    lines: dict[int, tuple[tuple[int, float], ...]]  # by pair: day of arrival and units
    worth: Floats  # (pairs,) points per unit that stays

    def kept(self, packing: Packing) -> float:
        """What the units of a packing that stay near their old days are worth; each old unit counts once."""
        found: dict[int, list[tuple[int, float]]] = {}
        for placed in packing.placed + [part for whole in packing.wholes for part in whole.parts]:
            found.setdefault(placed.trip.pair, []).append((placed.trip.arrive, placed.units))
        return sum(
            float(self.worth[pair]) * _matched(lines, sorted(found[pair]))
            for pair, lines in self.lines.items()
            if pair in found
        )


def _matched(old: tuple[tuple[int, float], ...], new: list[tuple[int, float]]) -> float:
    """Units of one pair in the order of their days, old against new, each less by its share of the way to FAR."""
    total, i, j = 0.0, 0, 0
    left_old, left_new = old[0][1], new[0][1]
    while True:
        units = min(left_old, left_new)
        total += units * max(0.0, 1.0 - abs(old[i][0] - new[j][0]) / FAR)
        left_old, left_new = left_old - units, left_new - units
        if left_old <= 1e-9:
            i += 1
            if i == len(old):
                return total
            left_old = old[i][1]
        if left_new <= 1e-9:
            j += 1
            if j == len(new):
                return total
            left_new = new[j][1]


def earlier(relaxation: Relaxation, plan: Plan) -> Earlier:
    """What an earlier plan did that the problem still allows."""
    p, pairs = relaxation.problem, relaxation.matching.pairs
    ledger = Ledger.of(p, plan.tables)
    trips = [
        (trip, line.quantity)
        for line in sorted(ledger.deliveries, key=lambda d: d.key)
        if (trip := _trip(relaxation, ledger, line)) is not None
    ]
    lines: dict[int, list[tuple[int, float]]] = {}
    for trip, units in trips:
        lines.setdefault(trip.pair, []).append((trip.arrive, units))
    points = p.requirements.points[pairs.requirement]
    return Earlier(
        tuple(trips),
        _cohorts(relaxation, ledger),
        {pair: tuple(sorted(found)) for pair, found in sorted(lines.items())},
        DAY * FAR * np.where(pairs.part == NO_ONE, pairs.gain, points * pairs.share / _parts(relaxation)),
    )


def _parts(relaxation: Relaxation) -> Floats:
    """How many parts the package of every pair's requirement has; 1 for items."""
    p = relaxation.problem
    count = [1.0 if k == NO_ONE else float(len(p.packages.parts[k])) for k in p.requirements.package.tolist()]
    return np.array(count)[relaxation.matching.pairs.requirement]


def _trip(relaxation: Relaxation, ledger: Ledger, line: Delivery) -> Trip | None:
    """A delivery of the earlier plan as a trip of this problem, if all it needs is still there."""
    p, s, pairs = relaxation.problem, relaxation.matching.sources, relaxation.matching.pairs
    order, source = _source(relaxation, ledger, line)
    if source == NO_ONE:
        return None
    mine = np.flatnonzero((pairs.source == source) & (pairs.requirement == line.requirement))
    first = int(s.first[source]) if order == NO_ONE else int(s.order_ready[order])
    legs = tuple(move.leg for move in line.moves)
    days = tuple(move.depart for move in line.moves)
    if not len(mine) or not first <= line.depart <= s.until[source] or line.arrive > pairs.last[mine[0]]:
        return None
    if not legs and s.node[source] != p.requirements.node[line.requirement]:
        return None
    net, kind = relaxation.matching.network, int(s.legs[source])
    allowed = set(net.out_leg[kind, : net.out_first[kind, -1]].tolist())
    ready = line.depart
    for leg, day in zip(legs, days, strict=True):
        if leg not in allowed or day < ready or not p.legs.opens[leg] <= day <= p.legs.closes[leg]:
            return None
        ready = day + int(p.legs.days[leg])
    return Trip(int(mine[-1]), 1.0, legs, days, ready, order) if ready == line.arrive else None


def _source(relaxation: Relaxation, ledger: Ledger, line: Delivery) -> tuple[int, int]:
    """The order (NO_ONE for an offer) and the source of a delivery; NO_ONE where it is gone."""
    s = relaxation.matching.sources
    if line.from_offer:
        found = np.flatnonzero(s.is_offer & (s.what == line.source))
        return NO_ONE, int(found[0]) if len(found) else NO_ONE
    bought = ledger.purchases[line.source]
    for source in np.flatnonzero(~s.is_offer & (s.what == bought.supplier)).tolist():
        for order in range(int(s.order_first[source]), int(s.order_first[source + 1])):
            if s.order_fund[order] == bought.fund and 7 * s.order_week[order] == bought.order:
                return order, source
    return NO_ONE, NO_ONE


def _cohorts(relaxation: Relaxation, ledger: Ledger) -> dict[int, tuple[tuple[int, float], ...]]:
    """Persons in starts that still exist, by requirement."""
    lim = relaxation.limits
    at = {key: i for i, key in enumerate(zip(lim.start_course.tolist(), lim.start_day.tolist(), strict=True))}
    found: dict[int, list[tuple[int, float]]] = {}
    for cohort in ledger.cohorts:
        if (cohort.course, cohort.start) in at:
            found.setdefault(cohort.requirement, []).append((at[cohort.course, cohort.start], cohort.persons))
    return {r: tuple(sorted(rows)) for r, rows in sorted(found.items())}


def place(packing: Packing, near: Earlier) -> None:
    """Place what the earlier plan did, as far as it fits: packages whole, other lines one by one."""
    pairs = packing.pairs
    parts: dict[int, list[Placed]] = {}
    for trip, units in near.trips:
        if pairs.part[trip.pair] != NO_ONE:
            parts.setdefault(int(pairs.requirement[trip.pair]), []).append(Placed(trip, units))
    for r, mine in sorted(parts.items()):
        for whole in _packages(packing, r, mine, near.cohorts.get(r, ())):
            packing.restore(whole)
        if (packing.left < -1e-6).any():
            while packing.wholes and packing.wholes[-1].requirement == r:
                packing.remove_whole(len(packing.wholes) - 1)
    for trip, units in near.trips:
        if pairs.part[trip.pair] == NO_ONE:
            fitting = min(units, packing.fits_with_requirement(trip))
            if fitting > 0:
                packing.place(trip, fitting)


def _packages(packing: Packing, r: int, placed: list[Placed], cohorts: tuple[tuple[int, float], ...]) -> list[Whole]:
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


def moved(tables: Mapping[str, list[Row]], plan: Plan) -> str:
    """How many tonnes of the earlier plan stay as they were, move by how many days, or are gone; and what is new."""
    old, new = _by_pair(plan.tables), _by_pair(tables)
    total = same = shifted = days = 0.0
    for key, lines in old.items():
        total += sum(tonnes for _, tonnes in lines)
        for before, after, tonnes in _side_by_side(lines, new.get(key, [])):
            gap = abs((dt.date.fromisoformat(after) - dt.date.fromisoformat(before)).days)
            same, shifted = (same + tonnes, shifted) if gap == 0 else (same, shifted + tonnes)
            days += gap * tonnes
    added = sum(tonnes for lines in new.values() for _, tonnes in lines) - same - shifted
    late = f" by {days / shifted:.1f} days on average" if shifted > 0 else ""
    return (
        f"Of {total:,.0f} tonnes of the earlier plan {same:,.0f} arrive on the same day as before, {shifted:,.0f} move"
        f"{late}, {max(total - same - shifted, 0.0):,.0f} are dropped or come from elsewhere; {max(added, 0.0):,.0f}"
        " tonnes are new."
    )


def _by_pair(tables: Mapping[str, list[Row]]) -> dict[tuple[str, str], list[tuple[str, float]]]:
    """Arrivals in tonnes by source and requirement; a purchase goes by its supplier and fund."""
    bought = {row["purchase"]: f"{row['supplier']} {row['fund']}" for row in tables["purchases"]}
    found: dict[tuple[str, str], list[tuple[str, float]]] = {}
    for row in tables["deliveries"]:
        key = bought.get(row["source"], row["source"]), row["requirement"]
        found.setdefault(key, []).append((row["arrive_on"], float(row["tonnes"])))
    return {key: sorted(lines) for key, lines in found.items()}


def _side_by_side(old: list[tuple[str, float]], new: list[tuple[str, float]]) -> Iterator[tuple[str, str, float]]:
    """Old and new arrivals of one pair in the order of their days: day before, day now, tonnes."""
    left, i, j = [tonnes for _, tonnes in old], 0, 0
    room = [tonnes for _, tonnes in new]
    while i < len(old) and j < len(new):
        tonnes = min(left[i], room[j])
        yield old[i][0], new[j][0], tonnes
        left[i], room[j] = left[i] - tonnes, room[j] - tonnes
        i, j = i + (left[i] <= 1e-9), j + (room[j] <= 1e-9)
