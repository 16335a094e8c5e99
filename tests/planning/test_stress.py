"""The plain plan beside the best candidate, over futures drawn by chance."""

import json
from pathlib import Path

import numpy as np
import pytest

from oneroof.planning import plan as plans
from oneroof.planning import tables
from oneroof.planning.executing import execute
from oneroof.planning.faults import ProblemError
from oneroof.planning.futures import TEST, draw
from oneroof.planning.ledger import Ledger
from oneroof.planning.planner import Options
from oneroof.planning.problem import Problem
from oneroof.planning.retiming import retimed
from oneroof.planning.rules import RULES
from oneroof.planning.scenarios import planned
from oneroof.planning.shocks import DEFAULTS, Shock, Shocks
from oneroof.planning.stress import Stress, stress
from oneroof.planning.stress_tables import as_dict, future_rows, requirement_rows, write
from oneroof.planning.verify import verify_folder
from tests.planning import tiny
from tests.planning.carried import plan, problem

WINTER = Path(__file__).parents[2] / "examples" / "one-hub-winter"
SEED = 7


@pytest.fixture(scope="module")
def winter() -> Problem:
    return Problem.of(tables.read(WINTER))


@pytest.fixture(scope="module")
def stressed(winter: Problem) -> Stress:
    return stress(winter, DEFAULTS, 60, SEED)


def test_with_no_shocks_the_plain_plan_is_kept_and_every_future_is_as_planned() -> None:
    p = problem()
    found = stress(p, Shocks((), False, ""), 5, 1)
    assert (found.is_hedged, found.gain, found.cost, found.complete) == (False, (0.0, 0.0), 0.0, True)
    figures = found.plain.figures()
    assert figures["mean_objective"] == figures["objective_5_percent"] == figures["undisturbed_objective"] > 0
    assert [one.name for one in found.tried] == ["plain", "plain, early"]


def test_goods_leave_earlier_where_there_is_room_and_never_later() -> None:
    p = problem(room=10)
    lines = plan(p, ("D1", "O1", "R1", 5, (("L1", 5), ("L2", 9))), ("D2", "O2", "R2", 7, (("L1", 2), ("L2", 4))))
    soon = retimed(p, lines, np.array([0, 0]))
    ledger = Ledger.of(p, soon)
    assert {d.key: [move.depart for move in d.moves] for d in ledger.deliveries} == {"D1": [0, 7], "D2": [0, 2]}


def test_a_margin_between_legs_is_kept_as_far_as_the_plan_had_it() -> None:
    p = problem()
    lines = plan(p, ("D1", "O1", "R1", 5, (("L1", 5), ("L2", 9))))
    for margin, days in ((1, [0, 3]), (4, [0, 6]), (30, [0, 9])):
        moved = Ledger.of(p, retimed(p, lines, np.array([margin, 0]))).deliveries[0]
        assert ([move.depart for move in moved.moves], moved.arrive) == (days, days[1] + 3)


@pytest.mark.parametrize("seed", range(8))
def test_earlier_days_break_no_rule_and_lose_nothing(seed: int) -> None:
    p = Problem.of(tiny.Draw(seed, pins=False).tables())
    first = planned(p, Options())
    lines = retimed(p, first.plan.tables, np.full(len(p.legs.keys), 1))
    ledger = Ledger.of(p, lines)
    assert [told for rule in RULES for told in rule(p, ledger)] == []
    undisturbed = draw(p, Shocks((), False, ""), 1, 1)
    assert execute(p, lines, undisturbed).objective[0] >= first.tally.objective - 1e-6


def test_departures_before_the_goods_are_there_are_refused() -> None:
    p = problem()
    lines = plan(p, ("D1", "O1", "R1", 5, (("L1", 5), ("L2", 6))))
    with pytest.raises(ValueError, match="D1 would leave on day 6, before it is there on day 7"):
        retimed(p, lines, None)


def test_the_hedged_plan_is_the_best_candidate_of_the_training_futures(stressed: Stress) -> None:
    means = [one.mean for one in stressed.tried]
    assert stressed.hedged.candidate.mean == max(means) > means[0]
    assert len(stressed.tried) > 8
    assert stressed.complete


def test_it_is_told_on_futures_that_it_was_not_chosen_on(winter: Problem, stressed: Stress) -> None:
    futures = draw(winter, DEFAULTS, 60, SEED, TEST)
    for fate in (stressed.plain, stressed.hedged):
        again = execute(winter, fate.plan.tables, futures)
        assert (again.objective == fate.outcomes.objective).all()
        assert fate.figures()["mean_objective"] == pytest.approx(again.objective.mean())
        assert fate.candidate.mean != pytest.approx(again.objective.mean(), rel=1e-9)
    gain, error = stressed.gain
    assert gain == pytest.approx(float(stressed.gains.mean()))
    assert 0 < error < abs(stressed.plain.figures()["mean_objective"])


