"""Planted causes: each problem is sound but for one thing, and that thing is named first."""

import math
import re
from dataclasses import replace
from pathlib import Path

import pytest

from oneroof.planning.planner import Options, make_plan
from oneroof.planning.problem import Problem
from oneroof.planning.scenarios import Change, changed
from oneroof.planning.wording import MONTHS
from tests.planning.planted import PLANTS, Case, day, planted, sound
from tests.planning.tiny import Draw

FAST = Options(next_pledges=0)
LIMITS = (
    "offer", "time", "consent", "stage", "caveat", "route", "leg", "node", "course", "trainees", "fund", "supplier",
    "lead_time", "whole_units", "worth", "pin",
)  # fmt: skip


def explained(problem: Problem, requirement: str) -> dict[str, object] | None:
    """The explanation of a requirement in the problem's plan; None where it is served in full and in time."""
    plan = make_plan(problem, FAST)
    return next((e for e in plan.explanations if e["requirement"] == requirement), None)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_sound_problems_have_no_gap(tmp_path: Path, seed: int) -> None:
    assert make_plan(sound(seed).problem(tmp_path / "p"), FAST).explanations == []


def test_every_limit_is_planted() -> None:
    assert {limit for limit, _, _ in PLANTS} == set(LIMITS)


def test_the_planted_cause_is_named_first(tmp_path: Path) -> None:
    wrong, count = [], 0
    for limit, case, requirement, name in planted(1):
        found = explained(case.problem(tmp_path / name), requirement)
        count += 1
        if found is None or found["limit"] != limit:
            wrong.append((name, limit, found and found["explanation"]))
    assert count >= 100
    assert len(wrong) <= 0.05 * count, wrong


def test_shares_sum_to_one_and_the_largest_comes_first(tmp_path: Path) -> None:
    for limit, case, _, name in planted(2):
        if not name.endswith("-0") or limit in ("pin", "worth"):
            continue
        for found in make_plan(case.problem(tmp_path / name), FAST).explanations:
            shares = [share["share"] for share in found["shares"]]
            assert math.isclose(sum(shares), 1.0, abs_tol=1e-5), found
            assert shares == sorted(shares, reverse=True)
            assert found["limit"] == found["shares"][0]["limit"]
            assert found["explanation"].startswith(f"Requirement {found['requirement']} ")
            assert found["cure"].endswith(".")


def one(name: str, seed: int = 3) -> tuple[Case, str]:
    """The first planted case of a name."""
    return next((case, key) for _, case, key, found in planted(seed) if found == f"{name}-0")


def number(sentence: object, pattern: str) -> str:
    """The first figure of a sentence that a pattern catches."""
    found = re.search(pattern, str(sentence))
    assert found, sentence
    return found.group(1).replace(",", "")


def cell(problem: Problem, table: str, key: str, column: str, value: float) -> Problem:
    """The problem with one cell rewritten."""
    text = repr(value) if value != int(value) else str(int(value))
    return Problem.of(changed(problem.tables, Change(values=((table, key, column, text),))))


def test_the_tonnes_that_a_leg_lacks_close_the_gap(tmp_path: Path) -> None:
    for seed in (3, 4, 5):
        case, key = one("narrow_leg", seed)
        problem = case.problem(tmp_path / str(seed))
        found = explained(problem, key)
        assert found is not None
        assert "would close it" in str(found["cure"])
        more = float(number(found["cure"], r"^([\d.,]+) more tonnes a week"))
        now = float(case.row("legs", "H-F")["tonnes_per_week"])
        assert explained(cell(problem, "legs", "H-F", "tonnes_per_week", now + more), key) is None
        assert explained(cell(problem, "legs", "H-F", "tonnes_per_week", now + 0.5 * more), key) is not None


def test_the_money_that_a_fund_lacks_closes_the_gap(tmp_path: Path) -> None:
    case, key = one("poor_fund")
    problem = case.problem(tmp_path / "p")
    found = explained(problem, key)
    assert found is not None
    more = float(number(found["cure"], r"^([\d,]+) EUR more in F"))
    now = float(case.row("funds", "F")["amount"])
    assert explained(cell(problem, "funds", "F", "amount", now + more), key) is None
    assert explained(cell(problem, "funds", "F", "amount", now + more - 1000), key) is not None


def test_the_seats_that_a_course_lacks_close_the_gap(tmp_path: Path) -> None:
    case, key = one("few_seats")
    problem = case.problem(tmp_path / "p")
    found = explained(problem, key)
    assert found is not None
    more = float(number(found["cure"], r"^(\d+) more seats"))
    now = float(case.row("courses", "C")["seats"])
    assert explained(cell(problem, "courses", "C", "seats", now + more), key) is None
    assert explained(cell(problem, "courses", "C", "seats", now + more - 1), key) is not None


