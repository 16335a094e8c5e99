import json
from pathlib import Path

from oneroof.planning import plan as plans
from tests.commands.prompt import WINTER, oneroof


def test_explain_tells_the_sentence_and_the_cure_of_the_table(winter: Path) -> None:
    gap = next(row for row in plans.read(winter).tables["gaps"] if row["requirement"] == "R-TENT-LVIV")
    answer = oneroof("explain", winter, "R-TENT-LVIV")
    assert answer.status == 0
    assert gap["explanation"] in answer.out
    assert gap["cure"] in answer.out


def test_explain_in_json_has_the_shares_of_the_limits(winter: Path) -> None:
    told = json.loads(oneroof("explain", winter, "R-TENT-LVIV", "--json").out)
    assert told["requirement"] == "R-TENT-LVIV"
    assert told["limit"] == told["shares"][0]["limit"]
    assert sum(float(row["quantity"]) for row in told["served"]) == float(told["in_time"]) + float(told["late"])


def test_explain_says_that_a_requirement_is_met(winter: Path) -> None:
    read = plans.read(winter)
    open_ones = {row["requirement"] for row in read.tables["gaps"]}
    met = next(row["requirement"] for row in read.tables["served"] if row["requirement"] not in open_ones)
    assert "It is served in full and in time." in oneroof("explain", winter, met).out


def test_explain_names_the_keys_that_look_like_an_unknown_one(winter: Path) -> None:
    answer = oneroof("explain", winter, "R-TENT")
    assert answer.status == 2
    assert "Did you mean R-TENT-LVIV" in answer.err


def test_peg_shows_the_sources_of_a_requirement(winter: Path) -> None:
    answer = oneroof("peg", winter, "R-WINTER-KIT-LVIV")
    used = {
        row["source"] for row in plans.read(winter).tables["deliveries"] if row["requirement"] == "R-WINTER-KIT-LVIV"
    }
    assert answer.status == 0
    assert [source for source in sorted(used) if source not in answer.out] == []


def test_peg_shows_the_requirements_that_live_off_an_offer(winter: Path) -> None:
    told = json.loads(oneroof("peg", winter, "NOR-TENT", "--json").out)
    assert {peg["requirement"] for found in told["found"] for peg in found["pegs"]} == {"R-TENT-LVIV"}


def test_peg_refuses_an_unknown_key(winter: Path) -> None:
    answer = oneroof("peg", winter, "NOR-TENTS")
    assert answer.status == 2
    assert "NOR-TENT" in answer.err


def test_a_plan_does_not_differ_from_itself(winter: Path) -> None:
    answer = oneroof("diff", winter, winter)
    assert (answer.status, answer.out) == (0, "The plans bring the same goods the same way.\n")


def test_verify_finds_nothing_in_a_plan_as_written(winter: Path) -> None:
    answer = oneroof("verify", WINTER, winter)
    assert (answer.status, answer.out) == (0, "The plan keeps every rule, and its figures add up.\n")


def test_verify_ends_with_2_where_a_figure_was_changed(winter: Path, tmp_path: Path) -> None:
    read = plans.read(winter)
    read.tables["deliveries"][0]["quantity"] = "9999"
    plans.write(read, tmp_path / "forged", "<html></html>")
    answer = oneroof("verify", WINTER, tmp_path / "forged", "--json")
    assert answer.status == 2
    assert len(json.loads(answer.out)) > 0


def test_a_problem_is_not_taken_for_a_plan() -> None:
    answer = oneroof("explain", WINTER, "R-TENT-LVIV")
    assert answer.status == 2
    assert "holds a problem, not a plan" in answer.err


def test_brief_writes_the_briefing_in_the_other_language(winter: Path, tmp_path: Path) -> None:
    page = tmp_path / "uk.html"
    before = (winter / "briefing.html").read_bytes()
    assert oneroof("brief", winter, "--language", "uk", "--out", page).status == 0
    assert '<html lang="uk"' in page.read_text(encoding="utf-8")
    assert (winter / "briefing.html").read_bytes() == before
