"""What may go wrong: its file with every fault at once, and the futures drawn from it."""

from pathlib import Path

import numpy as np
import pytest
import xlsxwriter

from oneroof.planning.faults import ProblemError
from oneroof.planning.futures import TEST, TRAINING, draw, triangular
from oneroof.planning.shocks import DEFAULTS, Shock, Shocks, read_shocks
from tests.planning.carried import problem

HEADER = "shock,kind,target,probability,low,likely,high,note\n"


def written(folder: Path, text: str, name: str = "delays.csv") -> Path:
    """A file of shocks."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_every_fault_of_the_file_is_told_at_once_by_row_and_column(tmp_path: Path) -> None:
    rows = (
        "A,late_leg,L11,0.1,1,2,3,\n"
        "B,broken_leg,L1,1.5,1,2,3,\n"
        "B,closed_node,kind:hubb,,4,2,1,\n"
        "D,paused_donor,XXX,0.1,-1,,3,\n"
        "E,late_leg,mode:sea,1e-2,,3,,\n"
    )
    with pytest.raises(ProblemError) as refused:
        read_shocks(written(tmp_path, HEADER + rows), problem())
    told = [(fault.table, fault.row, fault.column) for fault in refused.value.faults]
    assert told == [
        ("delays", 2, "target"),
        ("delays", 3, "kind"),
        ("delays", 3, "probability"),
        ("delays", 4, "high"),
        ("delays", 4, "likely"),
        ("delays", 4, "probability"),
        ("delays", 4, "shock"),
        ("delays", 4, "target"),
        ("delays", 5, "likely"),
        ("delays", 5, "low"),
        ("delays", 5, "target"),
    ]
    sentences = refused.value.sentences()
    assert sentences[0] == "delays.csv row 2, target: L11 is no leg of the problem. Write L1."
    assert "delays.csv row 4, target: kind:hubb is no node of the problem. Write kind:hub." in sentences


@pytest.mark.parametrize(
    ("text", "column"),
    [("shock,kind,target,probability\n", "likely"), (HEADER.replace("note", "nota"), "nota")],
)
def test_a_wrong_header_is_told(tmp_path: Path, text: str, column: str) -> None:
    with pytest.raises(ProblemError) as refused:
        read_shocks(written(tmp_path, text), problem())
    assert (1, column) in [(fault.row, fault.column) for fault in refused.value.faults]


def test_a_file_that_is_not_there_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ProblemError, match=r"nowhere\.csv does not exist"):
        read_shocks(Path("nowhere.csv"), problem())


def test_a_workbook_holds_the_same_in_its_sheet_shocks(tmp_path: Path) -> None:
    row = ["A", "late_leg", "mode:rail", 0.25, None, 3, 5.5, "a guess"]
    with xlsxwriter.Workbook(tmp_path / "delays.xlsx") as book:
        sheet = book.add_worksheet("shocks")
        sheet.write_row(0, 0, HEADER.strip().split(","))
        sheet.write_row(1, 0, row)
        book.add_worksheet("notes")
    from_book = read_shocks(tmp_path / "delays.xlsx", problem())
    text = HEADER + "A,late_leg,mode:rail,0.25,,3,5.5,a guess\n"
    assert from_book.rows == read_shocks(written(tmp_path, text), problem()).rows
    assert from_book.rows == (Shock("A", "late_leg", "mode:rail", 0.25, 3, 3, 5.5, "a guess"),)


def test_a_workbook_without_the_sheet_is_told(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "delays.xlsx") as book:
        book.add_worksheet("delays")
    with pytest.raises(ProblemError, match="sheet shocks row 1: the table is missing"):
        read_shocks(tmp_path / "delays.xlsx", problem())


def test_the_order_of_rows_changes_no_future(tmp_path: Path) -> None:
    rows = ["A,late_leg,*,0.3,1,2,9,\n", "B,closed_node,H,0.2,1,1,3,\n", "C,paused_donor,*,0.2,1,2,3,\n"]
    p = problem()
    one = draw(p, read_shocks(written(tmp_path, HEADER + "".join(rows)), p), 30, 4)
    other = draw(p, read_shocks(written(tmp_path, HEADER + "".join(rows[::-1])), p), 30, 4)
    assert one.late.any()
    assert one.closed.any()
    assert one.paused.any()
    assert (one.late == other.late).all()
    assert (one.closed == other.closed).all()
    assert (one.paused == other.paused).all()


def test_fewer_futures_and_fewer_shocks_are_the_same_as_before() -> None:
    p = problem()
    a, b = Shock("A", "late_leg", "L1", 0.4, 1, 2, 9), Shock("B", "late_leg", "L2", 0.4, 1, 2, 9)
    many, few = draw(p, Shocks((a, b), False, ""), 60, 4), draw(p, Shocks((b,), False, ""), 20, 4)
    assert few.late[:, 1].any()
    assert (many.late[:20, 1] == few.late[:, 1]).all()


def test_seeds_sets_and_targets_have_chances_of_their_own() -> None:
    p = problem()
    shocks = Shocks((Shock("A", "late_leg", "*", 0.5, 1, 1, 1),), False, "")
    drawn = [draw(p, shocks, 50, seed, which).late for seed, which in ((1, TRAINING), (1, TEST), (2, TRAINING))]
    assert (drawn[0] != drawn[1]).mean() > 0.3
    assert (drawn[0] != drawn[2]).mean() > 0.3
    assert (drawn[0][:, 0] != drawn[0][:, 1]).mean() > 0.3


def test_the_most_particular_row_holds_and_rows_of_one_rank_add_up() -> None:
    p = problem()
    rows = (
        Shock("A", "late_leg", "*", 1.0, 1, 1, 1),
        Shock("B", "late_leg", "mode:rail", 1.0, 2, 2, 2),
        Shock("C", "late_leg", "mode:rail", 1.0, 3, 3, 3),
    )
    assert np.unique(draw(p, Shocks(rows, False, ""), 2, 1).late, axis=2).tolist() == [[[5], [1]]] * 2
    spared = (*rows, Shock("D", "late_leg", "L1", 0.0, 9, 9, 9))
    assert np.unique(draw(p, Shocks(spared, False, ""), 1, 1).late, axis=2).tolist() == [[[0], [1]]]


def test_a_closure_lasts_its_weeks() -> None:
    p = problem()
    shocks = Shocks((Shock("A", "closed_node", "H", 0.1, 3, 3, 3),), False, "")
    closed = draw(p, shocks, 300, 2).closed[:, 1]
    assert not draw(p, shocks, 300, 2).closed[:, 0].any()
    begins = closed & ~np.pad(closed, ((0, 0), (1, 0)))[:, :-1]
    for future, week in np.argwhere(begins).tolist():
        assert closed[future, week : week + 3].all()
    assert begins.sum() > 50


def test_sizes_are_triangular() -> None:
    chance = np.linspace(0, 1, 100_001)[:-1]
    sizes = triangular(Shock("A", "late_leg", "*", 1, 2, 3, 10), chance)
    assert (sizes.min(), sizes.max() < 10) == (2, True)
    assert abs(sizes.mean() - (2 + 3 + 10) / 3) < 1e-3
    assert abs((sizes < 3).mean() - 1 / 8) < 1e-4


def test_the_defaults_fit_every_problem_and_say_that_they_are_made_up() -> None:
    futures = draw(problem(), DEFAULTS, 200, 1)
    assert DEFAULTS.illustrative
    assert all("illustrative" in shock.note for shock in DEFAULTS.rows)
    assert futures.late.any()
    assert futures.closed[:, 1].any()
    assert not futures.closed[:, [0, 2]].any()  # neither the depot nor the site is a hub
