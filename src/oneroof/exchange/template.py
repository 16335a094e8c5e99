"""The empty workbook in which a planner writes a problem: every sheet, notes, drop-down lists and a page of help."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import xlsxwriter

from oneroof.planning.schema import SETTINGS, STAGES, TABLE, TABLES, Column, Table
from oneroof.planning.workbook import CREATED, IGNORED, Styles, header

LAST_ROW = 10_000  # rows that get drop-down lists
_HELP = (
    "How to fill in this workbook",
    "1. Sheet problem: write name, start and weeks beside their keys. What is left empty keeps its default.",
    "2. Needed are the sheets nations, nodes, items and requirements; the others may stay empty.",
    "3. Shaded column names must be filled in every row; hold the mouse over a name to see what it means.",
    "4. Each thing has a key of 1 to 64 characters. Other sheets refer to it by that key, letter for letter.",
    "5. Dates are year-month-day (2025-01-06), decimals have a point or the cell is a number, lists have ; between.",
    "6. Add no columns and no sheets: they would be refused. Notes may stand here; this sheet is never read.",
    "7. Run: oneroof check WORKBOOK.xlsx. It names every fault of every sheet at once, with row, column and cure.",
    "",
    "Examples, a row for every sheet (made up):",
)


def write_template(path: Path, force: bool = False) -> None:
    """Writes the template to an .xlsx path, whole or not at all; raises FileExistsError without ``force``."""
    path = Path(path)
    if path.suffix.lower() != ".xlsx":
        raise ValueError(f"{path} does not end in .xlsx; the template is a workbook")
    if path.exists() and not force:
        raise FileExistsError(f"{path} is there already; give another name, or say that it may be replaced")
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{path.name}.", dir=path.parent) as aside:
        made = Path(aside) / path.name
        with xlsxwriter.Workbook(str(made), {"strings_to_urls": False}) as book:
            book.set_properties({"created": CREATED, "title": "OneRoof problem"})
            _fill(book, Styles(book))
        made.replace(path)


def _fill(book: Any, styles: Styles) -> None:
    """All sheets: help, settings, tables."""
    _help_sheet(book, styles)
    _settings_sheet(book, styles)
    for table in TABLES:
        _table_sheet(book, styles, table)
    book.worksheets()[1].activate()


def _help_sheet(book: Any, styles: Styles) -> None:
    """The sheet of help and examples, which reading ignores."""
    sheet = book.add_worksheet(IGNORED[0])
    sheet.set_column(0, 0, 22)
    sheet.set_column(1, 20, 16)
    for row, line in enumerate(_HELP):
        sheet.write_string(row, 0, line, styles.header if row in (0, len(_HELP) - 1) else None)
    row = len(_HELP) + 1
    for table in TABLES:
        sheet.write_string(row, 0, f"{table.name}: {table.meaning}", styles.header)
        for place, column in enumerate(table.columns):
            sheet.write_string(row + 1, place, column.name, styles.needed if column.required else styles.header)
            sheet.write_string(row + 2, place, column.example, styles.text)
        row += 4


def _settings_sheet(book: Any, styles: Styles) -> None:
    """The sheet ``problem``: every key, values to be filled in."""
    sheet = book.add_worksheet("problem")
    header(sheet, styles, ("key", "value"))
    sheet.set_column(0, 0, 22, styles.text)
    sheet.set_column(1, 1, 44)
    for row, column in enumerate(SETTINGS, start=1):
        sheet.write_string(row, 0, column.name, styles.needed if column.required else styles.text)
        note = note_of(column)
        if column.kind in ("numbers", "texts"):
            note += "\nSeveral values: one to a cell, to the right."
        _comment(sheet, row, 0, note)
        sheet.write_blank(row, 1, None, styles.of(column) or styles.wrapped)
    stage = next(row for row, column in enumerate(SETTINGS, start=1) if column.name == "min_stage")
    sheet.data_validation(stage, 1, stage, 1, {"validate": "list", "source": list(STAGES)})


def _table_sheet(book: Any, styles: Styles, table: Table) -> None:
    """The sheet of one table: header with notes, formats and drop-down lists."""
    sheet = book.add_worksheet(table.name)
    header(sheet, styles, table.names, [column.name for column in table.columns if column.required])
    for place, column in enumerate(table.columns):
        sheet.set_column(place, place, max(len(column.name), len(column.example)) + 4, styles.of(column))
        _comment(sheet, 0, place, note_of(column))
        source = _drop_down(column)
        if source:
            rule = {"validate": "list", "source": source, "error_type": "warning", "ignore_blank": True}
            sheet.data_validation(1, place, LAST_ROW - 1, place, rule)
    sheet.autofilter(0, 0, 0, len(table.columns) - 1)


def note_of(column: Column) -> str:
    """What a note says of a column: meaning, unit, range, default, example."""
    lines = [column.meaning]
    if column.unit:
        lines.append(f"Unit: {column.unit}")
    if column.range and column.kind != "texts":
        lines.append(f"Values: {column.range}")
    if column.target:
        lines.append(f"Key of: {column.target}")
    lines.append("Must be filled in" if column.required else f"Empty means: {column.default or 'not stated'}")
    if column.example:
        lines.append(f"Example: {column.example}")
    return "\n".join(lines)


def _comment(sheet: Any, row: int, place: int, note: str) -> None:
    """A cell comment, large enough for its lines."""
    lines = sum(1 + len(line) // 38 for line in note.split("\n"))
    sheet.write_comment(row, place, note, {"width": 260, "height": 18 * lines + 10, "author": "OneRoof"})


def _drop_down(column: Column) -> list[str] | str | None:
    """The source of a drop-down list: words, or the key column of another sheet; None where there is no list."""
    if column.choices:
        return list(column.choices)
    if column.kind != "reference" or column.target not in TABLE:
        return None  # lists of keys and parts (items or courses) have no single sheet of choices
    return f"='{column.target}'!$A$2:$A${LAST_ROW}"
