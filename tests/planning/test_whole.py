"""Plans in whole units: whole everywhere, within the rules, near the relaxation, the same for any order of rows."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from random import Random

import numpy as np
import pytest

from oneroof.planning import filling, rounding
from oneroof.planning import tables as problems
from oneroof.planning.columns import Columns, Packed, Trips
from oneroof.planning.packing import Packing
from oneroof.planning.problem import Problem
from oneroof.planning.relaxation import Relaxation
from oneroof.planning.rounding import fractional, whole_units
from oneroof.planning.solve import Search
from oneroof.planning.sweeps import sweep
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


def test_a_plan_of_very_many_requirements_is_cut_and_filled_but_not_improved(
    winter: Relaxation, monkeypatch: pytest.MonkeyPatch
) -> None:
    improved = whole_units(winter).objective
    monkeypatch.setattr(rounding, "TOO_MANY", 1)
    assert whole_units(winter).objective == rounding.rounded(winter).objective < improved


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


@pytest.mark.parametrize("times", [1, 3, 10])
def test_a_search_that_is_stopped_later_asks_little_more_and_keeps_the_limits(winter: Relaxation, times: int) -> None:
    asked = 0

    def stop() -> bool:
        nonlocal asked
        asked += 1
        return asked > times

    shipments = whole_units(winter, stop)
    assert times < asked < times + 40
    trips = Trips.of([trip for trip, _ in shipments.trips])
    columns = Columns.deliveries(winter.matching.pairs.requirement[trips.pair], trips)
    use = winter.pool.entered(columns)[1].used(np.array([units for _, units in shipments.trips]), winter.limits.end)
    assert (use <= winter.limits.amount * (1 + 1e-9) + 1e-9).all()


def test_offers_filled_a_few_at_a_time_make_the_same_plan(winter: Relaxation, monkeypatch: pytest.MonkeyPatch) -> None:
    at_once = whole_units(winter)
    monkeypatch.setattr(filling, "SOME", 3)
    assert whole_units(winter) == at_once


@pytest.mark.parametrize("seed", range(6))
def test_what_is_known_of_pairs_saves_looks_and_changes_no_plan(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    relaxation = solved(Draw(seed, pins=False).tables())
    knowing = whole_units(relaxation)

    def forget(packing: Packing, *_: object) -> None:
        packing.by.ceiling[:] = np.inf

    monkeypatch.setattr(Packing, "look_again", forget)
    monkeypatch.setattr(Packing, "learn_from", forget)
    assert whole_units(relaxation) == knowing


def test_a_sweep_finds_what_riding_every_leg_on_every_day_finds(winter: Relaxation) -> None:
    terrain, days = winter.router.terrain, winter.problem.days
    rng = np.random.default_rng(1)
    price = rng.choice([1.0, 5.0, np.inf], (len(terrain.leg_days), winter.problem.weeks))
    labels, bay = np.full(winter.router.shape, np.inf), rng.choice([0.0, 2.0, np.inf], winter.router.shape[0])
    for s in range(0, len(terrain.node), 7):
        first, last, until, home = (int(x[s]) for x in (terrain.first, terrain.last, terrain.until, terrain.node))
        net = terrain.out_first[terrain.legs[s]], terrain.out_leg[terrain.legs[s]]
        sweep(terrain, s, price, bay, labels, last)
        least = np.full((days + 40, len(terrain.place)), np.inf)  # at every node, where labels are those of stops
        for day in range(first, last + 1):
            least[day] = np.minimum(least[day], least[day - 1]) if day > first else least[day]
            for node in range(len(terrain.place)):
                cost = min(least[day, node], bay[day] if node == home and day <= until else np.inf)
                for leg in net[1][net[0][node] : net[0][node + 1]].tolist():
                    to, arrive = int(terrain.leg_destination[leg]), day + int(terrain.leg_days[leg])
                    if terrain.leg_opens[leg] <= day <= terrain.leg_closes[leg] and (to != home or until < last):
                        least[arrive, to] = min(least[arrive, to], cost + price[leg, day // 7])
        assert (least[first : last + 1] == labels[first : last + 1][:, terrain.place]).all()


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
