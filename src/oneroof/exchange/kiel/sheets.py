"""The workbook of a release: the sheet of bilateral aid by row, the release's last day, its rates and its totals."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections import defaultdict
from pathlib import Path

from python_calamine import CalamineWorkbook

from oneroof.exchange.kiel import layout
from oneroof.exchange.kiel.layout import Layout, plain
from oneroof.exchange.kiel.readings import dates, number, text, word
from oneroof.exchange.kiel.release import Agreement, Entry, Release, TrackerFault, latest
from oneroof.planning.faults import ProblemError

Rows = list[list[object]]
NOT_BILATERAL = ("commercial", "multilateral", "price list")
KINDS = ("financial", "humanitarian", "military")
_COVERS = re.compile(r"\b(?:until|to|through|up to)\b", re.IGNORECASE)
_RELEASE = re.compile(r"(?:(\d+)(?:st|nd|rd|th) release|release (\d+))", re.IGNORECASE)
_CURE = "Give the tracker's workbook (.xlsx) as the Kiel Institute publishes it, or the folder of its CSV files."


def read_workbook(path: Path) -> Release:
    """The release in a workbook; raises ProblemError where it is none or lacks a column."""
    book = _book(path)
    found = _main_sheet(book)
    if found is None:
        looked = ", ".join(book) or "none"
        reason = f"is no release of the tracker: no sheet has its columns (sheets: {looked})"
        raise ProblemError([TrackerFault(path.name, 0, "", "", reason, _CURE)], workbook=True)
    name, where = found
    if where.missing:
        raise ProblemError(_missing(name, where), workbook=True)
    release = Release(_title(book, path), {path.name: hashlib.sha256(path.read_bytes()).hexdigest()})
    release.entries = _entries(name, book[name], where)
    release.recognised = [(name, field, where.titles[field]) for field in layout.SPELLINGS if field in where.titles]
    release.unknown = [(name, title) for title in where.unknown]
    release.unread = _unread(book, name)
    _set_last_day(release, book)
    _set_rate(release, book)
    _note_needs(release, book)
    _compare_money(release, book)
    _compare_units(release, book)
    return release


def _book(path: Path) -> dict[str, Rows]:
    """Every sheet, with the empty rows and columns before its first cell, so that rows keep their numbers."""
    try:
        book = CalamineWorkbook.from_path(str(path))
        found: dict[str, Rows] = {}
        for name in book.sheet_names:
            found[name] = [list(row) for row in book.get_sheet_by_name(name).to_python(skip_empty_area=False)]
    except Exception as error:  # calamine raises several kinds for files that are broken in different ways
        reason = f"can't be read as a workbook ({error})"
        cure = "Download it anew, or save it anew as an .xlsx workbook without a password."
        raise ProblemError([TrackerFault(path.name, 0, "", "", reason, cure)], workbook=True) from error
    return found


def _main_sheet(book: dict[str, Rows]) -> tuple[str, Layout] | None:
    """The sheet of bilateral aid: by name, else the one with all needed columns and most rows."""
    best: tuple[tuple[bool, int, int, int], str, Layout] | None = None
    for name, rows in book.items():
        if any(other in plain(name) for other in NOT_BILATERAL):
            continue
        where = layout.find(rows)
        if where is None or not {"promised", "item", "type"} & set(where.columns):
            continue
        named = "bilateral" in plain(name) or "main data" in plain(name)
        rank = (named, -len(where.missing), len(rows), len(where.columns))
        if best is None or rank > best[0]:
            best = (rank, name, where)
    return (best[1], best[2]) if best else None


def _missing(name: str, where: Layout) -> list[TrackerFault]:
    """A fault for every column that is needed and not there."""
    faults = []
    for field in where.missing:
        spellings = " or ".join(f"“{spelling}”" for spelling in layout.SPELLINGS[field][:3])
        reason = f"no column holds {layout.WORDS[field]}"
        cure = f"Name it {spellings} in the header row, or take the release as it was published."
        faults.append(TrackerFault(name, where.row, field, "", reason, cure))
    return faults


def _entries(name: str, rows: Rows, where: Layout) -> list[Entry]:
    """Every row under the header that holds anything."""
    entries = []
    for at, cells in enumerate(rows[where.row :], start=where.row + 1):
        if any(text(cell) for cell in cells):
            found = {field: cells[column] if column < len(cells) else "" for field, column in where.columns.items()}
            entries.append(Entry(name, at, found))
    return entries


def _unread(book: dict[str, Rows], main: str) -> list[tuple[str, int]]:
    """Other sheets that hold aid by row, with their number of rows: commercial and multilateral aid."""
    found = []
    for name, rows in book.items():
        where = layout.find(rows) if name != main and any(o in plain(name) for o in NOT_BILATERAL[:2]) else None
        if where:
            found.append((name, len(_entries(name, rows, where))))
    return found


def _title(book: dict[str, Rows], path: Path) -> str:
    """“release 7”, from the sheets of text; the file's name where they say nothing."""
    for said in _texts(book):
        match = _RELEASE.search(said)
        if match:
            return f"release {match[1] or match[2]}"
    return path.stem


