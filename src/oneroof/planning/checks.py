"""Every fault of the tables of a problem: headers, cells, keys, references and rules between columns."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cached_property

from oneroof.planning.cells import flaw, is_date, nearest, parts_of
from oneroof.planning.faults import Fault
from oneroof.planning.schema import PLAN_TABLE, TABLE, TABLES, Column, Table
from oneroof.planning.sheets import Record, Sheet

Row = dict[str, str]
MOST_SUGGESTIONS = 200  # looking for a similar key takes time; a file with more strangers has another ailment
_EITHER = ("item", "package")


class Found:
    """A table after its header was read: columns of text beside the rows they come from, and its faults."""

    def __init__(self, table: Table, sheet: Sheet) -> None:
        self.table = table
        self.faults = list(sheet.faults)
        self.spoiled = [fault for fault in sheet.faults if fault.row > 1 and fault.column]  # cells told once, not twice
        self.readable = sheet.readable
        self.header = sheet.header if sheet.readable else []
        self.torn = set(sheet.torn)
        records = self._whole(sheet.records) if sheet.readable else []
        self.numbers = [row for row, _ in records]
        self.cells = self._columns(records)
        self.rows: list[Row] = [
            dict(zip(table.names, values, strict=True))
            for values in zip(*(self.cells[name] for name in table.names), strict=True)
        ]
        if sheet.readable:
            self._judge_header()
            self._judge_cells()
            self._judge_keys()

    def say(self, row: int, column: str, value: str, reason: str, cure: str) -> None:
        """Adds a fault."""
        self.faults.append(Fault(self.table.name, row, column, value, reason, cure))

    def has(self, column: str) -> bool:
        """Whether the header names the column."""
        return column in self.header

    @cached_property
    def keys(self) -> set[str] | None:
        """Every key of the table, or None where they can't be known."""
        name = self.table.key[0]
        if not self.readable or not self.has(name):
            return None
        return set(self.cells[name]) | self.torn

    def _whole(self, records: list[Record]) -> list[Record]:
        """The records with as many cells as the header; the others are faults."""
        width = len(self.header)
        if all(len(cells) == width for _, cells in records):
            return records
        whole = []
        for row, cells in records:
            if len(cells) == width:
                whole.append((row, cells))
                continue
            extra = ", ".join(cell for cell in cells[width:] if cell)
            reason = f"the row has {len(cells)} cells, the header has {width}"
            if len(cells) > width:
                cure = "Remove the extra cells; text that holds a comma stands between quotation marks."
                reason = f"is too much: {reason}" if extra else reason
            else:
                cure = "Add the missing cells; an empty cell is a comma with nothing after it."
            self.say(row, "", extra, reason, cure)
            self.torn.update(cells)
        return whole

    def _columns(self, records: list[Record]) -> dict[str, list[str]]:
        """The text of every column of the schema; '' throughout where the header does not name it."""
        columns = list(zip(*(cells for _, cells in records), strict=True)) if records else []
        empty = [""] * len(records)
        return {
            name: list(columns[self.header.index(name)]) if columns and name in self.header else empty
            for name in self.table.names
        }

    def _judge_header(self) -> None:
        """Faults of the header: a column that is missing, unknown, nameless or there twice."""
        known = self.table.by_name
        if not any(name in known for name in self.header):
            cure = f"Write the names of the columns into the first row: {', '.join(known)}."
            self.say(1, "", ", ".join(self.header), "is no header of this table", cure)
            self.readable = False
            return
        for place, name in enumerate(self.header):
            if name in self.header[:place]:
                self.say(1, name, name, "is the name of two columns", "Remove one of them.")
            elif not name:
                self.say(1, "", "", f"column {place + 1} has no name", "Name the column or remove it.")
            elif name not in known:
                near = nearest(name, [free for free in known if free not in self.header])
                cure = f"Rename it to {near}, or remove it." if near else f"Remove it; known are {', '.join(known)}."
                self.say(1, name, name, "is no column of this table", cure)
        for name, column in known.items():
            if column.required and not self.has(name):
                example = f" (for example {column.example})" if column.example else ""
                self.say(1, name, "", "the column is missing", f"Add the column {name}{example}. {column.meaning}")

    def _judge_cells(self) -> None:
        """Faults of cells taken alone; each distinct text of a column is judged once."""
        for column in self.table.columns:
            if not self.has(column.name):
                continue
            cells = self.cells[column.name]
            wrong = {text: found for text in set(cells) if (found := flaw(column, text))}
            if wrong:
                for row, text in zip(self.numbers, cells, strict=True):
                    if text in wrong:
                        self.say(row, column.name, text, *wrong[text])

    def _judge_keys(self) -> None:
        """Faults of keys that stand in an earlier row already."""
        key = self.table.key
        if not all(self.has(name) for name in key):
            return
        whole = list(zip(*(self.cells[name] for name in key), strict=True))
        if len(set(whole)) == len(whole):
            return
        first: dict[tuple[str, ...], int] = {}
        for row, values in zip(self.numbers, whole, strict=True):
            if not all(values):
                continue
            if values in first:
                what = "the pair of " + " and ".join(key) if len(key) > 1 else f"the {key[0]}"
                cure = "Remove one of the rows, or join them." if len(key) > 1 else "Remove the row or change its key."
                self.say(row, key[-1], values[-1], f"repeats {what} of row {first[values]}", cure)
            first.setdefault(values, row)


