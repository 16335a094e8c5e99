"""A problem as a workbook: the same letters as in a folder, whatever a spreadsheet makes of them."""

import datetime as dt
import tempfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oneroof.planning import schema, tables
from oneroof.planning.faults import Fault, ProblemError
from tests.planning.small import CSV, write_small

WORDS = st.text(st.characters(exclude_categories=("Cc", "Cs", "Cn", "Co")), min_size=1, max_size=12).map(str.strip)
TEXTS = WORDS | st.sampled_from(
    ["=1+1", "+1", "-1", "@x", "'x", "007", "1.50", "_x0041_", "2024-07-11", "TRUE", "a\nb"]
)
KEYS = (WORDS | st.sampled_from(["=1+1", "007", "1e3", "1.0", "TRUE", "2024-07-11", "#N/A"])).filter(bool)
NUMBERS = st.one_of(
    st.floats(1e-9, 1e14).map(repr),
    st.integers(1, 10**14).map(str),
    st.sampled_from(["1.50", "+7", "007", "1e3", "0.1234567890123456789012", "12345678901234567890e-8", ".5", "5."]),
)
DATES = st.dates().map(dt.date.isoformat)


def faults_of(path: Path) -> tuple[Fault, ...]:
    """The faults of a problem, none where it is sound."""
    try:
        tables.read(path)
    except ProblemError as error:
        return error.faults
    return ()


def small_book(folder: Path) -> tuple[Path, Any]:
    """The small problem as a workbook, and the same opened for changes."""
    path = folder / "small.xlsx"
    tables.write(tables.read(write_small(folder / "small")), path)
    return path, openpyxl.load_workbook(path)


@st.composite
def problems(draw: st.DrawFn) -> tables.Tables:
    """Sound problems of items, nodes and requirements with awkward text."""
    empty = {table.name: () for table in schema.TABLES}
    items = draw(st.lists(KEYS, min_size=1, max_size=3, unique=True))
    nodes = draw(st.lists(KEYS, min_size=1, max_size=2, unique=True))
    flag = st.sampled_from(["", "yes", "no"])

    def row(table: str, **cells: str) -> dict[str, str]:
        return {name: cells.get(name, "") for name in schema.TABLE[table].names}

    def item(key: str) -> dict[str, str]:
        number, nsn = draw(NUMBERS), draw(st.sampled_from(["", "0000000000001", "9999999999999"]))
        cells = {"unit": draw(TEXTS) or "each", "name": draw(TEXTS), "whole_units": draw(flag), "nsn": nsn}
        return row("items", item=key, tonnes_per_unit=number, value_per_unit=draw(NUMBERS), **cells)

    def node(key: str) -> dict[str, str]:
        latitude = draw(st.floats(-90, 90).map(repr) | st.sampled_from(["50.10", "-0", "0.0"]))
        return row("nodes", node=key, nation="POL", kind="hub", latitude=latitude, longitude="22", name=draw(TEXTS))

    def need(number: int) -> dict[str, str]:
        cells = {"item": draw(st.sampled_from(items)), "node": draw(st.sampled_from(nodes))}
        return row(
            "requirements", requirement=str(number), quantity=draw(NUMBERS), due=draw(DATES), priority="1", **cells
        )

    rows = {
        **empty,
        "nations": (row("nations", nation="POL"),),
        "items": tuple(item(key) for key in sorted(items)),
        "nodes": tuple(node(key) for key in sorted(nodes)),
        "requirements": tuple(need(number) for number in range(draw(st.integers(0, 3)))),
    }
    found = {
        "name": draw(TEXTS) or "x",
        "start": draw(st.dates(max_value=dt.date(9980, 1, 1))),
        "weeks": draw(st.integers(1, 520)),
        "currency": "USD",
        "min_stage": "offered",
        "trainees_per_week": draw(st.none() | st.integers(0, 10**9)),
        "priority_factors": draw(st.lists(st.floats(0, 1e9) | st.integers(0, 99), min_size=5, max_size=5)),
        "illustrative": draw(st.lists(st.sampled_from(sorted(schema.TABLE)), unique=True)),
        "sources": draw(
            st.lists(TEXTS.filter(bool) | st.sampled_from(["[1] a", '["a"]', "a;b", "[", "[]"]), max_size=3)
        ),
    }
    return tables.Tables(found, rows)


