"""A named change to a question: nations that leave, ways that close, consents granted, single cells rewritten."""

from __future__ import annotations

import difflib
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from oneroof.planning import tables as problem_tables
from oneroof.planning.faults import ProblemError
from oneroof.planning.plan import PlanFault
from oneroof.planning.schema import TABLE
from oneroof.planning.tables import Row, Tables


@dataclass(frozen=True)
class Change:
    """What is different: nothing, until something is named."""

    without: tuple[str, ...] = ()  # nations whose offers and funds are gone
    close: tuple[str, ...] = ()  # nodes and legs that nothing passes
    grant_consents: bool = False
    values: tuple[tuple[str, str, str, str], ...] = ()  # table, key (parts of a pair joined by /), column, value

    def words(self) -> str:
        """The change as the beginning of a sentence."""
        told = [f"without {nation}" for nation in self.without]
        told += [f"with {key} closed" for key in self.close]
        told += ["with every pending consent granted"] if self.grant_consents else []
        told += [f"with {table}.{key}.{column} = {value}" for table, key, column, value in self.values]
        return ", ".join(told) or "with nothing changed"


def changed(tables: Tables, change: Change) -> Tables:
    """The tables with a change made, checked as if they had been read.

    Pins of offers that are gone are gone too; others stay. Raises ProblemError with every unknown name and every
    fault of the new values.
    """
    faults = _strangers(tables, change)
    if faults:
        raise ProblemError(faults)
    rows = dict(tables.rows)
    if change.without:
        rows = _without(rows, set(change.without))
    if change.close:
        rows["legs"] = tuple(_closed(row, set(change.close)) for row in rows["legs"])
    if change.grant_consents:
        rows["offers"] = tuple(
            {**row, "consent": "granted", "consent_from": ""} if row["consent"] == "pending" else row
            for row in rows["offers"]
        )
    if not change.values:
        return Tables(tables.settings, rows)
    for table, key, column, value in change.values:
        rows[table] = tuple({**row, column: value.strip()} if _key(table, row) == key else row for row in rows[table])
    return _checked(Tables(tables.settings, rows))


def _without(rows: dict[str, tuple[Row, ...]], gone: set[str]) -> dict[str, tuple[Row, ...]]:
    """Rows without the offers and funds of some nations."""
    offers = tuple(row for row in rows["offers"] if row["donor"] not in gone)
    kept = {row["offer"] for row in offers}
    funds = tuple(row for row in rows["funds"] if row["donor"] not in gone)
    pins = tuple(row for row in rows["pins"] if row["offer"] in kept)
    return {**rows, "offers": offers, "funds": funds, "pins": pins}


def _closed(row: Row, closed: set[str]) -> Row:
    """A leg; one that is closed, or begins or ends at a closed node, carries nothing."""
    touched = closed & {row["leg"], row["origin"], row["destination"]}
    return {**row, "tonnes_per_week": "0"} if touched else row


def _key(table: str, row: Row) -> str:
    """The key of a row as it is written in a change."""
    return "/".join(row[name] for name in TABLE[table].key)


def _checked(tables: Tables) -> Tables:
    """The same tables, read again through the door that every problem comes through."""
    with tempfile.TemporaryDirectory() as folder:
        problem_tables.write(tables, Path(folder) / "changed")
        return problem_tables.read(Path(folder) / "changed")


def _strangers(tables: Tables, change: Change) -> list[PlanFault]:
    """A fault for every nation, node, leg, table, key and column that is not there."""
    rows = tables.rows
    nations = [row["nation"] for row in rows["nations"]]
    places = [row["node"] for row in rows["nodes"]] + [row["leg"] for row in rows["legs"]]
    faults = [
        _stranger(name, "is no nation of this problem", nations) for name in change.without if name not in nations
    ]
    faults += [_stranger(name, "is no node or leg", places) for name in change.close if name not in places]
    for table, key, column, _ in change.values:
        if table not in TABLE:
            faults.append(_stranger(table, "is no table that can be changed", TABLE))
            continue
        keys = [_key(table, row) for row in rows[table]]
        if key not in keys:
            faults.append(_stranger(key, f"is no key of {table}", keys))
        names = [name for name in TABLE[table].names if name not in TABLE[table].key]
        if column not in names:
            reason = (
                f"is a key of {table} and stays as it is" if column in TABLE[table].key else f"is no column of {table}"
            )
            faults.append(_stranger(column, reason, names))
    return faults


def _stranger(name: str, reason: str, known: Iterable[str]) -> PlanFault:
    """The fault of an unknown name, with the nearest known ones."""
    names = sorted(known)
    folded = {one.casefold(): one for one in names}
    near = [folded[match] for match in difflib.get_close_matches(name.casefold(), folded, n=5, cutoff=0.5)]
    near = near or [one for one in names if name and name.casefold() in one.casefold()][:5] or names[:5]
    return PlanFault("change", 0, "", name, reason, f"Nearest: {', '.join(near)}." if near else "The table is empty.")
