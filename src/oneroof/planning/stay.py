"""Staying near an earlier plan: what of it is still possible, and what every unit that stays is worth."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from oneroof.planning.columns import Trip, Trips
from oneroof.planning.ledger import Delivery, Ledger
from oneroof.planning.packing import HAIR, Packing
from oneroof.planning.plan import Plan
from oneroof.planning.problem import NO_ONE, Floats
from oneroof.planning.relaxation import Relaxation
from oneroof.planning.tables import Row

DAY = 0.002  # share of a unit's points that one day of change costs
FAR = 25  # days from which a unit counts as dropped: together 5 % of its points

Lines = tuple[tuple[Trip, float], ...]  # trips with their units
Cohorts = tuple[tuple[int, float], ...]  # starts with their persons


@dataclass(frozen=True)
class Earlier:
    """The lines of an earlier plan that are still possible, and what every unit of them that stays is worth."""

    trips: Lines
    cohorts: dict[int, Cohorts]  # by requirement
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
    trips = []
    for line in sorted(ledger.deliveries, key=lambda d: d.key):
        trip, units = _trip(relaxation, ledger, line), line.quantity
        if p.items.whole[line.item]:
            units = float(np.floor(units + HAIR))  # the earlier plan may be one in fractions
        if trip is not None and units > 0:
            trips.append((trip, units))
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
    """A delivery of the earlier plan as a trip of this problem, if all it needs is still there.

    It leaves on its old days; where its last leg takes longer or shorter now, it arrives on another one.
    """
    p, s, pairs = relaxation.problem, relaxation.matching.sources, relaxation.matching.pairs
    order, source = _source(relaxation, ledger, line)
    mine = np.flatnonzero((pairs.source == source) & (pairs.requirement == line.requirement))
    if source == NO_ONE or not len(mine):
        return None
    pair = int(mine[-1])  # the part, where a pinned part may also come alone
    legs = tuple(move.leg for move in line.moves)
    days = tuple(move.depart for move in line.moves)
    first = int(s.first[source]) if order == NO_ONE else int(s.order_ready[order])
    leave = days[0] if days else line.depart
    arrive = days[-1] + int(p.legs.days[legs[-1]]) if legs else leave
    trip = Trip(pair, 1.0, legs, days, arrive, order)
    one = Trips.of([trip])
    rides = bool(relaxation.matching.rides(p, one.pair, one.first, one.leg, one.when)[0])
    return trip if rides and first <= leave <= s.until[source] and arrive <= pairs.last[pair] else None


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


def _cohorts(relaxation: Relaxation, ledger: Ledger) -> dict[int, Cohorts]:
    """Persons in starts that still exist, of courses that the requirement's package still needs, by requirement."""
    p, lim = relaxation.problem, relaxation.limits
    at = {key: i for i, key in enumerate(zip(lim.start_course.tolist(), lim.start_day.tolist(), strict=True))}
    found: dict[int, list[tuple[int, float]]] = {}
    for cohort in ledger.cohorts:
        package, persons = int(p.requirements.package[cohort.requirement]), float(np.floor(cohort.persons + HAIR))
        needed = package != NO_ONE and any(x.is_course and x.what == cohort.course for x in p.packages.parts[package])
        if needed and persons > 0 and (cohort.course, cohort.start) in at:
            found.setdefault(cohort.requirement, []).append((at[cohort.course, cohort.start], persons))
    return {r: tuple(sorted(rows)) for r, rows in sorted(found.items())}


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