def test_the_persons_that_are_not_released_close_the_gap(tmp_path: Path) -> None:
    case, key = one("few_trainees")
    found = explained(case.problem(tmp_path / "a"), key)
    assert found is not None
    assert case.trainees is not None
    more = int(number(found["cure"], r"^(\d+) more persons a week"))
    assert explained(replace(case, trainees=case.trainees + more).problem(tmp_path / "b"), key) is None
    assert explained(replace(case, trainees=case.trainees + more - 1).problem(tmp_path / "c"), key) is not None


def test_the_units_that_a_supplier_lacks_close_the_gap(tmp_path: Path) -> None:
    for seed in (3, 6):
        case, key = one("slow_supplier", seed)
        case.row("suppliers", "SUP")["units_per_week"] = "1"
        problem = case.problem(tmp_path / str(seed))
        found = explained(problem, key)
        assert found is not None
        more = float(number(found["cure"], r"^(\d+) more a week"))
        assert explained(cell(problem, "suppliers", "SUP", "units_per_week", 1 + more), key) is None


def offered(problem: Problem, item: str, cure: object) -> Problem:
    """The problem with the offer that a cure asks for."""
    units = number(cure, r"^([\d.,]+) (?:more|ready)")
    node, text = re.search(r"ready at .*?\(([A-Z]+)\) by (\d+ \w+ \d+)", str(cure)).groups()  # type: ignore[union-attr]
    number_, month, year = text.split()
    row = {**problem.tables.rows["offers"][0], "offer": "ZZ-CURE", "item": item, "quantity": units, "node": node}
    row |= {"available_from": f"{year}-{MONTHS.index(month) + 1:02}-{int(number_):02}", "available_until": ""}
    row |= {"stage": "committed", "consent": "", "consent_from": "", "coalition_only": "", "not_via": ""}
    rows = {**problem.tables.rows, "offers": (*problem.tables.rows["offers"], row)}
    return Problem.of(replace(problem.tables, rows=rows))


@pytest.mark.parametrize("name", ["no_offer", "little_offered", "late_offer"])
def test_the_units_that_are_not_offered_close_the_gap(tmp_path: Path, name: str) -> None:
    items = {"R-GEN": "GEN", "R-TENT": "TENT", "R-FUEL": "FUEL", "R-PACK": "TRUCK"}
    for seed in (3, 4, 5):
        case, key = one(name, seed)
        problem = case.problem(tmp_path / str(seed))
        found = explained(problem, key)
        assert found is not None
        assert "would close it" in str(found["cure"]) or "would bring this part" in str(found["cure"])
        assert explained(offered(problem, items[key], found["cure"]), key) is None


def test_consent_and_stage_close_the_gap(tmp_path: Path) -> None:
    case, key = one("pending")
    problem = case.problem(tmp_path / "consent")
    assert explained(problem, key) is not None
    assert explained(Problem.of(changed(problem.tables, Change(grant_consents=True))), key) is None
    case, key = one("low_stage")
    assert explained(case.problem(tmp_path / "a"), key) is not None
    assert explained(replace(case, min_stage="offered").problem(tmp_path / "b"), key) is None


def test_a_mixed_gap_names_the_largest_share_in_units_first(tmp_path: Path) -> None:
    case = sound(5)
    asked = int(case.row("requirements", "R-TENT")["quantity"])
    case.row("offers", "O-TENT-2").update(consent="pending", quantity="4")
    case.row("offers", "O-TENT-1").update(quantity=str(asked - 14))
    found = explained(case.problem(tmp_path / "p"), "R-TENT")
    assert found is not None
    told = [(share["limit"], share["share"]) for share in found["shares"]]  # type: ignore[attr-defined]
    assert [limit for limit, _ in told] == ["offer", "consent"]
    assert [round(share * 14) for _, share in told] == [10, 4]


def test_the_weeks_in_which_a_leg_is_full_are_named_with_their_first_day(tmp_path: Path) -> None:
    case, key = one("narrow_leg")
    found = explained(case.problem(tmp_path / "p"), key)
    assert found is not None
    first, last = found["shares"][0]["weeks"]  # type: ignore[index]
    when = day(7 * first)
    month = ["January", "February", "March"][int(when[5:7]) - 1]
    assert f"is full in weeks {first} to {last} (from {int(when[8:])} {month} {when[:4]})" in str(found["explanation"])


def test_a_supplier_who_asks_nothing_is_no_obstacle_to_explaining() -> None:
    problem = Problem.of(Draw(5212).tables())

    plan = make_plan(problem)

    assert {row["requirement"] for row in plan.tables["gaps"]} == {told["requirement"] for told in plan.explanations}
