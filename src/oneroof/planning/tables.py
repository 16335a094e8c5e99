"""A problem as text: read from a folder or a workbook with every fault at once, written back, and its digest."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
import json
import shutil
import tempfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from oneroof.planning import settings as problem_settings
from oneroof.planning import sheets
from oneroof.planning.cells import canonical
from oneroof.planning.checks import Found, Row, absent, all_faults, stranger
from oneroof.planning.faults import Fault, ProblemError
from oneroof.planning.schema import TABLE, TABLES, Table

__all__ = ["Row", "Tables", "read", "write"]


@dataclass(frozen=True)
class Tables:
    """A checked problem.

    ``settings`` holds every key of problem.toml with defaults filled in (``start`` is a date, ``trainees_per_week``
    None without limit). ``rows`` holds every table of the schema, maybe empty; each row has every column, as stripped
    text with '' for an empty cell; rows are sorted by key (code points).
    """

    settings: dict[str, object]
    rows: dict[str, tuple[Row, ...]]

    @cached_property
    def digest(self) -> str:
        """SHA-256 over settings and rows in canonical spelling: the same question in other words has the same digest.

        Defaults are filled in, numbers printed as floats, lists sorted and without repeats, rows sorted.
        """
        start, weeks = self.settings["start"], self.settings["weeks"]
        assert isinstance(start, dt.date)
        assert isinstance(weeks, int)
        settings = dict(self.settings)
        settings["start"] = start.isoformat()
        settings["priority_factors"] = [float(str(factor)) for factor in _listed(settings["priority_factors"])]
        settings["illustrative"] = sorted({str(name) for name in _listed(settings["illustrative"])})
        end = start + dt.timedelta(days=7 * weeks - 1)
        meaning = {"start": start.isoformat(), "end of horizon": end.isoformat()}
        tables = {table.name: _canonical_rows(table, self.rows[table.name], meaning) for table in TABLES}
        text = json.dumps([settings, tables], sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


def read(path: Path) -> Tables:
    """The problem in a folder or an .xlsx workbook.

    Needed are the settings and the tables ``nations``, ``nodes``, ``items`` and ``requirements`` (perhaps without rows:
    the empty problem has the empty plan); the other tables may be absent. Raises ``ProblemError`` with all faults.
    """
    path = Path(path)
    in_workbook = path.suffix.lower() == ".xlsx"
    if path.is_dir():
        found_settings, found, faults = _from_folder(path)
    elif in_workbook and path.is_file():
        found_settings, found, faults = _from_workbook(path)
    else:
        reason = "is neither a folder nor an .xlsx workbook" if path.exists() else "does not exist"
        cure = "Give the folder that holds problem.toml, or a workbook made from the template."
        raise ProblemError([Fault("problem", 1, "", str(path), reason, cure)], in_workbook)
    faults += all_faults(found)
    if faults:
        raise ProblemError(faults, in_workbook)
    rows = {table.name: _sorted(table, found[table.name].rows) for table in TABLES}
    return Tables(found_settings, rows)


def _from_folder(folder: Path) -> tuple[dict[str, object], dict[str, Found], list[Fault]]:
    """Settings, tables and the faults outside them that a folder holds."""
    toml = folder / "problem.toml"
    settings, faults = problem_settings.from_toml(toml.read_bytes() if toml.is_file() else None)
    files = {file.name: file for file in sorted(folder.iterdir()) if file.is_file() and not file.name.startswith(".")}
    found = {}
    for table in TABLES:
        file = files.pop(f"{table.name}.csv", None)
        found[table.name] = Found(table, sheets.from_bytes(table.name, file.read_bytes())) if file else absent(table)
    faults += [stranger(file.stem, file.name) for file in files.values() if file.suffix.lower() == ".csv"]
    return settings, found, faults


def _from_workbook(path: Path) -> tuple[dict[str, object], dict[str, Found], list[Fault]]:
    """Settings, tables and the faults outside them that a workbook holds."""
    from oneroof.planning import workbook  # noqa: PLC0415 (slow to load, and most problems are folders)

    book = workbook.read(path)
    if "problem" in book:
        sheet = book.pop("problem")
        settings, faults = problem_settings.from_rows(sheet.records)
        spoiled = {fault.row for fault in sheet.faults}
        faults = sheet.faults + [fault for fault in faults if fault.row not in spoiled]
    else:
        cure = "Add the sheet with the keys name, start and weeks, or start from the template."
        settings, faults = {}, [Fault("problem", 1, "", "", "there is no sheet problem", cure)]
    found = {}
    for table in TABLES:
        found[table.name] = Found(table, book.pop(table.name)) if table.name in book else absent(table)
    return settings, found, faults + [stranger(name, name) for name in book]


def write(tables: Tables, path: Path, force: bool = False) -> None:
    """Writes a folder, or a workbook where the path ends in .xlsx; made aside first, then renamed into place.

    Tables without rows are left out unless they are needed. Raises FileExistsError where something is there already;
    with ``force`` a file, an empty folder or a folder with problem.toml is replaced, other files in it stay.
    """
    path = Path(path)
    if path.exists() and not force:
        raise FileExistsError(f"{path} is there already; give another name, or say that it may be replaced")
    if path.is_dir() and any(path.iterdir()) and not (path / "problem.toml").is_file():
        raise FileExistsError(f"{path} is a folder without problem.toml and is not replaced; give another name")
    path.parent.mkdir(parents=True, exist_ok=True)
    kept = {table.name: tables.rows[table.name] for table in TABLES if tables.rows[table.name] or table.required}
    aside = Path(tempfile.mkdtemp(prefix=f".{path.name}.", dir=path.parent))
    try:
        if path.suffix.lower() == ".xlsx":
            from oneroof.planning import workbook  # noqa: PLC0415 (as above)

            workbook.write(aside / path.name, tables.settings, kept)
            (aside / path.name).replace(path)
            return
        made = aside / "made"
        made.mkdir()
        (made / "problem.toml").write_text(problem_settings.as_toml(tables.settings), encoding="utf-8", newline="\n")
        for name, rows in kept.items():
            (made / f"{name}.csv").write_bytes(as_csv(TABLE[name].names, rows))
        replaced = aside / "replaced"
        if path.exists():
            path.rename(replaced)
        made.rename(path)
        for left in sorted(replaced.iterdir()) if replaced.is_dir() else []:
            if left.name != "problem.toml" and left.name not in {f"{name}.csv" for name in TABLE}:
                left.rename(path / left.name)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def as_csv(names: tuple[str, ...], rows: tuple[Row, ...] | list[Row]) -> bytes:
    """The bytes of a CSV file with these columns."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(names)
    writer.writerows([[row[name] for name in names] for row in rows])
    return out.getvalue().encode()


