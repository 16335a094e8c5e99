"""Records from tables: read from CSV or a workbook, judged whole, added or changed by (owner, code), or nothing."""

from __future__ import annotations

import dataclasses
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from django.db import models

from oneroof.access.kinds import faults_of
from oneroof.journal.actions import Act, values
from oneroof.planning import sheets, workbook
from oneroof.planning.checks import Found, absent, stranger
from oneroof.planning.faults import Fault, ProblemError
from oneroof.planning.schema import TABLE, Column, Table

MOST_BYTES = 20_000_000  # of one file
MOST_UNPACKED = 400_000_000  # of a workbook, so that a small file can't fill the memory


@dataclasses.dataclass
class Outcome:
    """What an import did, or would do: records added, changed and left as they were, by table."""

    added: dict[str, int] = dataclasses.field(default_factory=dict)
    changed: dict[str, int] = dataclasses.field(default_factory=dict)
    unchanged: dict[str, int] = dataclasses.field(default_factory=dict)


def extended(name: str, *more: Column, loosened: Iterable[str] = ()) -> Table:
    """A table of a problem with further columns; those ``loosened`` may be absent or empty, and of any spelling."""
    table = TABLE[name]
    columns = [
        dataclasses.replace(column, required=False, digits=0) if column.name in loosened else column
        for column in table.columns
    ]
    return dataclasses.replace(table, columns=(*columns, *more), required=False)


def read(files: Sequence[tuple[str, bytes]], tables: Sequence[Table]) -> dict[str, Found]:
    """The tables in files: CSV files named after them, or workbooks with a sheet each. Other tables are passed over.

    Raises ProblemError for what can't be read at all; faults of cells stand in what is found.
    """
    found: dict[str, Found] = {}
    known = {table.name: table for table in tables}
    faults: list[Fault] = []
    for name, content in files:
        if len(content) > MOST_BYTES:
            faults.append(_refusal(name, f"is larger than {MOST_BYTES // 1_000_000} MB", "Divide it."))
            continue
        for sheet in _sheets(name, content, faults):
            if sheet.table in found:
                faults.append(_refusal(name, f"brings the table {sheet.table} a second time", "Send each table once."))
            elif sheet.table in known:
                found[sheet.table] = Found(known[sheet.table], sheet)
            elif sheet.table not in TABLE and sheet.table != "problem":
                faults.append(stranger(sheet.table, name))
    if not found and not faults:
        names = ", ".join(f"{table.name}.csv" for table in tables)
        faults.append(_refusal("", "no table was sent", f"Send {names}, or a workbook with sheets of these names."))
    if faults:
        raise ProblemError(faults)
    return {table.name: found.get(table.name) or absent(table) for table in tables}


def _sheets(name: str, content: bytes, faults: list[Fault]) -> list[sheets.Sheet]:
    """The sheets of one file."""
    path = Path(name)
    if path.suffix.lower() == ".csv":
        return [sheets.from_bytes(path.stem, content)]
    if path.suffix.lower() != ".xlsx":
        faults.append(_refusal(name, "is neither .csv nor .xlsx", "Save it as CSV (UTF-8) or as an .xlsx workbook."))
        return []
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "sent.xlsx"
        place.write_bytes(content)
        try:
            with zipfile.ZipFile(place) as parts:
                unpacked = sum(part.file_size for part in parts.infolist())
        except zipfile.BadZipFile:
            unpacked = 0  # the reader says what is wrong
        if unpacked > MOST_UNPACKED:
            faults.append(_refusal(name, "is far larger than it seems", "Save only the tables that are meant."))
            return []
        try:
            return list(workbook.read(place).values())
        except ProblemError as wrong:
            faults.extend(dataclasses.replace(fault, value=name) for fault in wrong.faults)
            return []


def _refusal(file: str, reason: str, cure: str) -> Fault:
    return Fault("problem", 1, "", file, reason, cure)


def told(column: Column, text: str) -> Any:
    """A cell as the value of a field: yes and no as truth, empty as the column's default or None."""
    if column.kind == "yes/no":
        return (text or column.default) == "yes"
    if text == "" and (column.is_number or column.kind == "date"):
        return None
    return text


