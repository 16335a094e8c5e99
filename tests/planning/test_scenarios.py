"""The same question under other circumstances."""

import csv
import json
from pathlib import Path

import pytest

from oneroof.planning import scenarios, tables
from oneroof.planning.faults import ProblemError
from oneroof.planning.ledger import Ledger
from oneroof.planning.planner import Options
from oneroof.planning.problem import Problem
from oneroof.planning.repair import repaired
from oneroof.planning.rounding import rounded
from oneroof.planning.rules import RULES
from oneroof.planning.scenarios import Change, changed, continuity, planned, replanned, whatif, write_continuity
from oneroof.planning.solve import Search
from tests.planning.planted import sound
from tests.planning.small import write_small

EXAMPLES = Path(__file__).parents[2] / "examples"
WINTER, WASHINGTON = EXAMPLES / "one-hub-winter", EXAMPLES / "washington-2024"


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> tables.Tables:
    return tables.read(write_small(tmp_path_factory.mktemp("small") / "p"))


def faults(small: tables.Tables, change: Change) -> list[str]:
    """The sentences of a refused change."""
    with pytest.raises(ProblemError) as refused:
        changed(small, change)
    return refused.value.sentences()


def test_a_nation_that_leaves_takes_its_offers_funds_and_pins(small: tables.Tables) -> None:
    without = changed(small, Change(without=("DEU",))).rows
    assert (without["offers"], without["pins"]) == ((), ())
    assert [row["fund"] for row in without["funds"]] == ["F1"]
    assert changed(small, Change(without=("EUU",))).rows["funds"] == ()
    assert len(changed(small, Change(without=("EUU",))).rows["pins"]) == 1


def test_a_closed_node_carries_nothing_in_or_out(small: tables.Tables) -> None:
    legs = changed(small, Change(close=("RZE",))).rows["legs"]
    assert [row["tonnes_per_week"] for row in legs] == ["0", "0"]
    legs = changed(small, Change(close=("L2",))).rows["legs"]
    assert [row["tonnes_per_week"] for row in legs] == ["400", "0"]


def test_granted_consents_hold_from_the_start(small: tables.Tables) -> None:
    pending = changed(small, Change(values=(("offers", "O2", "consent", "pending"),)))
    granted = {row["offer"]: row for row in changed(pending, Change(grant_consents=True)).rows["offers"]}
    assert (granted["O2"]["consent"], granted["O2"]["consent_from"]) == ("granted", "")
    assert granted["O1"]["consent_from"] == "2025-02-01"


def test_a_value_changes_one_cell_even_under_a_key_of_two(small: tables.Tables) -> None:
    change = Change(values=(("pins", "O1/R1", "quantity", "7"), ("nodes", "RZE", "handling_tonnes_per_week", "150")))
    rows = changed(small, change).rows
    assert rows["pins"][0]["quantity"] == "7"
    assert [row["handling_tonnes_per_week"] for row in rows["nodes"]] == ["", "", "", "150"]


def test_unknown_names_are_refused_all_at_once_with_the_nearest(small: tables.Tables) -> None:
    values = (
        ("nodez", "RZE", "name", "x"),
        ("nodes", "RZ", "name", "x"),
        ("nodes", "RZE", "nam", "x"),
        ("nodes", "RZE", "node", "x"),
    )
    told = faults(small, Change(without=("DEUX",), close=("L9",), values=values))
    assert len(told) == 6
    for wrong, near in (("DEUX", "DEU"), ("L9", "L1"), ("nodez", "nodes"), ("RZ", "RZE"), ("nam", "name")):
        assert any(sentence.startswith(f"{wrong} is no") and near in sentence.split("Nearest:")[1] for sentence in told)
    assert any("is a key of nodes and stays as it is" in sentence for sentence in told)


def test_a_value_that_no_problem_may_have_is_refused_like_one_in_a_file(small: tables.Tables) -> None:
    told = faults(small, Change(values=(("offers", "O1", "quantity", "-1"), ("items", "GEN", "tonnes_per_unit", "x"))))
    assert len(told) == 2
    assert any("offers.csv" in sentence and "quantity" in sentence for sentence in told)


def test_a_change_leaves_the_first_tables_as_they_are(small: tables.Tables) -> None:
    before = small.digest
    changed(small, Change(("DEU",), ("RZE",), True, (("items", "GEN", "name", "G"),)))
    assert small.digest == before


def test_whatif_tells_what_is_lost_and_by_whom() -> None:
    found = whatif(tables.read(WINTER), Change(without=("NOR",)))
    assert found.before["objective"] > found.after["objective"]
    assert found.after["relaxed_objective"] <= found.after["bound"]
    lost = {hit.requirement for hit in found.hits if hit.points[1] < hit.points[0]}
    assert {"R-TENT-LVIV", "R-WINTER-KIT-KYIV"} <= lost
    assert found.sentences()[0].startswith("Without NOR, the plan in whole units loses ")
    assert json.loads(json.dumps(found.as_dict()))["after"]["requirements"] == 7


