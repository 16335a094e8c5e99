"""Whole runs from problem to plan folder, judged by the independent checker and by the oracle's figures."""

import random
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from oneroof.planning import plan as plans
from oneroof.planning import tables as problems
from oneroof.planning.planner import Options, make_plan
from oneroof.planning.problem import Problem
from oneroof.planning.verify import verify
from tests.planning.small import write_small
from tests.shared import SHARED, needs_shared

EXAMPLES = Path(__file__).parents[2] / "examples"

# Optimum of the relaxation, by the independent program over every class, leg and day.
OPTIMUM = {1: 47085012.16280852, 2: 58299480.43227626, 3: 76400137.40099987, 4: 46247224.95221899, 5: 42624726.52092739}


def made(folder: Path, seed: int, size: str = "XS", *more: str) -> Path:
    """A made-up problem folder."""
    script = SHARED / "bench" / "make_instance.py"
    subprocess.run([sys.executable, script, folder, "--size", size, "--seed", str(seed), *more], check=True)
    return folder


def judged(problem: Path, plan: Path, *more: str) -> str:
    """The last line of the independent checker."""
    script = SHARED / "bench" / "check_plan.py"
    told = subprocess.run([sys.executable, script, problem, plan, *more], capture_output=True, text=True, check=False)
    return told.stdout + told.stderr


def planned(folder: Path, out: Path, options: Options) -> plans.Plan:
    """The plan of a folder, written."""
    plan = make_plan(Problem.of(problems.read(folder)), options)
    plans.write(plan, out, "<!doctype html><title>none</title>")
    return plan


@needs_shared
@pytest.mark.parametrize("seed", sorted(OPTIMUM))
def test_the_independent_checker_finds_no_violation_at_the_smallest_size(tmp_path, seed):
    problem = made(tmp_path / "p", seed)

    summary = planned(problem, tmp_path / "q", Options(gap=0.001)).summary

    assert judged(problem, tmp_path / "q").startswith("0 violations")
    assert summary["status"] == "optimal"
    assert OPTIMUM[seed] <= summary["bound"] <= OPTIMUM[seed] * 1.0011
    assert summary["relaxed_objective"] <= OPTIMUM[seed] * (1 + 1e-9)


@needs_shared
def test_the_independent_checker_finds_no_violation_in_fractions(tmp_path):
    problem = made(tmp_path / "p", 1, "S")

    summary = planned(problem, tmp_path / "q", Options(gap=0.001, relaxed=True)).summary

    assert judged(problem, tmp_path / "q", "--relaxed").startswith("0 violations")
    assert summary["gap"] <= 0.0011
    assert summary["bound"] >= 1006502966.08  # by the independent program


@needs_shared
def test_whole_units_lose_little_at_size_s(tmp_path):
    problem = made(tmp_path / "p", 1, "S")

    summary = planned(problem, tmp_path / "q", Options(gap=0.001)).summary

    assert judged(problem, tmp_path / "q").startswith("0 violations")
    assert summary["gap"] <= 0.01


def test_the_reference_scenario_gets_a_plan_that_keeps_every_rule(tmp_path):
    problem = Problem.of(problems.read(EXAMPLES / "washington-2024"))

    plan = make_plan(problem, Options(next_pledges=1))

    assert verify(problem, plan) == []
    assert plan.summary["relaxed_gap"] <= 0.005
    assert plan.summary["illustrative"] == list(problem.illustrative)


def test_the_order_of_rows_and_the_number_of_threads_change_nothing(tmp_path):
    folder = EXAMPLES / "one-hub-winter"
    first = make_plan(Problem.of(problems.read(folder)))
    digests = set()
    for turn in range(5):
        mixed = tmp_path / str(turn)
        shutil.copytree(folder, mixed)
        for path in mixed.glob("*.csv"):
            header, *rows = path.read_text(encoding="utf-8").splitlines()
            random.Random(turn).shuffle(rows)
            path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
        plan = make_plan(Problem.of(problems.read(mixed)), Options(threads=1 + turn % 2))
        digests.add((plan.summary["plan_digest"], plan.summary["problem_digest"]))

    assert digests == {(first.summary["plan_digest"], first.summary["problem_digest"])}


def test_who_stops_the_search_gets_the_best_plan_so_far(tmp_path):
    problem = Problem.of(problems.read(EXAMPLES / "washington-2024"))

    plan = make_plan(problem, Options(gap=0.0), stop=lambda: True)

    assert plan.summary["status"] == "interrupted"
    assert plan.summary["objective"] > 0
    assert verify(problem, plan) == []


def test_a_time_limit_ends_the_search_and_says_so(tmp_path):
    problem = Problem.of(problems.read(EXAMPLES / "one-hub-winter"))

    plan = make_plan(problem, Options(gap=0.0, time_limit=0.0))

    assert plan.summary["status"] == "time_limit"
    assert verify(problem, plan) == []


def test_a_problem_without_requirements_has_the_empty_plan(tmp_path):
    write_small(tmp_path / "p")
    tables = problems.read(tmp_path / "p")
    problem = Problem.of(replace(tables, rows=tables.rows | {"requirements": (), "pins": ()}))

    plan = make_plan(problem)

    assert (plan.summary["objective"], plan.summary["bound"], plan.tables["deliveries"]) == (0, 0, [])
    assert verify(problem, plan) == []


def test_a_problem_without_offers_has_the_empty_plan(tmp_path):
    write_small(tmp_path / "p")
    tables = problems.read(tmp_path / "p")
    bare = replace(tables, rows=tables.rows | {"offers": (), "pins": (), "funds": (), "suppliers": ()})
    problem = Problem.of(bare)

    plan = make_plan(problem)

    assert plan.summary["objective"] == 0
    assert plan.tables["deliveries"] == []
    assert len(plan.tables["gaps"]) == plan.summary["requirements"]
    assert verify(problem, plan) == []


def test_figures_are_counted_from_what_is_written(tmp_path):
    problem = Problem.of(problems.read(EXAMPLES / "one-hub-winter"))

    plan = make_plan(problem)

    points = sum(float(row["points"]) for row in plan.tables["served"])
    cost = sum(
        float(row["tonnes"]) * float(problem.legs.cost[problem.legs.keys.index(row["leg"])])
        for row in plan.tables["movements"]
    )
    assert plan.summary["points"] == pytest.approx(points, rel=1e-12)
    assert plan.summary["transport_cost"] == pytest.approx(cost, rel=1e-12)
    assert plan.summary["objective"] == pytest.approx(points - cost, rel=1e-12)
