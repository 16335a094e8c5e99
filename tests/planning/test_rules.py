"""Each rule by itself: one plan, made once, is judged by a problem of which one limit is drawn tighter."""

import pytest

from oneroof.planning.ledger import Ledger
from oneroof.planning.rules import RULES
from oneroof.planning.tally import tally, uses
from tests.planning.battery import SETTINGS, TABLES, battery, put
from tests.planning.greedy import greedy


@pytest.fixture(scope="module")
def plan(tmp_path_factory):
    return greedy(battery(tmp_path_factory.mktemp("rules") / "problem"))


def broken(problem, plan):
    """The names of the rules that the plan breaks."""
    ledger = Ledger.of(problem, plan.tables)
    assert not ledger.unreadable
    return {rule.__name__ for rule in RULES if rule(problem, ledger)}


def test_the_plan_keeps_every_rule_of_the_problem_it_was_made_for(plan, tmp_path):
    assert broken(battery(tmp_path / "problem"), plan) == set()


@pytest.mark.parametrize(
    ("table", "old", "new", "rule"),
    [
        ("offers", "O-gun,DEU,Gun,5", "O-gun,DEU,Gun,4", "offers_are_not_exceeded"),
        ("offers", "2025-01-08", "2025-01-09", "offers_leave_in_their_window"),
        ("offers", "2025-02-14", "2025-01-12", "offers_leave_in_their_window"),
        ("offers", "granted,2025-01-20", "granted,2025-01-21", "offers_leave_in_their_window"),
        ("offers", "granted,2025-01-20", "pending,", "offers_leave_in_their_window"),
        ("offers", "Old gun,6,Depot,,,pledged", "Old gun,6,Depot,,,offered", "offers_leave_in_their_window"),
        ("offers", ",,,,POL", ",,,,POL;SVK", "caveats_are_kept"),
        ("offers", ",,,,POL", ",,,Artillery,", "caveats_are_kept"),
        ("requirements", "30.5", "30", "requirements_are_not_exceeded"),
        ("requirements", "R-gun,Gun,,4", "R-gun,Gun,,3", "requirements_are_not_exceeded"),
        ("legs", "1,40,5", "1,30.4,5", "legs_carry_what_they_can"),
        ("legs", "2025-03-21", "2025-01-20", "legs_carry_what_they_can"),
        ("legs", "10,,,", "10,,2025-01-07,", "legs_carry_what_they_can"),
        ("legs", "1,40,5,,,", "1,40,5,no,,", "legs_carry_what_they_can"),
        ("nodes", "22,60", "22,30.4", "nodes_handle_what_they_can"),
        ("package_parts", "Gun,2", "Gun,3", "packages_are_whole"),
        ("package_parts", "Gunnery,6", "Gunnery,7", "packages_are_whole"),
        ("courses", "14,8", "14,7", "courses_have_seats"),
        ("courses", "14,8", "13,8", "courses_have_seats"),
        ("courses", "2025-01-13", "2025-01-14", "courses_have_seats"),
        ("courses", "17,7", "17,14", "courses_have_seats"),
        ("funds", "500", "119.99", "funds_are_not_overdrawn"),
        ("funds", "500,,,", "500,2025-01-14,,", "funds_are_not_overdrawn"),
        ("funds", "500,,,", "500,,2025-01-12,", "funds_are_not_overdrawn"),
        ("funds", "500,,,", "500,,,Artillery", "funds_are_not_overdrawn"),
        ("suppliers", "3,10,40", "4,10,40", "funds_are_not_overdrawn"),
        ("suppliers", "3,10,40", "3,11,40", "funds_are_not_overdrawn"),
        ("suppliers", "3,10,40", "3,10,39", "funds_are_not_overdrawn"),
        ("suppliers", "2025-01-10", "2025-01-14", "funds_are_not_overdrawn"),
        ("pins", "R-gun,1", "R-gun,3", "pins_are_kept"),
        ("items", "tonne,1,1,no,no", "tonne,1,1,no,yes", "whole_units_stay_whole"),
        ("substitutes", "Gun,Old gun", "Round,Old gun", "deliveries_fit_requirements"),
        ("legs", "1,40,5", "2,40,5", "itineraries_connect"),
    ],
)
def test_a_tighter_limit_breaks_its_own_rule_and_no_other(table, old, new, rule, plan, tmp_path):
    problem = battery(tmp_path / "problem", put(table, old, new))

    assert broken(problem, plan) == {rule}


def test_fewer_trainees_break_their_own_rule_and_no_other(plan, tmp_path):
    settings = SETTINGS.replace("trainees_per_week = 20", "trainees_per_week = 7")

    assert broken(battery(tmp_path / "problem", settings=settings), plan) == {"trainees_are_released"}


