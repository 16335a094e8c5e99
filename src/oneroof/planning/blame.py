"""How a gap divides among the limits that cause it: plain causes first, then by price along the best alternative."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from oneroof.planning.causes import Candidate, Sourcing, Want
from oneroof.planning.passing import HAIR, SLIVER
from oneroof.planning.problem import NO_ONE
from oneroof.planning.reaching import Journey
from oneroof.planning.room import FLOOR, Kind, Stock

SIMPLE = ("consent", "stage", "caveat", "lead_time", "time", "fund", "supplier", "route", "worth")


@dataclass(frozen=True)
class Cause:
    """One limit and the units of the want that it keeps away."""

    limit: str
    what: str  # key of the thing
    units: float
    share: float  # of the price of the units at the alternative; 1 where nothing is priced
    weeks: tuple[int, int] | None
    want: Want
    by: tuple[Candidate, ...] = ()  # the sources that it concerns
    tonnes: float = 0.0  # per unit of the want
    spare: float = 0.0  # of the limit: the least left in its weeks
    amount: float = 0.0  # of the limit
    rows: tuple[int, ...] = ()  # all limits used up along the alternative
    journey: Journey | None = None
    behind: float = 0.0  # units that need room at the limit, whatever its share of the price
    per: float = 1.0  # units of the want for one unit of the requirement


class Blame:
    """Divides gaps."""

    def __init__(self, sourcing: Sourcing) -> None:
        self.sourcing, self.room = sourcing, sourcing.room
        self.problem, self.limits, self.price = sourcing.problem, sourcing.limits, sourcing.price

    def divide(self, want: Want, brought: float = 0.0) -> list[Cause]:
        """The causes of a want, its units divided among them; ``brought`` units are known to have a way."""
        found: list[Cause] = []
        candidates = self.sourcing.candidates(want)
        rest = want.units
        open_ = [c for c in candidates if not c.obstacles]
        ready = [c for c in open_ if self._usable(c, want)]
        held = min(rest, sum(c.units for c in ready) - brought)
        if held > HAIR:
            found += self._on_the_way(want, ready, held)
            rest -= held
        if rest > HAIR:
            fractions = sum(self._fraction(c) for c in open_ if c.is_offer)
            if (not ready and open_ and fractions >= rest - HAIR) or self._too_small(want, open_, rest):
                return [*found, Cause("whole_units", "", rest, 1.0, None, want, tuple(open_))]
            for cause in [*self._pins(want, open_, rest), *self._obstacles(want, candidates)]:
                if rest > HAIR:
                    units = min(rest, cause.units)
                    found.append(_with(cause, units))
                    rest -= units
        if rest > HAIR:
            found.append(self._used_up(want, candidates, rest))
        return found

    def _usable(self, c: Candidate, want: Want) -> bool:
        """Whether at least one unit of an open candidate is left and would fit into the requirement."""
        if c.units <= HAIR:
            return False
        return not self.sourcing.whole(c.item) or want.is_part or want.units / c.share >= 1 - HAIR

    def _too_small(self, want: Want, open_: list[Candidate], rest: float) -> bool:
        """Whether something is left of an open candidate and only a whole unit is too much for the requirement."""
        return any(c.units > HAIR and not self._usable(c, want) for c in open_) and rest >= want.units - HAIR

    def _fraction(self, c: Candidate) -> float:
        """What is left of an offer beyond whole units."""
        left = float(self.room.left[self.limits.offer + c.what])
        return c.share * (left - math.floor(left + HAIR)) if self.sourcing.whole(c.item) else 0.0

    # ---- plain causes ---------------------------------------------------------------------------------------------
    def _pins(self, want: Want, open_: list[Candidate], rest: float) -> list[Cause]:
        """Units that pins give to requirements where they earn less."""
        p, pins = self.problem, self.problem.pins
        found = []
        for c in open_:
            for i in np.flatnonzero(pins.offer == c.what) if c.is_offer else ():
                other = int(pins.requirement[i])
                if other == want.requirement or self._earns(c.item, other) >= c.gain:
                    continue
                units = min(float(pins.quantity[i]), self.sourcing.given.get((c.what, other), 0.0)) * c.share
                if units > HAIR:
                    what = f"{p.offers.keys[c.what]}/{p.requirements.keys[other]}"
                    found.append(Cause("pin", what, min(units, rest), 1.0, None, want, (c,), amount=units / c.share))
        return found

    def _earns(self, item: int, r: int) -> float:
        """Points per unit of an item in time for a requirement."""
        q, p = self.problem.requirements, self.problem
        if q.item[r] == NO_ONE:
            parts = [x for x in p.packages.parts[q.package[r]] if not x.is_course]
            return float(q.points[r] / max(sum(x.quantity for x in parts), 1e-12))
        if q.item[r] == item:
            return float(q.points[r])
        s = p.substitutes
        rows = np.flatnonzero((s.item == q.item[r]) & (s.substitute == item))
        return float(q.points[r] * s.preference[rows[0]] / s.units_per_unit[rows[0]]) if len(rows) else 0.0

    def _obstacles(self, want: Want, candidates: list[Candidate]) -> list[Cause]:
        """Sources that one obstacle keeps away (or more, where nothing else is there), most units first."""
        single = [c for c in candidates if len(c.obstacles) == 1 and c.units > HAIR]
        if not single and not any(not c.obstacles for c in candidates):
            single = [c for c in candidates if c.obstacles and c.units > HAIR]
        groups: dict[tuple[bool, str], list[Candidate]] = {}
        for c in single:
            limit = min(c.obstacles, key=SIMPLE.index)
            groups.setdefault((c.item != want.item, limit), []).append(c)
        causes = []
        for (other, limit), mine in groups.items():
            units = sum(c.units for c in mine)
            largest = max(mine, key=lambda c: (c.units, -c.what))
            ordered = tuple(sorted(mine, key=lambda c: (-c.units, not c.is_offer, c.what)))
            weak = limit in ("route", "worth")
            rank = other, weak, -min(units, want.units), SIMPLE.index(limit)
            causes.append((rank, Cause(limit, self._key(largest, limit), units, 1.0, None, want, ordered)))
        return [cause for _, cause in sorted(causes, key=lambda x: x[0])]

    def _key(self, c: Candidate, limit: str) -> str:
        """The key of what an obstacle is about."""
        p = self.problem
        if c.is_offer:
            return p.offers.keys[c.what]
        if limit == "fund" and c.fund != NO_ONE:
            return p.funds.keys[c.fund]
        return p.suppliers.keys[c.what]

    def _used_up(self, want: Want, candidates: list[Candidate], units: float) -> Cause:
        """The offer, fund or supplier that has nothing left."""
        p, lim = self.problem, self.limits
        purchases = [c for c in candidates if not c.is_offer and not c.obstacles]
        offers = [c for c in candidates if c.is_offer and not c.obstacles]
        for c in purchases:
            dear = float(self.price[lim.fund + c.fund]) * float(p.suppliers.price[c.what]) > 1.5 * c.gain
            if dear and offers and not want.is_part:
                continue
            key = p.funds.keys[c.fund] if c.short == "fund" else p.suppliers.keys[c.what]
            return Cause(c.short, key, units, 1.0, None, want, (c,))
        key = p.offers.keys[offers[0].what] if offers else p.items.keys[want.item]
        return Cause("offer", key, units, 1.0, None, want, tuple(offers))

    # ---- on the way -----------------------------------------------------------------------------------------------
    def _on_the_way(self, want: Want, ready: list[Candidate], units: float) -> list[Cause]:
        """What stands on the cheapest way of sources that have something left: limits used up, by their price."""
        best = self._cheapest(want, ready)
        if best is None and self.sourcing.roads.span < self.problem.days:
            span, self.sourcing.roads.span = self.sourcing.roads.span, self.problem.days
            best = self._cheapest(want, ready)
            self.sourcing.roads.span = span
        if best is None:
            return [Cause("route", self._key(ready[0], "route"), units, 1.0, None, want, tuple(ready))]
        return self._split(want, best[1], best[2], units)

    def _cheapest(self, want: Want, ready: list[Candidate]) -> tuple[float, Candidate, Journey] | None:
        """The source and the way that lose least against what a unit earns."""
        best: tuple[float, Candidate, Journey] | None = None
        groups: dict[tuple[Kind, int], list[Candidate]] = {}
        for c in ready:
            groups.setdefault((c.kind, c.item), []).append(c)
        for (_, item), mine in sorted(groups.items()):
            tonnes, stocks = self._tonnes(item), [c.stock for c in mine]
            need, top = self.need(item, want.units / mine[0].share), max(mine[0].gain / tonnes, 1e-9)
            prices = self.room.prices(stocks, need, self.price, top, want.node, want.by).tolist()
            losses = [(price * tonnes - c.gain) / c.share for price, c in zip(prices, mine, strict=True)]
            place = min(range(len(mine)), key=losses.__getitem__)
            if losses[place] < (np.inf if best is None else best[0]):
                way = self.room.way(stocks[place], prices[place], want.node, want.by)
                best = best if way is None else (losses[place], mine[place], way)
        return best

    def _tonnes(self, item: int) -> float:
        """Tonnes per unit."""
        return float(self.problem.items.tonnes[item])

    def need(self, item: int, units: float) -> float:
        """Tonnes that must be free for a limit to count as having room: a whole unit, or a part of what is wanted."""
        return self._tonnes(item) * (1.0 if self.sourcing.whole(item) else max(SLIVER * units, 1e-3))

    def _split(self, want: Want, c: Candidate, way: Journey, units: float) -> list[Cause]:
        """The limits along a way that are used up, each with its share of the price."""
        p, lim, need = self.problem, self.limits, self.need(c.item, want.units / c.share)
        top = max(c.gain / self._tonnes(c.item), 1e-9)
        charges: dict[int, tuple[float, str, int, int, float]] = {}
        for place, (leg, day) in enumerate(zip(way.legs, way.days, strict=True)):
            week, origin = day // 7, int(p.legs.origin[leg])
            things = ("leg", leg, lim.leg, p.legs.capacity), ("node", origin, lim.node, p.nodes.handling)
            for name, thing, first, capacity in things:
                row = first + thing * lim.weeks + week
                left, amount = float(self.room.left[row]), float(capacity[thing])
                if left >= need - HAIR:
                    continue
                charge = top if amount <= 0 else float(np.clip(self.price[row], FLOOR * top, top))
                charges[row] = charge, name, thing, place, amount
        if not charges:
            return self._nothing_full(want, c, way, units)
        total = sum(charge for charge, *_ in charges.values())
        found, rows = [], tuple(charges)
        for row, (charge, name, thing, place, amount) in charges.items():
            weeks = self._run(row, name, thing, place, c, want, way, need)
            first = (lim.leg if name == "leg" else lim.node) + thing * lim.weeks
            spare = self.room.left[first + weeks[0] : first + weeks[1] + 1]
            key = (p.legs.keys if name == "leg" else p.nodes.keys)[thing]
            cause = Cause(
                name,
                key,
                units * charge / total,
                charge / total,
                weeks,
                want,
                (c,),
                self._tonnes(c.item) / c.share,
                float(spare.min()),
                amount,
                rows,
                way,
                units,
            )
            found += self._with_fractions(cause, float(spare.sum()), c)
        return found

    def _with_fractions(self, cause: Cause, spare: float, c: Candidate) -> list[Cause]:
        """A full limit, less the units that only would fit in fractions."""
        if not self.sourcing.whole(c.item) or cause.tonnes <= 0:
            return [cause]
        lost = min(cause.units, spare / cause.tonnes * cause.share)
        whole = Cause(
            "whole_units",
            cause.what,
            lost,
            cause.share,
            cause.weeks,
            cause.want,
            cause.by,
            cause.tonnes,
            spare / max(cause.weeks[1] - cause.weeks[0] + 1, 1) if cause.weeks else 0.0,
            cause.amount,
            cause.rows,
            cause.journey,
            cause.behind,
        )
        if lost >= cause.units - HAIR:
            return [whole]
        return [_with(cause, cause.units - lost), whole] if lost > 0.05 * cause.units else [cause]

    def _run(
        self, row: int, name: str, thing: int, place: int, c: Candidate, want: Want, way: Journey, need: float
    ) -> tuple[int, int]:
        """The weeks around one in which a limit is used up, among those in which this source could pass in time."""
        p, lim = self.problem, self.limits
        ride = p.legs.days[list(way.legs)]
        begin = (c.first + int(ride[:place].sum())) // 7
        end = (want.by - int(ride[place:].sum())) // 7
        first = (lim.leg if name == "leg" else lim.node) + thing * lim.weeks
        week = row - first
        low = high = week
        while low > max(begin, 0) and self.room.left[first + low - 1] < need - HAIR:
            low -= 1
        while high < min(end, lim.weeks - 1) and self.room.left[first + high + 1] < need - HAIR:
            high += 1
        return low, high

    def _nothing_full(self, want: Want, c: Candidate, way: Journey, units: float) -> list[Cause]:
        """A way with room: it costs more than it earns, or the plan has left out what would fit."""
        if c.gain <= way.price * self._tonnes(c.item):
            return [Cause("worth", self._key(c, "worth"), units, 1.0, None, want, (c,), journey=way)]
        whole = self.sourcing.whole(c.item)
        stock = Stock(c.node, c.first, c.until, units / c.share, c.kind)
        with self.room.trial() as filled:
            fits = filled.bring([stock], self._tonnes(c.item), whole, want.node, want.by, units / c.share) * c.share
            left_out = Cause("whole_units", "", fits, 1.0, None, want, (c,), journey=way)
            rest = units - fits
            if fits <= HAIR or rest <= HAIR:
                return [_with(left_out, units)]
            others = self._on_the_way(want, [replace(c, units=rest)], rest)
        return sorted([*others, left_out], key=lambda cause: -cause.units)


def _with(cause: Cause, units: float) -> Cause:
    """The same cause with other units."""
    return replace(cause, units=units)
