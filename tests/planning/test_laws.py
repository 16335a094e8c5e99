"""What holds for every problem: more never makes it worse, order and threads do not matter, prices are slopes."""

from __future__ import annotations

import copy
from dataclasses import replace
from pathlib import Path
from random import Random

import numpy as np
import pytest

from oneroof.planning import tables
from oneroof.planning.limits import limits_of, name_of
from oneroof.planning.plan import Plan
from oneroof.planning.planner import Options, make_plan
from oneroof.planning.problem import Problem
from oneroof.planning.relaxation import Relaxation
from oneroof.planning.solve import Search
from oneroof.planning.tables import Tables
from oneroof.planning.verify import verify
from tests.planning.oracle import optimum
from tests.planning.tiny import Draw, read

GAP = 1e-6
QUICK = Options(next_pledges=0)
LIMITS = {  # table and column of the limits that can be raised
    "offer": ("offers", "quantity"),
    "requirement": ("requirements", "quantity"),
    "fund": ("funds", "amount"),
    "supplier": ("suppliers", "units_per_week"),
    "course": ("courses", "seats"),
    "leg": ("legs", "tonnes_per_week"),
    "node": ("nodes", "handling_tonnes_per_week"),
}


def drawn(seed: int) -> Draw:
    """A problem without pins, so that it always has a plan."""
    draw = Draw(seed, pins=False)
    draw.draw()
    return draw


def solved(problem: Tables) -> Relaxation:
    """The relaxation to a tight gap."""
    return Search(Problem.of(problem)).run(GAP, time_limit=60)


def fallen(before: Relaxation, after: Relaxation) -> bool:
    """Whether the optimum fell, by more than the two gaps leave open."""
    return after.bound < before.objective - GAP * max(1.0, abs(before.objective))


@pytest.mark.parametrize("seed", range(500, 530))
def test_an_added_offer_never_lowers_the_optimum(seed: int) -> None:
    draw = drawn(seed)
    before = solved(read(draw.settings, draw.rows))
    for row in list(draw.rows["offers"]):
        free = {"available_until": "", "consent": "", "consent_from": "", "coalition_only": "", "not_via": ""}
        draw.rows["offers"].append(row | {"offer": f"{row['offer']} again"} | free)
        after = solved(read(draw.settings, draw.rows))
        assert not fallen(before, after)
        before = after


@pytest.mark.parametrize("seed", range(530, 560))
def test_more_of_any_limit_never_lowers_the_optimum(seed: int) -> None:
    draw = drawn(seed)
    before = solved(read(draw.settings, draw.rows))
    for table, column in LIMITS.values():
        for row in draw.rows[table]:
            if row.get(column, "") != "":
                row[column] = 2 * int(str(row[column])) + 1 if column == "seats" else 1.5 * float(str(row[column])) + 1
        after = solved(read(draw.settings, draw.rows))
        assert not fallen(before, after)
        before = after
    draw.settings.pop("trainees_per_week", None)
    assert not fallen(before, solved(read(draw.settings, draw.rows)))


@pytest.mark.parametrize("seed", range(560, 590))
def test_splitting_a_requirement_changes_nothing_in_the_optimum(seed: int) -> None:
    draw = drawn(seed)
    before = solved(read(draw.settings, draw.rows))
    for row in list(draw.rows["requirements"]):
        half = float(str(row["quantity"])) / 3
        row["quantity"] = half
        draw.rows["requirements"].append(row | {"requirement": f"{row['requirement']} more", "quantity": 2 * half})
    after = solved(read(draw.settings, draw.rows))
    assert not fallen(before, after)
    assert not fallen(after, before)


def slopes(draw: Draw, table: str, column: str, place: int) -> tuple[float, float]:
    """What the optimum gains per unit of a limit above its amount, and loses per unit below."""
    value = float(str(draw.rows[table][place][column]))
    step = 1e-3 * value
    found = []
    for amount in (value + step, value, value - step):
        rows = copy.deepcopy(draw.rows)
        rows[table][place][column] = amount
        best = optimum(read(draw.settings, rows)).objective
        assert best is not None
        found.append(best)
    return (found[0] - found[1]) / step, (found[1] - found[2]) / step