def absent(table: Table) -> Found:
    """A table that the problem does not have: a fault where it is needed, else simply empty."""
    sheet = Sheet(table.name, header=list(table.names))
    if table.required:
        sheet.readable = False
        columns = ", ".join(column.name for column in table.columns if column.required)
        cure = f"Add the table with its header row; needed are the columns {columns}."
        sheet.faults.append(Fault(table.name, 1, "", "", "the table is missing", cure))
    return Found(table, sheet)


def stranger(name: str, file: str) -> Fault:
    """The fault of a file or sheet that is no table of a problem."""
    near = nearest(name, TABLE)
    if name in PLAN_TABLE:
        cure = "It is a table of a plan; keep plans in a folder of their own."
    elif near:
        cure = f"Rename it to {near}, or move it elsewhere."
    else:
        cure = f"Move it elsewhere; known are {', '.join(TABLE)}."
    return Fault(name, 1, "", file, "is no table of a problem", cure)


def all_faults(found: dict[str, Found]) -> list[Fault]:
    """The faults of all tables, those between tables and between columns too."""
    suggest = _Suggestions()
    faults = [fault for table in found.values() for fault in table.faults]
    for table in TABLES:
        here = found[table.name]
        for column in table.columns:
            if column.target and here.has(column.name):
                faults += _strangers(here, column, found, suggest)
    for rule in RULES:
        faults += rule(found)
    spoiled = {(fault.table, fault.row, fault.column): fault for table in found.values() for fault in table.spoiled}
    return [fault for fault in faults if spoiled.get((fault.table, fault.row, fault.column), fault) == fault]


class _Suggestions:
    """Nearest keys, each looked for once."""

    def __init__(self) -> None:
        self.known: dict[tuple[str, str], str] = {}

    def cure(self, target: Found, text: str, keys: Iterable[str]) -> str:
        """How to mend a reference to nothing: the key whose name was written, or the nearest one."""
        name = target.table.name
        place = (name, text)
        if place not in self.known:
            self.known[place] = ""
            if len(self.known) <= MOST_SUGGESTIONS:
                folded = text.casefold()
                named = (row[target.table.key[0]] for row in target.rows if row.get("name", "").casefold() == folded)
                self.known[place] = next(named, "") or nearest(text, keys)
        near = self.known[place]
        if near:
            return f"Write {near}, or add {text} to {name}."
        return f"Add {text} to {name}, or write one of its keys."


