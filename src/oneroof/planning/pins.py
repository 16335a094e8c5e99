"""Pins: deliveries that keep all of them in whole units, or the smallest set of pins that can't be kept together."""

from __future__ import annotations

import numpy as np

from oneroof.planning import master
from oneroof.planning.columns import Columns, Packed, Trip, Trips
from oneroof.planning.faults import Fault, ProblemError
from oneroof.planning.limits import Limit, name_of
from oneroof.planning.packing import HAIR, Packing
from oneroof.planning.plan import printed
from oneroof.planning.pool import Pool
from oneroof.planning.problem import NO_ONE, STAGES, Floats, Ints
from oneroof.planning.relaxation import Relaxation
from oneroof.planning.riding import shipped
from oneroof.planning.timetable import Timetable

LARGE = 60_000  # columns of a timetable beyond which a conflict between whole units is not proven
WEEKS = 12  # departures that are tried for every pin where its cheapest ways do not fit in whole units


class PinFault(Fault):
    """A pin that can't be kept, alone or with others; rows are sorted when read, so its keys tell which it is."""

    def sentence(self, workbook: bool = False) -> str:
        """Where, what, why and cure in one line."""
        return f"{'sheet pins' if workbook else 'pins.csv'}, {self.value} {self.reason}. {self.cure}"


def kept(relaxation: Relaxation, in_whole_units: bool = True) -> tuple[tuple[Trip, float], ...]:
    """Deliveries in whole units (or in fractions) that keep every pin; what else a plan does is not their matter.

    Raises ProblemError with one fault for each pin of a set that can't be kept together, though any part of it can.
    ``relaxation`` gives the problem and the router; it need not have been solved.
    """
    if not len(relaxation.problem.pins.quantity):
        return ()
    keeper = _Keeper(relaxation, in_whole_units)
    alone = [i for i in keeper.all if keeper.reason(i)]
    if alone:
        raise ProblemError([keeper.fault([i], i) for i in alone])
    found = keeper.keep(keeper.all)
    if found is not None:
        return found
    conflict = list(keeper.all)
    for i in keeper.all:
        without = [j for j in conflict if j != i]
        if without and keeper.keep(without) is None:
            conflict = without
    raise ProblemError([keeper.fault(conflict, i) for i in conflict])


