"""A plan's lines as its tables print them: deliveries, movements, purchases, cohorts and prices from shipments."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from oneroof.planning.columns import Trip
from oneroof.planning.ledger import Ledger
from oneroof.planning.limits import name_of
from oneroof.planning.plan import printed
from oneroof.planning.problem import NO_ONE, Floats, Problem
from oneroof.planning.relaxation import Relaxation
from oneroof.planning.tables import Row
from oneroof.planning.tally import uses
from oneroof.planning.whole import Shipments

LEAST = 1e-6  # the smallest quantity that print shows


class _Line(NamedTuple):
    """A delivery before it has a key, in the order in which keys are given."""

    requirement: str
    arrive: int
    depart: int
    kind: str
    source: str
    legs: tuple[str, ...]
    days: tuple[int, ...]
    trip: Trip
    units: float


def lines_of(relaxation: Relaxation, shipments: Shipments) -> dict[str, list[Row]]:
    """The rows of deliveries, movements, purchases and cohorts, sorted by key."""
    orders = _orders(relaxation, shipments)
    lines = _sorted_lines(relaxation, shipments, orders)
    deliveries, movements = [], []
    width = max(4, len(str(len(lines))))
    bought: dict[str, float] = {}
    for number, line in enumerate(lines, 1):
        key = f"D{number:0{width}d}"
        deliveries.append(_delivery(relaxation, key, line))
        movements += _movements(relaxation.problem, key, line, deliveries[-1]["tonnes"])
        if line.kind == "purchase":
            bought[line.source] = bought.get(line.source, 0.0) + float(deliveries[-1]["quantity"])
    return {
        "deliveries": deliveries,
        "movements": movements,
        "purchases": [_purchase(relaxation, key, order, bought[key]) for order, key in orders.items() if key in bought],
        "cohorts": _cohorts(relaxation, shipments),
    }


def _orders(relaxation: Relaxation, shipments: Shipments) -> dict[int, str]:
    """Keys of the orders in use, by index of the order: numbered by supplier, fund and week."""
    s, p = relaxation.matching.sources, relaxation.problem
    used = {t.order: int(relaxation.matching.pairs.source[t.pair]) for t, _ in shipments.trips if t.order != NO_ONE}
    names = {
        order: (p.suppliers.keys[s.what[source]], p.funds.keys[s.order_fund[order]], int(s.order_week[order]))
        for order, source in used.items()
    }
    width = max(4, len(str(len(names))))
    return {order: f"P{i:0{width}d}" for i, order in enumerate(sorted(names, key=lambda o: names[o]), 1)}


def _sorted_lines(relaxation: Relaxation, shipments: Shipments, orders: dict[int, str]) -> list[_Line]:
    """Deliveries by requirement, arrival and source; what one source sends one way on the same days is one."""
    p, pairs, s = relaxation.problem, relaxation.matching.pairs, relaxation.matching.sources
    found: dict[tuple[object, ...], _Line] = {}
    for trip, units in shipments.trips:
        source = int(pairs.source[trip.pair])
        offered = bool(s.is_offer[source])
        line = _Line(
            p.requirements.keys[pairs.requirement[trip.pair]],
            trip.arrive,
            trip.days[0] if trip.days else trip.arrive,
            "offer" if offered else "purchase",
            p.offers.keys[s.what[source]] if offered else orders[trip.order],
            tuple(p.legs.keys[leg] for leg in trip.legs),
            trip.days,
            trip,
            units,
        )
        same = found.get(line[:7])
        found[line[:7]] = line if same is None else line._replace(units=same.units + units)
    whole = p.items.whole
    kept = [
        line._replace(units=_rounded(line.units, bool(whole[s.item[pairs.source[line.trip.pair]]])))
        for line in found.values()
    ]
    return sorted((line for line in kept if line.units >= LEAST), key=lambda line: line[:7])


def _rounded(units: float, whole: bool) -> float:
    """Units as print shows them: whole numbers stay whole, others are cut after six decimals so that limits hold."""
    near = round(units)
    if abs(units - near) < LEAST / 2:
        return float(near)
    return math.floor(units * 1e6 + 1e-3) / 1e6


def _delivery(relaxation: Relaxation, key: str, line: _Line) -> Row:
    """A row of deliveries.csv."""
    p, s = relaxation.problem, relaxation.matching.sources
    item = int(s.item[relaxation.matching.pairs.source[line.trip.pair]])
    return {
        "delivery": key,
        "source_kind": line.kind,
        "source": line.source,
        "requirement": line.requirement,
        "item": p.items.keys[item],
        "quantity": printed(line.units),
        "tonnes": printed(line.units * float(p.items.tonnes[item])),
        "depart_on": p.date(line.depart).isoformat(),
        "arrive_on": p.date(line.arrive).isoformat(),
    }


def _movements(p: Problem, key: str, line: _Line, tonnes: str) -> list[Row]:
    """The rows of movements.csv of a delivery."""
    return [
        {
            "delivery": key,
            "step": str(step),
            "leg": p.legs.keys[leg],
            "depart_on": p.date(day).isoformat(),
            "arrive_on": p.date(day + int(p.legs.days[leg])).isoformat(),
            "tonnes": tonnes,
        }
        for step, (leg, day) in enumerate(zip(line.trip.legs, line.trip.days, strict=True), 1)
    ]


def _purchase(relaxation: Relaxation, key: str, order: int, quantity: float) -> Row:
    """A row of purchases.csv."""
    p, s = relaxation.problem, relaxation.matching.sources
    source = int(np.searchsorted(s.order_first, order, side="right") - 1)
    supplier, week = int(s.what[source]), int(s.order_week[order])
    return {
        "purchase": key,
        "supplier": p.suppliers.keys[supplier],
        "fund": p.funds.keys[s.order_fund[order]],
        "order_on": p.date(7 * week).isoformat(),
        "ready_on": p.date(int(s.order_ready[order])).isoformat(),
        "quantity": printed(quantity),
        "cost": printed(quantity * float(p.suppliers.price[supplier])),
    }


def _cohorts(relaxation: Relaxation, shipments: Shipments) -> list[Row]:
    """The rows of cohorts.csv."""
    p, lim = relaxation.problem, relaxation.limits
    rows = []
    for r, start, persons in shipments.cohorts:
        course, day = int(lim.start_course[start]), int(lim.start_day[start])
        if persons >= LEAST:
            rows.append(
                {
                    "course": p.courses.keys[course],
                    "requirement": p.requirements.keys[r],
                    "start_on": p.date(day).isoformat(),
                    "ready_on": p.date(day + int(p.courses.days[course])).isoformat(),
                    "persons": printed(_rounded(persons, whole=False)),
                }
            )
    return sorted(rows, key=lambda row: (row["course"], row["requirement"], row["start_on"]))


def price_rows(relaxation: Relaxation, ledger: Ledger) -> list[Row]:
    """The rows of prices.csv: every limit with a price, how much of it the written lines use, its amount and price.

    Starts of one course in one week are one row: their seats add up, and the dearest start gives the price.
    """
    p, lim = relaxation.problem, relaxation.limits
    used = uses(p, ledger)
    index = {
        "offer": {k: i for i, k in enumerate(p.offers.keys)},
        "leg": {k: i for i, k in enumerate(p.legs.keys)},
        "node": {k: i for i, k in enumerate(p.nodes.keys)},
        "fund": {k: i for i, k in enumerate(p.funds.keys)},
        "supplier": {k: i for i, k in enumerate(p.suppliers.keys)},
        "course": {k: i for i, k in enumerate(p.courses.keys)},
        "trainees": {"": 0},
    }
    found: dict[tuple[str, str, int], tuple[float, float]] = {}
    price: Floats = relaxation.price
    for row in np.flatnonzero((price[: lim.pin] > LEAST) & np.isfinite(lim.amount[: lim.pin])):
        limit = name_of(p, lim, int(row))
        if limit.kind == "requirement":
            continue
        amount, dearest = found.get(limit, (0.0, 0.0))
        found[limit] = amount + float(lim.amount[row]), max(dearest, float(price[row]))
    return [
        {
            "kind": kind,
            "key": key,
            "week": "" if week < 0 else str(week),
            "used": printed(used.of(kind, index[kind][key], week)),
            "limit": printed(amount),
            "price": printed(dearest),
        }
        for (kind, key, week), (amount, dearest) in sorted(found.items())
    ]
