"""A replan with a small change stays near the plan that people already work by."""

from dataclasses import replace
from pathlib import Path

import pytest

from oneroof.planning import tables as problems
from oneroof.planning.plan import Plan
from oneroof.planning.planner import Options, make_plan
from oneroof.planning.problem import Problem
from oneroof.planning.tables import Tables
from oneroof.planning.verify import verify

WINTER = Path(__file__).parents[2] / "examples" / "one-hub-winter"


@pytest.fixture(scope="module")
def tables() -> Tables:
    return problems.read(WINTER)


@pytest.fixture(scope="module")
def old(tables) -> Plan:
    return make_plan(Problem.of(tables), Options(next_pledges=0))


def lines(plan: Plan) -> set[tuple[str, ...]]:
    """What is delivered when, without the keys of deliveries."""
    columns = ("source_kind", "requirement", "item", "quantity", "depart_on", "arrive_on")
    return {tuple(row[c] for c in columns) for row in plan.tables["deliveries"]}


def with_cell(tables: Tables, table: str, place: int, **cells: str) -> Tables:
    """The tables with some cells of one row changed."""
    rows = list(tables.rows[table])
    rows[place] = rows[place] | cells
    return replace(tables, rows=tables.rows | {table: tuple(rows)})


def test_the_same_question_keeps_the_same_plan(tables, old):
    again = make_plan(Problem.of(tables), Options(stay_near=old, next_pledges=0))

    assert lines(again) == lines(old)
    assert "0 move, 0 are dropped" in again.summary["moved"]


def test_lines_that_a_change_does_not_touch_stay(tables, old):
    priorities = [row["priority"] for row in tables.rows["requirements"]]
    place = priorities.index(max(priorities))
    changed = with_cell(tables, "requirements", place, priority="5")

    near = make_plan(Problem.of(changed), Options(stay_near=old, next_pledges=0))
    free = make_plan(Problem.of(changed), Options(next_pledges=0))

    assert verify(Problem.of(changed), near) == []
    assert len(lines(near) & lines(old)) >= len(lines(free) & lines(old))


def test_what_is_no_longer_possible_goes(tables, old):
    used = sorted({row["source"] for row in old.tables["deliveries"] if row["source_kind"] == "offer"})
    gone = replace(
        tables, rows=tables.rows | {"offers": tuple(r for r in tables.rows["offers"] if r["offer"] != used[0])}
    )

    near = make_plan(Problem.of(gone), Options(stay_near=old, next_pledges=0))

    assert verify(Problem.of(gone), near) == []
    assert used[0] not in {row["source"] for row in near.tables["deliveries"]}


def test_a_worse_day_gives_way_to_a_much_better_one(tables, old):
    """Staying near has a price, not a veto: an old plan that delivers nothing binds nothing."""
    empty = Plan({name: [] for name in old.tables}, dict(old.summary))

    near = make_plan(Problem.of(tables), Options(stay_near=empty, next_pledges=0))

    assert near.summary["objective"] >= 0.97 * old.summary["objective"]
