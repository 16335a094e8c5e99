import json
import signal
from pathlib import Path

import pytest

from oneroof.commands import stressing
from tests.commands.prompt import ROOT, WINTER, Answer, oneroof, started

WASHINGTON = ROOT / "examples/washington-2024"
DELAYS = "shock,kind,target,probability,low,likely,high,note\nHUB,closed_node,POL-RZESZOW,0.2,1,1,2,a guess\n"


@pytest.fixture(scope="module")
def stressed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Answer]:
    """The folder of a stress test of the smallest example with its own delays, and what was printed."""
    folder = tmp_path_factory.mktemp("stress")
    (folder / "delays.csv").write_text(DELAYS, encoding="utf-8")
    answer = oneroof(
        "stress", WINTER, "--out", folder / "out", "--delays", folder / "delays.csv", "--futures", 40, "--seed", 3
    )
    return folder / "out", answer


def test_the_finding_is_told_with_what_it_rests_on(stressed: tuple[Path, Answer]) -> None:
    folder, answer = stressed
    assert answer.status == 0, answer.err
    assert answer.out.startswith("One hub in winter: 40 futures, seed 3\n")
    assert "Illustrative data, made up by hand: courses, funds" in answer.out
    assert "The shocks are defaults" not in answer.out
    assert "met in time of 7, mean" in answer.out
    assert answer.out.endswith(f"Tables, plans and the page: {folder / 'stress.html'}\n")


def test_the_folder_holds_figures_page_and_plans(stressed: tuple[Path, Answer]) -> None:
    folder, _ = stressed
    told = json.loads((folder / "stress.json").read_text(encoding="utf-8"))
    assert (told["futures"], told["seed"], told["shocks_from"]) == (40, 3, "delays.csv")
    assert "shocks" not in told["illustrative"]
    assert (folder / "shocks.csv").read_text(encoding="utf-8").splitlines()[1].startswith("HUB,closed_node,POL-RZESZOW")
    assert len((folder / "futures.csv").read_text(encoding="utf-8").splitlines()) == 41
    assert (folder / "stress.html").read_text(encoding="utf-8").rstrip().endswith("</html>")
    for name in ["plain"] + ([] if told["hedged_is_plain"] else ["hedged"]):
        assert oneroof("verify", WINTER, folder / name).status == 0


def test_a_folder_is_refused_before_any_work(stressed: tuple[Path, Answer], tmp_path: Path) -> None:
    folder, _ = stressed
    before = (folder / "stress.json").read_bytes()
    answer = oneroof("stress", WINTER, "--out", folder)
    assert (answer.status, (folder / "stress.json").read_bytes()) == (2, before)
    assert "exists. Choose another folder, or add --force" in answer.err
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    answer = oneroof("stress", WINTER, "--out", tmp_path / "file" / "out")
    assert answer.status == 2
    assert "is no folder that you may write to" in answer.err


def test_wrong_delays_are_refused_with_all_their_faults(tmp_path: Path) -> None:
    faulty = DELAYS + "X,late_leg,nowhere,2,1,2,3,\nX,paused_donor,NOR,0.1,,,1,\n"
    (tmp_path / "delays.csv").write_text(faulty, encoding="utf-8")
    answer = oneroof("stress", WINTER, "--out", tmp_path / "out", "--delays", tmp_path / "delays.csv")
    assert answer.status == 2
    assert "delays.csv" in answer.err
    assert "4 faults, all at once. Nothing was done." in answer.err
    assert not (tmp_path / "out").exists()


def test_json_and_the_page_in_ukrainian(tmp_path: Path) -> None:
    answer = oneroof(
        "stress", WINTER, "--out", tmp_path / "out", "--futures", 5, "--gap", 0.05, "--json", "--language", "uk"
    )
    assert answer.status == 0, answer.err
    told = json.loads(answer.out)
    assert (told["folder"], told["futures"], told["illustrative"][-1]) == (str(tmp_path / "out"), 5, "shocks")
    assert 'lang="uk"' in (tmp_path / "out" / "stress.html").read_text(encoding="utf-8")


def test_ctrl_c_keeps_what_has_been_tried(tmp_path: Path) -> None:
    process = started("stress", WASHINGTON, "--out", tmp_path / "out", "--futures", "20")
    assert process.stderr is not None
    process.stderr.readline()  # the first line of progress: the search is on
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=240)
    assert process.returncode == 0, err
    assert stressing.STOPPING in err.replace("\n", " ")
    assert "stopped before every candidate was tried" in out
    told = json.loads((tmp_path / "out" / "stress.json").read_text(encoding="utf-8"))
    assert not told["complete"]