def prices(draw: Draw, kind: str) -> dict[str, float]:
    """The price of every thing of a kind that has a limit, summed over weeks: the amount is that of every week."""
    problem = Problem.of(read(draw.settings, draw.rows))
    found, limits = Search(problem).run(1e-11, time_limit=60), limits_of(problem)
    told: dict[str, float] = {}
    for row in range(limits.pin):
        name = name_of(problem, limits, row)
        if name.kind == kind and 0 < limits.amount[row] < np.inf:
            told[name.key] = told.get(name.key, 0.0) + float(found.price[row])
    return told


@pytest.mark.parametrize("kind", [kind for kind in LIMITS if kind != "course"])  # seats are whole numbers
def test_prices_are_the_slopes_of_the_optimum(kind: str) -> None:
    table, column = LIMITS[kind]
    compared = {True: 0, False: 0}  # limits that bind, and limits that do not
    for seed in range(600, 760):
        draw = drawn(seed)
        for key, price in sorted(prices(draw, kind).items(), key=lambda found: found[1])[-1:]:
            if compared[price > 0] == 4:
                continue
            place = [str(row[kind]) for row in draw.rows[table]].index(key)
            up, down = slopes(draw, table, column, place)
            if up == pytest.approx(down, rel=1e-6, abs=1e-6):  # else a corner: any slope between the two is a price
                assert price == pytest.approx(up, rel=1e-5, abs=1e-5)
                compared[price > 0] += 1
    assert min(compared.values()) >= 3  # else nothing was tested


def shuffled(draw: Draw, seed: int) -> Tables:
    """The same problem with rows and columns of every table in another order."""
    r, rows = Random(seed), {}
    for name, records in draw.rows.items():
        columns = list(dict.fromkeys(key for record in records for key in record))
        r.shuffle(columns)
        order = r.sample(records, len(records))
        rows[name] = [{column: record.get(column, "") for column in columns} for record in order]
    return read(draw.settings, rows)


@pytest.mark.parametrize("seed", range(640, 652))
def test_the_order_of_rows_and_columns_changes_neither_digest(seed: int) -> None:
    draw = Draw(seed)
    draw.draw()
    problem = Problem.of(read(draw.settings, draw.rows))
    if optimum(problem.tables).objective is None:
        pytest.skip("its pins can't be kept together")
    plan = make_plan(problem, QUICK)
    for order in range(3):
        other = Problem.of(shuffled(draw, order))
        assert other.digest == problem.digest
        assert make_plan(other, QUICK).summary["plan_digest"] == plan.summary["plan_digest"]


@pytest.mark.parametrize("seed", range(652, 660))
def test_the_number_of_threads_does_not_change_the_plan(seed: int) -> None:
    problem = Problem.of(read(drawn(seed).settings, drawn(seed).rows))
    one, two = (make_plan(problem, replace(QUICK, threads=threads)) for threads in (1, 2))
    assert one.tables == two.tables
    assert one.summary["bound"] == two.summary["bound"]


def faults_of(problem: Problem, plan: Plan, best: float, relaxed: bool) -> list[str]:
    """What is wrong with a plan of a problem whose relaxed optimum is known."""
    told = verify(problem, plan, relaxed)
    slack = 1e-6 * max(1.0, abs(best))
    if plan.summary["objective"] > best + slack:
        told.append(f"The objective {plan.summary['objective']} is above the optimum {best}.")
    if plan.summary["bound"] < plan.summary["objective"]:
        told.append("The bound is below the objective.")
    if relaxed and plan.summary["bound"] < best - slack:
        told.append(f"The bound {plan.summary['bound']} is below the optimum {best}.")
    return told


@pytest.mark.parametrize("options", [QUICK, replace(QUICK, relaxed=True, gap=GAP)], ids=["whole", "relaxed"])
def test_plans_keep_every_rule_and_state_no_figure_that_is_not_so(options: Options) -> None:
    told = []
    for seed in range(660, 690):
        problem = Problem.of(Draw(seed).tables())
        best = optimum(problem.tables).objective
        if best is not None:
            plan = make_plan(problem, options)
            told += [f"seed {seed}: {sentence}" for sentence in faults_of(problem, plan, best, options.relaxed)]
    assert told == []


def test_a_problem_read_from_its_own_copy_has_the_same_digest(tmp_path: Path) -> None:
    problem = Draw(700).tables()
    tables.write(problem, tmp_path / "copy")
    assert tables.read(tmp_path / "copy").digest == problem.digest