def test_threads_and_the_order_of_rows_change_no_figure(winter: Problem, stressed: Stress) -> None:
    rows = {name: held[::-1] for name, held in winter.tables.rows.items()}
    read = tables.Tables(winter.tables.settings, {name: tuple(sorted(r, key=str)) for name, r in rows.items()})
    mixed = Shocks(DEFAULTS.rows[::-1], True, "")
    again = as_dict(stress(Problem.of(tiny_read(read)), mixed, 60, SEED, Options(threads=3)))
    first = as_dict(stressed)
    for free in ("seconds", "shocks"):
        again.pop(free), first.pop(free)
    assert again == first


def tiny_read(given: tables.Tables) -> tables.Tables:
    """The tables, written in the order of their rows and read again."""
    kept = {key: value for key, value in given.settings.items() if value is not None and key != "start"}
    settings = {key: json.dumps(value, ensure_ascii=False) for key, value in kept.items()}
    settings["start"] = str(given.settings["start"])
    return tiny.read(settings, given.rows)


def test_the_folder_holds_tables_and_two_plans_that_keep_every_rule(
    winter: Problem, stressed: Stress, tmp_path: Path
) -> None:
    write(stressed, tmp_path / "out", "<p>", {"plain": "<p>", "hedged": "<p>"})
    for name in ("plain", "hedged"):
        assert verify_folder(winter, tmp_path / "out" / name) == []
    told = json.loads((tmp_path / "out" / "stress.json").read_text(encoding="utf-8"))
    assert told == as_dict(stressed)
    assert (told["futures"], told["illustrative"][-1]) == (60, "shocks")
    rows = requirement_rows(stressed)
    assert [row["requirement"] for row in rows] == list(winter.requirements.keys)
    assert sum(float(row["met_share"]) for row in rows) == pytest.approx(told["plain"]["mean_met_in_time"], abs=1e-4)
    assert len(future_rows(stressed)) == 60
    write(stressed, tmp_path / "out", "<p>again", {"plain": "<p>"}, force=True)
    assert not (tmp_path / "out" / "hedged").exists()


def test_a_folder_is_not_replaced_unasked_and_never_where_it_holds_other_things(
    stressed: Stress, tmp_path: Path
) -> None:
    write(stressed, tmp_path / "out", "<p>", {"plain": "<p>"})
    with pytest.raises(ProblemError, match="exists"):
        write(stressed, tmp_path / "out", "<p>", {"plain": "<p>"})
    (tmp_path / "out" / "letter.txt").write_text("mine")
    with pytest.raises(ProblemError, match="did not write"):
        write(stressed, tmp_path / "out", "<p>", {"plain": "<p>"}, force=True)
    assert (tmp_path / "out" / "letter.txt").read_text() == "mine"
    assert plans.is_plan(tmp_path / "out" / "plain")


def test_a_stop_keeps_what_was_tried(winter: Problem) -> None:
    found = stress(winter, DEFAULTS, 10, SEED, stop=lambda: True)
    assert not found.complete
    assert [one.name.split(",")[0] for one in found.tried] == ["plain"] * len(found.tried)
    assert not as_dict(found)["complete"]


def test_a_closed_hub_is_never_passed_in_time_and_pins_still_bind(winter: Problem) -> None:
    found = stress(winter, Shocks((Shock("X", "closed_node", "kind:hub", 1.0, 1, 1, 1),), False, "f.csv"), 4, 1)
    passed = {row["delivery"] for row in found.plain.plan.tables["movements"] if row["leg"].startswith("POL-RZESZOW_")}
    hit = {row["requirement"] for row in found.plain.plan.tables["deliveries"] if row["delivery"] in passed}
    shares = {row["requirement"]: row["met_share"] for row in requirement_rows(found)}
    assert hit
    assert {shares[key] for key in hit} == {"0"}


def test_a_candidate_that_cannot_keep_a_pin_is_dropped_and_told() -> None:
    p = problem(weeks=1, due=6, pins=[{"offer": "O1", "requirement": "R1", "quantity": 5}])
    found = stress(p, Shocks((Shock("X", "late_leg", "*", 0.5, 3, 3, 3),), False, "f.csv"), 20, 1)
    assert "legs 80 %" in found.dropped
    assert found.complete
    assert as_dict(found)["dropped"] == list(found.dropped)
    kept = [d for d in found.hedged.plan.tables["deliveries"] if (d["source"], d["requirement"]) == ("O1", "R1")]
    assert sum(float(d["quantity"]) for d in kept) >= 5


def test_no_futures_are_refused() -> None:
    with pytest.raises(ValueError, match="0 futures tell nothing"):
        stress(problem(), DEFAULTS, 0, 1)