def test_a_plan_that_loses_its_largest_donor_is_no_guide_and_is_made_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Without the United States the first bound is 17 % above the best plan; a new search proves 0.5 %."""
    first = planned(Problem.of(tables.read(WASHINGTON)), Options())
    without = Problem.of(changed(tables.read(WASHINGTON), Change(without=("USA",))))
    anew = replanned(first, without, Options()).relaxation
    monkeypatch.setattr(scenarios, "ASTRAY", 1e9)
    again = replanned(first, without, Options()).relaxation

    assert anew.bound - anew.objective <= 0.005 * anew.bound < again.bound - again.objective
    assert anew.objective > again.objective


def test_a_search_that_stalls_reaches_its_gap_by_the_first_order_method(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without Czechia prices mixed with those of the best bound brought nothing for seven rounds."""
    monkeypatch.setattr("oneroof.planning.solve.master.solve", lambda *_: pytest.fail("solved to the end"))
    found = Search(Problem.of(changed(tables.read(WASHINGTON), Change(without=("CZE",))))).run(0.005)

    assert found.bound - found.objective <= 0.005 * found.bound


def test_whatif_without_any_effect_changes_nothing() -> None:
    found = whatif(tables.read(WINTER), Change(values=(("nodes", "UKR-KYIV", "name", "Kyiv"),)))
    assert found.after["objective"] == found.before["objective"]
    assert found.hits == ()


@pytest.mark.parametrize(
    "change",
    [
        Change(without=("DEU",)),
        Change(close=("SOUTH",)),
        Change(close=("P-H",)),
        Change(values=(("nodes", "HUB", "handling_tonnes_per_week", "9"),)),
        Change(values=(("packages", "PACK", "name", "P"), ("courses", "C", "seats", "5"))),
        Change(values=(("requirements", "R-GEN", "quantity", "3"), ("funds", "F", "amount", "120000"))),
    ],
)
def test_a_plan_carried_over_to_a_changed_problem_keeps_every_rule(tmp_path: Path, change: Change) -> None:
    problem = sound(7).problem(tmp_path / "p")
    first = planned(problem, Options())
    second = replanned(first, Problem.of(changed(problem.tables, change)), Options())
    other = second.relaxation.problem
    ledger = Ledger.of(other, second.plan.tables)
    assert [told for rule in RULES for told in rule(other, ledger)] == []
    assert second.tally.objective <= second.relaxation.bound * (1 + 1e-9)
    assert second.tally.objective > 0.7 * second.relaxation.objective


def test_in_a_large_problem_whole_units_are_cut_anew_and_keep_every_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    first = planned(Problem.of(tables.read(WINTER)), Options())
    other = Problem.of(changed(tables.read(WINTER), Change(without=("NOR",))))
    carried_over = replanned(first, other, Options())
    monkeypatch.setattr(scenarios, "MANY", 0)
    anew = replanned(first, other, Options())
    ledger = Ledger.of(other, anew.plan.tables)
    assert [told for rule in RULES for told in rule(other, ledger)] == []
    assert anew.tally.objective == pytest.approx(rounded(anew.relaxation).objective)
    assert anew.shipments.trips != carried_over.shipments.trips


def test_a_plan_carried_over_to_its_own_problem_loses_nothing() -> None:
    first = planned(Problem.of(tables.read(WINTER)), Options())
    assert repaired(first, first.relaxation).tally.objective >= first.tally.objective - 1e-6


def test_continuity_tries_every_donor_and_the_worst_pairs(tmp_path: Path) -> None:
    problem = Problem.of(tables.read(WINTER))
    steps: list[str] = []
    found = continuity(problem, Options(), lambda step: steps.append(step.doing), None, pairs=2)
    singles = [loss for loss in found.losses if len(loss.nations) == 1]
    assert {loss.nations[0] for loss in singles} == {*problem.offers.donors, *problem.funds.donors}
    assert len(found.losses) == len(singles) + 2
    assert found.complete
    assert [loss.points for loss in singles] == sorted((loss.points for loss in singles), reverse=True)
    assert "without CZE" in steps
    czechia = next(loss for loss in singles if loss.nations == ("CZE",))
    assert (czechia.points, czechia.relaxed, czechia.hits) == (0.0, 0.0, ())
    write_continuity(found, tmp_path / "out")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "continuity.csv", "continuity.json", "continuity.txt", "requirements.csv"]  # fmt: skip
    with (tmp_path / "out" / "continuity.csv").open(encoding="utf-8") as handle:
        rows = list(csv.DictReader(handle))
    assert len(rows) == len(found.losses)
    with pytest.raises(ProblemError):
        write_continuity(found, tmp_path / "out")
    write_continuity(found, tmp_path / "out", force=True)
    (tmp_path / "out" / "mine.txt").write_text("mine")
    with pytest.raises(ProblemError):
        write_continuity(found, tmp_path / "out", force=True)


def test_continuity_that_is_stopped_says_so() -> None:
    found = continuity(Problem.of(tables.read(WINTER)), Options(), None, lambda: True)
    assert not found.complete
    assert found.losses == ()


def test_two_workers_tell_the_same() -> None:
    problem = Problem.of(tables.read(WINTER))
    one = continuity(problem, Options(threads=1), pairs=1)
    two = continuity(problem, Options(threads=2), pairs=1)
    assert [(x.nations, x.points) for x in one.losses] == [(x.nations, x.points) for x in two.losses]
