"""What every limit charges at given prices, as deliveries, purchases and cohorts meet it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from oneroof.planning.limits import Limits
from oneroof.planning.matching import Matching
from oneroof.planning.problem import NO_ONE, Floats, Ints, Problem


@dataclass(frozen=True)
class Market:
    """What every limit charges, spread over legs and weeks and over the days of purchases."""

    price: Floats  # (legs, weeks) currency per tonne: cost, leg and origin node
    bays: dict[int, Floats]  # by purchase source: the cheapest order ready by each day, per tonne
    orders: dict[int, Ints]  # the order that it is
    seats: dict[int, tuple[Floats, Ints]]  # by course: cheapest price of a person by day ready, and the start


def market_of(problem: Problem, matching: Matching, limits: Limits, y: Floats) -> Market:
    """The prices that deliveries and cohorts meet at row prices ``y``."""
    p, s = problem, matching.sources
    legs, nodes = len(p.legs.keys), len(p.nodes.keys)
    node_price = limits.node_weeks(y, nodes)
    price = p.legs.cost[:, None] + limits.leg_weeks(y, legs) + node_price[p.legs.origin]
    bays, orders = {}, {}
    for source in np.flatnonzero(~s.is_offer):
        span = slice(s.order_first[source], s.order_first[source + 1])
        supplier = int(s.what[source])
        charge = (
            y[limits.fund + s.order_fund[span]] * s.order_price[span]
            + y[limits.supplier + supplier * limits.weeks + s.order_week[span]]
        ) / s.tonnes[source]
        bays[int(source)], best = _cheapest_by(p.days, s.order_ready[span], charge)
        orders[int(source)] = np.where(best >= 0, best + span.start, NO_ONE)
    seats = {}
    for c, starts in enumerate(p.courses.starts):
        rows = limits.course + limits.course_first[c] + np.arange(len(starts))
        open_ = (limits.amount[rows] > 0) & (limits.amount[limits.trainees + starts // 7] > 0)
        charge = np.where(open_, y[rows] + y[limits.trainees + starts // 7], np.inf)
        cheapest, best = _cheapest_by(p.days, starts + p.courses.days[c], charge)
        seats[c] = cheapest, np.where(best >= 0, best + limits.course_first[c], NO_ONE)
    return Market(np.ascontiguousarray(price), bays, orders, seats)


def _cheapest_by(days: int, ready: Ints, charge: Floats) -> tuple[Floats, Ints]:
    """For every day, the least charge among what is ready by then, and whose it is (the first of equals, or -1)."""
    least, which = np.full(days, np.inf), np.full(days, NO_ONE, np.int64)
    for i in np.lexsort((np.arange(len(ready)), ready)):
        day = int(ready[i])
        if charge[i] < least[day]:
            least[day:], which[day:] = charge[i], i
    return least, which