def _texts(book: dict[str, Rows]) -> list[str]:
    """The cells of text at the top of the sheets, those that explain the release first."""
    first = [name for name in book if "read" in plain(name)]
    second = [name for name in book if "update" in plain(name) and name not in first]
    ordered = first + second + [name for name in book if name not in first + second]
    return [text(cell) for name in ordered for row in book[name][:60] for cell in row[:3] if isinstance(cell, str)]


def _set_last_day(release: Release, book: dict[str, Rows]) -> None:
    """The last day that the release covers: as its text says, else the latest announcement."""
    for said in _texts(book):
        cut = list(_COVERS.finditer(said))
        named = dates(said[cut[-1].end() :])[:1] if cut and len(said) < 300 and _about(said) else []
        if named:
            release.last_day, release.last_day_from = named[0], f"the workbook says: {said}"
            return
    latest_day = latest(entry.cells.get("announced") for entry in release.entries)
    if latest_day is None:
        latest_day = dt.date(2022, 2, 24)
        release.notes.append("No row has a date of announcement; the plan starts on 25 February 2022.")
    release.last_day, release.last_day_from = latest_day, "the latest date of announcement; the workbook states none"


def _about(said: str) -> bool:
    """Whether a sentence speaks of what the release covers."""
    return any(mark in said.casefold() for mark in ("release", "covering", "covers", "period"))


