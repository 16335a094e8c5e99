"""A ledger as a plan's tables print it: deliveries, movements, purchases and cohorts; and the prices of the proof."""

from __future__ import annotations

import numpy as np

from oneroof.planning.ledger import Ledger
from oneroof.planning.plan import printed
from oneroof.planning.problem import Floats, Problem
from oneroof.planning.relaxation import Relaxation
from oneroof.planning.tables import Row
from oneroof.planning.tally import uses

LEAST = 1e-6  # the smallest price that is told


def lines_of(problem: Problem, ledger: Ledger) -> dict[str, list[Row]]:
    """The rows of deliveries, movements, purchases and cohorts of a ledger, in its order."""
    p, lines = problem, ledger.lines
    dates = [p.date(day).isoformat() for day in range(p.days)]
    weights = list(map(printed, lines.weight.tolist()))
    return {
        "deliveries": _deliveries(p, ledger, dates, weights),
        "movements": [
            {
                "delivery": lines.key[d],
                "step": str(step),
                "leg": p.legs.keys[leg],
                "depart_on": dates[leave],
                "arrive_on": dates[come],
                "tonnes": weights[d],
            }
            for d, step, leg, leave, come in zip(
                *(column.tolist() for column in (lines.of_move, lines.step, lines.leg, lines.leave, lines.come)),
                strict=True,
            )
        ],
        "purchases": [
            {
                "purchase": x.key,
                "supplier": p.suppliers.keys[x.supplier],
                "fund": p.funds.keys[x.fund],
                "order_on": p.date(x.order).isoformat(),
                "ready_on": p.date(x.ready).isoformat(),
                "quantity": printed(x.quantity),
                "cost": printed(x.cost),
            }
            for x in ledger.purchases
        ],
        "cohorts": [
            {
                "course": p.courses.keys[c.course],
                "requirement": p.requirements.keys[c.requirement],
                "start_on": p.date(c.start).isoformat(),
                "ready_on": p.date(c.ready).isoformat(),
                "persons": printed(c.persons),
            }
            for c in ledger.cohorts
        ],
    }


def _deliveries(p: Problem, ledger: Ledger, dates: list[str], weights: list[str]) -> list[Row]:
    """The rows of deliveries.csv."""
    lines = ledger.lines
    columns = (lines.from_offer, lines.source, lines.requirement, lines.quantity, lines.depart, lines.arrive)
    return [
        {
            "delivery": key,
            "source_kind": "offer" if offered else "purchase",
            "source": p.offers.keys[source] if offered else ledger.purchases[source].key,
            "requirement": p.requirements.keys[requirement],
            "item": item,
            "quantity": printed(units),
            "tonnes": weight,
            "depart_on": dates[depart],
            "arrive_on": dates[arrive],
        }
        for key, item, weight, offered, source, requirement, units, depart, arrive in zip(
            lines.key, lines.stated_item, weights, *(column.tolist() for column in columns), strict=True
        )
    ]


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