class _Keeper:
    """Finds deliveries for sets of pins; the ways found for one set serve the next."""

    def __init__(self, relaxation: Relaxation, in_whole_units: bool) -> None:
        self.in_whole_units = in_whole_units
        self.of, self.problem, self.limits = relaxation, relaxation.problem, relaxation.limits
        self.packing = Packing(relaxation, guided=False)
        self.pool = Pool(relaxation.problem, relaxation.matching, relaxation.limits)
        pins, pairs = self.problem.pins, relaxation.matching.pairs
        self.all = list(range(len(pins.quantity)))
        self.whole = self.problem.items.whole[self.problem.offers.item[pins.offer]] & in_whole_units
        self.asked = np.where(self.whole, np.ceil(pins.quantity - HAIR), pins.quantity)
        self.pair = {int(pairs.pin[i]): int(i) for i in np.flatnonzero((pairs.pin >= 0) & (pairs.part == NO_ONE))}
        self.trips: list[Trip] = []
        self.tight: list[Limit] = []  # limits that charged something when a set could not be kept

    # ---- deliveries -----------------------------------------------------------------------------------------------
    def keep(self, chosen: list[int]) -> tuple[tuple[Trip, float], ...] | None:
        """Deliveries that keep some pins; None where there are none."""
        if not self.fractions(chosen):
            return None
        found = self.settle(chosen)
        if found is None:
            self.spread(chosen)
            found = self.settle(chosen)
        return self.by_timetable(chosen) if found is None else found

    def fractions(self, chosen: list[int]) -> bool:
        """Whether fractions of units could keep some pins; finds ways by their prices until they do or none helps."""
        price = np.zeros(self.limits.end)
        while True:
            if self.trips:
                program, amount = self.program(chosen)
                solved = master.solve(program, amount)
                if solved.objective >= len(chosen) - 1e-7:
                    return True
                price = np.maximum(solved.price, 0.0)
            if not sum(self.add_way(i, price) for i in chosen):
                rows = np.flatnonzero(price[: self.limits.pin] > 1e-9)
                self.tight = [name_of(self.problem, self.limits, int(row)) for row in rows]
                return False

    def add_way(self, i: int, price: Floats) -> bool:
        """Add the cheapest way of a pin at prices of limits, if it helps."""
        packing, lim, p = self.packing, self.limits, self.problem
        pair = self.pair[i]
        s = int(packing.pairs.source[pair])
        r = int(packing.pairs.requirement[pair])
        per_tonne = lim.leg_weeks(price, len(p.legs.keys)) + lim.node_weeks(price, len(p.nodes.keys))[p.legs.origin]
        cost, steps = packing.way(s, int(p.requirements.node[r]), int(packing.pairs.last[pair]), per_tonne)
        charge = price[lim.offer + p.pins.offer[i]] + price[lim.pin + i]
        charge += float(packing.pairs.share[pair]) * price[lim.requirement + r]
        if not np.isfinite(cost) or 1.0 / self.asked[i] - charge - float(packing.sources.tonnes[s]) * cost < 1e-9:
            return False
        day = min(int(packing.pairs.last[pair]), int(packing.sources.until[s]))
        trip = packing.trip(s, pair, day, int(steps), None)
        if not steps:
            trip = Trip(pair, 1.0, (), (), int(packing.sources.first[s]), NO_ONE)
        if trip in self.trips:
            return False
        self.trips.append(trip)
        return True

    def program(self, chosen: list[int]) -> tuple[Packed, Floats]:
        """As much of some pins as the ways found allow: every pin counts 1 when it is kept."""
        amount, lim = self.limits.amount.copy(), self.limits
        amount[lim.pin : lim.kept] = 0.0
        amount[lim.pin + np.array(chosen)] = self.asked[chosen]
        pairs, trips = self.packing.pairs, Trips.of(self.trips)
        _, q = self.pool.entered(Columns.deliveries(pairs.requirement[trips.pair], trips), floors=True)
        most = np.minimum.reduceat(amount[q.rows] / q.values, q.first[:-1])
        return Packed(1.0 / self.asked[pairs.pin[trips.pair]], most, q.first, q.rows, q.values), amount

    def settle(self, chosen: list[int]) -> tuple[tuple[Trip, float], ...] | None:
        """Whole units on the ways found that keep some pins."""
        program, amount = self.program(chosen)
        whole = np.array([self.whole[self.packing.pairs.pin[trip.pair]] for trip in self.trips])
        most = np.where(whole, np.floor(program.most + HAIR), program.most)
        program = Packed(program.gain, most, program.first, program.rows, program.values)
        solved = master.solve(program, amount, whole=whole, nodes=2000)
        if solved.objective < len(chosen) - 1e-7:
            return None
        quantity = np.where(whole, np.round(solved.quantity), solved.quantity)
        return tuple((trip, float(x)) for trip, x in zip(self.trips, quantity, strict=True) if x > HAIR)

    def spread(self, chosen: list[int]) -> None:
        """Add departures in many weeks."""
        packing = self.packing
        for i in chosen:
            s = int(packing.pairs.source[self.pair[i]])
            first, until = int(packing.sources.first[s]) // 7, int(packing.sources.until[s]) // 7
            weeks: Ints = np.unique(np.linspace(first, until, WEEKS).astype(np.int64))
            for week in weeks:
                self.trips += [t for t in packing.leaving(s, [self.pair[i]], int(week)) if t not in self.trips]

    def by_timetable(self, chosen: list[int]) -> tuple[tuple[Trip, float], ...] | None:
        """The same over every way there is: exact, for small problems; in others, what was not found is not there."""
        of = self.of
        table = Timetable.of(of.problem, of.matching, of.limits, pinned=True)
        program, amount, whole = table.arrays()
        if len(whole) > LARGE:
            return None
        if not self.in_whole_units:
            whole = np.zeros(len(whole), np.bool_)
        floor = self.limits.pin + np.array(chosen), self.asked[chosen]
        solved = master.solve(program, amount, whole=whole, floor=floor)
        if solved.objective == -np.inf:
            return None
        return shipped(table, np.where(whole, np.round(solved.quantity), solved.quantity), 0.0).trips

    # ---- words ----------------------------------------------------------------------------------------------------
    def reason(self, i: int) -> str:
        """Why a pin can't be kept whatever the others ask; '' where nothing plain stands against it."""
        p, pins = self.problem, self.problem.pins
        o, r = int(pins.offer[i]), int(pins.requirement[i])
        if i not in self.pair:
            return self.unmatched(o, r)
        if self.asked[i] > p.offers.quantity[o] + HAIR:
            return f"asks for more than the {printed(p.offers.quantity[o])} units of the offer"
        units = self.asked[i] * float(self.packing.pairs.share[self.pair[i]])
        if units > p.requirements.quantity[r] * (1 + 1e-9):
            return f"asks for more than the requirement's quantity of {printed(p.requirements.quantity[r])}"
        return ""

    def unmatched(self, o: int, r: int) -> str:
        """Why an offer does not serve a requirement at all."""
        p = self.problem
        if p.offers.stage[o] < p.min_stage:
            return f"names an offer below the stage {STAGES[p.min_stage]}"
        if not p.offers.usable[o]:
            return "names an offer that lacks consent or a day to leave on"
        if p.offers.coalition[o] not in (NO_ONE, p.requirements.coalition[r]):
            return "names an offer that its caveat keeps to another coalition"
        return "names an offer whose item does not serve the requirement"

    def name(self, i: int) -> str:
        """The keys of a pin."""
        p, pins = self.problem, self.problem.pins
        return f"{p.offers.keys[pins.offer[i]]} to {p.requirements.keys[pins.requirement[i]]}"

    def fault(self, conflict: list[int], i: int) -> Fault:
        """The fault of one pin of a set that can't be kept together."""
        name = f"{self.name(i)}: {printed(float(self.problem.pins.quantity[i]))}"
        reason = self.reason(i) or "can't be kept: not so many units arrive through the legs in the offer's window"
        if len(conflict) > 1:
            reason = "can't be kept together with " + "; ".join(self.name(j) for j in conflict if j != i)
        full = sorted({f"{limit.kind} {limit.key}" for limit in self.tight if limit.key})
        cure = "Lower the quantity or remove the pin"
        if full and not self.reason(i):
            cure += ", or raise " + ", ".join(full[:4])
        return PinFault("pins", 0, "", name, reason, cure + ".")