def _set_rate(release: Release, book: dict[str, Rows]) -> None:
    """Dollars per euro: from the sheet of rates, else from rows with both amounts."""
    for name, rows in book.items():
        if "exchange" not in plain(name):
            continue
        for cells in rows:
            names = [text(cell).upper() for cell in cells]
            if "USD" in names:
                rate = next((r for r in (number(cell).known for cell in cells[names.index("USD") + 1 :]) if r > 0), 0.0)
                if rate > 0:
                    release.usd_per_eur, release.rate_from = rate, f"sheet {name}"
                    return
    rates = sorted(
        entry.number("total").known / entry.number("total_eur").known
        for entry in release.entries
        if entry.word("currency").upper() == "USD" and entry.number("total").known > 0
        if entry.number("total_eur").known > 0
    )
    if rates:
        release.usd_per_eur, release.rate_from = rates[len(rates) // 2], "rows that state dollars and euros (median)"


def _note_needs(release: Release, book: dict[str, Rows]) -> None:
    """Notes the numbers that the recipient's leaders named, where a figure repeats them: they name no item."""
    for name, rows in book.items():
        header: list[object] = []
        for at, cells in enumerate(rows, start=1):
            first = next((i for i, cell in enumerate(cells) if text(cell)), None)
            if first is None:
                continue
            if not plain(cells[first]).startswith("ukraine needs"):
                header = cells if plain(cells[first]) == "item" else header
                continue
            named = [
                f"{word(title)} {text(cell)}"
                for title, cell in zip(header[first + 1 :], cells[first + 1 :], strict=False)
                if word(title) and number(cell).known > 0
            ]
            if named:
                said = (
                    f"{name} row {at}: {text(cells[first])}: {', '.join(named)}. No item is named, so no requirement."
                )
                release.notes.append(said)


def _sums(release: Release, of: str) -> dict[str, dict[str, float]]:
    """Euros by donor and kind of aid, over all rows; where rows say what they measure, over those of that measure."""
    sums: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for entry in release.entries:
        if entry.word("measure") and not of.startswith(entry.word("measure").casefold()):
            continue
        sums[entry.word("donor")][entry.word("aid").casefold()] += entry.number("total_eur").known
    return sums


def _stated_sums(rows: Rows, of: str) -> dict[str, dict[str, float]]:
    """Euros by country and kind as a summary sheet states them (billions there); {} where it has no such columns."""
    for at, cells in enumerate(rows[: layout.HEADER_ROWS]):
        titles = [plain(cell) for cell in cells]
        names = {kind: f"{kind} {of}" for kind in KINDS} | {"total": f"total bilateral {of}"}
        country = next((i for i, title in enumerate(titles) if title.startswith("country")), None)
        if country is None or not all(name in titles for name in names.values()):
            continue
        places = {kind: titles.index(name) for kind, name in names.items()}
        found = {}
        for row in rows[at + 1 :]:
            values = {kind: number(row[place]).value for kind, place in places.items()}
            if word(row[country]) and values["total"] is not None:
                found[word(row[country])] = {kind: 1e9 * (value or 0.0) for kind, value in values.items()}
        return found
    return {}


def _compare_money(release: Release, book: dict[str, Rows]) -> None:
    """Sets the sums over all rows beside those of the summary sheets, by kind of aid and by donor."""
    of = "allocations" if any(field == "measure" for _, field, _ in release.recognised) else "commitments"
    ours = _sums(release, of)
    claimed: set[str] = set()
    for name in sorted(book, key=lambda sheet: "country summary" not in plain(sheet)):
        if not any(mark in plain(name) for mark in ("country summary", "aggregates")):
            continue
        stated = _stated_sums(book[name], of)
        total = stated.pop("Total", None)
        members = sorted((set(stated) & set(ours)) - claimed)
        if total and not claimed:
            for kind in (*KINDS, "total"):
                mine = sum(sum(ours[d].values()) if kind == "total" else ours[d][kind] for d in members)
                what = f"all donors of the summary, {kind} {of}"
                release.agreements.append(_in_billions(what, mine, total[kind], name))
        for donor in members:
            mine = sum(ours[donor].values())
            release.agreements.append(_in_billions(f"{donor}, total {of}", mine, stated[donor]["total"], name))
        claimed |= set(members)


def _in_billions(what: str, ours: float, stated: float, where: str) -> Agreement:
    """Two sums of euros, the same up to 1,000 euros."""
    return Agreement(what, "EUR billion", ours / 1e9, stated / 1e9, where, 1e-6)


def _compare_units(release: Release, book: dict[str, Rows]) -> None:
    """Sets the units of each weapon over all rows beside the sheets of committed and delivered weapons."""
    for mark, field in (("committed weapons", "promised"), ("delivered weapons", "delivered")):
        units: dict[str, float] = defaultdict(float)
        for entry in release.entries:
            units[entry.word("item").casefold()] += entry.number(field).known
        for name, rows in book.items():
            titles = [plain(cell) for cell in rows[0]] if rows and plain(name) == mark else []
            if "total number" not in titles:
                continue
            place = titles.index("total number")
            for row in rows[1:]:
                item = next((word(cell) for cell in row[:place] if word(cell)), "")
                stated = number(row[place]).value
                if item and stated is not None:
                    mine = units[item.casefold()]
                    release.agreements.append(Agreement(f"{item}, {field}", "units", mine, stated, name, 0.5))
