"""Where the columns of a release stand: found by name, whatever their order, header row and spelling."""

from __future__ import annotations

import re
from dataclasses import dataclass

from oneroof.exchange.kiel.readings import text, word

HEADER_ROWS = 60  # how far down a header is looked for
ENOUGH = 5  # so many known columns make a row the header of a table of aid

# Field -> spellings of its header in the releases, best first; compared in lower case without punctuation.
SPELLINGS: dict[str, tuple[str, ...]] = {
    "activity": ("id", "activity id", "sub activity id", "activity"),
    "donor": ("donor", "donors", "countries", "country", "donor country"),
    "announced": ("announcement date", "date of announcement", "announced", "date"),
    "aid": ("type of aid general", "aid type general", "general type of aid", "aid type", "type of aid"),
    "explanation": ("explanation", "description"),
    "currency": ("original currency", "source reported currency", "reporting currency", "currency"),
    "stated": ("monetary value as given by source", "source reported value", "value as given by source"),
    "item": ("item", "items", "item in kind aid", "item name", "weapon", "category"),
    "type": ("type of item", "item type"),
    "sub_type": ("sub type of item", "item sub type", "item type sub", "sub item type", "item subtype"),
    "promised": (
        "no of units",
        "number of units",
        "item numb",
        "item number",
        "units",
        "units committed",
        "no of units committed",
        "quantity",
        "number of weapons",
    ),
    "delivered": (
        "no of units delivered in kind military aid",
        "no of units delivered",
        "number of units delivered",
        "item numb deliv",
        "item number delivered",
        "units delivered",
        "quantity delivered",
        "number of weapons delivered",
        "delivered",
    ),
    "price_usd": ("unit price in usd", "item price usd", "unit price usd"),
    "price_eur": ("unit price in eur", "item price eur", "unit price eur"),
    "estimate_usd": ("value committed own estimate in usd", "item value estimate usd"),
    "total": ("total", "tot sub activity value", "tot activity value", "total value"),
    "total_eur": (
        "converted value in eur",
        "tot sub activity value eur redistr",
        "tot sub activity value eur",
        "tot activity value eur",
        "total monetary value in eur",
        "monetary value eur",
    ),
    "official": ("official source", "source official"),
    "source_1": ("source of aid 1", "source 1", "source of aid", "source"),
    "source_2": ("source of aid 2", "source 2"),
    "source_3": ("source of aid 3", "source 3"),
    "source_4": ("source of aid 4", "source 4"),
    "delivery_source": ("source for delivery", "source of delivery", "delivery source"),
    "asked": ("ukraine asked for it dummy 1", "ukraine asked for it dummy", "ukraine asked for it", "asked for"),
    "importance": ("relative importance",),
    "measure": ("measure", "commitment or allocation"),
}
STARTS = {"importance": "relative importance", "asked": "ukraine asked for it", "delivered": "no of units delivered"}
REQUIRED = ("donor", "item", "promised", "delivered")
WORDS = {
    "donor": "the donor",
    "item": "the item",
    "promised": "the number of units promised",
    "delivered": "the number of units delivered",
}


@dataclass(frozen=True)
class Layout:
    """The header's row (1 is the first) and, for each recognised field, its column (0 is A) and its title."""

    row: int
    columns: dict[str, int]
    titles: dict[str, str]
    unknown: tuple[str, ...]

    @property
    def missing(self) -> tuple[str, ...]:
        """The required fields that no column holds."""
        return tuple(field for field in REQUIRED if field not in self.columns)


def plain(title: object) -> str:
    """A header in lower case, every run of other signs than letters and digits one space."""
    return re.sub(r"[\W_]+", " ", text(title).casefold()).strip()


def recognise(header: list[object], row: int, below: list[list[object]]) -> Layout:
    """The layout that a header row states; ``below`` are rows under it, asked where a column has no title."""
    titles = [plain(cell) for cell in header]
    columns: dict[str, int] = {}
    for field, spellings in SPELLINGS.items():
        at = next((titles.index(spelling) for spelling in spellings if spelling in titles), None)
        if at is None and field in STARTS:
            at = next((i for i, title in enumerate(titles) if title.startswith(STARTS[field])), None)
        if at is not None and at not in columns.values():
            columns[field] = at
    if "item" not in columns:
        at = _untitled_item(titles, columns, below)
        if at is not None:
            columns["item"] = at
    shown = {field: text(header[at]) or f"column {letters(at)}, without a title" for field, at in columns.items()}
    used = set(columns.values())
    unknown = tuple(text(cell) for i, cell in enumerate(header) if i not in used and titles[i])
    return Layout(row, columns, shown, unknown)


def _untitled_item(titles: list[str], columns: dict[str, int], below: list[list[object]]) -> int | None:
    """The item's column in releases that forgot its title: beside the type of item, or the one with most words."""
    if "type" in columns:
        beside = columns["type"] - 1
        if beside >= 0 and not titles[beside]:
            return beside
    bare = [i for i, title in enumerate(titles) if not title]
    words = {i: len({word(row[i]) for row in below if i < len(row) and isinstance(row[i], str)} - {""}) for i in bare}
    best = max(bare, key=lambda i: (words[i], -i), default=None)
    return best if best is not None and words[best] >= 2 else None


def find(rows: list[list[object]]) -> Layout | None:
    """The layout of a sheet, from the row among the first 60 that names most known columns; None for other sheets."""
    best: Layout | None = None
    for at, cells in enumerate(rows[:HEADER_ROWS]):
        if sum(bool(text(cell)) for cell in cells) < ENOUGH:
            continue
        layout = recognise(cells, at + 1, rows[at + 1 :])
        if best is None or len(layout.columns) > len(best.columns):
            best = layout
    return best if best and len(best.columns) >= ENOUGH else None


def letters(column: int) -> str:
    """A column as a spreadsheet names it: 0 is A, 26 is AA."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(ord("A") + rest) + name
    return name