def test_a_higher_stage_that_is_asked_shuts_out_pledges(plan, tmp_path):
    settings = SETTINGS + 'min_stage = "committed"\n'

    assert broken(battery(tmp_path / "problem", settings=settings), plan) == {"offers_leave_in_their_window"}


def test_every_rule_tells_where_it_is_broken_and_by_how_much(plan, tmp_path):
    problem = battery(tmp_path / "problem", put("legs", "1,40,5", "1,30,5"))
    ledger = Ledger.of(problem, plan.tables)

    told = [sentence for rule in RULES for sentence in rule(problem, ledger)]

    assert told == ["Leg Hub-Site carries 30.5 tonnes in week 1, more than 30."]


def test_every_rule_is_named_and_says_in_one_sentence_what_a_plan_must_keep():
    names = [rule.__name__ for rule in RULES]

    assert len(set(names)) == 15
    assert all(rule.__doc__.count(".") == 1 for rule in RULES)


def test_a_package_counts_from_the_day_on_which_its_last_part_is_there(plan, tmp_path):
    problem = battery(tmp_path / "problem")
    counted = tally(problem, Ledger.of(problem, plan.tables))
    battery_key = problem.requirements.keys.index("R-battery")

    told = [(problem.date(s.day).isoformat(), s.quantity) for s in counted.served if s.requirement == battery_key]

    assert told == [("2025-01-27", 1.0), ("2025-02-03", 1.0)]


def test_parts_that_complete_no_package_earn_nothing(plan, tmp_path):
    problem = battery(tmp_path / "problem")
    lone = [row for row in plan.tables["deliveries"] if row["delivery"] in ("D-00001", "D-00002")]

    counted = tally(problem, Ledger.of(problem, {"deliveries": lone}))

    assert counted.points == 0
    assert counted.tonnes == 16


def test_a_fraction_of_a_package_counts_only_in_a_relaxed_plan(plan, tmp_path):
    problem = battery(tmp_path / "problem")
    lines = {
        "deliveries": [row for row in plan.tables["deliveries"] if row["delivery"] == "D-00001"],
        "cohorts": plan.tables["cohorts"],
    }

    whole = tally(problem, Ledger.of(problem, lines))
    relaxed = tally(problem, Ledger.of(problem, lines, relaxed=True))

    assert whole.in_time.sum() == 0
    assert relaxed.in_time.sum() == 0.5


def test_units_that_come_at_latest_or_after_count_as_late_and_earn_nothing(plan, tmp_path):
    problem = battery(
        tmp_path / "problem",
        put(
            "requirements", "R-local,Fuel,,5,Depot,2025-02-03,2025-03-03", "R-local,Fuel,,5,Depot,2025-01-01,2025-01-06"
        ),
    )
    row = next(row for row in plan.tables["deliveries"] if row["requirement"] == "R-local")
    counted = tally(problem, Ledger.of(problem, {"deliveries": [row]}))
    local = problem.requirements.keys.index("R-local")

    assert counted.late[local] == 5
    assert counted.in_time[local] == 0
    assert counted.points == 0
    assert [row["points"] for row in counted.served_rows(problem)] == ["0"]


def test_a_substitute_serves_by_its_rate_and_earns_by_its_preference(plan, tmp_path):
    problem = battery(tmp_path / "problem")
    rows = [row for row in plan.tables["deliveries"] if row["item"] == "Old gun"]

    counted = tally(problem, Ledger.of(problem, {"deliveries": rows}))

    assert counted.in_time.sum() == 2  # four old guns, two for one
    assert counted.points == 2 * 0.5 * 8 * 1000  # priority 2 has the factor 8


def test_the_use_of_every_limit_is_counted_once(plan, tmp_path):
    problem = battery(tmp_path / "problem")
    used = uses(problem, Ledger.of(problem, plan.tables))

    assert used.of("offer", problem.offers.keys.index("O-fuel"), -1) == 35.5
    assert used.of("node", problem.nodes.keys.index("Hub"), 0) == 20
    assert used.of("leg", problem.legs.keys.index("Hub-Site"), 2) == 9.5
    assert used.of("fund", problem.funds.keys.index("F-open"), -1) == 120
    assert used.of("supplier", problem.suppliers.keys.index("S-round"), 1) == 40
    assert used.of("course", 0, 1) == 8
    assert used.of("course", 0, -1) == 12
    assert used.of("trainees", 0, 2) == 4
    assert used.of("leg", problem.legs.keys.index("Hub-Site"), 9) == 0


def test_the_tables_of_the_small_problem_have_one_of_everything():
    assert all(len(text.splitlines()) > 1 for text in TABLES.values())
