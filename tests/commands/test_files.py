from pathlib import Path

import pytest

from oneroof.planning import tables
from tests.commands.prompt import WINTER, oneroof


def test_a_template_is_a_workbook_that_check_reads(tmp_path: Path) -> None:
    file = tmp_path / "first.xlsx"
    assert oneroof("template", file).status == 0
    answer = oneroof("check", file)
    assert answer.status == 2
    assert "sheet problem" in answer.out
    assert "the key is missing" in answer.out


def test_a_template_is_not_written_over_a_file(tmp_path: Path) -> None:
    file = tmp_path / "first.xlsx"
    file.write_bytes(b"mine")
    answer = oneroof("template", file)
    assert answer.status == 2
    assert "add --force" in answer.err
    assert file.read_bytes() == b"mine"


def test_a_template_must_be_called_a_workbook(tmp_path: Path) -> None:
    answer = oneroof("template", tmp_path / "first.csv")
    assert answer.status == 2
    assert "does not end in .xlsx" in answer.err


def test_a_problem_goes_to_a_workbook_and_back(tmp_path: Path) -> None:
    assert oneroof("convert", WINTER, tmp_path / "winter.xlsx").status == 0
    assert oneroof("convert", tmp_path / "winter.xlsx", tmp_path / "winter").status == 0
    assert tables.read(tmp_path / "winter").digest == tables.read(WINTER).digest


@pytest.mark.parametrize("force", [[], ["--force"]])
def test_convert_never_takes_other_files_with_it(tmp_path: Path, force: list[str]) -> None:
    (tmp_path / "letter.txt").write_text("mine", encoding="utf-8")
    answer = oneroof("convert", WINTER, tmp_path, *force)
    assert answer.status == 2
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_convert_with_force_replaces_a_problem(tmp_path: Path) -> None:
    target = tmp_path / "winter"
    assert oneroof("convert", WINTER, target).status == 0
    (target / "offers.csv").write_text("offer\n", encoding="utf-8")
    assert oneroof("convert", WINTER, target, "--force").status == 0
    assert tables.read(target).digest == tables.read(WINTER).digest
