"""The relaxation against independent linear programs of the whole model."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from oneroof.planning import tables
from oneroof.planning.problem import Problem
from oneroof.planning.relaxation import Relaxation
from oneroof.planning.solve import Search
from oneroof.planning.tables import Tables
from tests.planning.oracle import optimum
from tests.planning.tiny import Draw, Rows, date, read
from tests.shared import SHARED, needs_shared

GAP = 1e-6
SEEDS = 320
CHUNK = 40
BENCH: dict[str, list[str]] = {
    "as made": [],
    "tight": ["--tight", "0.3"],
    "packages": ["--packages", "0.3"],
    "caveats": ["--caveats", "0.5"],
}


def disagreements(problem: Tables, best: float, gap: float, found: Relaxation | None = None) -> list[str]:
    """What is wrong with a relaxation (by default a new one) of a problem whose optimum is known."""
    found = found or Search(Problem.of(problem)).run(gap, time_limit=60)
    slack = 1e-6 * max(1.0, abs(best))
    told = []
    if found.bound < best - slack:
        told.append(f"the bound {found.bound} is below the optimum {best}")
    if found.objective > best + slack:
        told.append(f"the objective {found.objective} is above the optimum {best}")
    if found.gap > gap:
        told.append(f"the gap is {found.gap}, asked was {gap}")
    return told


@pytest.mark.parametrize("first", range(0, SEEDS, CHUNK))
def test_bound_and_objective_close_on_the_optimum_of_random_problems(first: int) -> None:
    told = []
    for seed in range(first, first + CHUNK):
        problem = Draw(seed).tables()
        best = optimum(problem).objective
        if best is not None:  # None: pins that can't be kept together
            told += [f"seed {seed}: {sentence}" for sentence in disagreements(problem, best, GAP)]
    assert told == []


PLACE = {"nation": "DEU", "kind": "hub", "latitude": 50, "longitude": 20}
LEG = {"mode": "road", "days": 1, "opens": ""}
FUEL = {"item": "Fuel", "unit": "tonne", "tonnes_per_unit": 1}
WANTED = {"requirement": "R", "item": "Fuel", "quantity": 2, "node": "C", "due": date(12), "priority": 1}
OFFER = {"offer": "O", "donor": "DEU", "item": "Fuel", "quantity": 2, "node": "A", "stage": "pledged"}
TRAPS: dict[str, tuple[float, Rows]] = {
    "goods come back to their node and leave it after their window": (
        2 * (16 * 10 - 3),
        {
            "nodes": [{"node": node} | PLACE for node in "ABC"],
            "items": [FUEL | {"value_per_unit": 10}],
            "legs": [
                {"leg": "A-B", "origin": "A", "destination": "B", "cost_per_tonne": 1} | LEG,
                {"leg": "B-A", "origin": "B", "destination": "A", "cost_per_tonne": 1} | LEG,
                {"leg": "A-C", "origin": "A", "destination": "C", "cost_per_tonne": 1} | LEG | {"opens": date(8)},
            ],
            "requirements": [WANTED],
            "offers": [OFFER | {"available_until": date(3)}],
        },
    ),
    "a fund without money buys what costs nothing": (
        2 * 16 * 10,
        {
            "nodes": [{"node": "C"} | PLACE],
            "items": [FUEL | {"value_per_unit": 10}],
            "requirements": [WANTED],
            "funds": [{"fund": "F", "donor": "DEU", "amount": 0}],
            "suppliers": [{"supplier": "S", "item": "Fuel", "node": "C", "unit_price": 0, "lead_days": 1}],
        },
    ),
    "a pin is kept however much its way costs": (
        -1e5,
        {
            "nodes": [{"node": node} | PLACE for node in "AC"],
            "items": [FUEL | {"value_per_unit": 0}],
            "legs": [{"leg": "A-C", "origin": "A", "destination": "C", "cost_per_tonne": 1e5} | LEG],
            "requirements": [WANTED],
            "offers": [OFFER],
            "pins": [{"offer": "O", "requirement": "R", "quantity": 1}],
        },
    ),
}


@pytest.mark.parametrize("trap", TRAPS)
def test_known_traps_have_the_optimum_that_is_counted_by_hand(trap: str) -> None:
    best, rows = TRAPS[trap]
    problem = read({"weeks": 2}, {"nations": [{"nation": "DEU"}], **rows})
    assert optimum(problem).objective == pytest.approx(best)
    assert disagreements(problem, best, GAP) == []


@pytest.mark.parametrize("seed", range(400, 440))
def test_a_search_that_begins_where_another_ended_closes_on_its_own_optimum(seed: int) -> None:
    """Offers, legs, funds and courses go; more money, more time and a new requirement come."""
    draw = Draw(seed, pins=False)
    draw.draw()
    before = Search(Problem.of(read(draw.settings, draw.rows))).run(GAP, time_limit=60)
    for table in ("offers", "legs", "funds"):
        del draw.rows[table][:1]
    draw.settings["weeks"] = draw.weeks + 1
    draw.rows["requirements"].append(draw.rows["requirements"][0] | {"requirement": "New", "points_per_unit": 70})
    for fund in draw.rows["funds"]:
        fund["amount"] = 120
    problem = read(draw.settings, draw.rows)
    best = optimum(problem).objective
    assert best is not None
    found = Search(Problem.of(problem), warm=before).run(GAP, time_limit=60)
    assert disagreements(problem, best, GAP, found) == []


@needs_shared
@pytest.mark.parametrize("seed", range(1, 6))
@pytest.mark.parametrize("kind", BENCH)
def test_bound_and_objective_enclose_the_optimum_of_the_big_program(kind: str, seed: int, tmp_path: Path) -> None:
    folder = tmp_path / "problem"
    bench = SHARED / "bench"
    make = [
        sys.executable,
        str(bench / "make_instance.py"),
        str(folder),
        "--size",
        "XS",
        "--seed",
        str(seed),
        *BENCH[kind],
    ]
    subprocess.run(make, check=True, capture_output=True)
    solve = [sys.executable, str(bench / "one_big_lp.py"), str(folder)]
    answer = json.loads(subprocess.run(solve, check=True, capture_output=True, text=True).stdout)
    assert answer["status"] == "optimal"
    for gap in (0.005, GAP):
        assert disagreements(tables.read(folder), answer["objective"], gap) == []
