"""What no plan can pass: an upper bound from any prices, by making the prices of offers and requirements consistent."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit

from oneroof.planning.limits import Limits
from oneroof.planning.problem import Floats, Ints


@dataclass(frozen=True)
class Claims:
    """Best values at given prices of legs, nodes, funds, suppliers, seats and trainees.

    A feasible pair of prices has ``offer_price[offer] + share * requirement_price[requirement] >= value`` for every
    pair, and ``requirement_price >= package`` for every package requirement.
    """

    offer: Ints  # (pairs,) index of the offer; -1 for a purchase: its limits are priced already
    requirement: Ints  # (pairs,)
    share: Floats  # (pairs,)
    value: Floats  # (pairs,)
    package: Floats  # (requirements,) value of the best package at ``offer_price``; -inf for others
    is_part: Ints  # offers whose price went into ``package``: it must not fall


@njit(cache=True, nogil=True)
def _raise(price, places, values, chosen):  # type: ignore[no-untyped-def]
    """Raise prices to the chosen values at their places: ``np.maximum.at`` takes twenty times as long."""
    for i in range(len(places)):
        if chosen[i] and values[i] > price[places[i]]:
            price[places[i]] = values[i]


def _per_share(c: Claims, value: Floats) -> Floats:
    """Values per share of a requirement, 0 where there is no share."""
    per: Floats = np.divide(value, c.share, out=np.zeros(len(value)), where=c.share > 0)
    return per


def _requirement_price(c: Claims, offer_price: Floats, count: int) -> Floats:
    """The least requirement prices that go with the prices of offers."""
    price = np.maximum(c.package, 0.0)
    charged = np.append(offer_price, 0.0)[c.offer]
    sharing = c.share > 0
    _raise(price, c.requirement, _per_share(c, c.value - charged), sharing)
    return price[:count]


def _offer_price(c: Claims, requirement_price: Floats, least: Floats) -> Floats:
    """The least offer prices that go with the prices of requirements; those of parts stay at least as they are."""
    price = np.zeros_like(least)
    price[c.is_part] = least[c.is_part]
    _raise(price, c.offer, c.value - c.share * requirement_price[c.requirement], c.offer >= 0)
    return price


def consistent(
    c: Claims, limits: Limits, offer_price: Floats, requirement_price: Floats
) -> tuple[float, Floats, Floats]:
    """The least ``quantity @ price`` over offers and requirements that four starts reach, with those prices.

    Any consistent prices give a bound (weak duality); a few alternating steps from each start keep it tight.
    """
    offers, requirements = len(offer_price), len(requirement_price)
    q = limits.amount[limits.offer : limits.offer + offers]
    r = limits.amount[limits.requirement : limits.requirement + requirements]
    # A pinned part on its own has no requirement row: its offer alone must answer for it.
    alone = (c.share == 0) & (c.offer >= 0)
    base = offer_price.copy()
    _raise(base, c.offer, c.value, alone)
    excess = np.zeros(offers)
    charged = np.append(base, 0.0)[c.offer] + c.share * requirement_price[c.requirement]
    offered = c.offer >= 0
    _raise(excess, c.offer, c.value - charged, offered)
    # Where the offer is the smaller side, its price rises cheaper than that of the requirement.
    side = offered & (np.append(q, np.inf)[c.offer] * c.share <= r[c.requirement])
    smaller = np.zeros(offers)
    _raise(smaller, c.offer, c.value - charged, side)
    purchases = np.maximum(c.package, 0.0)
    bought = (c.offer < 0) & (c.share > 0)
    _raise(purchases, c.requirement, _per_share(c, c.value), bought)
    floor = np.maximum(purchases, requirement_price)
    best: tuple[float, Floats, Floats] = (np.inf, base, floor)
    for start in (_offer_price(c, floor, base), base, base + 0.5 * excess, base + smaller):
        alpha = np.maximum(start, np.where(np.isin(np.arange(offers), c.is_part), base, 0.0))
        for _ in range(3):
            _raise(alpha, c.offer, c.value, alone)
            beta = _requirement_price(c, alpha, requirements)
            total = float(q @ alpha + r @ beta)
            if total < best[0]:
                best = (total, alpha, beta)
            alpha = _offer_price(c, beta, base)
    return best