class Upsert:
    """Rows of one table becoming records: which are new, which change, and what is wrong with them, by cell."""

    def __init__(self, found: Found, columns: Mapping[str, str]) -> None:
        self.found, self.columns = found, columns  # column -> field
        self.faults: list[Fault] = []
        self.new: list[Any] = []
        self.old: list[Any] = []
        self.same = 0
        self.records: dict[str, Any] = {}  # of the rows, by code

    def fields(self, place: int) -> dict[str, Any]:
        """The fields that a row sets: those of columns that the header names."""
        by_name = self.found.table.by_name
        row = self.found.rows[place]
        return {
            field: told(by_name[column], row[column])
            for column, field in self.columns.items()
            if self.found.has(column)
        }

    def place(self, place: int, there: Mapping[str, Any], kind: Any, more: Mapping[str, Any]) -> Any:
        """The record of a row with a code: the one that is there with the row's fields, or a new one with ``more``.

        A new record without a name is called by its code.
        """
        fields = self.fields(place)
        code = fields.get("code", "")
        if "name" in self.columns.values() and not fields.get("name") and ("name" in fields or code not in there):
            fields["name"] = code
        record = there.get(code)
        before = None if record is None else values(record)
        if record is None:
            record = kind(**more, **{field: value for field, value in fields.items() if value is not None})
        else:
            for field, value in fields.items():
                setattr(record, field, value)
        self.settle(place, record, before)
        self.records[code] = record
        return record

    def settle(self, place: int, record: models.Model, before: Mapping[str, Any] | None) -> None:
        """Judge a record made from a row, and note whether it is new (no ``before``), changed, or as it was."""
        wrong = faults_of(record)
        for field, messages in wrong.items():
            column = next((name for name, target in self.columns.items() if target == field), "")
            for message in messages:
                self.fault(place, column, "is not accepted", str(message))
        if before is None:
            self.new.append(record)
        elif values(record) != before:
            self.old.append(record)
        else:
            self.same += 1

    def fault(self, place: int, column: str, reason: str, cure: str) -> None:
        """Note a fault of a cell, unless the cell or its column has one already."""
        row = self.found.numbers[place]
        if any(fault.column == column and fault.row in (1, row) for fault in self.found.faults):
            return
        value = self.found.rows[place].get(column, "")
        self.faults.append(Fault(self.found.table.name, row, column, value, reason, cure))

    def strange(self, place: int, column: str, target: str) -> None:
        """Note a reference to nothing; what is hidden is told in the words of what is not there."""
        text = self.found.rows[place][column]
        if text:
            cure = f"Add {text} to {target}, or write the code of one that you see."
            self.fault(place, column, f"is not in {target}", cure)

    def write(self, act: Act) -> None:
        """Write what is new and what changed."""
        act.add_all(self.new)
        for record in self.old:
            act.write(record)

    def count(self, outcome: Outcome) -> None:
        """Add these rows to an outcome."""
        name = self.found.table.name
        outcome.added[name] = outcome.added.get(name, 0) + len(self.new)
        outcome.changed[name] = outcome.changed.get(name, 0) + len(self.old)
        outcome.unchanged[name] = outcome.unchanged.get(name, 0) + self.same


def refuse_faults(found: Mapping[str, Found], *more: Upsert) -> None:
    """Raises ProblemError with the faults of all tables, sorted by place, each once."""
    faults = {fault for table in found.values() for fault in table.faults}
    faults |= {fault for upsert in more for fault in upsert.faults}
    if faults:
        raise ProblemError(faults)


def by_code(rows: Iterable[Any], party: Any) -> Callable[[str], Any]:
    """Finds a visible record by its code: the party's own first, else the only one that has it; or None."""
    own: dict[str, Any] = {}
    others: dict[str, list[Any]] = {}
    for row in rows:
        if row.owner_id == party:
            own[row.code] = row
        else:
            others.setdefault(row.code, []).append(row)

    def find(code: str) -> Any:
        if code in own:
            return own[code]
        named = others.get(code, [])
        return named[0] if len(named) == 1 else None

    return find


def exported_keys(rows: Iterable[Any]) -> dict[Any, str]:
    """Codes as keys of a table, by id: where two visible records share one, with the owner's code behind it."""
    listed = list(rows)
    seen: dict[str, int] = {}
    for row in listed:
        seen[row.code] = seen.get(row.code, 0) + 1
    return {row.pk: row.code if seen[row.code] == 1 else f"{row.code}@{row.owner.code}" for row in listed}


def plain_number(number: Any) -> str:
    """A number as a cell: without needless zeros; empty for None."""
    if number is None:
        return ""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
