"""From judged rows to the tables of a problem: items, offers, requirements, on the reference network."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from dataclasses import dataclass

from oneroof.exchange.kiel.categories import Category
from oneroof.exchange.kiel.donors import Network
from oneroof.exchange.kiel.judging import Judged
from oneroof.exchange.kiel.readings import printed
from oneroof.exchange.kiel.release import Release
from oneroof.planning.checks import Row
from oneroof.planning.schema import TABLE, TABLES
from oneroof.planning.tables import Tables

WEEKS = 52
CITATION = (
    "Antezza, A., Bushnell, K., Frank, A., Frank, P., Franz, L., Kharitonov, I., Kumar, B., Rebinskaya, E. & "
    "Trebesch, C. (2022). The Ukraine Support Tracker: Which countries help Ukraine and how? Kiel Working Paper 2218, "
    "Kiel Institute for the World Economy (IfW Kiel)."
)
# “Relative importance” of an item that the recipient asked for -> priority; None: asked for, importance not stated.
PRIORITIES: dict[float | None, int] = {2.0: 1, 1.0: 2, None: 3, 0.0: 4}
NOT_ASKED = 5
DUE_WEEKS = {1: 8, 2: 13, 3: 17, 4: 26, 5: 39}  # weeks after the start, by priority; illustrative


@dataclass(frozen=True)
class Wanted:
    """A requirement with its grounds."""

    key: str
    item: str
    asked: bool
    priority: int
    quantity: float
    node: str
    due: dt.date
    rows: tuple[Judged, ...]


@dataclass(frozen=True)
class Made:
    """The problem and what it was made of."""

    tables: Tables
    wanted: tuple[Wanted, ...]
    nodes: dict[str, tuple[str, str]]  # nation -> node from which it ships, reason
    values: dict[str, tuple[float, str]]  # item -> EUR per unit, basis


def start_of(release: Release) -> dt.date:
    """Day 0: the day after the last one that the release covers."""
    return release.last_day + dt.timedelta(days=1)


def make(release: Release, judged: list[Judged], network: Network) -> Made:
    """The problem of the outstanding units of all taken rows."""
    taken = [each for each in judged if each.taken]
    by_item: dict[str, list[Judged]] = defaultdict(list)
    for each in taken:
        by_item[each.item].append(each)
    start = start_of(release)
    values = {item: _value(rows) for item, rows in by_item.items()}
    nodes = {each.donor.nation: network.shipping_node(each.donor) for each in taken if each.donor}
    wanted = tuple(want for item, rows in sorted(by_item.items()) for want in _wanted(item, rows, start, network))
    rows: dict[str, list[Row]] = {
        "nations": _nations(taken, network),
        "nodes": network.nodes,
        "legs": network.legs,
        "items": [_item(item, rows, values[item][0]) for item, rows in by_item.items()],
        "offers": [_offer(each, nodes, start, release.title) for each in taken],
        "requirements": [_requirement(want) for want in wanted],
    }
    complete = {table.name: _complete(table.name, rows.get(table.name, [])) for table in TABLES}
    return Made(Tables(_settings(release, start, bool(taken)), complete), wanted, nodes, values)


def _settings(release: Release, start: dt.date, taken: bool) -> dict[str, object]:
    """The keys of problem.toml."""
    shown = f"{release.last_day.day} {release.last_day:%B %Y}"
    return {
        "name": f"Outstanding deliveries in the Ukraine Support Tracker, {release.title} (until {shown})",
        "start": start,
        "weeks": WEEKS,
        "currency": "EUR",
        "min_stage": "pledged",
        "trainees_per_week": None,
        "priority_factors": [16, 8, 4, 2, 1],
        "illustrative": ["items", "legs", "nodes", "requirements"] if taken else ["legs", "nodes"],
        "sources": [
            CITATION,
            "Network: the reference scenario washington-2024 of OneRoof; its capacities are illustrative.",
        ],
    }


def _complete(table: str, rows: list[Row]) -> tuple[Row, ...]:
    """Rows with every column of the table, sorted by key."""
    names, key = TABLE[table].names, TABLE[table].key
    full = [{name: row.get(name, "") for name in names} for row in rows]
    return tuple(sorted(full, key=lambda row: [row[name] for name in key]))


def _nations(taken: list[Judged], network: Network) -> list[Row]:
    """The network's nations and the donors that it lacks."""
    known = {row["nation"] for row in network.nations}
    new = {each.donor.nation: each.donor.name for each in taken if each.donor and each.donor.nation not in known}
    return network.nations + [{"nation": nation, "name": name} for nation, name in new.items()]


