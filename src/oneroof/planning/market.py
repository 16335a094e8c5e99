"""What every limit charges at given prices, as deliveries, purchases and cohorts meet it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit

from oneroof.planning.limits import Limits
from oneroof.planning.matching import Matching
from oneroof.planning.problem import NO_ONE, Floats, Ints, Problem


@dataclass(frozen=True)
class Market:
    """What every limit charges, spread over legs and weeks and over the days of purchases.

    Row 0 of ``bays`` and ``orders`` stands for all offers, which cost nothing; a row follows for each purchase source.
    """

    price: Floats  # (legs, weeks) currency per tonne: cost, leg and origin node
    bays: Floats  # (1 + purchases, days) the cheapest order ready by each day, per tonne
    orders: Ints  # (1 + purchases, days) the order that it is
    seats: Floats  # (courses, days) the cheapest price of a person by day ready
    starts: Ints  # (courses, days) the start that it is


def market_of(problem: Problem, matching: Matching, limits: Limits, y: Floats) -> Market:
    """The prices that deliveries and cohorts meet at row prices ``y``."""
    p, s = problem, matching.sources
    legs, nodes = len(p.legs.keys), len(p.nodes.keys)
    node_price = limits.node_weeks(y, nodes)
    price = p.legs.cost[:, None] + limits.leg_weeks(y, legs) + node_price[p.legs.origin]
    bought = np.flatnonzero(~s.is_offer)
    bays, orders = np.zeros((1 + len(bought), p.days)), np.full((1 + len(bought), p.days), NO_ONE, np.int64)
    for row, source in enumerate(bought, 1):
        bays[row], best = cheapest_by(p.days, *order_charges(matching, limits, y, int(source)))
        orders[row] = np.where(best >= 0, best + s.order_first[source], NO_ONE)
    seats, starts = np.zeros((len(p.courses.keys), p.days)), np.zeros((len(p.courses.keys), p.days), np.int64)
    for c, days in enumerate(p.courses.starts):
        rows = limits.course + limits.course_first[c] + np.arange(len(days))
        open_ = (limits.amount[rows] > 0) & (limits.amount[limits.trainees + days // 7] > 0)
        charge = np.where(open_, y[rows] + y[limits.trainees + days // 7], np.inf)
        seats[c], best = cheapest_by(p.days, days + p.courses.days[c], charge)
        starts[c] = np.where(best >= 0, best + limits.course_first[c], NO_ONE)
    return Market(np.ascontiguousarray(price), bays, orders, seats, starts)


def order_charges(matching: Matching, limits: Limits, y: Floats, source: int) -> tuple[Ints, Floats]:
    """The days on which the orders of a purchase source are ready, and what fund and supplier charge per tonne."""
    s = matching.sources
    span = slice(int(s.order_first[source]), int(s.order_first[source + 1]))
    week = limits.supplier + int(s.what[source]) * limits.weeks + s.order_week[span]
    charge = (y[limits.fund + s.order_fund[span]] * s.order_price[span] + y[week]) / s.tonnes[source]
    return s.order_ready[span], charge


@njit(cache=True, nogil=True)
def cheapest_by(days, ready, charge):  # type: ignore[no-untyped-def]
    """For every day, the least charge among what is ready by then, and whose it is.

    Of equals the one that is ready first, then the first of the list; NO_ONE where nothing is ready or all is inf.
    """
    least, which = np.full(days, np.inf), np.full(days, -1, np.int64)
    for i in range(len(ready)):
        if ready[i] < days and charge[i] < least[ready[i]]:
            least[ready[i]], which[ready[i]] = charge[i], i
    for t in range(1, days):
        if least[t - 1] <= least[t]:
            least[t], which[t] = least[t - 1], which[t - 1]
    return least, which