def _sorted(table: Table, rows: list[Row]) -> tuple[Row, ...]:
    """Rows by key, code point by code point."""
    return tuple(sorted(rows, key=lambda row: [row[name] for name in table.key]))


def _listed(value: object) -> list[object]:
    """A value of the settings that is a list."""
    assert isinstance(value, list)
    return value


def _canonical_rows(table: Table, rows: tuple[Row, ...], meaning: dict[str, str]) -> list[list[str]]:
    """Rows in canonical spelling, defaults filled in, sorted."""
    columns = []
    for column in table.columns:
        cells = [row[column.name] for row in rows]
        spelling = {text: canonical(column, text) for text in set(cells)}
        if column.default == "the key":
            spelling[""] = ""
            columns.append([spelling[text] or row[table.key[0]] for text, row in zip(cells, rows, strict=True)])
        elif column.default == "due + 180 days":
            late = [dt.date.fromisoformat(row["due"]).toordinal() + 180 for row in rows]
            columns.append([text or _date(day) for text, day in zip(cells, late, strict=True)])
        else:
            spelling[""] = meaning.get(column.default, column.default if column.choices else "")
            columns.append([spelling[text] for text in cells])
    return sorted([list(row) for row in zip(*columns, strict=True)])


def _date(ordinal: int) -> str:
    """An ISO date, or the number of its day where the calendar has ended."""
    return dt.date.fromordinal(ordinal).isoformat() if ordinal <= dt.date.max.toordinal() else str(ordinal)