def _name(rows: list[Judged]) -> str:
    """The name of an item: its category's, else the spelling that most rows use."""
    category = _category(rows)
    spelled = Counter(each.entry.word("item") for each in rows)
    return category.item or min(spelled, key=lambda name: (-spelled[name], name))


def _category(rows: list[Judged]) -> Category:
    """The category of an item, from its first row."""
    found = rows[0].category
    assert found is not None
    return found


def _value(rows: list[Judged]) -> tuple[float, str]:
    """EUR per unit: mean of the rows that state a price, weighted by units; else the category's (illustrative)."""
    priced = [(each.price, each.outstanding, each.basis) for each in rows if each.price is not None]
    if not priced:
        return _category(rows).value, "category (illustrative)"
    units = sum(quantity for _, quantity, _ in priced)
    return sum(price * quantity for price, quantity, _ in priced) / units, "; ".join(sorted({b for *_, b in priced}))


def _item(item: str, rows: list[Judged], value: float) -> Row:
    """An item's row; fractions are allowed where its unit is a measure or a row promises a part of a unit."""
    category = _category(rows)
    whole = category.whole_units and all(each.outstanding == int(each.outstanding) for each in rows)
    return {
        "item": item,
        "name": _name(rows),
        "unit": category.unit,
        "tonnes_per_unit": f"{category.tonnes_per_unit:.8f}".rstrip("0").rstrip("."),
        "value_per_unit": printed(value),
        "explosives": "yes" if category.explosives else "no",
        "whole_units": "yes" if whole else "no",
        "supply_class": category.supply_class,
    }


def _offer(each: Judged, nodes: dict[str, tuple[str, str]], start: dt.date, title: str) -> Row:
    """An offer's row; every announcement lies before the start, so all are available from there."""
    assert each.donor is not None
    activity = each.entry.word("activity")
    return {
        "offer": each.offer,
        "donor": each.donor.nation,
        "item": each.item,
        "quantity": printed(each.outstanding),
        "node": nodes[each.donor.nation][0],
        "available_from": start.isoformat(),
        "stage": each.stage,
        "agreement": f"Ukraine Support Tracker {title}, {activity + ', ' if activity else ''}row {each.entry.row}",
    }


def _wanted(item: str, rows: list[Judged], start: dt.date, network: Network) -> list[Wanted]:
    """An item's requirements: one for what was asked for, one (illustrative) for the rest of what was promised."""
    found = []
    for asked in (True, False):
        group = tuple(each for each in rows if each.asked is asked)
        if not group:
            continue
        priority = min(_priority(each) for each in group) if asked else NOT_ASKED
        found.append(
            Wanted(
                key=f"{'asked' if asked else 'illustrative'}-{item}",
                item=item,
                asked=asked,
                priority=priority,
                quantity=sum(each.outstanding for each in group),
                node=network.receiving_node(),
                due=start + dt.timedelta(weeks=DUE_WEEKS[priority]),
                rows=group,
            )
        )
    return found


def _priority(each: Judged) -> int:
    """The priority of a row that the recipient asked for."""
    return PRIORITIES.get(each.entry.number("importance").value, PRIORITIES[None])


def _requirement(want: Wanted) -> Row:
    """A requirement's row."""
    return {
        "requirement": want.key,
        "item": want.item,
        "quantity": printed(want.quantity),
        "node": want.node,
        "due": want.due.isoformat(),
        "priority": str(want.priority),
    }
