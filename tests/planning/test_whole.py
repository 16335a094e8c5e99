"""Plans in whole units: whole everywhere, within the rules, near the relaxation, the same for any order of rows."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from random import Random

import numpy as np
import pytest

from oneroof.planning import tables as problems
from oneroof.planning.columns import Columns, Packed, Trips
from oneroof.planning.problem import Problem
from oneroof.planning.relaxation import Relaxation
from oneroof.planning.rounding import fractional, whole_units
from oneroof.planning.solve import Search
from oneroof.planning.tables import Tables
from oneroof.planning.whole import decompose, packed
from tests.planning.tiny import Draw

WINTER = Path(__file__).parents[2] / "examples" / "one-hub-winter"


def solved(tables: Tables, threads: int = 1) -> Relaxation:
    """The relaxation of a problem."""
    return Search(Problem.of(tables), threads).run(0.001)


def all_pieces(relaxation: Relaxation) -> np.ndarray:
    """Every column of the pool."""
    return np.ones(len(relaxation.pool), np.bool_)


@pytest.fixture(scope="module")
def winter() -> Relaxation:
    return solved(problems.read(WINTER))


def test_every_quantity_of_a_whole_item_and_every_person_is_a_whole_number(winter: Relaxation) -> None:
    shipments = whole_units(winter)
    sources, pairs = winter.matching.sources, winter.matching.pairs
    whole = [units for t, units in shipments.trips if winter.problem.items.whole[sources.item[pairs.source[t.pair]]]]
    assert whole
    assert [units for units in whole if units != round(units)] == []
    assert [persons for _, _, persons in shipments.cohorts if persons != round(persons)] == []


def test_whole_units_use_no_more_than_the_limits_allow(winter: Relaxation) -> None:
    shipments = whole_units(winter)
    trips = Trips.of([trip for trip, _ in shipments.trips])
    columns = Columns.deliveries(winter.matching.pairs.requirement[trips.pair], trips)
    use = winter.pool.entered(columns)[1].used(np.array([units for _, units in shipments.trips]), winter.limits.end)
    assert use[: winter.limits.fund].max() > 0
    assert (use <= winter.limits.amount * (1 + 1e-9) + 1e-9).all()


def test_whole_units_lose_little(winter: Relaxation) -> None:
    objective = whole_units(winter).objective
    assert objective <= winter.bound
    assert (winter.bound - objective) / winter.bound < 0.01


def test_the_relaxed_plan_taken_apart_is_worth_what_it_was(winter: Relaxation) -> None:
    assert fractional(winter).objective == pytest.approx(winter.objective, rel=1e-9)


def test_rows_in_any_order_give_the_same_shipments(winter: Relaxation, tmp_path: Path) -> None:
    first = whole_units(winter)
    for seed in range(3):
        folder = tmp_path / str(seed)
        folder.mkdir()
        for file in WINTER.iterdir():
            lines = file.read_text().splitlines()
            if file.suffix == ".csv":
                lines[1:] = Random(seed).sample(lines[1:], len(lines) - 1)
            (folder / file.name).write_text("\n".join(lines) + "\n")
        assert whole_units(solved(problems.read(folder))) == first


def test_threads_do_not_change_the_shipments(winter: Relaxation) -> None:
    assert whole_units(solved(problems.read(WINTER), threads=2)) == whole_units(winter)


def test_a_stopped_search_still_gives_a_plan(winter: Relaxation) -> None:
    stopped = whole_units(winter, lambda: True)
    assert 0 < stopped.objective <= whole_units(winter).objective


def test_nothing_to_bring_makes_an_empty_plan() -> None:
    tables = problems.read(WINTER)
    bare = replace(tables, rows=tables.rows | {"offers": (), "funds": (), "pins": ()})
    assert whole_units(solved(bare)).trips == ()


@pytest.mark.parametrize("seed", range(20))
def test_packages_taken_apart_earn_at_least_what_their_columns_did(seed: int) -> None:
    relaxation = solved(Draw(seed, pins=False).tables())
    program = decompose(relaxation.pool, relaxation.quantity, all_pieces(relaxation))
    q, amount, _ = packed(program)
    assert float(q.gain @ program.relaxed) == pytest.approx(relaxation.objective, rel=1e-6, abs=1e-6)
    assert (q.used(program.relaxed, len(amount)) <= amount + 1e-6 * np.maximum(amount, 1.0)).all()


def knapsack(gain: list[float], weight: list[float]) -> Packed:
    """One row."""
    first = np.arange(len(gain) + 1)
    return Packed(np.array(gain), np.ones(len(gain)), first, np.zeros(len(gain), np.int64), np.array(weight))


def test_a_subset_keeps_columns_as_they_are() -> None:
    program = knapsack([10.0, 9.0, 1.0], [4.0, 5.0, 1.0])
    part = program.take(np.array([1, 2]))
    assert (part.gain.tolist(), part.values.tolist(), part.first.tolist()) == ([9.0, 1.0], [5.0, 1.0], [0, 1, 2])
