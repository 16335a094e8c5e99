"""A plan in fractions drawn together: fewer columns, the same lines, no limit broken, no less earned."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from oneroof.planning import solve
from oneroof.planning import tables as problems
from oneroof.planning.consolidating import consolidated
from oneroof.planning.problem import Floats, Problem
from oneroof.planning.relaxation import Relaxation
from oneroof.planning.solve import Search
from tests.planning.battery import TABLES, battery
from tests.planning.test_whole import WINTER
from tests.planning.tiny import Draw

WASHINGTON = WINTER.parent / "washington-2024"


@pytest.fixture(scope="module")
def spread() -> Relaxation:
    """The reference scenario as the first-order method leaves it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(solve, "consolidated", lambda pool, quantity, passes: quantity)
        return Search(Problem.of(problems.read(WASHINGTON))).run(0.01)


def lines(relaxation: Relaxation, quantity: Floats) -> dict[tuple[int, int, int], float]:
    """What deliveries of each pair, order and pin bring together."""
    columns, found = relaxation.pool.columns, dict[tuple[int, int, int], float]()
    for j in np.flatnonzero(~columns.is_package).tolist():
        trip = columns.trips.trip(int(columns.trip_first[j]))
        key = trip.pair, trip.order, trip.pin
        found[key] = found.get(key, 0.0) + float(quantity[j])
    return found


def test_fewer_deliveries_bring_what_many_brought(spread: Relaxation) -> None:
    fewer = consolidated(spread.pool, spread.quantity)
    assert (fewer > 0).sum() < 0.95 * (spread.quantity > 0).sum()
    assert lines(spread, fewer) == pytest.approx(lines(spread, spread.quantity), rel=1e-9, abs=1e-9)


def test_drawing_together_keeps_every_limit_and_earns_no_less(spread: Relaxation) -> None:
    fewer, packed, amount = consolidated(spread.pool, spread.quantity), spread.pool.packed, spread.limits.amount
    assert (packed.used(fewer, len(amount)) <= amount * (1 + 1e-12) + 1e-9).all()
    assert fewer.min() >= 0
    assert packed.gain @ fewer >= packed.gain @ spread.quantity * (1 - 1e-12)


def test_packages_stay_as_they_are(spread: Relaxation) -> None:
    fewer, packages = consolidated(spread.pool, spread.quantity), spread.pool.columns.is_package
    assert (spread.quantity[packages] > 0).any()
    assert (fewer[packages] == spread.quantity[packages]).all()


@pytest.mark.parametrize("seed", range(40))
def test_tiny_plans_stay_within_their_limits(seed: int) -> None:
    found = Search(Problem.of(Draw(seed).tables())).run(0.001)
    use = found.pool.packed.used(found.quantity, len(found.limits.amount)) if len(found.pool) else np.zeros(1)
    amount = found.limits.amount if len(found.pool) else np.zeros(1)
    assert (use <= amount * (1 + 1e-9) + 1e-9).all()
    assert found.objective <= found.bound + 1e-9 * abs(found.bound) + 1e-6


def test_an_empty_plan_stays_empty() -> None:
    search = Search(Problem.of(problems.read(WINTER)))
    assert consolidated(search.pool, np.zeros(0)).tolist() == []


def test_a_plan_of_courses_alone_has_nothing_to_draw_together(tmp_path: Path) -> None:
    school = {
        "package_parts": "package,kind,part,quantity\nBattery,course,Gunnery,6\n",
        "pins": "offer,requirement,quantity\n",
        "requirements": TABLES["requirements"].replace("2025-03-24,1,Artillery,", "2025-03-24,1,Artillery,100"),
    }
    found = Search(battery(tmp_path / "p", school)).run(0.005)
    packages = found.pool.columns.is_package
    assert packages.any()
    assert (np.diff(found.pool.columns.trip_first)[packages] == 0).all()
    assert (consolidated(found.pool, found.quantity)[packages] == found.quantity[packages]).all()
