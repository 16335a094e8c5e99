import json
import shutil
from pathlib import Path

import pytest

from tests.commands.prompt import WINTER, oneroof


@pytest.fixture
def faulty(tmp_path: Path) -> Path:
    """A problem with one fault in each of three tables."""
    folder = tmp_path / "faulty"
    shutil.copytree(WINTER, folder)
    for name, old, new in (
        ("legs.csv", ",road,2,60,138", ",rode,2,60,138"),
        ("offers.csv", "GENERATOR,70,", "GENERATOR,-70,"),
        ("problem.toml", "weeks = 12", "weeks = 900"),
    ):
        text = (folder / name).read_text(encoding="utf-8")
        assert old in text
        (folder / name).write_text(text.replace(old, new), encoding="utf-8")
    return folder


def test_a_sound_problem_is_told_in_a_sentence_with_counts() -> None:
    answer = oneroof("check", WINTER)
    assert answer.status == 0
    assert answer.out.startswith("“One hub in winter” is fit to be planned: no faults in 47 rows.\n")
    assert "offers 8" in answer.out
    assert answer.err == ""


def test_a_sound_problem_is_an_empty_array_in_json() -> None:
    answer = oneroof("check", WINTER, "--json")
    assert (answer.status, json.loads(answer.out)) == (0, [])


def test_all_faults_are_shown_at_once_with_place_and_cure(faulty: Path) -> None:
    answer = oneroof("check", faulty)
    assert answer.status == 2
    for word in ("legs.csv", "rode", "offers.csv", "-70", "problem.toml", "900", "3 faults, all at once."):
        assert word in answer.out
    assert max(len(line) for line in answer.out.splitlines()) <= 80


def test_faults_in_json_have_the_six_keys(faulty: Path) -> None:
    answer = oneroof("check", faulty, "--json")
    faults = json.loads(answer.out)
    assert answer.status == 2
    assert [list(fault) for fault in faults] == [["table", "row", "column", "value", "reason", "cure"]] * 3
    assert {(fault["table"], fault["column"], fault["value"]) for fault in faults} == {
        ("legs", "mode", "rode"),
        ("offers", "quantity", "-70"),
        ("problem", "weeks", "900"),
    }


def test_a_path_that_does_not_exist_is_told_in_one_sentence(tmp_path: Path) -> None:
    answer = oneroof("check", tmp_path / "nowhere")
    assert answer.status == 2
    assert "does not exist" in answer.out
    assert answer.out.count("\n") == 1
