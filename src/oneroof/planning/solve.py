"""Prices, columns, bound: the loop that finds a plan in fractions and proves how near the best it is."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from oneroof.planning import gradient, master
from oneroof.planning.bound import Claims, consistent
from oneroof.planning.columns import Column, Packed, Pool, Trip
from oneroof.planning.goals import last_useful_day, timeliness
from oneroof.planning.gradient import Iterate
from oneroof.planning.limits import limits_of
from oneroof.planning.market import Market, market_of
from oneroof.planning.matching import match
from oneroof.planning.problem import NO_ONE, Bools, Floats, Ints, Problem
from oneroof.planning.relaxation import Relaxation, Round
from oneroof.planning.routes import Quotes, Router
from oneroof.planning.seeds import greedy
from oneroof.planning.warm import start_of

__all__ = ["Market", "Relaxation", "Round", "Search", "market_of"]

MOST_INSISTENT = 1e5  # times the first rewards of pins, from where on they are taken to be impossible
TIGHT = 1e-4  # gaps up to which the master program is solved to the end sooner
SMALL = 4_000  # columns up to which the master program is solved to the end when the first-order method is slow


class Search:
    """One solve of the relaxation: holds the pool, the iterate, the best plan and the best bound."""

    def __init__(self, problem: Problem, threads: int = 1, seed: int = 1, warm: Relaxation | None = None) -> None:
        self.problem = problem
        self.warm = warm  # an earlier relaxation of nearly the same problem, whose columns and prices begin the search
        self.matching = match(problem)
        self.limits = limits_of(problem)
        self.router = Router(problem, self.matching, threads)
        self.pool = Pool(problem, self.matching, self.limits)
        self.useful = last_useful_day(problem)
        self.rng = np.random.default_rng(seed)
        self.worth = self._worth()
        self.insistence = 1.0  # rises while pins are not kept
        self.pool.reward = self._rewards()
        rows = self.limits.end
        self.at = Iterate(np.zeros(0), np.zeros(rows))
        self.best_price = np.zeros(rows)
        self.bound = np.inf
        self.objective = -float(problem.pins.quantity @ self.pool.reward)  # of the empty plan
        self.quantity = np.zeros(0)
        self.parts = np.flatnonzero(self.matching.pairs.part >= 0)
        self.history: list[Round] = []

    # ---- scaling --------------------------------------------------------------------------------------------------
    def _worth(self) -> Floats:
        """About how much objective one unit of each limit is worth: it scales the master program, nothing else."""
        p, lim, pairs, s = self.problem, self.limits, self.matching.pairs, self.matching.sources
        worth = np.zeros(lim.end)
        offers, requirements = worth[lim.offer : lim.requirement], worth[lim.requirement : lim.fund]
        requirements[:] = p.requirements.points
        points = pairs.gain.copy()
        for i in self.parts_of(pairs.part):
            r = int(pairs.requirement[i])
            parts = [x for x in p.packages.parts[p.requirements.package[r]] if not x.is_course]
            total = sum(x.quantity * p.items.tonnes[x.what] for x in parts)
            points[i] = p.requirements.points[r] * s.tonnes[pairs.source[i]] / total
        is_offer = s.is_offer[pairs.source]
        np.maximum.at(offers, s.what[pairs.source[is_offer]], points[is_offer])
        per_tonne = points / s.tonnes[pairs.source] if len(pairs.source) else np.zeros(0)
        typical = float(np.median(per_tonne[per_tonne > 0])) if (per_tonne > 0).any() else 1.0
        worth[lim.fund : lim.supplier] = 4.0
        worth[lim.supplier : lim.course] = np.repeat(4.0 * np.maximum(p.suppliers.price, 1e-9), lim.weeks)
        packages = p.requirements.points[p.requirements.package != NO_ONE]
        seat = float(packages.mean()) / 10 if len(packages) else 1.0
        worth[lim.course : lim.leg] = seat
        worth[lim.leg : lim.pin] = typical
        worth[lim.kept :] = typical
        self.typical = typical
        return worth

    @staticmethod
    def parts_of(part: Ints) -> Ints:
        """The pairs that are parts of packages."""
        return np.flatnonzero(part >= 0)

    # ---- pricing --------------------------------------------------------------------------------------------------
    def price_round(self, y: Floats, per: int) -> int:
        """Quote everything at ``y``, improve the bound, add the best columns; the number added."""
        market = market_of(self.problem, self.matching, self.limits, y)
        quotes = self.router.quote(market.price, market.bays)
        lim, pairs, s = self.limits, self.matching.pairs, self.matching.sources
        offers, requirements = len(self.problem.offers.keys), len(self.problem.requirements.keys)
        alpha = np.maximum(y[lim.offer : lim.offer + offers], 0.0)
        beta = np.maximum(y[lim.requirement : lim.requirement + requirements], 0.0)
        offer_of = np.where(s.is_offer[pairs.source], s.what[pairs.source], NO_ONE)
        pin_gain = self._pin_gain(y)
        packages = self._packages(quotes, market, alpha, pin_gain)
        items = np.flatnonzero((pairs.part < 0) & (quotes.value > -np.inf))
        value = quotes.value[items] + pin_gain[items]
        claims = Claims(
            offer_of[items],
            pairs.requirement[items],
            pairs.share[items],
            value,
            packages[0],
            np.unique(offer_of[self.parts][offer_of[self.parts] >= 0]),
        )
        total, alpha_ok, beta_ok = consistent(claims, lim, alpha, beta)
        others = y.copy()
        others[lim.offer : lim.fund] = 0.0
        finite = np.isfinite(lim.amount)
        bound = total + float(lim.amount[finite] @ others[finite])
        bound -= float(self.problem.pins.quantity @ self.pool.reward)
        if bound < self.bound:
            self.bound = bound
            self.best_price = others
            self.best_price[lim.offer : lim.offer + offers] = alpha_ok
            self.best_price[lim.requirement : lim.requirement + requirements] = beta_ok
        charged = np.append(alpha, 0.0)[claims.offer] + claims.share * beta[claims.requirement]
        return self._add(market, quotes, items, value - charged, packages, beta, pin_gain, per)

    def _pin_gain(self, y: Floats) -> Floats:
        """What a unit of every pair earns for keeping a pin, at row prices ``y``."""
        if not len(self.pool.reward):
            return np.zeros(len(self.matching.pairs.pin))
        gain = np.maximum(self.pool.reward - y[self.limits.kept :], 0.0)
        pin = self.matching.pairs.pin
        return np.where(pin >= 0, gain[np.maximum(pin, 0)], 0.0)

    def _rewards(self) -> Floats:
        """A reward for every unit of a pin, well above what the unit or the tonnes it takes could earn otherwise."""
        p = self.problem
        if not len(p.pins.quantity):
            return np.zeros(0)
        most = np.zeros(len(p.offers.keys))
        pairs, s = self.matching.pairs, self.matching.sources
        offered = s.is_offer[pairs.source]
        np.maximum.at(most, s.what[pairs.source[offered]], pairs.gain[offered])
        tonnes = p.items.tonnes[p.offers.item[p.pins.offer]]
        return 3.0 * (most[p.pins.offer] + 3.0 * self.typical * tonnes) * self.insistence

    def _insist(self, gap: float) -> bool:
        """Raise the rewards where the best plan leaves pins unkept; False where it keeps them or never will."""
        asked, kept = self.problem.pins.quantity, np.zeros(len(self.problem.pins.quantity))
        for column, x in zip(self.pool.columns, self.quantity.tolist(), strict=False):  # later columns are at zero
            for trip in column.trips:
                if trip.pin != NO_ONE:
                    kept[trip.pin] += x * trip.quantity
        if self.insistence > MOST_INSISTENT or (kept >= asked * (1.0 - max(gap, 1e-7))).all():
            return False
        self.insistence *= 8.0
        self.pool.reward = self._rewards()
        self.pool.gain = [self.pool.worth(column) + self.pool.rewards(column) for column in self.pool.columns]
        gain = np.array(self.pool.gain[: len(self.quantity)])
        self.objective = float(gain @ self.quantity) - float(asked @ self.pool.reward)
        return True

    def _packages(
        self, quotes: Quotes, market: Market, alpha: Floats, pin_gain: Floats
    ) -> tuple[Floats, dict[int, tuple[int, list[int]]]]:
        """The best package of every requirement at these prices: its value, its day and the pair of every part."""
        p, pairs, terrain = self.problem, self.matching.pairs, self.router.terrain
        value = np.full(len(p.requirements.keys), -np.inf)
        chosen: dict[int, tuple[int, list[int]]] = {}
        curves: dict[tuple[int, int], list[tuple[int, Floats]]] = {}
        s = self.matching.sources
        for i in self.parts:
            source, r = int(pairs.source[i]), int(pairs.requirement[i])
            charge = (alpha[s.what[source]] if s.is_offer[source] else 0.0) - pin_gain[i]
            curve = quotes.curve[terrain.curve_first[i] : terrain.curve_first[i + 1]] + charge
            curves.setdefault((r, int(pairs.part[i])), []).append((int(i), curve))
        for r in np.flatnonzero(p.requirements.package != NO_ONE).tolist():
            last = int(self.useful[r])
            if last < 0:
                continue
            begin = max(min(int(p.requirements.due[r]), last), 0)
            span = last - begin + 1
            cost, picks = np.zeros(span), []
            for place, part in enumerate(p.packages.parts[p.requirements.package[r]]):
                if part.is_course:
                    cost = cost + part.quantity * market.seats[part.what][0][begin : last + 1]
                    continue
                rivals = curves.get((int(r), place), [])
                if not rivals:
                    cost = np.full(span, np.inf)
                    break
                stack = np.stack([curve[:span] for _, curve in rivals])
                pick = stack.argmin(axis=0)
                cost = cost + part.quantity * stack[pick, np.arange(span)]
                picks.append([rivals[k][0] for k in pick])
            days = np.arange(begin, last + 1)
            worth = p.requirements.points[r] * timeliness(p.requirements.due[r], p.requirements.latest[r], days) - cost
            best = int(worth.argmax())
            if worth[best] > -np.inf:
                value[r] = worth[best]
                chosen[int(r)] = begin + best, [pick[best] for pick in picks]
        return value, chosen

    # ---- columns --------------------------------------------------------------------------------------------------
    def _add(
        self,
        market: Market,
        quotes: Quotes,
        items: Ints,
        reduced: Floats,
        packages: tuple[Floats, dict[int, tuple[int, list[int]]]],
        beta: Floats,
        pin_gain: Floats,
        per: int,
    ) -> int:
        """Add the best deliveries per requirement and per source, and the best package of every requirement."""
        p, pairs, s = self.problem, self.matching.pairs, self.matching.sources
        good = reduced > 1e-7 * np.maximum(pairs.gain[items], self.typical * 1e-3)
        items, reduced = items[good], reduced[good]
        amount = np.minimum(
            np.where(s.is_offer[pairs.source[items]], self._offered(pairs.source[items]), np.inf),
            p.requirements.quantity[pairs.requirement[items]] / np.maximum(pairs.share[items], 1e-12),
        )
        rank = -reduced * amount
        chosen = np.zeros(len(items), np.bool_)
        for group in (pairs.requirement[items], pairs.source[items]):
            order = np.lexsort((items, rank, group))
            sorted_group = group[order]
            place = np.arange(len(order)) - np.searchsorted(sorted_group, sorted_group)
            chosen[order[place < per]] = True
        requests = [(int(i), int(quotes.day[i])) for i in items[chosen]]
        whole = [
            (r, *packages[1][r])
            for r in sorted(packages[1])
            if packages[0][r] > beta[r] + 1e-7 * p.requirements.points[r]
        ]
        for _, day, picks in whole:
            requests += [(i, day) for i in picks]
        trips = self.trips(market, requests, pin_gain > 0)
        added = 0
        for trip in trips[: int(chosen.sum())]:
            if trip is not None:
                added += self._add_delivery(trip)
        at = int(chosen.sum())
        for r, day, picks in whole:
            added += self._add_package(r, day, trips[at : at + len(picks)], market)
            at += len(picks)
        return added

    def _offered(self, source: Ints) -> Floats:
        """Units of the offers behind sources (any number for purchases, which the caller leaves out)."""
        s = self.matching.sources
        if not len(self.problem.offers.quantity):
            return np.full(len(source), np.inf)
        return self.problem.offers.quantity[np.where(s.is_offer[source], s.what[source], 0)]

    def _add_delivery(self, trip: Trip) -> bool:
        """Add one delivery, if it earns anything or keeps a pin."""
        pairs = self.matching.pairs
        column = Column(int(pairs.requirement[trip.pair]), (trip,), (), trip.arrive, is_package=False)
        return self.pool.worth(column) + self.pool.rewards(column) > 0 and self.pool.add(column)

    def _add_package(self, r: int, day: int, found: list[Trip], market: Market) -> bool:
        """Add a package that is complete by a day, from traced parts and the cheapest cohorts."""
        p = self.problem
        trips, cohorts, ready, at = [], [], 0, 0
        for part in p.packages.parts[p.requirements.package[r]]:
            if part.is_course:
                start = int(market.seats[part.what][1][day])
                cohorts.append((start, part.quantity))
                ready = max(ready, int(self.limits.start_day[start] + p.courses.days[part.what]))
            else:
                trip = found[at]
                at += 1
                trips.append(replace(trip, quantity=part.quantity))
                ready = max(ready, trip.arrive)
        column = Column(r, tuple(trips), tuple(cohorts), ready, is_package=True)
        return self.pool.worth(column) + self.pool.rewards(column) > 0 and self.pool.add(column)

    def trips(self, market: Market, requests: list[tuple[int, int]], pinned: Bools) -> list[Trip]:
        """Itineraries for pairs and days of arrival at the market's prices; ``pinned`` pairs keep their pins."""
        p, pairs, s = self.problem, self.matching.pairs, self.matching.sources
        pair = np.array([i for i, _ in requests], np.int64)
        day = np.array([d for _, d in requests], np.int64)
        source = pairs.source[pair]
        ways = self.router.ways(market.price, market.bays, source, p.requirements.node[pairs.requirement[pair]], day)
        found = []
        for k, (i, d) in enumerate(requests):
            n, src = int(ways.length[k]), int(source[k])
            legs = tuple(int(x) for x in ways.leg[k, :n])
            days = tuple(int(x) for x in ways.day[k, :n])
            leave = days[0] if n else d
            order = NO_ONE if s.is_offer[src] else int(market.orders[src][leave])
            if n:
                arrive = days[-1] + int(p.legs.days[legs[-1]])
            else:
                arrive = int(s.first[src]) if order == NO_ONE else int(s.order_ready[order])
            pin = int(pairs.pin[i]) if pinned[i] else NO_ONE
            found.append(Trip(i, 1.0, legs, days, arrive, order, pin))
        return found

    # ---- prices ---------------------------------------------------------------------------------------------------
    def noisy(self, y: Floats, round_: int, rounds: int) -> Floats:
        """Prices of legs and nodes shaken in the first rounds, so that the first columns spread over weeks and ways."""
        if round_ >= rounds:
            return y
        lim = self.limits
        y = y.copy()
        part = y[lim.leg : lim.pin]
        part += 0.002 * self.typical
        part *= 1.0 + 0.1 * self.rng.uniform(-1.0, 1.0, len(part))
        part[~np.isfinite(lim.amount[lim.leg : lim.pin])] = 0.0
        return y

    def run(
        self,
        gap: float,
        *,
        time_limit: float | None = None,
        report: Callable[[Round], None] | None = None,
        stop: Callable[[], bool] | None = None,
        began: float | None = None,
    ) -> Relaxation:
        """Go on until the gap is reached, time is up or somebody stops it."""
        began = time.monotonic() if began is None else began
        if self.warm is not None:
            self.begin_warm(self.warm)
        elif not self.pool.columns:
            for column in greedy(self.relaxation("", 0)):
                self.pool.add(column)
        status, round_, stale, to_the_end, solved = "optimal", 0, 0, False, False
        iterations, patience = 150.0, 6 if gap > TIGHT else 2
        while True:
            y = self.at.price if round_ == 0 or to_the_end else 0.5 * (self.best_price + self.at.price)
            before = self.gap
            shaken = y if to_the_end else self.noisy(y, round_, 0 if self.warm else 6)
            added = self.price_round(shaken, 4)
            packed = self.pool.packed()
            if not len(packed.gain):
                self.at = Iterate(np.zeros(0), np.zeros(self.limits.end))  # nothing to ship: no limit is worth anything
            elif to_the_end:
                self._finish(packed)
            else:
                self._step(packed, int(iterations))
            iterations = min(iterations * 1.1, 300.0)
            if self.gap < 0.02:
                iterations = 400.0
            round_ += 1
            self.history.append(
                Round(round_, self.bound, self.objective, len(self.pool.columns), time.monotonic() - began)
            )
            if report:
                report(self.history[-1])
            # Where a master was solved to the end and its prices brought nothing new, there is nothing more to find.
            done = self.gap <= gap or (solved and added == 0)
            if done and not self._insist(gap):
                break
            if stop and stop():
                status = "interrupted"
                break
            if time_limit is not None and time.monotonic() - began > time_limit:
                status = "time_limit"
                break
            stale = stale + 1 if self.gap > before * 0.98 else 0
            solved = to_the_end and not done
            if stale > patience and (len(self.pool.columns) < SMALL or stale > 40):
                to_the_end = True
        return self.relaxation(status, round_)

    @property
    def gap(self) -> float:
        """(bound - objective) / max(|bound|, 1), inf without a bound."""
        if not np.isfinite(self.bound):
            return np.inf
        return (self.bound - self.objective) / max(abs(self.bound), 1.0)

    def begin_warm(self, warm: Relaxation) -> None:
        """Take over the columns, quantities and prices of an earlier relaxation."""
        start = start_of(warm, self.pool)
        quantity = [x for column, x in zip(start.columns, start.quantity, strict=True) if self.pool.add(column)]
        packed = self.pool.packed()
        if not quantity:
            return
        share = np.clip(np.array(quantity) / np.where(packed.most > 0, packed.most, 1.0), 0.0, 1.0)
        self.at = Iterate(share, start.price)
        self.best_price = start.price.copy()
        self._take(packed)

    def _step(self, packed: Packed, iterations: int) -> None:
        """Some iterations of the first-order method, and the plan they lead to."""
        share = np.zeros(len(packed.gain))
        share[: len(self.at.share)] = self.at.share
        self.at = gradient.improve(
            packed, self.limits.amount, self.worth, Iterate(share, self.at.price, self.at.omega), iterations
        )
        self._take(packed)

    def _take(self, packed: Packed) -> None:
        """Keep the plan in fractions that the iterate leads to, if it is the best so far."""
        objective, quantity = gradient.feasible(packed, self.limits.amount, self.at)
        objective -= float(self.problem.pins.quantity @ self.pool.reward)
        if objective > self.objective:
            self.objective, self.quantity = objective, quantity

    def _finish(self, packed: Packed) -> None:
        """Solve the master program to the end."""
        solved = master.solve(packed, self.limits.amount)
        most = np.where(packed.most > 0, packed.most, 1.0)
        self.at = Iterate(np.clip(solved.quantity / most, 0, 1), solved.price, self.at.omega)
        self._take(packed)

    def relaxation(self, status: str, rounds: int) -> Relaxation:
        """What the search holds."""
        quantity = np.zeros(len(self.pool.columns))
        quantity[: len(self.quantity)] = self.quantity
        return Relaxation(
            self.problem,
            self.matching,
            self.limits,
            self.router,
            self.pool,
            quantity,
            self.objective,
            self.bound,
            self.best_price,
            rounds,
            status,
            self.history,
        )
