"""Two plans side by side: what is said, and the reason that is given."""

import copy
import json
from pathlib import Path

import pytest

from oneroof.planning.changes import Change, changed
from oneroof.planning.compare import compare, compare_sides, instead
from oneroof.planning.planner import Options
from oneroof.planning.problem import Problem
from oneroof.planning.scenarios import planned
from oneroof.planning.tables import read
from tests.planning.battery import SETTINGS, TABLES, battery, put, without
from tests.planning.greedy import greedy, stated


@pytest.fixture(scope="module")
def problem(tmp_path_factory):
    return battery(tmp_path_factory.mktemp("compare") / "problem")


@pytest.fixture(scope="module")
def plan(problem):
    return greedy(problem)


def difference(problem, plan, tmp_path, changes, settings=SETTINGS):
    """From the plan to the plan of a changed problem."""
    other = battery(tmp_path / "other", changes, settings)
    return compare(problem, plan, other, greedy(other))


def told(found, kind, requirement):
    """Sentence and reason of the one change of this kind to the requirement."""
    (change,) = [c for c in found.changes if (c.kind, c.requirement) == (kind, requirement)]
    return change.sentence, change.reason


def test_a_plan_does_not_differ_from_itself(problem, plan):
    found = compare(problem, plan, problem, plan)

    assert found.same
    assert found.lines() == ["The plans bring the same goods the same way."]


def test_the_keys_of_deliveries_and_purchases_play_no_part(problem, plan):
    lines = copy.deepcopy(plan.tables)
    for row in (*lines["deliveries"], *lines["movements"]):
        row["delivery"] = row["delivery"].replace("D-", "X-")
        if row.get("source_kind") == "purchase":
            row["source"] = "Y"
    lines["purchases"][0]["purchase"] = "Y"

    assert compare(problem, plan, problem, stated(problem, lines)).same


def test_an_offer_that_is_gone_is_the_reason_for_what_is_dropped(problem, plan, tmp_path):
    found = difference(problem, plan, tmp_path, without("offers", "O-old"))

    assert told(found, "dropped", "R-gun") == (
        "R-gun no longer gets 4 Old gun from offer O-old of USA (arriving 2025-01-11)",
        "offer O-old is gone",
    )
    assert found.points == (94298.5, 86298.5)
    assert found.transport_cost == (1502, 1286)
    assert found.lines()[:2] == [
        "Points 86298.5 (-8000), transport cost 1286 (-216), objective -7784.",
        "R-gun fares worse: in time 4 -> 2, missing 0 -> 2, points -8000.",
    ]


def test_a_donor_that_is_gone_is_named(problem, plan, tmp_path):
    offers = "".join(row for row in TABLES["offers"].splitlines(keepends=True) if ",USA," not in row)
    found = difference(problem, plan, tmp_path, {"offers": offers} | put("funds", "USA", "DEU"))

    assert told(found, "dropped", "R-round")[1] == "donor USA is gone, and offer O-round with it"


def test_a_granted_consent_is_the_reason_for_what_is_sourced_anew(problem, plan, tmp_path):
    found = difference(problem, plan, tmp_path, put("offers", "pending,,", "granted,,"))

    assert told(found, "re-sourced", "R-gun") == (
        "R-gun gets 2 Gun from offer O-pending of DEU in place of 4 Old gun from offer O-old of USA",
        "the consent to offer O-pending is granted now",
    )


def test_a_leg_that_closes_is_the_reason_for_what_is_dropped_and_moved(problem, plan, tmp_path):
    found = difference(problem, plan, tmp_path, put("legs", "2025-03-21", "2025-01-14"))

    assert told(found, "dropped", "R-round")[1] == "leg Hub-Site closes on 2025-01-14 (before: 2025-03-21)"
    assert told(found, "moved", "R-round") == (
        "R-round gets its 150 Round from offer O-round of USA arriving 2025-01-25, before arriving 2025-01-23",
        "leg Hub-Site closes on 2025-01-14 (before: 2025-03-21)",
    )
    assert told(found, "quantity", "R-fuel")[0] == "R-fuel gets 15.25 Fuel from offer O-fuel of DEU, before 30.5"


def test_a_leg_that_is_gone_or_carries_less_is_the_reason(problem, plan, tmp_path):
    smaller = difference(problem, plan, tmp_path / "a", put("legs", "2,50,10", "2,20,10"))
    gone = difference(problem, plan, tmp_path / "b", without("legs", "Works-Hub"))

    assert told(smaller, "quantity", "R-fuel")[1] == "tonnes_per_week of leg Depot-Hub is 20 now (was 50)"
    assert told(gone, "dropped", "R-round")[1] == "leg Works-Hub is gone"


def test_a_node_that_handles_less_is_the_reason(problem, plan, tmp_path):
    found = difference(problem, plan, tmp_path, put("nodes", "22,60", "22,20"))

    assert told(found, "quantity", "R-fuel")[1] == "handling_tonnes_per_week of node Hub is 20 now (was 60)"


def test_less_money_is_the_reason_for_buying_less(problem, plan, tmp_path):
    found = difference(problem, plan, tmp_path, put("funds", "500", "60"))

    assert told(found, "quantity", "R-round") == (
        "R-round gets 20 Round from supplier S-round with fund F-open, before 40",
        "amount of fund F-open is 60 now (was 500)",
    )


