"""A problem as one .xlsx workbook: a sheet per table and a sheet ``problem`` of key and value.

Lists of the settings take several cells to the right of their key. Keys, references, texts and numbers whose printed
text a spreadsheet would change are written as text, so that folder and workbook hold the same, letter for letter.
"""

from __future__ import annotations

import datetime as dt
import functools
import html
import json
import re
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import xlsxwriter
from python_calamine import CalamineWorkbook

from oneroof.planning.cells import DATE
from oneroof.planning.faults import Fault, ProblemError
from oneroof.planning.schema import SETTINGS, TABLE, Column
from oneroof.planning.sheets import Sheet

IGNORED = ("read me",)  # the sheet of the template that explains it
FIRST_DATE = dt.date(1900, 3, 1)  # before it spreadsheets count a day that never was
_ERROR_CELL = re.compile(
    r"""(<(?:\w+:)?c\b[^>]*\st="e"[^>]*>)(?:(?!</(?:\w+:)?c>).)*?<(?:\w+:)?v>([^<]*)<""", re.DOTALL
)
CREATED = dt.datetime(2000, 1, 1)  # the same problem gives the same bytes


def read(path: Path) -> dict[str, Sheet]:
    """The sheets of a workbook as text, in order; raises ProblemError where it is none."""
    try:
        book = CalamineWorkbook.from_path(str(path))
        names = [name for name in book.sheet_names if name.strip().lower() not in IGNORED]
        cells = {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in names}
        spoiled = _spoiled(path)
    except Exception as error:  # calamine raises several kinds for files that are broken in different ways
        cure = "Save it anew as an .xlsx workbook without a password."
        reason = f"can't be read as a workbook ({error})"
        raise ProblemError([Fault("problem", 1, "", path.name, reason, cure)], workbook=True) from error
    return {name: _sheet(name, rows, spoiled.get(name, {})) for name, rows in cells.items()}


def _spoiled(path: Path) -> dict[str, dict[tuple[int, int], str]]:
    """Cells that hold an error such as #N/A, by sheet, then row (from 1) and place (from 0).

    Calamine reads them as empty, and an empty cell means a default: the question would change unseen.
    """
    found: dict[str, dict[tuple[int, int], str]] = {}
    with zipfile.ZipFile(path) as parts:
        if not {"xl/_rels/workbook.xml.rels", "xl/workbook.xml"} <= set(parts.namelist()):
            return found
        links = parts.read("xl/_rels/workbook.xml.rels").decode("utf-8", "replace")
        targets = {
            _attribute("Id", link): _attribute("Target", link) for link in re.findall(r"<Relationship\b.*?>", links)
        }
        for tag in re.findall(r"<(?:\w+:)?sheet\b.*?>", parts.read("xl/workbook.xml").decode("utf-8", "replace")):
            target = targets.get(_attribute(r"\w+:id", tag), "").removeprefix("/xl/")
            content = parts.read(f"xl/{target}") if f"xl/{target}" in parts.namelist() else b""
            if b't="e"' not in content:
                continue
            cells = found.setdefault(html.unescape(_attribute("name", tag)), {})
            for cell, text in _ERROR_CELL.findall(content.decode("utf-8", "replace")):
                letters, row = re.fullmatch(r"([A-Z]*)([0-9]*)", _attribute("r", cell)).groups()  # type: ignore[union-attr]
                if letters and row:
                    place = functools.reduce(lambda sum_, letter: 26 * sum_ + ord(letter) - 64, letters, 0) - 1
                    cells[int(row), place] = text
    return found


def _attribute(name: str, tag: str) -> str:
    """An attribute of an XML tag, '' where it has none."""
    match = re.search(rf"""\s{name}=["']([^"']*)["']""", tag)
    return match.group(1) if match else ""


def _sheet(name: str, rows: Iterable[list[Any]], spoiled: Mapping[tuple[int, int], str]) -> Sheet:
    """One sheet; blank columns at its right end are no columns, cells beyond the header stay and are faults."""
    sheet = Sheet(name)
    texts = [[_text(value) for value in row] for row in rows]
    for (row, place), text in spoiled.items():
        if row <= len(texts) and place < len(texts[row - 1]):
            texts[row - 1][place] = text
            column = texts[0][place] if name != "problem" else texts[row - 1][0]
            reason, cure = "is an error of the spreadsheet", "Mend its formula, or type the value."
            sheet.faults.append(Fault(name, row, column, text, reason, cure))
    if name == "problem":
        sheet.records = [(row, cells) for row, cells in enumerate(texts, start=1) if any(cells)]
        return sheet
    sheet.header = list(texts[0]) if texts else []
    while sheet.header and not sheet.header[-1]:
        sheet.header.pop()
    width = len(sheet.header)
    if not width:
        reason, cure = "the header row is missing", "Write the names of the columns into the first row."
        sheet.faults.append(Fault(name, 1, "", "", reason, cure))
        sheet.readable = False
    for row, cells in enumerate(texts[1:], start=2):
        if any(cells):
            beyond = any(cells[width:])
            sheet.records.append((row, cells if beyond else cells[:width]))
    return sheet


