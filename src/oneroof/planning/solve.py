"""Prices, columns, bound: the loop that finds a plan in fractions and proves how near the best it is."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from oneroof.planning import gradient, master
from oneroof.planning.consolidating import PASSES, consolidated
from oneroof.planning.gradient import Iterate
from oneroof.planning.limits import limits_of
from oneroof.planning.matching import match
from oneroof.planning.pool import Pool
from oneroof.planning.pricing import Pricer
from oneroof.planning.problem import Floats, Problem
from oneroof.planning.relaxation import Relaxation, Round
from oneroof.planning.routes import Router
from oneroof.planning.scaling import worth_of_rows
from oneroof.planning.seeds import greedy
from oneroof.planning.warm import start_of

MOST_INSISTENT = 1e5  # times the first rewards of pins, from where on they are taken to be impossible
TIGHT = 1e-4  # gaps up to which the master program is solved to the end sooner
SMALL = 8_000  # columns up to which the master program may be solved more precisely, or to the end where that is slow
CROWDED = 2.5  # columns for every row in use, beyond which the pool is thinned
PER = 4  # deliveries for each requirement and each source that a round adds, at most
FEW = 2  # the same where there are more pairs than a small master program has columns
SHAKEN = 6  # rounds that begin with shaken prices: columns spread over weeks and ways, but bounds are poor
BRIEF = 50  # iterations of the first-order method in the first round; a tenth more in each that follows
FULL = 80  # up to so many: what holds the search up is columns, not the precision of the master program
CLOSE = 0.02  # gap below which small master programs get more iterations
NEARLY = 1.3  # times the asked gap, below which all do: a more precise plan may be the last step
LONG = 300  # so many
STALE = 3  # rounds that brought next to nothing, from which on the prices of the best bound no longer hold others back
LARGE = 30_000  # columns from which on that is half as many: it is columns again that hold the last rounds up
AGAIN = 120  # of a search that begins warm: its plan and prices are near already, and are so in every round
AGAIN_IN_LARGE = 80  # of one with more columns than a small master program has, also near the end
ONCE = 1  # pass of drawing together after a large search that begins warm: its columns were drawn together before
KEPT = 0.65  # of the columns that are not in use, the share that thinning leaves


class Search:
    """One solve of the relaxation: holds the pool, the iterate, the best plan and the best bound."""

    def __init__(self, problem: Problem, threads: int = 1, seed: int = 1, warm: Relaxation | None = None) -> None:
        self.problem = problem
        self.warm = warm  # an earlier relaxation of nearly the same problem, whose columns and prices begin the search
        self.matching = match(problem)
        self.limits = limits_of(problem)
        self.router = Router(problem, self.matching, threads)
        self.worth, self.typical = worth_of_rows(problem, self.matching, self.limits)
        self.pricer = Pricer(problem, self.matching, self.limits, self.router, self.typical)
        self.pool = Pool(problem, self.matching, self.limits)
        self.rng = np.random.default_rng(seed)
        self.insistence = 1.0  # rises while pins are not kept
        self.pool.set_rewards(self._rewards())
        rows = self.limits.end
        self.at = Iterate(np.zeros(0), np.zeros(rows))
        self.best_price = np.zeros(rows)
        self.bound = np.inf
        self.objective = -self._rewarded()  # of the empty plan
        self.quantity = np.zeros(0)
        self.history: list[Round] = []

    # ---- pins -----------------------------------------------------------------------------------------------------
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

    def _rewarded(self) -> float:
        """What all pins earn when they are kept: it is no part of the objective."""
        return float(self.problem.pins.quantity @ self.pool.reward)

    def _insist(self, gap: float) -> bool:
        """Raise the rewards where the best plan leaves pins unkept; False where it keeps them or never will."""
        asked, columns = self.problem.pins.quantity, self.pool.columns
        if not len(asked):
            return False
        kept, pinned = np.zeros(len(asked)), np.flatnonzero(columns.trips.pin >= 0)
        quantity = _padded(self.quantity, len(self.pool))
        owner = np.searchsorted(columns.trip_first, pinned, side="right") - 1
        np.add.at(kept, columns.trips.pin[pinned], columns.trips.quantity[pinned] * quantity[owner])
        if self.insistence > MOST_INSISTENT or (kept >= asked * (1.0 - max(gap, 1e-7))).all():
            return False
        self.insistence *= 8.0
        self.pool.set_rewards(self._rewards())
        self.objective = float(self.pool.packed.gain @ quantity) - self._rewarded()
        return True

    # ---- rounds ---------------------------------------------------------------------------------------------------
    def price_round(self, y: Floats, per: int) -> int:
        """Quote everything at ``y``, improve the bound, add the best columns; the number added."""
        found = self.pricer.price(y, self.pool.reward, per)
        bound = found.bound - self._rewarded()
        if bound < self.bound:
            self.bound, self.best_price = bound, found.price
        return int(self.pool.extend(found.columns).sum())

    def noisy(self, y: Floats) -> Floats:
        """Prices of legs and nodes shaken, so that the first columns spread over weeks and ways."""
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
        shaken = 0 if self.warm else SHAKEN
        if self.warm is not None:
            self.begin_warm(self.warm)
        else:
            self.pool.extend(greedy(self.pool, self.router))
        status, round_, stale, to_the_end, solved = "optimal", 0, 0, False, False
        patience = 9 if gap > TIGHT else 2
        per = PER if len(self.matching.pairs.source) < SMALL else FEW
        while True:
            before = self.gap
            fresh = round_ == 0 or to_the_end or stale >= STALE
            y = self.at.price if fresh else 0.5 * (self.best_price + self.at.price)
            added = self.price_round(self.noisy(y) if round_ < shaken and not to_the_end else y, per)
            self._master(to_the_end, self._iterations(round_, gap))
            round_ += 1
            self.history.append(Round(round_, self.bound, self.objective, len(self.pool), time.monotonic() - began))
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
            if stale > patience and (len(self.pool) < SMALL or stale > 40):
                to_the_end = True
        self._draw_together()
        return self.relaxation(status, round_)

    @property
    def gap(self) -> float:
        """(bound - objective) / max(|bound|, 1), inf without a bound."""
        if not np.isfinite(self.bound):
            return np.inf
        return (self.bound - self.objective) / max(abs(self.bound), 1.0)

    def begin_warm(self, warm: Relaxation) -> None:
        """Take over the columns, quantities and prices of an earlier relaxation."""
        start = start_of(warm, self.problem, self.matching, self.limits)
        fresh = self.pool.extend(start.columns)
        if not fresh.any():
            return
        most = self.pool.packed.most
        self.at = Iterate(np.clip(start.quantity[fresh] / most, 0.0, 1.0), start.price)
        self.best_price = start.price.copy()
        self._take()

    # ---- the master program ---------------------------------------------------------------------------------------
    def _iterations(self, round_: int, asked: float) -> int:
        """How long the first-order method runs in a round; ``asked`` is the gap to be proven."""
        columns, near = len(self.pool), self.gap < NEARLY * asked
        if self.warm and columns >= SMALL:
            return AGAIN_IN_LARGE
        if self.warm and not near:
            return AGAIN
        if self.gap < CLOSE and (columns < SMALL or near):
            return LONG if columns < LARGE else LONG // 2
        return int(min(BRIEF * 1.1**round_, FULL))

    def _master(self, to_the_end: bool, iterations: int) -> None:
        """Solve the master program by some iterations or to the end, and thin the pool."""
        packed = self.pool.packed
        if not len(packed.gain):
            self.at = Iterate(np.zeros(0), np.zeros(self.limits.end))  # nothing to ship: no limit is worth anything
            return
        if to_the_end:
            solved = master.solve(packed, self.limits.amount)
            self.at = Iterate(np.clip(solved.quantity / packed.most, 0, 1), solved.price, self.at.omega)
            self._take()
            return
        begin = Iterate(_padded(self.at.share, len(self.pool)), self.at.price, self.at.omega)
        self.at = gradient.improve(packed, self.limits.amount, self.worth, begin, iterations, self.router.threads)
        self._take()
        self._thin()

    def _take(self) -> None:
        """Keep the plan in fractions that the iterate leads to, if it is the best so far."""
        objective, quantity = gradient.feasible(self.pool.packed, self.limits.amount, self.at)
        objective -= self._rewarded()
        if objective > self.objective:
            self.objective, self.quantity = objective, quantity

    def _draw_together(self) -> None:
        """Let fewer columns do what the best plan does."""
        passes = ONCE if self.warm and len(self.pool) >= LARGE else PASSES
        self.quantity = consolidated(self.pool, _padded(self.quantity, len(self.pool)), passes)
        self.objective = float(self.pool.packed.gain @ self.quantity) - self._rewarded()

    def _thin(self) -> None:
        """Forget the columns that promise least, where they crowd the master program."""
        packed = self.pool.packed
        if len(self.pool) <= CROWDED * len(packed.in_use(self.limits.end)[0]):
            return
        quantity = _padded(self.quantity, len(self.pool))
        used = (self.at.share > 0) | (quantity > 0)
        worth = (packed.gain - packed.charge(self.at.price)) / packed.gain
        idle = np.flatnonzero(~used)
        idle = idle[np.lexsort((idle, -worth[idle]))]
        used[idle[: int(KEPT * len(idle))]] = True
        self.pool.keep(used)
        self.quantity = quantity[used]
        self.at = Iterate(self.at.share[used], self.at.price, self.at.omega)

    def relaxation(self, status: str, rounds: int) -> Relaxation:
        """What the search holds."""
        return Relaxation(
            self.problem,
            self.matching,
            self.limits,
            self.router,
            self.pool,
            _padded(self.quantity, len(self.pool)),
            self.objective,
            self.bound,
            self.best_price,
            rounds,
            status,
            self.history,
        )


def _padded(values: Floats, count: int) -> Floats:
    """Values of columns, and zeros for those that came later."""
    return np.append(values, np.zeros(count - len(values)))
