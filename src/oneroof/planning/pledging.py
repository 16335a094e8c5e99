"""What a pledge is worth in a large problem, found near the plan at hand: only the pledge's own deliveries are new.

The columns of the relaxed plan stay as they are; the ways of the pledge are priced by a sweep of its own, and the
first-order method lets them into the plan. The prices of the proof, with the least charge for the pledge that goes with
them, are a bound for the problem with it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numba import njit

from oneroof.planning import gradient
from oneroof.planning.columns import Packed
from oneroof.planning.goals import last_useful_day, timeliness_on
from oneroof.planning.gradient import Iterate
from oneroof.planning.matching import legs_by_kind, wants_of
from oneroof.planning.problem import NO_ONE, Floats, Ints
from oneroof.planning.relaxation import Relaxation
from oneroof.planning.scaling import worth_of_rows
from oneroof.planning.sweeps import best_arrival, sweep, trace
from oneroof.planning.terrain import Terrain

HOPS = 32  # legs of a delivery, at most
MANY = 20_000  # columns from which on only those change that share a limit with the pledge
ROUNDS, ROUNDS_OF_MANY = 5, 3  # in which a pledge is let into the plan, at most
STEPS = 80  # iterations of the first-order method in a round
SLIVER = 1e-9  # share of a limit below which nothing is left of it
SHAKE = 0.1  # by how much prices are shaken so that deliveries spread over weeks and ways


class Surroundings:
    """A relaxed plan with room for one more offer: its row stands behind those of the other offers."""

    def __init__(self, base: Relaxation, price: Callable[[Floats], Floats]) -> None:
        self.base, self.problem, self.limits = base, base.problem, base.limits
        self.leg_prices = price  # (legs, weeks) per tonne at row prices
        self.row = base.limits.requirement
        packed = base.pool.packed
        kept = np.flatnonzero((base.quantity > 0) | (packed.gain > packed.charge(base.price)))
        packed, self.quantity = packed.take(kept), base.quantity[kept]
        self.packed = replace(packed, rows=packed.rows + (packed.rows >= self.row))
        self.many = len(kept) > MANY
        self.worth, self.typical = worth_of_rows(self.problem, base.matching, self.limits)
        self.wants = wants_of(self.problem)
        self.useful = last_useful_day(self.problem)

    def suits(self, item: int) -> bool:
        """Whether all that the item serves are requirements of items, which deliveries alone meet."""
        return all(part == NO_ONE for _, part, _, _ in self.wants.get(item, []))

    def worth_of(self, item: int, units: float, node: int, day: int, sure: float) -> tuple[float, float]:
        """What a pledge that leaves a node from a day on adds to the relaxed plan at least, and at most.

        It ends after some rounds, or when the former is ``sure`` times the latter.
        """
        mine = _Mine(self, item, units, node, day)
        most = max(mine.most(), 0.0)
        if not len(mine.pairs):
            return 0.0, most
        mine.spread(self.leg_prices(self.base.price))
        held, quantity, amount = self._near(mine)
        value, rng = float(held.gain @ quantity), np.random.default_rng(1)
        price = np.insert(self.base.price, self.row, mine.charge())
        program = held.joined(mine.columns(amount))
        at = Iterate(_shares(program, quantity), price)
        found = gradient.feasible(program, amount, at)[0] - value
        for round_ in range(ROUNDS_OF_MANY if self.many else ROUNDS):
            if found >= sure * most:
                break
            if round_:
                noisy = self.leg_prices(np.delete(0.5 * (at.price + price), self.row)) + 0.002 * self.typical
                mine.spread(noisy * (1.0 + SHAKE * rng.uniform(-1.0, 1.0, noisy.shape)))
                program = held.joined(mine.columns(amount))
            share = np.append(at.share, np.zeros(len(program.gain) - len(at.share)))
            at = gradient.improve(program, amount, mine.worth, Iterate(share, at.price, at.omega), STEPS)
            found = max(found, gradient.feasible(program, amount, at)[0] - value)
        return min(max(found, 0.0), most), most

    def _near(self, mine: _Mine) -> tuple[Packed, Floats, Floats]:
        """The columns that may change, how much of each is in use, and what limits allow them.

        Where there are many columns, those that share no limit with the pledge's deliveries stay as they are, and what
        they use is taken off.
        """
        shared = np.zeros(len(mine.amount), np.bool_)
        shared[mine.columns(mine.amount).rows] = True
        packed = self.packed
        near = np.bincount(packed.owner(), shared[packed.rows], len(packed.gain)) > (0 if self.many else -1)
        far = packed.used(np.where(near, 0.0, self.quantity), len(mine.amount))
        amount = np.maximum(mine.amount - far, 0.0)
        chosen = np.flatnonzero(near)
        held = _limited(packed.take(chosen), amount)
        chosen = chosen[held.most > SLIVER * packed.most[chosen]]
        held = _limited(packed.take(chosen), amount)
        return held, np.minimum(self.quantity[chosen], held.most), amount


def _limited(program: Packed, amount: Floats) -> Packed:
    """The columns with the most that the limits allow each alone."""
    if not len(program.gain):
        return program
    return replace(program, most=np.minimum.reduceat(amount[program.rows] / program.values, program.first[:-1]))


def _shares(program: Packed, quantity: Floats) -> Floats:
    """(columns,) quantities of the first columns as shares of their most; 0 of the others."""
    share: Floats = np.append(quantity, np.zeros(len(program.gain) - len(quantity))) / program.most
    return share


class _Mine:
    """A pledge's pairs with requirements, and its deliveries found so far."""

    def __init__(self, around: Surroundings, item: int, units: float, node: int, day: int) -> None:
        self.around, self.units = around, units
        p, lim = around.problem, around.limits
        wanted = [(r, points, share) for r, _, points, share in around.wants.get(item, []) if around.useful[r] >= day]
        self.pairs = np.array([r for r, _, _ in wanted], np.int64)  # requirements
        self.gain = np.array([points for _, points, _ in wanted], np.float64)
        self.share = np.array([share for _, _, share in wanted], np.float64)
        self.tonnes = float(p.items.tonnes[item])
        self.amount = np.insert(lim.amount, around.row, units)
        self.worth = np.insert(around.worth, around.row, self.gain.max(initial=0.0))
        self.terrain = _terrain(around, self.pairs, self.gain, item, node, day)
        self.labels = np.full(around.base.router.shape, np.inf)
        self.value = self._values()
        promising = np.flatnonzero(self._excess() > 0)
        self.charged = self._split()
        self.pairs, self.gain, self.share = self.pairs[promising], self.gain[promising], self.share[promising]
        self.terrain = _terrain(around, self.pairs, self.gain, item, node, day)
        self.known: set[tuple[int, ...]] = set()
        self.found: list[tuple[float, Ints, Floats]] = []

    def _values(self) -> Floats:
        """(pairs,) what a unit is worth there at the prices of the proof, on its best day."""
        price, bay = self.around.leg_prices(self.around.base.price), np.zeros(len(self.labels))
        value: Floats = _values(self.terrain, np.ascontiguousarray(price), bay, self.labels)
        return value

    def _excess(self) -> Floats:
        """(pairs,) what that is beyond what the requirement charges."""
        lim = self.around.limits
        found: Floats = self.value - self.share * self.around.base.price[lim.requirement + self.pairs]
        return found

    def charge(self) -> float:
        """The charge for a unit at which the prices of the proof are a bound with the pledge: that of ``most``."""
        return self.charged[1]

    def most(self) -> float:
        """No plan with the pledge passes that of the proof by more."""
        base = self.around.base
        return base.bound - base.objective + self.charged[0]

    def _split(self) -> tuple[float, float]:
        """The least that pledge and requirements charge together for the pledge's units, and the pledge's part of it.

        What a unit is worth at the prices of the proof must be charged by the pledge, by the requirement, or by both.
        """
        excess, r = self._excess(), self.pairs
        asked = self.around.problem.requirements.quantity[r] / self.share
        own = np.unique(np.append(np.maximum(excess, 0.0), 0.0))
        over = np.maximum(excess[None, :] - own[:, None], 0.0)
        total = own * self.units + (over * asked).sum(axis=1)
        best = int(total.argmin())
        return float(total[best]), float(own[best])

    def spread(self, price: Floats) -> None:
        """Find the best delivery to every requirement for every week of departure."""
        p, lim = self.around.problem, self.around.limits
        count = len(self.pairs) * p.weeks
        pair, arrive, length = (np.zeros(count, np.int64) for _ in range(3))
        leg, when = np.zeros((count, HOPS), np.int64), np.zeros((count, HOPS), np.int64)
        price = np.ascontiguousarray(price)
        found = _departures(self.terrain, price, np.zeros(p.days), self.labels, pair, arrive, length, leg, when)
        for k in range(found):
            n, i = int(length[k]), int(pair[k])
            legs, days = leg[k, :n], when[k, :n]
            name = (i, int(arrive[k]), *legs.tolist(), *days.tolist())
            if name in self.known:
                continue
            self.known.add(name)
            r, week = int(self.pairs[i]), days // 7
            time = timeliness_on(int(p.requirements.due[r]), int(p.requirements.latest[r]), int(arrive[k]))
            gain = self.gain[i] * time - self.tonnes * float(p.legs.cost[legs].sum())
            at = 1 + np.concatenate(
                [lim.leg + legs * lim.weeks + week, lim.node + p.legs.origin[legs] * lim.weeks + week]
            )
            rows = np.concatenate([[self.around.row, 1 + lim.requirement + r], np.sort(at)])
            values = np.concatenate([[1.0, self.share[i]], np.full(2 * n, self.tonnes)])
            if gain > 0:
                limited = np.isfinite(self.amount[rows])
                self.found.append((float(gain), rows[limited], values[limited]))

    def columns(self, amount: Floats) -> Packed:
        """The deliveries found so far as columns, those that the limits leave room for."""
        found = [one for one in self.found if (amount[one[1]] > SLIVER * self.amount[one[1]]).all()]
        first = np.concatenate([[0], np.cumsum([len(rows) for _, rows, _ in found])]).astype(np.int64)
        rows = np.concatenate([np.zeros(0, np.int64), *(rows for _, rows, _ in found)])
        values = np.concatenate([np.zeros(0), *(values for _, _, values in found)])
        gain = np.array([gain for gain, _, _ in found], np.float64)
        return _limited(Packed(gain, np.zeros(len(gain)), first, rows, values), amount)


