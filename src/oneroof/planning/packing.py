"""A plan in whole units under construction: what every limit has left, and what best goes through it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from typing import NamedTuple

import numpy as np

from oneroof.planning.columns import Trip
from oneroof.planning.goals import timeliness_on
from oneroof.planning.market import Market, cheapest_by, market_of, order_charges
from oneroof.planning.placing import widened
from oneroof.planning.problem import NO_ONE, Floats
from oneroof.planning.relaxation import Relaxation
from oneroof.planning.sweeps import best_way, offer_best, open_legs, reach, sweep
from oneroof.planning.terrain import Terrain
from oneroof.planning.whole import Shipments

HAIR = 1e-9  # what rounding of sums may take from a limit


class Placed(NamedTuple):
    """Goods on a trip; for parts, ``package`` numbers the package they were placed for."""

    trip: Trip
    units: float


@dataclass(frozen=True)
class Guide:
    """Row prices to compare deliveries by, and what is known of pairs at them."""

    price: Floats  # (rows,)
    market: Market
    charge: Floats  # (pairs,) of offer and requirement for one unit
    ceiling: Floats  # (pairs,) what a unit can be worth at most through what was left when that was looked at last
    seen: Floats  # (rows,) what was left then


@dataclass(frozen=True)
class Whole:
    """Packages of a requirement placed together: their parts, persons in starts, and the day they count."""

    requirement: int
    count: float
    parts: tuple[Placed, ...]
    cohorts: tuple[tuple[int, float], ...]
    day: int


class Held(NamedTuple):
    """What a packing held at some time."""

    placed: list[Placed]
    wholes: list[Whole]
    left: Floats
    objective: float
    known: tuple[tuple[Floats, Floats], ...]  # ceilings and what was left then, by guide


class Packing:
    """What is placed so far and what is left of every limit."""

    def __init__(self, relaxation: Relaxation, guided: bool = True) -> None:
        self.of = relaxation
        self.problem, self.limits = relaxation.problem, relaxation.limits
        self.pairs, self.sources = relaxation.matching.pairs, relaxation.matching.sources
        self.terrain = relaxation.router.terrain
        self.left = self.limits.amount.copy()
        self._ending: dict[int, Terrain] = {}  # the terrain up to a day
        self.placed: list[Placed] = []
        self.wholes: list[Whole] = []
        self.objective = 0.0
        self.bonus: Callable[[Packing], float] | None = None  # what the plan as it stands is worth beyond its points
        shape = relaxation.router.shape
        legs = len(self.problem.legs.keys)
        self.labels, self.open = np.full(shape, np.inf), np.zeros((legs, self.problem.weeks))
        self.leg, self.when = np.zeros(64, np.int64), np.zeros(64, np.int64)
        self.no_bay = np.zeros(shape[0])
        s = self.sources
        self.whole_item = self.problem.items.whole[s.item] if len(s.item) else np.zeros(0, np.bool_)
        self.need = np.where(self.whole_item, s.tonnes, np.minimum(s.tonnes, 1e-3))
        self.offer_row = np.where(s.is_offer, self.limits.offer + s.what, NO_ONE)
        self._guides: list[Guide] = []
        self.guide(relaxation.price if guided else np.zeros(self.limits.end))

    def guide(self, price: Floats) -> None:
        """Use these row prices to compare deliveries."""
        known = [guide for guide in self._guides if np.array_equal(guide.price, price)]
        if not known:
            known = [self._guide(price)]
            self._guides += known
        self.by, self.price, self.market, self.charge = known[0], price, known[0].market, known[0].charge

    def _guide(self, price: Floats) -> Guide:
        """Prices that were not used before: nothing is known of any pair."""
        lim, pairs = self.limits, self.pairs
        offer = self.offer_row[pairs.source] if len(pairs.source) else np.zeros(0, np.int64)
        charge = np.where(offer >= 0, price[offer], 0.0) + pairs.share * price[lim.requirement + pairs.requirement]
        market = market_of(self.problem, self.of.matching, lim, price)
        return Guide(price, market, charge, np.full(len(charge), np.inf), self.left.copy())

    def look_again(self) -> None:
        """Forget what is known of pairs where limits have more left than when they were looked at last."""
        widened(self.of.pool.terms, self.terrain, self.need - HAIR, self.by.seen, self.left, self.by.ceiling)
        self.by.seen[:] = self.left

    def learn_from(self, other: Guide) -> None:
        """What has no way at all at other prices, through what is left now, has none at these."""
        self.look_again()
        if (self.left <= other.seen + HAIR).all():
            self.by.ceiling[other.ceiling == -np.inf] = -np.inf

    def held(self) -> Held:
        """All that is placed and known, to go back to."""
        known = tuple((guide.ceiling.copy(), guide.seen.copy()) for guide in self._guides)
        return Held(self.placed.copy(), self.wholes.copy(), self.left.copy(), self.objective, known)

    def go_back(self, held: Held) -> None:
        """Be as it was then."""
        self.placed, self.wholes, self.objective = held.placed.copy(), held.wholes.copy(), held.objective
        self.left[:] = held.left
        for guide, (ceiling, seen) in zip(self._guides, held.known, strict=False):
            guide.ceiling[:], guide.seen[:] = ceiling, seen

    def value(self) -> float:
        """The objective, and the bonus where there is one."""
        return self.objective + (self.bonus(self) if self.bonus else 0.0)

    # ---- what is left ---------------------------------------------------------------------------------------------
    def units_left(self, s: int) -> float:
        """Units that an offer still has; no limit for purchases."""
        row = int(self.offer_row[s])
        return float(self.left[row]) if row >= 0 else np.inf

    def rooms(self) -> tuple[Floats, Floats]:
        """Tonnes left on legs and at nodes by week."""
        lim = self.limits
        return (
            lim.leg_weeks(self.left, len(self.problem.legs.keys)),
            lim.node_weeks(self.left, len(self.problem.nodes.keys)),
        )

    def bay(self, s: int, units: float = 1.0) -> tuple[Floats, np.ndarray | None]:
        """Order prices per tonne by day, among orders that can still be paid and made."""
        src = self.sources
        if src.is_offer[s]:
            return self.no_bay, None
        span = np.arange(src.order_first[s], src.order_first[s + 1])
        lim, supplier = self.limits, int(src.what[s])
        fund = lim.fund + src.order_fund[span]
        week = lim.supplier + supplier * lim.weeks + src.order_week[span]
        possible = (self.left[fund] >= units * src.order_price[span] - HAIR) & (self.left[week] >= units - HAIR)
        ready, charge = order_charges(self.of.matching, lim, self.price, s)
        least, which = cheapest_by(self.problem.days, ready, np.where(possible, charge, np.inf))
        return least, np.where(which >= 0, which + span[0], NO_ONE)

    def fits(self, trip: Trip) -> float:
        """Units of the source that fit on a trip: whole where the item is."""
        s = int(self.pairs.source[trip.pair])
        units = self.units_left(s)
        tonnes = float(self.sources.tonnes[s])
        lim = self.limits
        if trip.order != NO_ONE:
            src = self.sources
            price = float(src.order_price[trip.order])
            if price:
                units = min(units, self.left[lim.fund + src.order_fund[trip.order]] / price)
            units = min(units, self.left[lim.supplier + src.what[s] * lim.weeks + src.order_week[trip.order]])
        for leg, day in zip(trip.legs, trip.days, strict=True):
            units = min(units, self.left[lim.leg + leg * lim.weeks + day // 7] / tonnes)
            units = min(units, self.left[lim.node + self.problem.legs.origin[leg] * lim.weeks + day // 7] / tonnes)
        return float(np.floor(units + HAIR)) if self.whole_item[s] else max(float(units), 0.0)

    def fits_with_requirement(self, trip: Trip) -> float:
        """Units that fit on a trip and into its requirement."""
        s = int(self.pairs.source[trip.pair])
        share = max(float(self.pairs.share[trip.pair]), 1e-12)
        room = float(self.left[self.limits.requirement + self.pairs.requirement[trip.pair]]) / share
        return min(self.fits(trip), float(np.floor(room + HAIR)) if self.whole_item[s] else max(room, 0.0))

    def shipments(self) -> Shipments:
        """What is placed, equal trips and cohorts added up."""
        trips: dict[Trip, float] = {}
        cohorts: dict[tuple[int, int], float] = {}
        for placed in self.placed + [part for whole in self.wholes for part in whole.parts]:
            trips[placed.trip] = trips.get(placed.trip, 0.0) + placed.units
        for whole in self.wholes:
            for start, persons in whole.cohorts:
                cohorts[whole.requirement, start] = cohorts.get((whole.requirement, start), 0.0) + persons
        ordered = sorted(trips, key=lambda t: t.place)
        return Shipments(
            tuple((t, trips[t]) for t in ordered),
            tuple((r, start, cohorts[r, start]) for r, start in sorted(cohorts)),
            self.objective,
        )

    # ---- placing --------------------------------------------------------------------------------------------------
    def use(self, trip: Trip, units: float) -> None:
        """Take a trip's units from the limits (negative: give them back); the transport cost goes with them."""
        lim, p, src = self.limits, self.problem, self.sources
        s = int(self.pairs.source[trip.pair])
        tonnes = units * float(src.tonnes[s])
        if trip.order == NO_ONE:
            self.left[self.offer_row[s]] -= units
        else:
            self.left[lim.fund + src.order_fund[trip.order]] -= units * src.order_price[trip.order]
            self.left[lim.supplier + src.what[s] * lim.weeks + src.order_week[trip.order]] -= units
        for leg, day in zip(trip.legs, trip.days, strict=True):
            self.left[lim.leg + leg * lim.weeks + day // 7] -= tonnes
            self.left[lim.node + p.legs.origin[leg] * lim.weeks + day // 7] -= tonnes
            self.objective -= tonnes * p.legs.cost[leg]

    def _earn(self, trip: Trip, units: float) -> None:
        """Count a delivery to an item requirement."""
        r = int(self.pairs.requirement[trip.pair])
        p = self.problem.requirements
        self.left[self.limits.requirement + r] -= units * self.pairs.share[trip.pair]
        time = timeliness_on(int(p.due[r]), int(p.latest[r]), trip.arrive)
        self.objective += units * self.pairs.gain[trip.pair] * time

    def place(self, trip: Trip, units: float) -> None:
        """Place a delivery to an item requirement (or of a pinned part)."""
        self.use(trip, units)
        self._earn(trip, units)
        self.placed.append(Placed(trip, units))

    def remove(self, place: int) -> None:
        """Take back a placed delivery."""
        gone = self.placed.pop(place)
        self.use(gone.trip, -gone.units)
        self._earn(gone.trip, -gone.units)

    def persons(self, cohorts: Iterable[tuple[int, float]], sign: float) -> None:
        """Take persons from seats and trainees (negative: give them back)."""
        lim = self.limits
        for start, persons in cohorts:
            self.left[lim.course + start] -= sign * persons
            self.left[lim.trainees + lim.start_day[start] // 7] -= sign * persons

    def _count(self, whole: Whole, sign: float) -> None:
        """Count packages (negative: give them back)."""
        p, r = self.problem.requirements, whole.requirement
        self.left[self.limits.requirement + r] -= sign * whole.count
        time = timeliness_on(int(p.due[r]), int(p.latest[r]), whole.day)
        self.objective += sign * whole.count * float(p.points[r]) * time
        self.persons(whole.cohorts, sign)

    def remove_whole(self, place: int) -> None:
        """Take back placed packages."""
        gone = self.wholes.pop(place)
        for part in gone.parts:
            self.use(part.trip, -part.units)
        self._count(gone, -1.0)

    def restore(self, whole: Whole) -> None:
        """Place packages that were put together before."""
        for part in whole.parts:
            self.use(part.trip, part.units)
        self._count(whole, 1.0)
        self.wholes.append(whole)

    # ---- filling --------------------------------------------------------------------------------------------------
    def _pair_units(self, s: int, units: np.ndarray) -> None:
        """Units that each pair of a source could still take: what its requirement has room for, in whole units."""
        begin, end = int(self.terrain.pair_first[s]), int(self.terrain.pair_first[s + 1])
        share = np.maximum(self.pairs.share[begin:end], 1e-12)
        room = self.left[self.limits.requirement + self.pairs.requirement[begin:end]] / share
        room = np.minimum(room, self.units_left(s))
        units[begin:end] = np.floor(room + HAIR) if self.whole_item[s] else np.where(room > 1e-6, room, 0.0)

    def fill_source(self, s: int, units: np.ndarray, least: np.ndarray) -> int:
        """Place the best deliveries of a source until nothing is worth it; how many were placed."""
        count = 0
        room, node_room = self.rooms()
        while count < 200:
            self._pair_units(s, units)
            mine = slice(int(self.terrain.pair_first[s]), int(self.terrain.pair_first[s + 1]))
            most = np.minimum(self.pairs.gain[mine] - self.charge[mine], self.by.ceiling[mine])
            if not ((units[mine] > 0.0) & (most > least[mine])).any():
                return count
            bay, orders = self.bay(s, 1.0 if self.whole_item[s] else 1e-3)
            pair, day, _, steps = offer_best(
                self.terrain,
                s,
                self.market.price,
                room,
                node_room,
                float(self.need[s]) - HAIR,
                bay,
                units,
                self.charge,
                least,
                self.by.ceiling,
                self.labels,
                self.open,
                self.leg,
                self.when,
                False,
            )
            if pair < 0 or steps < 0:
                return count
            trip = self.trip(s, pair, int(day), steps, orders)
            taken = min(self.fits(trip), float(units[pair]))
            if taken <= 0:
                return count
            self.place(trip, taken)
            count += 1
        return count

    def trip(self, s: int, pair: int, day: int, steps: int, orders: np.ndarray | None) -> Trip:
        """The trip that the last search left in the buffers."""
        legs = tuple(int(x) for x in self.leg[:steps])
        days = tuple(int(x) for x in self.when[:steps])
        leave = days[0] if steps else day
        order = NO_ONE if orders is None else int(orders[leave])
        if steps:
            arrive = days[-1] + int(self.problem.legs.days[legs[-1]])
        else:
            arrive = day if order == NO_ONE else max(day, int(self.sources.order_ready[order]))
        return Trip(pair, 1.0, legs, days, arrive, order)

    def leaving(self, s: int, pairs: list[int], week: int) -> list[Trip]:
        """For some pairs of a source, the best trip that leaves in a week through what is left of the limits."""
        bay, orders = self.bay(s, 1.0 if self.whole_item[s] else 1e-3)
        bay = bay.copy()
        bay[: 7 * week] = np.inf
        bay[7 * week + 7 :] = np.inf
        room, node_room = self.rooms()
        found = []
        last = int(self.terrain.last[s])
        open_legs(self.terrain, s, self.market.price, room, node_room, float(self.need[s]) - HAIR, self.open, last)
        sweep(self.terrain, s, self.open, bay, self.labels, last)
        for pair in pairs:
            day, steps = best_way(self.terrain, s, pair, self.open, bay, self.labels, self.leg, self.when)
            if day >= 0 and steps >= 0:
                found.append(self.trip(s, pair, int(day), int(steps), orders))
        return found

    def way(self, s: int, node: int, by: int, price: Floats) -> tuple[float, int]:
        """Cost per tonne (inf without) and number of legs of an offer's cheapest way at prices of (legs, weeks)."""
        room, node_room = self.rooms()
        need = float(self.need[s]) - HAIR
        found: tuple[float, int] = reach(
            self.terrain, s, price, room, node_room, need, self.no_bay, node, by,
            self.labels, self.open, self.leg, self.when,
        )  # fmt: skip
        return found

    # ---- packages -------------------------------------------------------------------------------------------------
    def add_package(self, r: int, by: int, count: float = 1.0) -> bool:
        """Place packages of a requirement that are complete by a day, or leave everything as it was."""
        p, before = self.problem, self.objective
        parts: list[Placed] = []
        cohorts: list[tuple[int, float]] = []
        good = self.left[self.limits.requirement + r] >= count - HAIR
        for place, part in enumerate(p.packages.parts[p.requirements.package[r]]):
            if not good:
                break
            if part.is_course:
                found = self.seats(part.what, part.quantity * count, by)
                good = found is not None
                cohorts += found or []
                self.persons(found or [], 1.0)
            else:
                gathered = self._gather(r, place, part.quantity * count, by)
                parts += gathered[1]
                good = gathered[0]
        return self.close(r, count, parts, cohorts, before if good else np.inf)

    def close(self, r: int, count: float, parts: list[Placed], cohorts: list[tuple[int, float]], before: float) -> bool:
        """Make packages of parts and persons that are taken already, if the objective comes to more than ``before``.

        Else parts and persons are given back.
        """
        days = self.problem.courses.days
        ready = [int(self.limits.start_day[s] + days[self.limits.start_course[s]]) for s, _ in cohorts]
        self.persons(cohorts, -1.0)
        whole = Whole(r, count, tuple(parts), tuple(cohorts), max([0, *ready, *(x.trip.arrive for x in parts)]))
        self._count(whole, 1.0)
        if self.objective > before:
            self.wholes.append(whole)
            return True
        self._count(whole, -1.0)
        for x in parts:
            self.use(x.trip, -x.units)
        return False

    def seats(self, course: int, persons: float, by: int) -> list[tuple[int, float]] | None:
        """Seats for persons in starts that end by a day, the cheapest first, then the earliest."""
        lim, p = self.limits, self.problem
        found: list[tuple[int, float]] = []
        asked = float(np.ceil(persons - HAIR))
        starts = np.arange(lim.course_first[course], lim.course_first[course + 1])
        starts = starts[lim.start_day[starts] + p.courses.days[course] <= by]
        week = lim.trainees + lim.start_day[starts] // 7
        charge = self.price[lim.course + starts] + self.price[week]
        taken: dict[int, float] = {}
        for i in np.lexsort((starts, charge)):
            start, row = int(starts[i]), int(week[i])
            room = min(self.left[lim.course + start], self.left[row] - taken.get(row, 0.0), asked)
            room = float(np.floor(room + HAIR))
            if room > 0:
                found.append((start, room))
                taken[row] = taken.get(row, 0.0) + room
                asked -= room
            if asked <= 0:
                return found
        return None if asked > 0 else found

    def _gather(self, r: int, place: int, quantity: float, by: int) -> tuple[bool, list[Placed]]:
        """Units of a part from any of its sources by a day, the cheapest first; they are taken from the limits."""
        found: list[Placed] = []
        node, rivals = int(self.problem.requirements.node[r]), self.of_part.get((r, place), [])
        rooms = self.rooms()
        offered = [(self._delivered(pair, node, by, rooms), k, pair) for k, pair in enumerate(rivals)]
        heap = [(offer[0], k, pair, 0, offer) for offer, k, pair in offered if offer is not None]
        heapify(heap)
        while quantity > HAIR and heap:
            _, k, pair, asked, offer = heappop(heap)
            if asked < len(found):  # what was taken since can only make it dearer
                again = self._delivered(pair, node, by, rooms)
                if again is not None:
                    heappush(heap, (again[0], k, pair, len(found), again))
                continue
            trip, units = offer[1], offer[2]
            if units <= 0:
                break
            s = int(self.pairs.source[pair])
            units = min(units, float(np.ceil(quantity - HAIR)) if self.whole_item[s] else quantity)
            self.use(trip, units)
            found.append(Placed(trip, units))
            quantity -= units
            if again := self._delivered(pair, node, by, rooms):
                heappush(heap, (again[0], k, pair, len(found), again))
        return quantity <= HAIR, found

    def _delivered(
        self, pair: int, node: int, by: int, rooms: tuple[Floats, Floats]
    ) -> tuple[float, Trip, float] | None:
        """Cost of a unit brought to a node by a day, its trip and how many fit; None where there is no way."""
        s = int(self.pairs.source[pair])
        least = 1.0 if self.whole_item[s] else 1e-6
        if self.units_left(s) < least - HAIR:
            return None
        bay, orders = self.bay(s, least)
        if by not in self._ending:  # what comes later is of no use here
            self._ending[by] = self.terrain._replace(last=np.minimum(self.terrain.last, by))
        cost, steps = reach(
            self._ending[by], s, self.market.price, *rooms, float(self.need[s]) - HAIR, bay, node, by,
            self.labels, self.open, self.leg, self.when,
        )  # fmt: skip
        if not np.isfinite(cost) or steps < 0:
            return None
        row = int(self.offer_row[s])
        day = min(by, int(self.sources.until[s])) if not steps else by
        trip = self.trip(s, pair, day, steps, orders)
        total = cost * float(self.sources.tonnes[s]) + (self.price[row] if row >= 0 else 0.0)
        return float(total), trip, self.fits(trip)

    @property
    def of_part(self) -> dict[tuple[int, int], list[int]]:
        """Pairs by requirement and part."""
        if not hasattr(self, "_of_part"):
            self._of_part: dict[tuple[int, int], list[int]] = {}
            for i in np.flatnonzero(self.pairs.part >= 0):
                self._of_part.setdefault((int(self.pairs.requirement[i]), int(self.pairs.part[i])), []).append(int(i))
        return self._of_part
