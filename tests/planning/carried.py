"""A short way of two legs, plans of it written by hand, and futures in which single things go wrong."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from oneroof.planning.futures import Futures
from oneroof.planning.problem import Problem
from oneroof.planning.shocks import donors
from oneroof.planning.tables import Row
from tests.planning import tiny

Steps = Sequence[tuple[str, int]]


def problem(room: float = 10, weeks: int = 8, due: int = 13, **changes: list[dict[str, object]]) -> Problem:
    """Depot A, hub H, site S; L1 takes 2 days, L2 takes 3 and carries ``room`` tonnes a week; units weigh a tonne."""
    rows: dict[str, list[dict[str, object]]] = {
        "nations": [{"nation": nation} for nation in ("DEU", "POL", "UKR")],
        "nodes": [
            {"node": node, "nation": nation, "kind": kind, "latitude": 50, "longitude": 20}
            for node, nation, kind in (("A", "DEU", "depot"), ("H", "POL", "hub"), ("S", "UKR", "site"))
        ],
        "legs": [
            {"leg": "L1", "origin": "A", "destination": "H", "mode": "rail", "days": 2, "cost_per_tonne": 1},
            {"leg": "L2", "origin": "H", "destination": "S", "mode": "road", "days": 3, "cost_per_tonne": 2}
            | {"tonnes_per_week": room},
        ],
        "items": [{"item": "I", "unit": "each", "tonnes_per_unit": 1, "value_per_unit": 100}],
        "offers": [
            {"offer": "O1", "donor": "DEU", "item": "I", "quantity": 20, "node": "A", "stage": "committed"},
            {"offer": "O2", "donor": "POL", "item": "I", "quantity": 20, "node": "A", "stage": "committed"},
        ],
        "requirements": [
            {"requirement": "R1", "item": "I", "quantity": 5, "node": "S", "due": tiny.date(due), "priority": 1},
            {"requirement": "R2", "item": "I", "quantity": 7, "node": "S", "due": tiny.date(due), "priority": 2},
        ],
    }
    return Problem.of(tiny.read({"weeks": weeks}, {**rows, **changes}))


def plan(problem: Problem, *deliveries: tuple[str, str, str, float, Steps]) -> dict[str, list[Row]]:
    """The lines of a plan from (key, offer or purchase, requirement, units, ((leg, day), ...))."""
    made: dict[str, list[Row]] = {"deliveries": [], "movements": []}
    length = dict(zip(problem.legs.keys, problem.legs.days.tolist(), strict=True))
    for key, source, requirement, units, steps in deliveries:
        arrive = 0
        for number, (leg, day) in enumerate(steps, 1):
            arrive = day + length[leg]
            made["movements"].append(
                {"delivery": key, "step": str(number), "leg": leg, "depart_on": tiny.date(day), "tonnes": f"{units}"}
                | {"arrive_on": tiny.date(arrive)}
            )
        kind = "offer" if source in problem.offers.keys else "purchase"
        made["deliveries"].append(
            {"delivery": key, "source_kind": kind, "source": source, "requirement": requirement, "item": "I"}
            | {"quantity": f"{units}", "tonnes": f"{units}", "depart_on": tiny.date(steps[0][1])}
            | {"arrive_on": tiny.date(arrive)}
        )
    return made


def nothing(problem: Problem, count: int = 1) -> Futures:
    """Futures in which nothing goes wrong, open to changes."""
    legs, nodes, weeks = len(problem.legs.keys), len(problem.nodes.keys), problem.weeks
    return Futures(
        np.zeros((count, legs, weeks), np.int16),
        np.zeros((count, nodes, weeks), np.bool_),
        np.zeros((count, len(donors(problem)), weeks), np.bool_),
    )