def _terrain(around: Surroundings, pairs: Ints, gain: Floats, item: int, node: int, day: int) -> Terrain:
    """Space and time of one source, the pledge."""
    p, r = around.problem, around.problem.requirements
    net, count = legs_by_kind(p, [(bool(p.items.explosives[item]), ())]), len(pairs)
    last, none = around.useful[pairs], np.full(count, NO_ONE, np.int64)
    return around.base.router.terrain._replace(
        out_first=net.out_first, out_leg=net.out_leg, in_first=net.in_first, in_leg=net.in_leg,
        node=np.array([node]), first=np.array([day]), until=np.array([p.days - 1]),
        last=np.array([last.max(initial=-1)]), tonnes=np.array([p.items.tonnes[item]]),
        legs=np.zeros(1, np.int64), bay=np.zeros(1, np.int64), pair_first=np.array([0, count]),
        pair_source=np.zeros(count, np.int64), pair_node=r.node[pairs], pair_part=none,
        pair_gain=gain, pair_due=r.due[pairs], pair_latest=r.latest[pairs], pair_last=last, pair_need=none,
    )  # fmt: skip


@njit(cache=True)
def _values(terrain, price, bay, labels):  # type: ignore[no-untyped-def]
    """(pairs,) what a unit of the only source is worth at each requirement at prices of (legs, weeks)."""
    sweep(terrain, 0, price, bay, labels, terrain.last[0])
    value = np.zeros(len(terrain.pair_node))
    for i in range(len(value)):
        value[i] = best_arrival(terrain, 0, i, bay, labels)[0]
    return value


@njit(cache=True)
def _departures(terrain, price, bay, labels, pair, arrive, length, leg, when):  # type: ignore[no-untyped-def]
    """The best delivery of the only source to every requirement for every week of departure; how many there are."""
    count, last = 0, terrain.last[0]
    for week in range(terrain.first[0] // 7, last // 7 + 1):
        bay[:] = np.inf
        bay[7 * week : 7 * week + 7] = 0.0
        sweep(terrain, 0, price, bay, labels, last)
        for i in range(len(terrain.pair_node)):
            value, day = best_arrival(terrain, 0, i, bay, labels)
            if day < 0 or value <= 0.0:
                continue
            steps = 0
            if terrain.pair_node[i] != terrain.node[0]:
                steps = trace(terrain, 0, terrain.pair_node[i], day, price, bay, labels, leg[count], when[count])
            if steps >= 0:
                pair[count], arrive[count], length[count] = i, day, steps
                if steps > 0:
                    arrive[count] = when[count, steps - 1] + terrain.leg_days[leg[count, steps - 1]]
                count += 1
    return count
