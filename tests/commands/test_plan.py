import json
import signal
from contextlib import suppress
from pathlib import Path

import pytest

from oneroof.commands import planning
from oneroof.commands.ending import Stop
from oneroof.planning import plan as plans
from oneroof.planning import tables
from tests.commands.prompt import ROOT, WINTER, Answer, oneroof, started

WASHINGTON = ROOT / "examples/washington-2024"


def test_the_summary_tells_what_is_met_and_what_is_not(planned: tuple[Path, Answer]) -> None:
    folder, answer = planned
    summary = plans.read(folder).summary
    met = f"{summary['requirements_met_in_time']} of {summary['requirements']} requirements"
    assert answer.status == 0
    assert answer.out.startswith("One hub in winter\n")
    assert met in answer.out
    assert "R-TENT-LVIV: 150 × Heated tent, Lviv regional receiving point" in answer.out
    assert "Next pledges worth most" in answer.out
    assert "Illustrative data, made up by hand: courses, funds" in answer.out
    assert answer.out.endswith(f"Briefing: {folder / 'briefing.html'}\n")


def test_the_explanation_and_cure_of_each_gap_are_in_the_summary(planned: tuple[Path, Answer]) -> None:
    folder, answer = planned
    for gap in plans.read(folder).tables["gaps"]:
        assert gap["explanation"].removeprefix(f"Requirement {gap['requirement']} ")[1:] in answer.out
        assert gap["cure"] in answer.out


def test_the_briefing_is_one_whole_page(winter: Path) -> None:
    page = (winter / "briefing.html").read_text(encoding="utf-8")
    assert "One hub in winter" in page
    assert page.rstrip().endswith("</html>")


def test_an_existing_plan_is_refused_before_solving(winter: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planning, "_solve_and_write", None)
    before = (winter / "summary.json").read_bytes()
    answer = oneroof("plan", WINTER, "--out", winter)
    assert answer.status == 2
    assert "exists and is not replaced" in answer.err
    assert (winter / "summary.json").read_bytes() == before


@pytest.mark.parametrize("force", [[], ["--force"]])
def test_a_folder_that_is_no_plan_is_never_replaced(tmp_path: Path, force: list[str]) -> None:
    (tmp_path / "letter.txt").write_text("mine", encoding="utf-8")
    answer = oneroof("plan", WINTER, "--out", tmp_path, *force)
    assert answer.status == 2
    assert "holds something that is no plan" in answer.err
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_a_faulty_problem_is_refused_whole(tmp_path: Path) -> None:
    answer = oneroof("plan", tmp_path, "--out", tmp_path / "plan")
    assert answer.status == 2
    assert "problem.toml" in answer.err
    assert not (tmp_path / "plan").exists()


def test_exact_and_relaxed_together_are_a_usage_error(tmp_path: Path) -> None:
    answer = oneroof("plan", WINTER, "--out", tmp_path / "plan", "--exact", "--relaxed")
    assert answer.status == 2
    assert "choose one of them" in answer.err


@pytest.mark.parametrize("gap", ["nan", "-0.1", "1.5", "small"])
def test_a_gap_that_is_no_share_is_a_usage_error(tmp_path: Path, gap: str) -> None:
    answer = oneroof("plan", WINTER, "--out", tmp_path / "plan", "--gap", gap)
    assert answer.status == 2
    assert "--gap" in answer.err


def test_a_folder_under_a_file_is_refused_before_solving(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    answer = oneroof("plan", WINTER, "--out", tmp_path / "file/plan")
    assert answer.status == 2
    assert "is no folder that you may write to" in answer.err


def test_json_is_the_summary_with_the_place_of_the_briefing(tmp_path: Path) -> None:
    folder = tmp_path / "plan"
    answer = oneroof("plan", WINTER, "--out", folder, "--min-stage", "committed", "--language", "uk", "--json")
    told = json.loads(answer.out)
    summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    assert {key: told[key] for key in summary} == summary
    assert told["briefing"] == str(folder / "briefing.html")
    assert tables.read(folder / "problem").settings["min_stage"] == "committed"
    assert '<html lang="uk"' in (folder / "briefing.html").read_text(encoding="utf-8")


def test_ctrl_c_once_keeps_the_best_plan_found_so_far(tmp_path: Path) -> None:
    folder = tmp_path / "plan"
    process = started("plan", WASHINGTON, "--out", folder, "--gap", "0", "--exact")
    assert process.stderr is not None
    process.stderr.readline()  # the first line of progress: the search is on
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    assert "Ctrl-C again stops at once" in err
    assert plans.read(folder).summary["status"] == "interrupted"
    assert "stopped early: the best plan found so far" in out


def test_ctrl_c_twice_writes_nothing(tmp_path: Path) -> None:
    process = started("plan", WASHINGTON, "--out", tmp_path / "plan", "--gap", "0", "--exact")
    assert process.stderr is not None
    process.stderr.readline()
    process.send_signal(signal.SIGINT)
    assert any("Ctrl-C again" in line for line in process.stderr)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=120)
    assert process.returncode == 130
    assert list(tmp_path.iterdir()) == []


def test_a_second_ctrl_c_that_compiled_code_lost_still_stops() -> None:
    with Stop(lambda: None) as stop:
        signal.raise_signal(signal.SIGINT)
        assert stop()
        with suppress(KeyboardInterrupt):  # as a callback of compiled code does
            signal.raise_signal(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            stop()


def test_what_fails_because_of_a_second_ctrl_c_is_no_fault_of_ours() -> None:
    with pytest.raises(KeyboardInterrupt), Stop(lambda: None):
        signal.raise_signal(signal.SIGINT)
        try:
            signal.raise_signal(signal.SIGINT)
        except KeyboardInterrupt as interrupt:
            raise SystemError("returned a result with an exception set") from interrupt
