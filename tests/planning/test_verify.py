"""Whatever is planted in a plan is found, by this code and by the independent judge alike."""

import contextlib
import copy
import importlib.util
import io
import subprocess
import sys
from dataclasses import replace
from functools import cache

import pytest

from oneroof.planning import plan as plans
from oneroof.planning import tables
from oneroof.planning.problem import Problem
from oneroof.planning.verify import verify, verify_folder
from tests.planning.battery import battery, put
from tests.planning.greedy import greedy, restated, stated
from tests.shared import SHARED, needs_shared


@cache
def judge():
    """The independent judge, as a module."""
    spec = importlib.util.spec_from_file_location("check_plan", SHARED / "bench" / "check_plan.py")
    found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    return found


def judged(problem_folder, plan_folder, relaxed=False):
    """What the independent judge says."""
    checker = judge().Checker(judge().Problem(problem_folder), plan_folder, relaxed)
    with contextlib.redirect_stdout(io.StringIO()):
        checker.run()
    return checker.violations


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("verify")


@pytest.fixture(scope="module")
def problem(folder):
    return battery(folder / "problem")


@pytest.fixture(scope="module")
def plan(problem):
    return greedy(problem)


def changed(table, place, **cells):
    """A planter that changes cells of one row."""

    def plant(lines):
        for column in cells:
            assert column in lines[table][place]
        lines[table][place].update(cells)

    return plant


def removed(table, place):
    return lambda lines: lines[table].pop(place)


def added(table, **cells):
    return lambda lines: lines[table].append(lines[table][0] | cells)