@settings(max_examples=60, deadline=None)
@given(problems())
def test_folder_to_workbook_to_folder_gives_the_same_bytes(problem: tables.Tables) -> None:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        tables.write(problem, folder / "a")
        first = tables.read(folder / "a")
        assert first.rows == problem.rows
        tables.write(first, folder / "b.xlsx")
        second = tables.read(folder / "b.xlsx")
        tables.write(second, folder / "c")
        for path in sorted((folder / "a").iterdir()):
            assert (folder / "c" / path.name).read_bytes() == path.read_bytes()
        assert second.digest == first.digest


def test_the_small_problem_survives_a_workbook(tmp_path: Path) -> None:
    first = tables.read(write_small(tmp_path / "small"))
    tables.write(first, tmp_path / "small.xlsx")
    assert tables.read(tmp_path / "small.xlsx") == first


def test_the_same_problem_gives_the_same_workbook_bytes(tmp_path: Path) -> None:
    first = tables.read(write_small(tmp_path / "small"))
    for name in ("a.xlsx", "b.xlsx"):
        tables.write(first, tmp_path / name)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_cells_have_the_types_of_a_spreadsheet(tmp_path: Path) -> None:
    _, book = small_book(tmp_path)
    item, need = book["items"], book["requirements"]
    row = {cell.value: place for place, cell in enumerate(item[1])}
    generator = next(cells for cells in item.iter_rows(min_row=2) if cells[0].value == "GEN")
    assert generator[row["nsn"]].value == "0115013186302"
    assert generator[row["value_per_unit"]].value == 21000
    assert need["F2"].value == dt.datetime(2025, 4, 1)
    assert need["F2"].number_format == "yyyy-mm-dd"
    assert item.freeze_panes == "A2"
    assert item["A1"].font.bold
    assert item.auto_filter.ref == "A1:I4"


def test_texts_that_look_like_formulas_stay_texts(tmp_path: Path) -> None:
    path, book = small_book(tmp_path)
    csvs = {**CSV, "coalitions": "coalition,name,leads\nENERGY,=1+1,DEU\n+X,-Y,\n@Z,'q,\n"}
    tables.write(tables.read(write_small(tmp_path / "formulas", csvs)), path, force=True)
    book = openpyxl.load_workbook(path)
    assert [cell.data_type for cell in book["coalitions"]["B"]] == ["s"] * 4
    assert [row["name"] for row in tables.read(path).rows["coalitions"]] == ["-Y", "'q", "=1+1"]


def test_what_a_spreadsheet_made_of_cells_is_read_as_text(tmp_path: Path) -> None:
    path, book = small_book(tmp_path)
    sheet = book["offers"]
    sheet.append([17, "DEU", "GEN", 3.0, "KIEL", dt.date(2025, 3, 1), None, "pledged", None, None, None, None, True])
    book["legs"]["H2"] = True
    book.save(path)
    found = tables.read(path)
    new = found.rows["offers"][0]
    assert (new["offer"], new["quantity"], new["available_from"]) == ("17", "3", "2025-03-01")
    assert found.rows["legs"][0]["explosives"] == "yes"


