"""The template: empty it lacks only what must be said, filled in with its own examples it is a problem."""

from pathlib import Path

import openpyxl
import pytest

from oneroof.exchange.template import write_template
from oneroof.planning import schema, tables
from oneroof.planning.faults import ProblemError


def test_an_empty_template_lacks_only_name_start_and_weeks(tmp_path: Path) -> None:
    write_template(tmp_path / "new.xlsx")
    with pytest.raises(ProblemError) as caught:
        tables.read(tmp_path / "new.xlsx")
    assert [(fault.table, fault.row, fault.column) for fault in caught.value.faults] == [
        ("problem", 2, "name"),
        ("problem", 3, "start"),
        ("problem", 4, "weeks"),
    ]


def test_a_template_filled_with_its_examples_has_no_fault_beside_dangling_keys(tmp_path: Path) -> None:
    path = tmp_path / "new.xlsx"
    write_template(path)
    book = openpyxl.load_workbook(path)
    for row, text in ((2, "Winter"), (3, "2025-01-06"), (4, 52)):
        book["problem"].cell(row, 2, text)
    for table in schema.TABLES:
        for place, column in enumerate(table.columns, start=1):
            if column.example:
                book[table.name].cell(2, place, column.example)
    for nation in ("DEU", "EUU", "HUN", "SVK"):
        book["nations"].append([nation, None])
    for node in ("GDANSK", "KYIV"):
        book["nodes"].append([node, None, "POL", "port", "54.4", "18.7"])
    book["items"].append(["GEN-060", None, "each", "1", "9000"])
    book.save(path)
    found = tables.read(path)
    assert [len(found.rows[name]) for name in ("offers", "pins", "nodes", "nations")] == [1, 1, 3, 5]


def test_every_column_has_a_note_and_needed_ones_are_shaded(tmp_path: Path) -> None:
    write_template(tmp_path / "new.xlsx")
    book = openpyxl.load_workbook(tmp_path / "new.xlsx")
    assert book.sheetnames == ["read me", "problem", *schema.TABLE]
    for table in schema.TABLES:
        for place, column in enumerate(table.columns, start=1):
            cell = book[table.name].cell(1, place)
            assert cell.value == column.name
            assert column.meaning in cell.comment.text
            assert (cell.fill.fgColor.rgb == "FFDCE6F1") == column.required


def test_choices_and_references_have_drop_down_lists(tmp_path: Path) -> None:
    write_template(tmp_path / "new.xlsx")
    book = openpyxl.load_workbook(tmp_path / "new.xlsx")
    lists = {str(rule.sqref): rule.formula1 for rule in book["offers"].data_validations.dataValidation}
    assert lists["H2:H10000"] == '"offered,pledged,committed"'
    assert lists["C2:C10000"] == "'items'!$A$2:$A$10000"


def test_the_template_is_not_replaced_without_force(tmp_path: Path) -> None:
    path = tmp_path / "new.xlsx"
    write_template(path)
    with pytest.raises(FileExistsError, match="is there already"):
        write_template(path)
    write_template(path, force=True)
    assert [file.name for file in tmp_path.iterdir()] == ["new.xlsx"]


def test_the_template_is_a_workbook(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="does not end in"):
        write_template(tmp_path / "new.csv")