# deliveries 0 to 8: O-gun, O-art, O-gun, O-round, purchase, O-gun, O-old, O-fuel by Hub, O-fuel on the spot
LINES = {
    "an offer gives more than it has": changed("deliveries", 8, quantity="12", tonnes="12"),
    "a requirement gets more than it asks": changed("deliveries", 8, quantity="5.1", tonnes="5.1"),
    "a part of a unit": changed("deliveries", 8, source="O-gun", item="Gun", quantity="0.5", tonnes="2"),
    "an offer leaves before it is available": changed(
        "deliveries", 5, source="O-round", requirement="R-round", item="Round", quantity="10", tonnes="0.5"
    ),
    "a pending consent": changed("deliveries", 1, source="O-pending"),
    "a stage too low": changed("deliveries", 1, source="O-hint"),
    "another coalition": changed("deliveries", 1, requirement="R-gun"),
    "an avoided nation": changed("deliveries", 5, source="O-old", item="Old gun", tonnes="3"),
    "an item that does not serve": changed("deliveries", 8, requirement="R-round"),
    "an item that is no part": changed("deliveries", 7, requirement="R-battery"),
    "an item that the source does not hold": changed("deliveries", 0, item="Old gun"),
    "an unknown requirement": changed("deliveries", 0, requirement="R-none"),
    "an unknown offer": changed("deliveries", 0, source="O-none"),
    "an unknown kind of source": changed("deliveries", 0, source_kind="gift"),
    "a weight that is none": changed("deliveries", 0, tonnes="5"),
    "a delivery of nothing": changed("deliveries", 8, quantity="0", tonnes="0"),
    "an arrival that no step has": changed("deliveries", 0, arrive_on="2025-01-10"),
    "a departure that no step has": changed("deliveries", 7, depart_on="2025-01-12"),
    "a day that is none": changed("deliveries", 0, arrive_on="2025-02-30"),
    "a stay on the way": changed("deliveries", 8, arrive_on="2025-01-07"),
    "a step too early": changed("movements", 2, depart_on="2025-01-07", arrive_on="2025-01-08"),
    "a step too fast": changed("movements", 1, arrive_on="2025-01-07"),
    "a step from elsewhere": changed("movements", 2, leg="Works-Hub"),
    "an unknown leg": changed("movements", 2, leg="None"),
    "a step of no delivery": changed("movements", 2, delivery="D-none"),
    "a missing step": removed("movements", 2),
    "no step at all": removed("movements", 0),
    "steps in disorder": changed("movements", 2, step="3"),
    "a step with another weight": changed("movements", 2, tonnes="4.1"),
    "a step after the end": changed("movements", 14, depart_on="2025-03-30", arrive_on="2025-03-31"),
    "explosives by air": changed(
        "deliveries", 0, source="O-round", item="Round", requirement="R-round", quantity="80", tonnes="4"
    ),
    "an order in the middle of a week": changed("purchases", 0, order_on="2025-01-14", ready_on="2025-01-24"),
    "an order too early": changed("purchases", 0, order_on="2025-01-06", ready_on="2025-01-16"),
    "goods ready too soon": changed("purchases", 0, ready_on="2025-01-22"),
    "goods that leave before they are ready": changed("purchases", 0, order_on="2025-01-20", ready_on="2025-01-30"),
    "a purchase at another price": changed("purchases", 0, cost="119"),
    "a purchase of less than is delivered": changed("purchases", 0, quantity="39", cost="117"),
    "a supplier asked for too much": changed("purchases", 0, quantity="41", cost="123"),
    "a fund with too little money": added(
        "purchases", purchase="P-00001", order_on="2025-01-20", ready_on="2025-01-30", quantity="130", cost="390"
    ),
    "part of a round bought": changed("purchases", 0, quantity="39.5", cost="118.5"),
    "a fund for a coalition only": changed("purchases", 0, fund="F-art"),
    "an unknown supplier": changed("purchases", 0, supplier="S-none"),
    "a course too full": changed("cohorts", 0, persons="9"),
    "part of a person": changed("cohorts", 0, persons="7.5"),
    "a course without persons": changed("cohorts", 1, persons="0"),
    "a course on a day without a start": changed("cohorts", 1, start_on="2025-01-21", ready_on="2025-02-04"),
    "a course too short": changed("cohorts", 1, ready_on="2025-02-02"),
    "a course that nobody asked for": changed("cohorts", 1, requirement="R-gun"),
    "an unknown course": changed("cohorts", 1, course="None"),
    "a pin that is not kept": lambda lines: [
        lines["deliveries"].pop(5), lines["deliveries"].pop(0), lines["movements"].pop(9), lines["movements"].pop(9),
        lines["movements"].pop(0),
    ],
}  # fmt: skip
STATED = {
    "served: another quantity": changed("served", 2, quantity="30.6"),
    "served: other points": changed("served", 2, points="214"),
    "served: a day on which nothing comes": changed("served", 2, served_on="2025-01-15"),
    "served: a package too early": changed("served", 0, served_on="2025-01-26"),
    "served: too many packages": changed("served", 0, quantity="2"),
    "served: a row too few": removed("served", 1),
    "served: an unknown requirement": changed("served", 2, requirement="R-none"),
    "gaps: in time": changed("gaps", 0, in_time="191"),
    "gaps: late": changed("gaps", 0, late="1"),
    "gaps: missing": changed("gaps", 0, missing="9"),
    "gaps: quantity": changed("gaps", 0, quantity="201"),
    "gaps: no cure": changed("gaps", 0, cure=""),
    "gaps: no explanation": changed("gaps", 0, explanation=""),
    "gaps: no limit": changed("gaps", 0, limit=""),
    "gaps: no row": removed("gaps", 0),
    "gaps: an unknown requirement": added("gaps", requirement="R-none"),
    "gaps: a number that is none": changed("gaps", 0, missing="few"),
    "prices: used": changed("prices", 3, used="21"),
    "prices: limit": changed("prices", 3, limit="51"),
    "prices: no limit": changed("prices", 3, limit=""),
    "prices: an unknown key": changed("prices", 3, key="None"),
    "prices: an unknown kind": changed("prices", 3, kind="road"),
    "prices: a week after the end": changed("prices", 3, week="12"),
    "prices: a limit that is not set": changed("prices", 3, key="Works-Hub"),
    "prices: too many decimals": changed("prices", 3, price="0.1234567"),
    "prices: a negative price": changed("prices", 3, price="-1"),
    "next_pledges: a rank left out": changed("next_pledges", 0, rank="2"),
    "next_pledges: an unknown item": changed("next_pledges", 0, item="None"),
    "next_pledges: a day after the end": changed("next_pledges", 0, **{"from": "2026-01-01"}),
    "deliveries: a key twice": changed("deliveries", 0, delivery="D-00001"),
}
SUMMARY = {
    "name": "Another",
    "status": "finished",
    "points": 94000,
    "transport_cost": 1400.0,
    "objective": 92000.0,
    "tonnes": 80,
    "bound": 90000.0,
    "gap": 0.05,
    "relaxed_objective": 92000.0,
    "relaxed_gap": 0.05,
    "requirements": 6,
    "requirements_met_in_time": 5,
    "illustrative": [],
    "plan_digest": "0" * 64,
}


def both(problem, plan, folder, tmp_path, relaxed=False):
    """Violations as this code and as the judge tell them."""
    plans.write(plan, tmp_path / "plan", "<html>")
    return verify(problem, plan, relaxed), judged(folder / "problem", tmp_path / "plan", relaxed)


@needs_shared
def test_a_valid_plan_has_no_violation(problem, plan, folder, tmp_path):
    assert both(problem, plan, folder, tmp_path) == ([], [])
    assert verify_folder(problem, tmp_path / "plan") == []


@needs_shared
@pytest.mark.parametrize("name", LINES)
def test_a_planted_line_is_found(name, problem, plan, folder, tmp_path):
    lines = copy.deepcopy(plan.tables)
    LINES[name](lines)

    ours, judges = both(problem, stated(problem, lines), folder, tmp_path)

    assert ours
    assert judges


