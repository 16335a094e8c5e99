"""The folder of CSV files behind the tracker's own charts: sums by donor and month, heavy weapons by donor."""

from __future__ import annotations

import calendar
import csv
import datetime as dt
import hashlib
import io
import math
import re
from collections import defaultdict
from pathlib import Path

from oneroof.exchange.kiel import layout
from oneroof.exchange.kiel.layout import plain
from oneroof.exchange.kiel.readings import number, text, word
from oneroof.exchange.kiel.release import Agreement, Entry, Release, TrackerFault
from oneroof.planning.faults import ProblemError

PARTS = ("financial", "humanitarian", "military")
# What a file is told by: columns that it must have.
TOLD_BY: dict[str, tuple[str, ...]] = {
    "weapons": ("donor", "number of weapons"),
    "explorer": ("country", "year", "month", "total", "commitments"),
    "totals": ("year", "month", "total allocations"),
    "shares": ("country", "eu share bn"),
    "trends": ("year", "month", "stockpile", "procurement"),
    "release": ("release", "period"),
}
ALL_WEAPONS = (
    "the number counts all weapons allocated since 2022, and the file does not say how many of them were delivered; "
    "what is outstanding can't be told"
)
REFUSED = {
    "explorer": "a sum of money by donor and month, no goods",
    "totals": "a sum of money by month, no goods",
    "shares": "a donor's share of the aid of the European Union, no goods",
    "trends": "a sum of money by month and way of procurement, no goods",
    "release": "a line about the release itself",
    "other": "a file that is not known as part of the tracker",
}
_CURE = "Give the folder of CSV files behind the tracker's charts, or the tracker's workbook (.xlsx)."


class _Table:
    """A CSV file: its records by plain column title."""

    def __init__(self, path: Path) -> None:
        self.name = path.name
        self.content = path.read_bytes()
        rows = list(csv.reader(io.StringIO(self.content.decode("utf-8-sig"), newline="")))
        self.header = rows[0] if rows else []
        self.titles = [plain(title) for title in self.header]
        self.records = [(at, row) for at, row in enumerate(rows[1:], start=2) if any(cell.strip() for cell in row)]
        known = [kind for kind, columns in TOLD_BY.items() if all(column in self.titles for column in columns)]
        self.kind = known[0] if known else "other"

    def value(self, row: list[str], title: str) -> float:
        """A number of a record, 0 where there is none; files made by a program write decimals only: 1.234 is 1.234."""
        return _number(self.cell(row, title)) or 0.0

    def cell(self, row: list[str], title: str) -> str:
        """A cell of a record, '' where there is none."""
        at = self.titles.index(title) if title in self.titles else len(row)
        return row[at] if at < len(row) else ""


def read_folder(folder: Path) -> Release:
    """The release in a folder of CSV files; raises ProblemError where it is none."""
    paths = sorted(path for path in folder.iterdir() if path.suffix.lower() == ".csv" and path.is_file())
    if not paths:
        fault = TrackerFault(folder.name, 0, "", "", "holds no CSV file", _CURE)
        raise ProblemError([fault], workbook=True)
    tables, faults = [], []
    for path in paths:
        try:
            tables.append(_Table(path))
        except (UnicodeDecodeError, csv.Error) as error:
            cure = "Save it as comma-separated CSV in UTF-8, or download it anew."
            faults.append(TrackerFault(path.name, 0, "", "", f"can't be read as CSV ({error})", cure))
    if faults:
        raise ProblemError(faults, workbook=True)
    kinds = {table.kind for table in tables}
    if not kinds & {"weapons", "explorer"}:
        reason = "is no release of the tracker: no file has the columns of its charts"
        raise ProblemError([TrackerFault(folder.name, 0, "", "", reason, _CURE)], workbook=True)
    release = Release("release of the charts", {t.name: hashlib.sha256(t.content).hexdigest() for t in tables})
    for table in tables:
        _take(release, table)
    _set_release(release, tables)
    _compare(release, tables)
    _note_money(release, tables)
    return release


def _number(cell: str) -> float | None:
    """A number that a program wrote, None for other texts."""
    try:
        value = float(cell)
    except ValueError:
        return number(cell).value
    return value if math.isfinite(value) else None


def _take(release: Release, table: _Table) -> None:
    """Adds the rows of a file: those of weapons to be judged, the others with the cause why they are no goods."""
    known = list(TOLD_BY.get(table.kind, ()))
    if table.kind == "weapons":
        where = layout.recognise(list(table.header), 1, [list(row) for _, row in table.records])
        release.recognised += [(table.name, field, title) for field, title in where.titles.items()]
        release.unknown += [(table.name, title) for title in where.unknown]
        refused = "" if "delivered" in where.columns else ALL_WEAPONS
        for at, row in table.records:
            found = {
                field: row[at_column] if at_column < len(row) else "" for field, at_column in where.columns.items()
            }
            cells: dict[str, object] = dict(found)
            cells |= {field: _number(found[field]) for field in ("promised", "delivered") if _numeric(found, field)}
            cells |= {"aid": "Military", "type": "Heavy weapon", "explanation": table.cell(row, "weapons list")}
            cells["total_eur"] = table.cell(row, "monetary value eur")
            release.entries.append(Entry(table.name, at, cells, refused))
        _note_cheap(release, table)
        return
    release.recognised += [(table.name, title, title) for title in known]
    release.unknown += [
        (table.name, text(t)) for t, p in zip(table.header, table.titles, strict=True) if p not in known
    ]
    for at, row in table.records:
        cells = {"donor": table.cell(row, "country")}
        release.entries.append(Entry(table.name, at, cells, REFUSED[table.kind]))


