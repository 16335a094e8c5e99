"""A plan's lines as its tables print them: deliveries, movements, purchases, cohorts and prices from shipments."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from oneroof.planning.columns import Trip
from oneroof.planning.ledger import Ledger
from oneroof.planning.plan import printed
from oneroof.planning.problem import NO_ONE, Floats
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
    item: int
    units: float


_Place = tuple[str, int, int, str, str, tuple[str, ...], tuple[int, ...]]  # all of a line but what it brings


def lines_of(relaxation: Relaxation, shipments: Shipments) -> dict[str, list[Row]]:
    """The rows of deliveries, movements, purchases and cohorts, sorted by key."""
    p, orders = relaxation.problem, _orders(relaxation, shipments)
    lines = _sorted_lines(relaxation, shipments, orders)
    dates = [p.date(day).isoformat() for day in range(p.days)]
    ride, tonnes = p.legs.days.tolist(), p.items.tonnes.tolist()
    deliveries, movements = [], []
    width = max(4, len(str(len(lines))))
    bought: dict[str, float] = {}
    for number, line in enumerate(lines, 1):
        key, weight = f"D{number:0{width}d}", printed(line.units * tonnes[line.item])
        deliveries.append(
            {
                "delivery": key,
                "source_kind": line.kind,
                "source": line.source,
                "requirement": line.requirement,
                "item": p.items.keys[line.item],
                "quantity": printed(line.units),
                "tonnes": weight,
                "depart_on": dates[line.depart],
                "arrive_on": dates[line.arrive],
            }
        )
        for step, (leg, name, day) in enumerate(zip(line.trip.legs, line.legs, line.days, strict=True), 1):
            comes = dates[day + ride[leg]]
            movements.append(
                {
                    "delivery": key,
                    "step": str(step),
                    "leg": name,
                    "depart_on": dates[day],
                    "arrive_on": comes,
                    "tonnes": weight,
                }
            )
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
    source_of, requirement_of = pairs.source.tolist(), pairs.requirement.tolist()
    offered, what, item_of = s.is_offer.tolist(), s.what.tolist(), s.item.tolist()
    names: dict[tuple[int, ...], tuple[str, ...]] = {}
    found: dict[_Place, tuple[Trip, float]] = {}
    for trip, units in shipments.trips:
        source = source_of[trip.pair]
        if trip.legs not in names:
            names[trip.legs] = tuple(p.legs.keys[leg] for leg in trip.legs)
        place = (
            p.requirements.keys[requirement_of[trip.pair]],
            trip.arrive,
            trip.days[0] if trip.days else trip.arrive,
            "offer" if offered[source] else "purchase",
            p.offers.keys[what[source]] if offered[source] else orders[trip.order],
            names[trip.legs],
            trip.days,
        )
        had = found.get(place)
        found[place] = trip, units if had is None else had[1] + units
    lines, whole = [], p.items.whole.tolist()
    for place in sorted(found):
        trip, units = found[place]
        item = item_of[source_of[trip.pair]]
        units = _rounded(units, whole[item])
        if units >= LEAST:
            lines.append(_Line(*place, trip, item, units))
    return lines


def _rounded(units: float, whole: bool) -> float:
    """Units as print shows them: whole numbers stay whole, others are cut after six decimals so that limits hold."""
    near = round(units)
    if abs(units - near) < LEAST / 2:
        return float(near)
    return math.floor(units * 1e6 + 1e-3) / 1e6


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
    price: Floats = relaxation.price
    rows = np.flatnonzero((price[: lim.pin] > LEAST) & np.isfinite(lim.amount[: lim.pin]))
    found: dict[tuple[str, str, int], tuple[int, float, float]] = {}
    for kind, first, end, keys, weekly in (
        ("offer", lim.offer, lim.requirement, p.offers.keys, False),
        ("fund", lim.fund, lim.supplier, p.funds.keys, False),
        ("supplier", lim.supplier, lim.course, p.suppliers.keys, True),
        ("course", lim.course, lim.trainees, p.courses.keys, False),
        ("trainees", lim.trainees, lim.leg, ("",), True),
        ("leg", lim.leg, lim.node, p.legs.keys, True),
        ("node", lim.node, lim.pin, p.nodes.keys, True),
    ):
        mine = rows[(rows >= first) & (rows < end)]
        which, week = np.divmod(mine - first, lim.weeks) if weekly else (mine - first, np.full(len(mine), -1))
        if kind == "course":
            which, week = lim.start_course[mine - first], lim.start_day[mine - first] // 7
        columns = (which, week, lim.amount[mine], price[mine])
        for i, at, amount, dearest in zip(*(column.tolist() for column in columns), strict=True):
            _, had, most = found.get((kind, keys[i], at), (i, 0.0, 0.0))
            found[kind, keys[i], at] = i, had + amount, max(most, dearest)
    return [
        {
            "kind": kind,
            "key": key,
            "week": "" if week < 0 else str(week),
            "used": printed(used.of(kind, i, week)),
            "limit": printed(amount),
            "price": printed(dearest),
        }
        for (kind, key, week), (i, amount, dearest) in sorted(found.items())
    ]