@needs_shared
@pytest.mark.parametrize("name", STATED)
def test_a_statement_that_is_not_so_is_found(name, problem, plan, folder, tmp_path):
    told = copy.deepcopy(plan.tables)
    STATED[name](told)

    ours, judges = both(problem, restated(replace(plan, tables=plans.ordered(told))), folder, tmp_path)

    assert ours
    assert judges


@needs_shared
@pytest.mark.parametrize("key", SUMMARY)
def test_a_figure_that_is_not_so_is_found(key, problem, plan, folder, tmp_path):
    ours, judges = both(problem, replace(plan, summary=plan.summary | {key: SUMMARY[key]}), folder, tmp_path)

    assert [sentence for sentence in ours if key in sentence or key == "name"]
    assert judges


@needs_shared
def test_a_figure_that_is_missing_or_no_number_is_found(problem, plan, folder, tmp_path):
    lacking = {key: value for key, value in plan.summary.items() if key != "bound"}
    odd = plan.summary | {"points": True}

    assert verify(problem, replace(plan, summary=lacking)) == ["summary.json lacks bound."]
    assert verify(problem, replace(plan, summary=odd)) == [
        "summary.json states points True, which is no finite number."
    ]
    assert both(problem, replace(plan, summary=odd), folder, tmp_path)[1]


@needs_shared
def test_an_optimal_status_asks_for_the_gap_that_was_asked(problem, plan, folder, tmp_path):
    ours, judges = both(problem, replace(plan, summary=plan.summary | {"status": "optimal"}), folder, tmp_path)

    assert len(ours) == 1
    assert len(judges) == 1


@needs_shared
def test_a_plan_of_another_problem_is_found(problem, plan, tmp_path):
    other = battery(tmp_path / "other", put("nodes", "Other hub", "Another hub"))

    assert verify(other, plan) == ["summary.json states the problem_digest of another problem."]


def test_a_copy_of_another_problem_is_found(problem, plan, tmp_path):
    other = battery(tmp_path / "other", put("nodes", "Other hub", "Another hub"))
    plans.write(replace(plan, problem=other.tables), tmp_path / "plan", "<html>")

    told = verify_folder(problem, tmp_path / "plan")

    assert told == ["The copy of the problem in problem/ is not the problem that the plan is checked against."]


@needs_shared
def test_a_fractional_plan_is_judged_as_relaxed(problem, plan, folder, tmp_path):
    lines = copy.deepcopy(plan.tables)
    lines["deliveries"][5].update(quantity="0.5", tonnes="2")
    for place in (9, 10):
        lines["movements"][place]["tonnes"] = "2"
    lines["cohorts"][1]["persons"] = "3.5"
    relaxed = stated(problem, lines, relaxed=True)

    assert both(problem, relaxed, folder, tmp_path, relaxed=True) == ([], [])
    assert verify(problem, relaxed)
    assert judged(folder / "problem", tmp_path / "plan")


@needs_shared
@pytest.mark.parametrize(
    "spoil",
    [
        lambda path: (path / "served.csv").write_bytes((path / "served.csv").read_bytes().replace(b"\n", b"\r\n")),
        lambda path: (path / "served.csv").write_bytes((path / "served.csv").read_bytes()[:-1]),
        lambda path: (path / "served.csv").write_bytes(
            b"".join(sorted((path / "served.csv").read_bytes().splitlines(keepends=True), reverse=True))
        ),
        lambda path: (path / "briefing.html").unlink(),
        lambda path: (path / "briefing.html").write_text(""),
    ],
    ids=["carriage returns", "no last newline", "rows in disorder", "no briefing", "an empty briefing"],
)
def test_files_that_are_not_as_written_are_found(spoil, problem, plan, folder, tmp_path):
    path = tmp_path / "plan"
    plans.write(plan, path, "<html>")
    spoil(path)

    try:
        ours = verify_folder(problem, path)
    except plans.ProblemError as error:
        ours = error.sentences()

    assert ours
    assert judged(folder / "problem", path)


def made(tmp_path, *arguments):
    """A made-up problem."""
    maker = [sys.executable, SHARED / "bench" / "make_instance.py", tmp_path / "problem", *arguments]
    subprocess.run(maker, check=True, capture_output=True)
    return Problem.of(tables.read(tmp_path / "problem"))


@needs_shared
@pytest.mark.parametrize("seed", range(8))
def test_both_judges_agree_on_made_up_problems(seed, tmp_path):
    problem = made(
        tmp_path, "--size", "XS", "--seed", str(seed), "--packages", "0.3", "--purchases", "0.3", "--caveats", "0.5"
    )
    plan = greedy(problem)

    assert plan.tables["deliveries"]
    assert both(problem, plan, tmp_path, tmp_path) == ([], [])


@needs_shared
def test_the_empty_plan_breaks_nothing_but_pins(problem, folder, tmp_path):
    ours, judges = both(problem, stated(problem, {}), folder, tmp_path)

    assert ours == ["Pin of offer O-gun to requirement R-gun asks 1; the plan brings 0."]
    assert len(judges) == 1