def _numeric(found: dict[str, str], field: str) -> bool:
    """Whether a field of a record is a number."""
    return field in found and _number(found[field]) is not None


def _note_cheap(release: Release, table: _Table) -> None:
    """Notes values that can't be right: less than a fiftieth of what a unit of that category is worth elsewhere."""
    units = defaultdict(list)
    for at, row in table.records:
        count, euros = table.value(row, "number of weapons"), table.value(row, "monetary value eur")
        if count > 0 and euros > 0:
            units[word(table.cell(row, "category"))].append(
                (euros / count, at, word(table.cell(row, "donor")), count, euros)
            )
    for category, found in sorted(units.items()):
        middle = sorted(each for each, *_ in found)[len(found) // 2]
        for each, at, donor, count, euros in found:
            if each < middle / 50:
                release.notes.append(
                    f"{table.name} row {at}: {donor}, {category}: {count:,.0f} units for {euros:,.0f} euros, which is "
                    f"{each:,.0f} a unit where others have {middle:,.0f}; check it at the source."
                )


def _set_release(release: Release, tables: list[_Table]) -> None:
    """Sets the title and the last day: the end of the month named, else of the last month with sums."""
    for table in tables:
        for _, row in table.records if table.kind == "release" else ():
            release.title = f"release {word(table.cell(row, 'release'))}"
            match = re.fullmatch(r"(\d{1,2})/(\d{4})", word(table.cell(row, "period")))
            if match and 1 <= int(match[1]) <= 12:
                release.last_day = _end(int(match[2]), int(match[1]))
                release.last_day_from = f"{table.name} names the period {match[0]}"
                return
    months = [
        (int(table.value(row, "year")), int(table.value(row, "month")))
        for table in tables
        if table.kind in ("explorer", "totals")
        for _, row in table.records
        if 2000 < table.value(row, "year") < 2100 and 1 <= table.value(row, "month") <= 12
    ]
    if months:
        release.last_day, release.last_day_from = _end(*max(months)), "the last month with sums"
    else:
        release.last_day = dt.date(2022, 2, 24)
        release.last_day_from = "no file names a month"


def _end(year: int, month: int) -> dt.date:
    """The last day of a month."""
    return dt.date(year, month, calendar.monthrange(year, month)[1])


def _compare(release: Release, tables: list[_Table]) -> None:
    """Sets the sums by donor beside the sums of all donors, and the parts of each row beside its total."""
    totals = [table for table in tables if table.kind == "totals"]
    for table in (t for t in tables if t.kind == "explorer"):
        for other in totals:
            for mine, theirs in (("total", "total allocations"), *((part, part) for part in PARTS)):
                if theirs in other.titles and mine in table.titles:
                    ours = sum(table.value(row, mine) for _, row in table.records)
                    stated = sum(other.value(row, theirs) for _, row in other.records)
                    # Each file rounds every sum to a euro's thousandth of a million, hence the tolerance.
                    what = f"all donors, {mine} allocations"
                    release.agreements.append(Agreement(what, "EUR billion", ours, stated, other.name, 1e-4))
        if all(part in table.titles for part in PARTS):
            apart = [at for at, row in table.records if abs(_parts(table, row) - table.value(row, "total")) > 2e-6]
            whole = len(table.records)
            what = f"{table.name}: rows whose parts sum to their total"
            release.agreements.append(Agreement(what, "rows", whole - len(apart), whole, table.name, 0.0))


def _parts(table: _Table, row: list[str]) -> float:
    """The sum of a row's parts."""
    return sum(table.value(row, part) for part in PARTS)


def _note_money(release: Release, tables: list[_Table]) -> None:
    """Notes the money that donors committed and have not yet allocated; it has no units and makes no offer."""
    for table in (t for t in tables if t.kind == "explorer" and "to be allocated" in t.titles):
        open_money: dict[str, float] = defaultdict(float)
        for _, row in table.records:
            open_money[word(table.cell(row, "country"))] += table.value(row, "to be allocated")
        negative = sum(table.value(row, "to be allocated") < 0 for _, row in table.records)
        release.notes.append(
            f"{table.name}: {sum(open_money.values()):,.3f} billion euros are committed and not yet allocated (over "
            f"all rows; {negative} rows are negative: allocated out of earlier commitments). Money without goods makes "
            "no offer."
        )
        for donor, euros in sorted(open_money.items(), key=lambda pair: (-pair[1], pair[0]))[:5]:
            release.notes.append(f"Most is still to be allocated by {donor}: {euros:,.3f} billion euros.")
