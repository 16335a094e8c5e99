"""A table as it was found: header and records of text with the rows a spreadsheet shows, read from CSV bytes."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass, field

from oneroof.planning.faults import Fault

Record = tuple[int, list[str]]  # row as a spreadsheet shows it, cells stripped


@dataclass
class Sheet:
    """A raw table. ``torn`` holds cells of rows that could not be read: keys that may exist all the same."""

    table: str
    header: list[str] = field(default_factory=list)
    records: list[Record] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    torn: set[str] = field(default_factory=set)
    readable: bool = True  # False: nothing is known about its keys


def from_bytes(table: str, content: bytes) -> Sheet:
    """The sheet that the bytes of a CSV file hold; what can't be read becomes faults of the sheet."""
    sheet = Sheet(table)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        sheet.faults.append(_not_utf8(table, content, error.start))
        sheet.readable = False
        return sheet
    lines = io.StringIO(text, newline="").readlines()
    row, done = 0, 0
    while done < len(lines):
        reader = csv.reader(iter(lines[done:]), strict=True)
        good = 0  # physical lines that whole records took
        try:
            for cells in reader:
                row += 1
                if reader.line_num - good > 1:
                    cells = [cell.replace("\r\n", "\n").replace("\r", "\n") for cell in cells]
                good = reader.line_num
                _take(sheet, row, cells)
            break
        except csv.Error as error:
            row += 1
            torn = lines[done + good]
            _tear(sheet, row, torn, str(error))
            done += good + 1
    _judge_header(sheet)
    return sheet


def _take(sheet: Sheet, row: int, cells: list[str]) -> None:
    """Adds one record: the header, or a row that is not empty."""
    stripped = list(map(str.strip, cells))
    if row == 1:
        sheet.header = stripped
    elif any(stripped):
        sheet.records.append((row, stripped))


def _tear(sheet: Sheet, row: int, line: str, error: str) -> None:
    """Notes a line whose quotes do not match, and the keys that it may hold."""
    if row == 1:
        sheet.readable = False
    if "limit" in error or "end of data" in error:
        reason = "opens a quotation mark and never closes it"
    else:
        reason = "has text after the quotation mark that ends a cell"
    cure = 'Put the whole cell between quotation marks and double each one inside it: "5"" pipe".'
    sheet.faults.append(Fault(sheet.table, row, "", line.strip(), reason, cure))
    sheet.torn.update(piece.strip().strip('"') for piece in line.split(","))


def _judge_header(sheet: Sheet) -> None:
    """Faults of a file that has no header or other separators than commas."""
    if sheet.faults and sheet.faults[0].row == 1:
        return
    if not any(sheet.header):
        reason, cure = "the header row is missing", "Write the names of the columns into the first row."
        sheet.faults.append(Fault(sheet.table, 1, "", "", reason, cure))
        sheet.readable = False
        return
    only = sheet.header[0] if len(sheet.header) == 1 else ""
    for mark, word in ((";", "semicolons"), ("\t", "tabs"), ("|", "bars")):
        if mark in only:
            cure = "Save the file as comma-separated CSV (UTF-8), with decimal points."
            sheet.faults.append(Fault(sheet.table, 1, "", only, f"has {word} between the columns", cure))
            sheet.readable = False
            return


def _not_utf8(table: str, content: bytes, at: int) -> Fault:
    """The fault of bytes that are not UTF-8; the row is that of the first bad byte."""
    before = content[:at].replace(b"\r\n", b"\n")
    row = 1 + len(re.findall(b"[\r\n]", before))
    line = re.split(b"[\r\n]", content[:at])[-1] + re.split(b"[\r\n]", content[at:])[0]
    cure = "Save the file as UTF-8 (in a spreadsheet: CSV UTF-8, comma-separated)."
    return Fault(table, row, "", line.decode("utf-8", "backslashreplace"), "is not UTF-8", cure)