def _strangers(here: Found, column: Column, found: dict[str, Found], suggest: _Suggestions) -> Iterator[Fault]:
    """Faults of the references of a column that point to nothing."""
    cells = here.cells[column.name]
    if column.target in found:
        targets: dict[str, str] | None = None
        keys = found[column.target].keys
        if keys is None or (column.kind == "reference" and keys.issuperset(filter(None, cells))):
            return
    else:
        targets = {"item": "items", "course": "courses"}  # the only column whose target another column names
    for place, text in enumerate(cells):
        target = column.target if targets is None else targets.get(here.rows[place]["kind"], "")
        known = found[target].keys if target else None
        if not text or known is None:
            continue
        listed = parts_of(text) if column.kind == "list" else [text]
        lost = [part for part in listed if part not in known]
        if not lost or flaw(column, text):
            continue
        named = text if column.kind == "reference" else ", ".join(lost)
        reason = f"is not in {target}" if named == text else f"names {named}, not in {target}"
        cure = suggest.cure(found[target], lost[0], known)
        yield Fault(here.table.name, here.numbers[place], column.name, text, reason, cure)


Rule = Callable[[dict[str, Found]], Iterator[Fault]]


def _ordered(name: str, first: str, last: str, may_be_equal: bool) -> Rule:
    """The rule that one date of a row does not lie before another (ISO dates sort as text)."""

    def rule(found: dict[str, Found]) -> Iterator[Fault]:
        here = found[name]
        pairs = zip(here.numbers, here.cells[first], here.cells[last], strict=True)
        for row, before, after in pairs:
            if not (before and after) or before < after or (may_be_equal and before == after):
                continue
            if is_date(before) and is_date(after):
                word = "lies before" if may_be_equal else "does not lie after"
                cure = f"Bring {first} forward or put {last} back."
                yield Fault(name, row, last, after, f"{word} {first} ({before})", cure)

    return rule


def _different(name: str, one: str, other: str, cure: str) -> Rule:
    """The rule that two columns of a row do not hold the same key."""

    def rule(found: dict[str, Found]) -> Iterator[Fault]:
        here = found[name]
        for row, a, b in zip(here.numbers, here.cells[one], here.cells[other], strict=True):
            if a and a == b:
                yield Fault(name, row, other, b, f"is also the {one}", cure)

    return rule


def item_or_package(found: dict[str, Found]) -> Iterator[Fault]:
    """A requirement names exactly one of item and package; a missing column is one fault, not one a row."""
    here = found["requirements"]
    neither = [place for place, row in enumerate(here.rows) if not row["item"] and not row["package"]]
    missing = [name for name in _EITHER if not here.has(name)] if here.readable else []
    if missing and (neither or len(missing) == len(_EITHER)):
        cure = "Add the columns item and package, and fill exactly one of them in every row."
        yield Fault("requirements", 1, missing[0], "", "the column is missing", cure)
        return
    for place in neither:
        reason, cure = "neither item nor package is given", "Fill in exactly one of them."
        yield Fault("requirements", here.numbers[place], "item", "", reason, cure)
    for place, row in enumerate(here.rows):
        if row["item"] and row["package"]:
            reason, cure = f"is given beside the item {row['item']}", "Keep one of them, and write the other as a row."
            yield Fault("requirements", here.numbers[place], "package", row["package"], reason, cure)


def packages_have_parts(found: dict[str, Found]) -> Iterator[Fault]:
    """A package has at least one part."""
    here, parts = found["packages"], found["package_parts"].keys
    if parts is None or not here.has("package"):
        return
    for row, key in zip(here.numbers, here.cells["package"], strict=True):
        if key and key not in parts and not flaw(here.table.by_name["package"], key):
            yield Fault("packages", row, "package", key, "has no parts", "Add its items or courses to package_parts.")


RULES: tuple[Rule, ...] = (
    _ordered("legs", "opens", "closes", may_be_equal=True),
    _ordered("requirements", "due", "latest", may_be_equal=False),
    _ordered("offers", "available_from", "available_until", may_be_equal=True),
    _ordered("courses", "first_start", "last_start", may_be_equal=True),
    _ordered("funds", "available_from", "available_until", may_be_equal=True),
    _different("legs", "origin", "destination", "Name two different nodes; goods wait at a node without a leg."),
    _different("substitutes", "item", "substitute", "Remove the row; an item always serves for itself."),
    item_or_package,
    packages_have_parts,
)
