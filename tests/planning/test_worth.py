"""What a next pledge is worth, held against a problem that really has the offer."""

from pathlib import Path

import pytest

from oneroof.planning import pledging, tables
from oneroof.planning.problem import Problem
from oneroof.planning.relaxation import Relaxation
from oneroof.planning.solve import Search
from oneroof.planning.worth import Valuer, candidates, next_pledges, with_pledge
from tests.planning.planted import planted

WINTER = Path(__file__).parents[2] / "examples" / "one-hub-winter"
NAMES = (
    "no_offer-0",
    "little_offered-1",
    "competing-0",
    "narrow_leg-0",
    "few_seats-0",
    "poor_fund-0",
    "narrow_border-1",
)


def problems(folder: Path) -> list[Problem]:
    """Small problems with gaps of many kinds."""
    return [case.problem(folder / name) for _, case, _, name in planted(4) if name in NAMES]


def relaxed(problem: Problem, gap: float = 1e-9) -> Relaxation:
    """The best plan in fractions."""
    return Search(problem).run(gap)


def test_the_worth_is_what_an_independent_solve_gains(tmp_path: Path) -> None:
    tried = 0
    for problem in problems(tmp_path):
        rough = relaxed(problem, 0.005)
        exact = relaxed(problem).objective
        for pledge in candidates(rough)[:3]:
            gained = relaxed(with_pledge(problem, pledge)).objective - exact
            assert abs(Valuer(rough).worth(pledge) - gained) <= 1e-6 * abs(exact)
            tried += 1
    assert tried >= 5


def test_what_changes_near_a_pledge_only_never_promises_more_than_the_best_plan_gains(tmp_path: Path) -> None:
    shares = []
    for problem in problems(tmp_path):
        base = relaxed(problem)
        for pledge in candidates(base)[:3]:
            near, whole = Valuer(base, most=0).worth(pledge), Valuer(base).worth(pledge)
            assert near <= whole + 1e-6 * abs(base.objective)
            shares += [near / whole] if whole > 0 else []
    assert sum(shares) / len(shares) > 0.9


def test_a_pledge_that_closes_nothing_is_not_listed(tmp_path: Path) -> None:
    for problem in problems(tmp_path):
        for row in next_pledges(relaxed(problem, 0.005), 5):
            assert float(row["worth"]) > 0


def test_pledges_are_ranked_by_worth_and_come_out_the_same_twice(tmp_path: Path) -> None:
    for problem in problems(tmp_path)[:3]:
        first = next_pledges(relaxed(problem, 0.005), 3)
        assert first == next_pledges(relaxed(problem, 0.005), 3)
        worths = [float(row["worth"]) for row in first]
        assert worths == sorted(worths, reverse=True)
        assert [row["rank"] for row in first] == [str(i + 1) for i in range(len(first))]


def test_the_part_that_alone_is_missing_counts_with_the_points_of_its_package(tmp_path: Path) -> None:
    case, key = next((c, k) for _, c, k, name in planted(1) if name.startswith("no_offer") and k == "R-PACK")
    problem = case.problem(tmp_path / "p")
    row = next_pledges(relaxed(problem, 0.005), 1)[0]
    r = problem.requirements.keys.index(key)
    points = float(problem.requirements.points[r] * problem.requirements.quantity[r])
    assert row["item"] == "TRUCK"
    assert 0.98 * points < float(row["worth"]) <= points


def test_no_pledges_are_sought_when_none_are_asked_for(tmp_path: Path) -> None:
    assert next_pledges(relaxed(problems(tmp_path)[0], 0.005), 0) == []


def test_a_warm_search_is_as_good_as_a_cold_one(tmp_path: Path) -> None:
    for problem in problems(tmp_path):
        old = relaxed(problem, 0.005)
        for pledge in candidates(old)[:2]:
            larger = with_pledge(problem, pledge)
            warm, cold = Search(larger, warm=old).run(1e-6), relaxed(larger, 1e-6)
            assert abs(warm.objective - cold.objective) <= 3e-6 * abs(cold.bound)
            assert warm.bound >= cold.objective * (1 - 1e-9)


def test_the_gain_lies_between_what_a_short_search_finds_and_what_no_plan_can_pass(tmp_path: Path) -> None:
    ranges = 0
    for problem in problems(tmp_path):
        base = relaxed(problem)
        for pledge in candidates(base)[:3]:
            told, gained = Valuer(base, most=0).value(pledge), Valuer(base).worth(pledge)
            slack = 1e-6 * abs(base.objective)
            assert told.worth - slack <= gained <= told.most + slack
            assert told.most <= 3 * gained + slack
            ranges += 1
    assert ranges >= 5


@pytest.mark.parametrize("many", [0, 20_000])
def test_the_gain_lies_in_the_range_told_where_nothing_else_is_priced_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, many: int
) -> None:
    monkeypatch.setattr(pledging, "MANY", many)  # from so many columns on most of the plan stays as it is
    shares = []
    for problem in problems(tmp_path):
        base = relaxed(problem, 0.002)
        valuer = Valuer(base, most=0, near=0)
        exact = relaxed(problem).objective
        for pledge in [x for x in candidates(base) if valuer.around.suits(x.item)][:3]:
            told, gained = valuer.value(pledge), relaxed(with_pledge(problem, pledge)).objective - exact
            assert told.worth <= gained + base.bound - base.objective + 1e-6 * exact
            assert gained <= told.most + 1e-6 * exact
            shares += [told.worth / gained] if gained > 0 else []
    assert len(shares) >= 4
    assert sum(shares) / len(shares) > 0.5


def test_candidates_come_one_after_another_in_the_order_of_what_they_promise() -> None:
    found = candidates(relaxed(Problem.of(tables.read(WINTER)), 0.005))
    assert len(found) >= 3
    assert [x.estimate for x in found] == sorted((x.estimate for x in found), reverse=True)
