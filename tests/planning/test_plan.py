"""Plans as folders: what is printed, written, refused and read back."""

import hashlib
import json
from decimal import Context, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oneroof.planning import plan as plans
from oneroof.planning import tables
from oneroof.planning.faults import ProblemError
from oneroof.planning.plan import Plan, digest, ordered, printed
from tests.planning.battery import battery
from tests.planning.greedy import greedy


@pytest.fixture
def plan(tmp_path):
    return greedy(battery(tmp_path / "problem"))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (-0.0, "0"),
        (-1e-9, "0"),
        (1e-7, "0"),
        (3.0, "3"),
        (-2.5, "-2.5"),
        (0.1 + 0.2, "0.3"),
        (0.0000005, "0"),
        (0.0000015, "0.000002"),
        (0.0000025, "0.000002"),
        (1e22, "10000000000000000000000"),
        (123456789.1234567, "123456789.123457"),
    ],
)
def test_a_number_prints_with_at_most_six_decimals_half_to_even(value, text):
    assert printed(value) == text


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_a_number_that_is_not_finite_is_never_printed(value):
    with pytest.raises(ValueError, match="finite"):
        printed(value)


@given(st.floats(min_value=-1e15, max_value=1e15))
def test_a_printed_number_is_the_number_to_half_of_the_sixth_decimal(value):
    text = printed(value)

    assert abs(float(text) - value) <= 0.5e-6 + 1e-15 * abs(value)
    assert "e" not in text
    assert text != "-0"


@given(st.floats(min_value=-1e15, max_value=1e15) | st.decimals(-1000, 1000, places=7).map(float))
def test_a_number_is_printed_as_its_shortest_decimal_form_rounds_half_to_even(value):
    rounded = Decimal(repr(value)).quantize(Decimal("0.000001"), context=Context(prec=400))

    assert Decimal(printed(value)) == rounded


def test_a_plan_is_read_back_as_it_was_written(plan, tmp_path):
    plans.write(plan, tmp_path / "plan", "<html>")

    back = plans.read(tmp_path / "plan")

    assert back.tables == plan.tables
    assert back.summary == plan.summary
    assert back.explanations == plan.explanations
    assert back.problem.digest == plan.problem.digest


def test_the_folder_holds_the_problem_the_briefing_and_nothing_half_written(plan, tmp_path):
    plans.write(plan, tmp_path / "plan", "<html>\n")

    assert tables.read(tmp_path / "plan" / "problem") == tables.read(tmp_path / "problem")
    assert (tmp_path / "plan" / "briefing.html").read_text() == "<html>\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["plan", "problem"]


def test_the_digest_is_that_of_all_csv_files_in_the_order_of_their_names(plan, tmp_path):
    plans.write(plan, tmp_path / "plan", "<html>")
    files = sorted((tmp_path / "plan").glob("*.csv"), key=lambda path: path.name)

    assert len(files) == 8
    assert digest(plan.tables) == hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()


def test_every_table_ends_with_a_newline_and_has_no_carriage_return(plan, tmp_path):
    plans.write(plan, tmp_path / "plan", "<html>")

    for path in (tmp_path / "plan").glob("*.csv"):
        assert path.read_bytes().endswith(b"\n")
        assert b"\r" not in path.read_bytes()


def test_the_order_of_rows_does_not_change_the_digest(plan):
    turned = {name: rows[::-1] for name, rows in plan.tables.items()}

    assert digest(turned) == digest(plan.tables)


def test_steps_ranks_and_weeks_sort_as_numbers_and_keys_by_code_point():
    movements = [{"delivery": "a", "step": step} for step in ("10", "9", "1")] + [{"delivery": "Z", "step": "1"}]
    prices = [{"kind": "leg", "key": "x", "week": week} for week in ("11", "2", "")]

    told = ordered({"movements": movements, "prices": prices})

    assert [row["delivery"] + row["step"] for row in told["movements"]] == ["Z1", "a1", "a9", "a10"]
    assert [row["week"] for row in told["prices"]] == ["", "2", "11"]


def test_a_plan_is_not_replaced_unless_forced(plan, tmp_path):
    plans.write(plan, tmp_path / "plan", "first")

    with pytest.raises(ProblemError, match="--force"):
        plans.write(plan, tmp_path / "plan", "second")
    assert (tmp_path / "plan" / "briefing.html").read_text() == "first"

    plans.write(plan, tmp_path / "plan", "third", force=True)
    assert (tmp_path / "plan" / "briefing.html").read_text() == "third"


def test_force_never_replaces_what_is_no_plan(plan, tmp_path):
    with pytest.raises(ProblemError, match="no plan"):
        plans.write(plan, tmp_path / "problem", "", force=True)
    assert (tmp_path / "problem" / "problem.toml").exists()


def test_force_never_removes_a_strangers_file_from_a_plan(plan, tmp_path):
    plans.write(plan, tmp_path / "plan", "first")
    (tmp_path / "plan" / "notes.txt").write_text("mine")

    with pytest.raises(ProblemError, match=r"notes\.txt"):
        plans.write(plan, tmp_path / "plan", "second", force=True)
    assert (tmp_path / "plan" / "notes.txt").read_text() == "mine"


def test_a_plan_that_cannot_be_written_leaves_nothing_behind(plan, tmp_path):
    broken = Plan(plan.tables, plan.summary | {"bound": float("nan")}, [], plan.problem)

    with pytest.raises(ValueError, match="JSON"):
        plans.write(broken, tmp_path / "plan", "")
    assert [path.name for path in tmp_path.iterdir()] == ["problem"]


def test_a_folder_that_is_no_plan_says_what_it_is(tmp_path, plan):
    (tmp_path / "empty").mkdir()

    with pytest.raises(ProblemError, match="does not exist"):
        plans.read(tmp_path / "nowhere")
    with pytest.raises(ProblemError, match="holds a problem, not a plan"):
        plans.read(tmp_path / "problem")
    with pytest.raises(ProblemError, match="no table of a plan"):
        plans.read(tmp_path / "empty")


def test_all_faults_of_a_broken_plan_are_told_at_once(plan, tmp_path):
    folder = tmp_path / "plan"
    plans.write(plan, folder, "")
    (folder / "gaps.csv").unlink()
    (folder / "served.csv").write_text("requirement,quantity\n")
    (folder / "prices.csv").write_bytes(b"\xff\xfe\n")
    (folder / "summary.json").write_text("{")
    (folder / "cohorts.csv").write_text("course,requirement,start_on,ready_on,persons\na,b\n")

    with pytest.raises(ProblemError) as told:
        plans.read(folder)

    assert sorted(fault.table for fault in told.value.faults) == ["cohorts", "gaps", "prices", "served", "summary"]


def test_explanations_are_kept_as_json(plan, tmp_path):
    told = [{"requirement": "R-round", "limit": "offer", "explanation": "Ніхто", "cure": "x", "shares": []}]
    plans.write(Plan(plan.tables, plan.summary, told, plan.problem), tmp_path / "plan", "")

    text = (tmp_path / "plan" / "explanations.json").read_text(encoding="utf-8")

    assert json.loads(text) == told
    assert "Ніхто" in text


def test_a_folder_stays_where_its_successor_cannot_take_its_place(tmp_path):
    folder = tmp_path / "plan"
    folder.mkdir()
    (folder / "mine").write_text("kept", encoding="utf-8")

    with pytest.raises(FileNotFoundError), plans.replacing(folder) as fresh:
        fresh.rmdir()

    assert (folder / "mine").read_text(encoding="utf-8") == "kept"
    assert list(tmp_path.iterdir()) == [folder]
