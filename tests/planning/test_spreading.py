"""What is too heavy for one week is spread over weeks at once."""

from __future__ import annotations

import numpy as np
import pytest

from oneroof.planning import gradient, spreading
from oneroof.planning.columns import Columns
from oneroof.planning.gradient import Iterate
from oneroof.planning.problem import Problem
from oneroof.planning.solve import Search
from tests.planning.tiny import Rows, date, read

WEEKS = 20


@pytest.fixture(autouse=True)
def as_in_large_problems(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only large problems get departures for several weeks in a round."""
    monkeypatch.setattr(spreading, "LARGE", 0)


def narrow(quantity: int, **more: object) -> Rows:
    """An offer and a requirement with one way between them, which carries ten tonnes a week by either leg."""
    place = {"nation": "DEU", "kind": "hub", "latitude": 50, "longitude": 20}
    leg = {"mode": "road", "days": 2, "tonnes_per_week": 10, "cost_per_tonne": 1}
    return {
        "nations": [{"nation": "DEU"}],
        "nodes": [{"node": node} | place for node in "ABC"],
        "items": [{"item": "I", "unit": "each", "tonnes_per_unit": 1, "value_per_unit": 10}],
        "legs": [
            {"leg": "A-B", "origin": "A", "destination": "B"} | leg,
            {"leg": "B-C", "origin": "B", "destination": "C"} | leg,
        ],
        "requirements": [
            {"requirement": "R", "item": "I", "quantity": quantity, "node": "C", "due": date(139), "priority": 1} | more
        ],
        "offers": [
            {"offer": "O", "donor": "DEU", "item": "I", "quantity": 1000, "node": "A", "stage": "pledged"},
        ],
    }


def packages(quantity: int, parts: int) -> Rows:
    """The same network, with packages of so many units instead of the units."""
    rows = narrow(quantity, item="", package="P")
    rows["packages"] = [{"package": "P", "name": "P"}]
    rows["package_parts"] = [{"package": "P", "kind": "item", "part": "I", "quantity": parts}]
    return rows


def first_columns(rows: Rows) -> tuple[Search, Columns]:
    """The columns of one round without prices."""
    search = Search(Problem.of(read({"weeks": WEEKS}, rows)))
    search.price_round(np.zeros(search.limits.end), 1)
    return search, search.pool.columns


def test_a_heavy_delivery_gets_a_column_for_every_week_that_it_fills() -> None:
    """85 tonnes at ten a week fill nine weeks, each leg on its own days."""
    _, columns = first_columns(narrow(85))
    weeks = columns.trips.when.reshape(-1, 2) // 7
    assert len(columns) == 9
    assert len(set(weeks[:, 0].tolist())) == len(set(weeks[:, 1].tolist())) == 9
    assert columns.day.max() <= 139


def test_in_a_small_problem_a_round_finds_one_week(monkeypatch: pytest.MonkeyPatch) -> None:
    """There packages that lie in few columns round better."""
    monkeypatch.setattr(spreading, "LARGE", 100)
    _, columns = first_columns(narrow(85))
    assert len(columns) == 1


def test_a_light_delivery_gets_one_column() -> None:
    """Ten tonnes fit into one week."""
    _, columns = first_columns(narrow(10))
    assert len(columns) == 1


def test_departures_that_do_not_pay_are_left_out() -> None:
    """Worth falls from day 20 to nothing on day 42: no departure arrives then or later."""
    _, columns = first_columns(narrow(85, due=date(20), latest=date(42)))
    assert 4 <= len(columns) <= 6
    assert columns.day.max() < 42


def test_parts_of_packages_leave_in_further_weeks() -> None:
    """Ten packages of four tonnes fill four weeks: four columns, each a package with its part in another week."""
    search, columns = first_columns(packages(10, 4))
    assert columns.is_package.tolist() == [True] * 4
    assert len(set((columns.trips.when[::2] // 7).tolist())) == 4
    assert columns.trips.quantity.tolist() == [4.0] * 4
    assert (search.pool.packed.most == 2.5).all()


def test_a_search_that_needs_many_weeks_takes_few_rounds() -> None:
    """Eighteen weeks of one way are found without a round for each."""
    search = Search(Problem.of(read({"weeks": WEEKS}, narrow(180))))
    found = search.run(1e-3)
    assert found.rounds <= 4
    assert found.objective <= 180 * (160 - 2) * (1 + 1e-9) <= found.bound * (1 + 1e-9)
    assert found.gap <= 1e-3


def test_two_spans_of_columns_give_the_same_digits_on_any_number_of_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first-order method on one thread and on two, and nearly what one span gives."""
    search, _ = first_columns(narrow(85))
    pool, begin = search.pool, Iterate(np.zeros(9), np.zeros(search.limits.end))

    def improved(threads: int) -> Iterate:
        return gradient.improve(pool.packed, search.limits.amount, search.worth, begin, 60, threads)

    whole = improved(1)
    monkeypatch.setattr(gradient, "WIDE", 0)
    one, two = improved(1), improved(2)
    assert one.share.tolist() == two.share.tolist()
    assert one.price.tolist() == two.price.tolist()
    assert one.share == pytest.approx(whole.share)
    assert one.share.max() > 0.1


def test_a_thread_that_breaks_off_does_not_leave_the_other_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whichever of two it is, and what broke it off is told."""
    search, _ = first_columns(narrow(85))
    pool, begin = search.pool, Iterate(np.zeros(9), np.zeros(search.limits.end))
    monkeypatch.setattr(gradient, "WIDE", 0)
    step = gradient._steps
    for broken in (0, 1):

        def stepped(me: int, *rest: object, broken: int = broken) -> object:
            if me == broken:
                raise KeyboardInterrupt
            return step(me, *rest)

        monkeypatch.setattr(gradient, "_steps", stepped)
        with pytest.raises(KeyboardInterrupt):
            gradient.improve(pool.packed, search.limits.amount, search.worth, begin, 60, 2)
