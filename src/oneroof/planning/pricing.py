"""One round of pricing: a bound from row prices, and the columns that promise most at them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from oneroof.planning.bound import Claims, consistent
from oneroof.planning.columns import Columns, Trips, starts_of
from oneroof.planning.limits import Limits
from oneroof.planning.market import Market, market_of
from oneroof.planning.matching import Matching
from oneroof.planning.packages import Best, best_packages, wanted_of
from oneroof.planning.problem import NO_ONE, Bools, Floats, Ints, Problem
from oneroof.planning.routes import Quotes, Router, Ways
from oneroof.planning.spreading import Spreader, variants

LEAST = 1e-7  # share of its points that a column must promise to be made


@dataclass(frozen=True)
class Priced:
    """What a round of pricing found."""

    bound: float  # no plan passes it; rewards of pins count as earned
    price: Floats  # (rows,) the prices that prove it
    columns: Columns  # new or not, deliveries before packages


class Pricer:
    """Prices the deliveries and packages of a problem."""

    def __init__(self, problem: Problem, matching: Matching, limits: Limits, router: Router, typical: float) -> None:
        self.problem, self.matching, self.limits, self.router = problem, matching, limits, router
        self.wanted = wanted_of(problem, router.terrain)
        self.spreader = Spreader(problem, router)
        pairs, s = matching.pairs, matching.sources
        self.offer = np.where(s.is_offer[pairs.source], s.what[pairs.source], NO_ONE)
        self.is_item = pairs.part < 0
        parts = self.offer[~self.is_item]
        self.part_offers = np.unique(parts[parts >= 0])
        self.least = LEAST * np.maximum(pairs.gain, typical * 1e-3)
        offered = np.append(problem.offers.quantity, np.inf)[self.offer]
        wanted = problem.requirements.quantity[pairs.requirement] / np.maximum(pairs.share, 1e-12)
        self.most = np.minimum(offered, wanted)  # units of the source that a pair may take

    def price(self, y: Floats, reward: Floats, per: int) -> Priced:
        """Price everything at row prices ``y`` and ``reward`` (pins,); ``per`` columns a requirement and a source."""
        lim, pairs = self.limits, self.matching.pairs
        market = market_of(self.problem, self.matching, lim, y)
        alpha, beta = np.maximum(y[lim.offer : lim.requirement], 0.0), np.maximum(y[lim.requirement : lim.fund], 0.0)
        bonus = self._bonus(y, reward)
        charge = np.append(alpha, 0.0)[self.offer] - bonus
        charge += np.where(self.is_item, pairs.share * beta[pairs.requirement], 0.0)
        quotes = self.router.quote(market, charge, self.least)
        best = best_packages(self.wanted, self.router.terrain, quotes, market)
        bound, price = self._bound(y, alpha, beta, quotes, bonus, best)
        chosen = self._chosen(quotes.value - charge, per)
        columns = self._deliveries(quotes, market, charge, chosen, bonus > 0)
        columns = columns.joined(self._packages(best, beta, market, bonus > 0))
        return Priced(bound, price, columns)

    def _bonus(self, y: Floats, reward: Floats) -> Floats:
        """(pairs,) what a unit earns for keeping a pin."""
        pin = self.matching.pairs.pin
        if not len(reward):
            return np.zeros(len(pin))
        gain = np.maximum(reward - y[self.limits.kept :], 0.0)
        return np.where(pin >= 0, gain[np.maximum(pin, 0)], 0.0)

    def _bound(
        self, y: Floats, alpha: Floats, beta: Floats, quotes: Quotes, bonus: Floats, best: Best
    ) -> tuple[float, Floats]:
        """A bound by weak duality, and the prices of it."""
        lim, pairs = self.limits, self.matching.pairs
        items = np.flatnonzero(self.is_item & (quotes.value > -np.inf))
        package = np.full(len(beta), -np.inf)
        package[self.wanted.requirement] = best.value
        claims = Claims(
            self.offer[items],
            pairs.requirement[items],
            pairs.share[items],
            quotes.value[items] + bonus[items],
            package,
            self.part_offers,
        )
        total, alpha_ok, beta_ok = consistent(claims, lim, alpha, beta)
        price = y.copy()
        price[lim.offer : lim.fund] = 0.0
        finite = np.isfinite(lim.amount)
        bound = total + float(lim.amount[finite] @ price[finite])
        price[lim.offer : lim.requirement], price[lim.requirement : lim.fund] = alpha_ok, beta_ok
        return bound, price

    def _chosen(self, reduced: Floats, per: int) -> Ints:
        """The pairs that promise most per requirement and per source."""
        pairs = self.matching.pairs
        items = np.flatnonzero(self.is_item & (reduced > self.least))
        rank = -reduced[items] * self.most[items]
        chosen = np.zeros(len(items), np.bool_)
        for group in (pairs.requirement[items], pairs.source[items]):
            order = np.lexsort((items, rank, group))
            sorted_group = group[order]
            place = np.arange(len(order)) - np.searchsorted(sorted_group, sorted_group)
            chosen[order[place < per]] = True
        return items[chosen]

    def _deliveries(self, quotes: Quotes, market: Market, charge: Floats, chosen: Ints, pinned: Bools) -> Columns:
        """A column for the best delivery of every chosen pair, and more where it can't send all of it in that week."""
        terrain = self.router.terrain
        ways = Ways(quotes.ways.length[chosen], quotes.ways.leg[chosen], quotes.ways.day[chosen])
        tonnes = self.most[chosen] * terrain.tonnes[terrain.pair_source[chosen]]
        more = self.spreader.spread(market, chosen, tonnes, ways, charge + self.least)
        pair, day = np.append(chosen, chosen[more.request]), np.append(quotes.day[chosen], more.day)
        ways = ways.joined(more.ways)
        trips = self._trips(market, pair, np.ones(len(pair)), day, ways, pinned)
        return Columns.deliveries(self.matching.pairs.requirement[pair], trips)

    def _packages(self, best: Best, beta: Floats, market: Market, pinned: Bools) -> Columns:
        """A column for the best package of every requirement that promises something."""
        w, lim = self.wanted, self.limits
        promise = best.value - beta[w.requirement]
        made = np.flatnonzero(promise > LEAST * w.points)
        of = np.full(len(promise), NO_ONE)
        of[made] = np.arange(len(made))
        of = np.repeat(of, np.diff(w.first))
        goods, persons = np.flatnonzero((of >= 0) & ~w.is_course), np.flatnonzero((of >= 0) & w.is_course)
        pair, day, quantity = best.pick[goods], best.day[made[of[goods]]], w.quantity[goods]
        source = self.matching.pairs.source[pair]
        ways = self.router.ways(market, source, self.router.terrain.pair_node[pair], day)
        tonnes = quantity * self.matching.sources.tonnes[source]
        asked = self.problem.requirements.quantity[w.requirement[made]]
        spare = promise[made][of[goods]] / tonnes
        more = self.spreader.spread(market, pair, tonnes * asked[of[goods]], ways, (day, spare))
        kinds = variants(len(made), of[goods], of[persons], tonnes, promise[made], more)
        trips = self._trips(
            market,
            pair[kinds.good],
            quantity[kinds.good],
            day[kinds.good],
            ways.joined(more.ways).take(kinds.way),
            pinned,
        )
        persons = persons[kinds.person]
        start, count = best.pick[persons], len(kinds.package)
        ready = np.zeros(count, np.int64)
        np.maximum.at(ready, kinds.good_variant, trips.arrive)
        np.maximum.at(ready, kinds.person_variant, lim.start_day[start] + w.length[persons])
        return Columns(
            w.requirement[made[kinds.package]], ready, np.ones(count, np.bool_),
            starts_of(np.bincount(kinds.good_variant, minlength=count)), trips,
            starts_of(np.bincount(kinds.person_variant, minlength=count)), start, w.quantity[persons],
        )  # fmt: skip

    def _trips(self, market: Market, pair: Ints, quantity: Floats, day: Ints, ways: Ways, pinned: Bools) -> Trips:
        """Trips of pairs that arrive by certain days along the ways found; ``pinned`` pairs keep their pins."""
        p, s, terrain = self.problem, self.matching.sources, self.router.terrain
        source, rides = self.matching.pairs.source[pair], ways.length > 0
        leave = np.where(rides, ways.day[:, 0], day)
        order = market.orders[terrain.bay[source], leave]
        at = np.arange(len(pair)), np.maximum(ways.length - 1, 0)
        arrive = ways.day[at] + p.legs.days[ways.leg[at]] if len(p.legs.keys) else day
        bought = order >= 0
        ready = s.first[source].copy()
        ready[bought] = s.order_ready[order[bought]]
        flat = np.arange(ways.leg.shape[1]) < ways.length[:, None]
        pin = np.where(pinned[pair], self.matching.pairs.pin[pair], NO_ONE)
        return Trips(
            pair, quantity, np.where(rides, arrive, ready), order, pin, starts_of(ways.length),
            ways.leg[flat].astype(np.int64), ways.day[flat].astype(np.int64),
        )  # fmt: skip