def test_fewer_seats_or_trainees_are_the_reason_for_a_later_course(problem, plan, tmp_path):
    seats = difference(problem, plan, tmp_path / "a", put("courses", "14,8", "14,4"))
    trainees = difference(problem, plan, tmp_path / "b", {}, SETTINGS.replace("week = 20", "week = 4"))

    assert told(seats, "moved", "R-battery")[1] == "seats of course Gunnery is 4 now (was 8)"
    assert told(trainees, "moved", "R-battery")[1] == "trainees_per_week is 4 now (was 20)"


def test_a_higher_stage_that_is_asked_is_the_reason(problem, plan, tmp_path):
    found = difference(problem, plan, tmp_path, {}, SETTINGS + 'min_stage = "committed"\n')

    assert told(found, "dropped", "R-round")[1] == "min_stage is committed now, so that offer O-round may not be used"


def test_without_a_change_of_its_limits_the_reason_is_who_has_the_room_now(problem, plan):
    lines = copy.deepcopy(plan.tables)
    for row in (lines["deliveries"][7], lines["movements"][13], lines["movements"][14]):
        row["tonnes"] = "39"
        if "quantity" in row:
            row["quantity"] = "39"
    del lines["deliveries"][5]  # one gun for R-gun by the hub
    lines["movements"] = [row for row in lines["movements"] if row["delivery"] != "D-00005"]
    for row in (lines["deliveries"][6], lines["movements"][-1], lines["movements"][-2]):
        for column in ("depart_on", "arrive_on"):
            row[column] = row[column].replace("-13", "-06").replace("-15", "-08").replace("-16", "-09")
    other = stated(problem, lines)

    sentence, reason = told(compare(problem, plan, problem, other), "quantity", "R-gun")

    assert sentence == "R-gun gets 1 Gun from offer O-gun of DEU, before 2"
    assert "makes room for R-fuel on leg Hub-Site in week 0" in reason


def test_the_outcome_counts_units_and_points_by_requirement(problem, plan, tmp_path):
    found = difference(problem, plan, tmp_path, put("requirements", "R-round,Round,,200", "R-round,Round,,100"))

    (worse,) = [outcome for outcome in found.outcomes if outcome.requirement == "R-round"]

    assert (worse.better, worse.in_time, worse.missing) == (False, (190, 100), (10, 0))
    assert worse.points == (6080, 3200)


def test_a_difference_speaks_json(problem, plan, tmp_path):
    found = difference(problem, plan, tmp_path, without("offers", "O-old"))

    told_as = json.loads(json.dumps(found.as_json()))

    assert told_as["points"] == [94298.5, 86298.5]
    assert [change["kind"] for change in told_as["changes"]] == ["dropped"]
    assert told_as["requirements"][0]["fares"] == "worse"
    assert told_as["requirements"][0]["in_time"] == [4, 2]


def test_a_new_source_makes_up_for_what_another_requirement_took(problem, plan, tmp_path):
    urgent = put("requirements", "2025-03-10,2,,", "2025-03-10,1,,")
    urgent["requirements"] = urgent["requirements"].replace("R-gun,", "A-gun,")
    found = difference(problem, plan, tmp_path, urgent | {"pins": "offer,requirement,quantity\n"})

    assert told(found, "quantity", "R-battery") == (
        "R-battery gets 1 Gun from offer O-gun of DEU, before 3",
        "offer O-gun serves A-gun now",
    )
    assert told(found, "new", "R-battery")[1] == "it makes up for 2 Gun from offer O-gun of DEU"
    assert told(found, "new", "A-gun")[1] == "requirement A-gun is new"


def test_the_whole_difference_turned_round_gains_what_it_lost(problem, plan, tmp_path):
    other = battery(tmp_path / "other", without("offers", "O-old"))
    fewer = greedy(other)

    back = compare(other, fewer, problem, plan)

    assert told(back, "new", "R-gun") == (
        "R-gun gets 4 Old gun from offer O-old of USA (arriving 2025-01-11)",
        "offer O-old is new",
    )
    assert back.lines()[1] == "R-gun fares better: in time 2 -> 4, missing 2 -> 0, points +8000."


def test_weeks_are_told_as_the_later_problem_counts_them(problem, plan, tmp_path):
    later = SETTINGS.replace("2025-01-06", "2024-12-30")
    other = battery(tmp_path / "other", {}, later)

    found = compare(problem, plan, other, stated(other, plan.tables))

    assert found.same


def test_who_brings_what_instead_is_told_as_among_the_changes():
    tables = read(Path(__file__).parents[2] / "examples" / "one-hub-winter")
    first = planned(Problem.of(tables), Options(gap=0.01))
    kinds = set()
    for leaver in sorted({row["donor"] for name in ("offers", "funds") for row in tables.rows[name]}):
        second = planned(Problem.of(changed(tables, Change(without=(leaver,)))), Options(gap=0.01))
        expected: dict[str, list[str]] = {}
        for change in compare_sides(first.side, second.side).changes:
            if change.kind in ("new", "re-sourced") or (change.kind == "quantity" and change.after > change.before):
                expected.setdefault(change.requirement, []).append(change.sentence)
                kinds.add(change.kind)

        assert instead(first.side, second.side) == expected
    assert kinds == {"new", "re-sourced", "quantity"}
