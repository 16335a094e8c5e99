"""Branching finds the best plan in whole units: against enumeration, on problems small enough for it."""

from __future__ import annotations

import itertools
import time
from pathlib import Path
from random import Random

import numpy as np
import pytest

from oneroof.planning import tables
from oneroof.planning.exact import CLOSE, Tree, exact
from oneroof.planning.planner import Options, Planner, make_plan
from oneroof.planning.problem import Problem
from oneroof.planning.relaxation import Relaxation
from oneroof.planning.rounding import whole_units
from oneroof.planning.solve import Search
from oneroof.planning.verify import verify
from tests.planning.tiny import Draw, Rows, date, read

PLACE = {"nation": "DEU", "kind": "hub", "latitude": 50, "longitude": 20}
SEEDS = 24


def solved(problem: Problem, gap: float = 1e-6) -> Relaxation:
    """The relaxation of a tiny problem."""
    return Search(problem).run(gap, time_limit=60)


class Lorry:
    """A lorry from A to B with room for a few tonnes in each of two weeks, and things of several weights."""

    def __init__(self, seed: int) -> None:
        r = Random(seed)
        self.room = [r.randint(5, 12) for _ in range(2)]  # tonnes; the second week has a leg of its own
        self.things = [(r.choice([2, 3, 4, 5, 7]), r.randint(5, 40), r.randint(1, 3)) for _ in range(3)]
        self.late = 0.5  # timeliness of the second week

    def problem(self) -> Problem:
        """As tables: due on day 6, worth half on day 8, when the second leg arrives."""
        rows: Rows = {
            "nations": [{"nation": "DEU"}],
            "nodes": [{"node": node} | PLACE for node in "AB"],
            "legs": [
                {"leg": f"L{week}", "origin": "A", "destination": "B", "mode": "road", "days": 1, "cost_per_tonne": 0,
                 "tonnes_per_week": room, "opens": date(7 * week), "closes": date(7 * week + 6)}
                for week, room in enumerate(self.room)
            ],
            "items": [
                {"item": f"I{i}", "unit": "each", "tonnes_per_unit": tonnes, "value_per_unit": value}
                for i, (tonnes, value, _) in enumerate(self.things)
            ],
            "requirements": [
                {"requirement": f"R{i}", "item": f"I{i}", "quantity": much, "node": "B", "due": date(6),
                 "latest": date(10), "priority": 1, "points_per_unit": value}
                for i, (_, value, much) in enumerate(self.things)
            ],
            "offers": [
                {"offer": f"O{i}", "donor": "DEU", "item": f"I{i}", "quantity": much, "node": "A", "stage": "pledged"}
                for i, (_, _, much) in enumerate(self.things)
            ],
        }  # fmt: skip
        return Problem.of(read({"weeks": 2}, rows))

    def best(self) -> float:
        """The best of all ways to share the units between the weeks."""
        ways = [[(a, b) for a in range(n + 1) for b in range(n + 1 - a)] for _, _, n in self.things]
        found = 0.0
        for way in itertools.product(*ways):
            load = [sum(x[week] * t for x, (t, _, _) in zip(way, self.things, strict=True)) for week in (0, 1)]
            if load[0] <= self.room[0] and load[1] <= self.room[1]:
                points = (v * (x[0] + self.late * x[1]) for x, (_, v, _) in zip(way, self.things, strict=True))
                found = max(found, sum(points))
        return found


@pytest.mark.parametrize("seed", range(SEEDS))
def test_branching_finds_what_enumeration_finds(seed: int) -> None:
    lorry = Lorry(seed)
    shipments, bound, closed = exact(solved(lorry.problem()))
    assert shipments.objective == pytest.approx(lorry.best())
    assert bound == pytest.approx(lorry.best(), rel=CLOSE)
    assert closed


def test_branching_is_better_than_rounding_somewhere() -> None:
    gaps = [make_plan(Lorry(seed).problem(), Options(exact=True)).summary["gap"] for seed in range(6)]
    rounded = [make_plan(Lorry(seed).problem(), Options()).summary["gap"] for seed in range(6)]
    assert max(gaps) <= 2 * CLOSE
    assert max(rounded) > 1e-3  # the bound of the relaxation knows no whole units


@pytest.mark.parametrize("seed", range(SEEDS))
def test_plans_of_random_problems_keep_every_rule_and_pass_no_bound(seed: int) -> None:
    problem = Problem.of(Draw(seed, pins=False).tables())
    plain, best = (make_plan(problem, Options(gap=1e-6, exact=way, next_pledges=0)) for way in (False, True))
    assert verify(problem, plain) == []
    assert verify(problem, best) == []
    slack = 1e-5 * max(1.0, abs(best.summary["bound"]))
    assert plain.summary["objective"] <= best.summary["objective"] + slack
    assert best.summary["gap"] <= 1e-5
    assert best.summary["bound"] <= plain.summary["bound"] + slack


def test_a_stopped_search_says_that_it_is_open() -> None:
    relaxation = solved(Lorry(0).problem())
    shipments, bound, closed = exact(relaxation, lambda: True)
    assert not closed
    assert shipments.objective <= bound


def test_branching_gets_the_time_that_the_search_before_it_left() -> None:
    planner = Planner(Lorry(0).problem(), Options(exact=True, time_limit=60), None, None)
    planner.began -= 50

    left = planner.left()

    assert left is not None
    assert 0 < left <= 10
    planner.began -= 50
    assert planner.left() == 0
    assert Planner(Lorry(0).problem(), Options(exact=True), None, None).left() is None


def test_rounding_takes_its_time_from_that_of_branching() -> None:
    """Rounding is held up for longer than there is time, so that nothing is left to prove the plan best in."""
    relaxation = next(found for found in (solved(Lorry(seed).problem()) for seed in range(SEEDS)) if is_open(found))
    asked: list[float] = []

    def slow_at_first() -> bool:
        if not asked:
            time.sleep(0.6)
        asked.append(time.monotonic())
        return False

    _, _, closed = exact(relaxation, slow_at_first, time_limit=0.5)

    assert not closed
    assert exact(relaxation, time_limit=60)[2]


def is_open(relaxation: Relaxation) -> bool:
    """Whether the bound of the relaxation leaves open that the rounded plan is best."""
    return relaxation.bound > whole_units(relaxation).objective + 0.5


def test_a_worse_plan_does_not_replace_a_better_one() -> None:
    problem = Problem.of(tables.read(Path(__file__).parents[2] / "examples" / "one-hub-winter"))
    tree = Tree(Search(problem).run(0.005))
    best = np.zeros(len(tree.whole))
    best[int(np.argmax(tree.program.gain))] = 1.0
    tree.take(best)

    tree.take(np.zeros(len(tree.whole)))

    assert tree.best == tree.program.gain.max() > 0
    assert (tree.quantity == best).all()