def _text(value: Any) -> str:
    """A cell as the text that the CSV would hold."""
    if isinstance(value, str):
        return value.replace("\r\n", "\n").replace("\r", "\n").strip() if "\r" in value else value.strip()
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return number_text(value)
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat()
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    return str(value)


def number_text(value: float) -> str:
    """A number as text: whole ones without a point."""
    return str(int(value)) if abs(value) < 1e15 and value == int(value) else repr(value)


def write(path: Path, settings: Mapping[str, object], tables: Mapping[str, Iterable[Mapping[str, str]]]) -> None:
    """Writes checked settings and tables (name -> rows) as a workbook."""
    with xlsxwriter.Workbook(str(path), {"strings_to_urls": False}) as book:
        book.set_properties({"created": CREATED})
        styles = Styles(book)
        sheet = book.add_worksheet("problem")
        header(sheet, styles, ("key", "value"))
        sheet.set_column(0, 0, 22, styles.text)
        sheet.set_column(1, 1, 34)
        known = [column for column in SETTINGS if settings.get(column.name) is not None]
        for row, column in enumerate(known, start=1):
            value = settings[column.name]
            sheet.write_string(row, 0, column.name, styles.text)
            entries = value if isinstance(value, list) else [value]
            if any(isinstance(entry, str) and entry.startswith("[") for entry in entries[:1]) and entries is value:
                entries = [json.dumps(entries, ensure_ascii=False)]  # or it would be read as a list itself
            for place, entry in enumerate(entries, start=1):
                _write_cell(sheet, styles, row, place, column, _setting_text(entry))
        for name, rows in tables.items():
            _write_table(book, styles, name, rows)


class Styles:
    """The cell formats of a workbook."""

    def __init__(self, book: Any) -> None:
        self.header = book.add_format({"bold": True, "bottom": 1})
        self.needed = book.add_format({"bold": True, "bottom": 1, "bg_color": "#DCE6F1"})
        self.text = book.add_format({"num_format": "@"})
        self.date = book.add_format({"num_format": "yyyy-mm-dd"})
        self.wrapped = book.add_format({"text_wrap": True, "valign": "top"})

    def of(self, column: Column) -> Any:
        """The format of a column's cells; None for numbers."""
        if column.kind == "date":
            return self.date
        return None if column.is_number or column.kind == "numbers" else self.text


def header(sheet: Any, styles: Styles, names: Iterable[str], needed: Iterable[str] = ()) -> None:
    """The header row: bold, frozen; names in ``needed`` are shaded."""
    marked = set(needed)
    for place, name in enumerate(names):
        sheet.write_string(0, place, name, styles.needed if name in marked else styles.header)
    sheet.freeze_panes(1, 0)


def _write_table(book: Any, styles: Styles, name: str, rows: Iterable[Mapping[str, str]]) -> None:
    """One table as a sheet, with a filter on its header."""
    table = TABLE[name]
    sheet = book.add_worksheet(name)
    header(sheet, styles, table.names)
    last = 0
    widths = [len(column) for column in table.names]
    for last, row in enumerate(rows, start=1):
        for place, column in enumerate(table.columns):
            text = row[column.name]
            if text:
                widths[place] = max(widths[place], len(text))
                _write_cell(sheet, styles, last, place, column, text)
    for place, column in enumerate(table.columns):
        sheet.set_column(place, place, min(widths[place], 40) + 3, styles.of(column))
    sheet.autofilter(0, 0, last, len(table.columns) - 1)


def _setting_text(value: object) -> str:
    """A setting as text."""
    return number_text(value) if isinstance(value, float) else str(value)


def _write_cell(sheet: Any, styles: Styles, row: int, place: int, column: Column, text: str) -> None:
    """One cell: a number or a date where reading gives back the same text, else text (never a formula)."""
    style = styles.of(column)
    if column.kind in ("number", "integer", "numbers") and _survives(text):
        sheet.write_number(row, place, float(text), style)
    elif column.kind == "date" and DATE.fullmatch(text) and dt.date.fromisoformat(text) >= FIRST_DATE:
        sheet.write_datetime(row, place, dt.datetime.fromisoformat(text), style)
    else:
        sheet.write_string(row, place, text, styles.text)


def _survives(text: str) -> bool:
    """Whether a spreadsheet number (16 significant digits) gives back the same text."""
    return number_text(float(f"{float(text):.16G}")) == text