def test_faults_of_a_workbook_have_the_rows_of_its_sheets(tmp_path: Path) -> None:
    path, book = small_book(tmp_path)
    book["items"]["D4"] = "1,8"
    book["requirements"]["F3"] = dt.datetime(2025, 5, 1, 12, 30)
    book["legs"]["L9"] = "a note"
    book["pins"]["D1"] = "remark"
    book["pins"]["D2"] = "hm"
    book.create_sheet("Sheet1")["A1"] = "x"
    book.save(path)
    assert [(f.table, f.row, f.column, f.value) for f in faults_of(path)] == [
        ("Sheet1", 1, "", "Sheet1"),
        ("items", 4, "tonnes_per_unit", "1,8"),
        ("legs", 9, "", "a note"),
        ("pins", 1, "remark", "remark"),
        ("requirements", 3, "due", "2025-05-01T12:30:00"),
    ]


def test_faults_of_settings_have_the_rows_of_their_sheet(tmp_path: Path) -> None:
    path, book = small_book(tmp_path)
    sheet = book["problem"]
    sheet.delete_rows(2, sheet.max_row)
    for row in (["name", "Small"], ["start", "soon"], ["weeks", 2.5], ["weeks", 3], ["colour", "red"], [None, "lost"]):
        sheet.append(row)
    book.save(path)
    assert [(f.table, f.row, f.column, f.value) for f in faults_of(path)] == [
        ("problem", 3, "start", "soon"),
        ("problem", 5, "weeks", "3"),
        ("problem", 6, "colour", "red"),
        ("problem", 7, "", "lost"),
    ]


@pytest.mark.parametrize(
    "rows",
    [
        [["priority_factors", 5, 4, 3, 2.5, 1], ["illustrative", "offers", "items"]],
        [["priority_factors", "5; 4; 3; 2.5; 1"], ["illustrative", "offers, items"]],
        [["priority_factors", "[5, 4, 3, 2.5, 1]"], ["illustrative", '["offers", "items"]']],
        [["priority_factors", n] for n in (5, 4, 3, 2.5, 1)] + [["illustrative", "offers"], ["illustrative", "items"]],
    ],
)
def test_lists_of_settings_may_be_written_in_several_ways(tmp_path: Path, rows: list[list[object]]) -> None:
    path, book = small_book(tmp_path)
    sheet = book["problem"]
    sheet.delete_rows(1, sheet.max_row)  # the header key, value may be absent
    for row in [["name", "Small"], ["start", dt.date(2025, 1, 6)], ["weeks", 26], *rows]:
        sheet.append(row)
    book.save(path)
    found = tables.read(path).settings
    assert (found["priority_factors"], found["illustrative"]) == ([5, 4, 3, 2.5, 1], ["offers", "items"])


def test_a_file_that_is_no_workbook_is_one_fault(tmp_path: Path) -> None:
    (tmp_path / "letter.xlsx").write_text("Dear all")
    (fault,) = faults_of(tmp_path / "letter.xlsx")
    assert (fault.table, fault.row, fault.value) == ("problem", 1, "letter.xlsx")


def test_a_workbook_without_settings_is_one_fault(tmp_path: Path) -> None:
    path, book = small_book(tmp_path)
    del book["problem"]
    book.save(path)
    assert [fault.reason for fault in faults_of(path)] == ["there is no sheet problem"]


def test_an_error_of_the_spreadsheet_is_a_fault_and_no_empty_cell(tmp_path: Path) -> None:
    path, book = small_book(tmp_path)
    book["legs"]["F2"] = "#N/A"
    book["requirements"]["B2"] = "#REF!"
    book["items"]["D3"] = "#DIV/0!"
    book["coalitions"]["B2"] = "#NAME?"
    book["problem"]["B4"] = "#VALUE!"
    book.save(path)
    assert [(f.table, f.row, f.column, f.value) for f in faults_of(path)] == [
        ("coalitions", 2, "name", "#NAME?"),
        ("items", 3, "tonnes_per_unit", "#DIV/0!"),
        ("legs", 2, "tonnes_per_week", "#N/A"),
        ("problem", 4, "weeks", "#VALUE!"),
        ("requirements", 2, "item", "#REF!"),
    ]
