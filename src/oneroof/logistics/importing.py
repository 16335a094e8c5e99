"""Nodes and legs from tables, and back into tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from oneroof.access.kinds import owned
from oneroof.access.models import ReleaseSet
from oneroof.access.upsert import (
    Outcome,
    TakenBack,
    Upsert,
    by_code,
    exported_keys,
    extended,
    plain_number,
    read,
    refuse_faults,
)
from oneroof.access.viewer import Viewer
from oneroof.journal.actions import acting, values
from oneroof.logistics.actions import about
from oneroof.logistics.models import Leg, LegDetail, Node, NodeDetail
from oneroof.nations.models import Party
from oneroof.planning.checks import Found
from oneroof.planning.codes import CURRENCIES
from oneroof.planning.schema import Column

Row = dict[str, str]
MODES = tuple(mode.value for mode in Leg.Mode)


def _legs() -> Any:
    """The table of legs, with changes of gauge."""
    table = extended(
        "legs",
        Column("currency", "text", "Currency of the cost.", required=False, codes=CURRENCIES),
        loosened=("cost_per_tonne",),
    )
    mode = next(place for place, column in enumerate(table.columns) if column.name == "mode")
    columns = list(table.columns)
    columns[mode] = Column("mode", "choice", columns[mode].meaning, columns[mode].example, choices=MODES)
    return type(table)(table.name, table.meaning, table.key, tuple(columns))


TABLES = (
    extended(
        "nodes",
        Column("name_uk", "text", "Name in Ukrainian.", required=False),
        loosened=("latitude", "longitude"),
    ),
    _legs(),
)
NODE = {
    "node": "code",
    "name": "name",
    "kind": "kind",
    "handling_tonnes_per_week": "handling_tonnes_per_week",
    "name_uk": "name_uk",
}
PLACE = {"latitude": "latitude", "longitude": "longitude"}
LEG = {
    "leg": "code",
    "mode": "mode",
    "days": "days",
    "tonnes_per_week": "tonnes_per_week",
    "explosives": "explosives",
    "opens": "opens",
    "closes": "closes",
}
COST = {"cost_per_tonne": "cost_per_tonne", "currency": "currency"}


def import_network(
    viewer: Viewer,
    files: Sequence[tuple[str, bytes]],
    *,
    to: ReleaseSet,
    detail_to: ReleaseSet,
    currency: str = "EUR",
    illustrative: bool = False,
    dry: bool = False,
    why: str = "",
) -> Outcome:
    """Add or change the viewer's own nodes and legs by their codes, all of it or nothing.

    New records are released as said; those that are there keep their release. Ends of legs are the viewer's own nodes
    or others that the viewer sees. ``dry`` does the same and takes it back. Raises ProblemError with every fault by
    table, row and column; `Refused`.
    """
    found = read(files, TABLES)
    release = {**owned(viewer, to, detail_to), "illustrative": illustrative}
    outcome = Outcome()
    with suppress(TakenBack), acting(viewer, "import", why) as act:
        nodes, places = _nodes(viewer, found["nodes"], release)
        find = by_code([*Node.objects.visible_to(viewer), *nodes.new], viewer.party)
        legs, costs = _leg_rows(viewer, found["legs"], release, find, currency)
        refuse_faults(found, nodes, places, legs, costs)
        for step in (nodes, places, legs, costs):
            step.write(act)
        for step in (nodes, legs):
            step.count(outcome)
        if dry:
            raise TakenBack
    return outcome


def _nodes(viewer: Viewer, found: Found, release: Mapping[str, Any]) -> tuple[Upsert, Upsert]:
    """Rows of ``nodes`` as nodes and as their places."""
    nodes, places = Upsert(found, {**NODE, "nation": "nation"}), Upsert(found, PLACE)
    nations = {party.code: party for party in Party.objects.all()}
    there = {node.code: node for node in Node.objects.visible_to(viewer).filter(owner=viewer.party)}
    details = {detail.pk: detail for detail in NodeDetail.objects.visible_to(viewer).filter(record__owner=viewer.party)}
    for place, row in enumerate(found.rows):
        nation = nations.get(row["nation"])
        if nation is None:
            nodes.strange(place, "nation", "nations")
        node = there.get(row["node"])
        before = None if node is None else values(node)
        if node is None:
            node = Node(**release, code=row["node"])
        for field, value in nodes.fields(place).items():
            if field != "nation":
                setattr(node, field, value)
        node.name = node.name or node.code
        if nation is not None:
            node.nation = nation
        if row["latitude"] and row["longitude"]:
            node.latitude_about, node.longitude_about = about(row["latitude"], 90), about(row["longitude"], 180)
            detail = details.get(node.pk)
            old = None if detail is None else values(detail)
            detail = detail or NodeDetail(record=node)
            detail.latitude, detail.longitude = row["latitude"], row["longitude"]
            places.settle(place, detail, old)
        elif row["latitude"] or row["longitude"]:
            places.fault(place, "latitude", "stands without the other", "Fill in latitude and longitude, or neither.")
        nodes.settle(place, node, before)
    return nodes, places


def _leg_rows(
    viewer: Viewer, found: Found, release: Mapping[str, Any], find: Callable[[str], Any], currency: str
) -> tuple[Upsert, Upsert]:
    """Rows of ``legs`` as legs and as their costs."""
    legs, costs = Upsert(found, {**LEG, "origin": "origin", "destination": "destination"}), Upsert(found, COST)
    there = {leg.code: leg for leg in Leg.objects.visible_to(viewer).filter(owner=viewer.party)}
    details = {detail.pk: detail for detail in LegDetail.objects.visible_to(viewer).filter(record__owner=viewer.party)}
    for place, row in enumerate(found.rows):
        leg = there.get(row["leg"])
        before = None if leg is None else values(leg)
        if leg is None:
            leg = Leg(**release, code=row["leg"])
        for field, value in legs.fields(place).items():
            if field not in ("origin", "destination"):
                setattr(leg, field, value)
        for end in ("origin", "destination"):
            node = find(row[end])
            if node is None:
                legs.strange(place, end, "nodes")
            else:
                setattr(leg, end, node)
        legs.settle(place, leg, before)
        if row["cost_per_tonne"]:
            detail = details.get(leg.pk)
            old = None if detail is None else values(detail)
            detail = detail or LegDetail(record=leg, currency=currency)
            detail.cost_per_tonne = row["cost_per_tonne"]
            detail.currency = row["currency"] or detail.currency
            costs.settle(place, detail, old)
    return legs, costs


def export_network(viewer: Viewer) -> dict[str, list[Row]]:
    """The visible network as rows of ``nodes`` and ``legs``, sorted by key.

    A leg with a hidden end is left out; a place or a cost that is hidden is an empty cell. A change of gauge is told as
    rail, which the planner knows.
    """
    nodes = list(Node.objects.visible_to(viewer).select_related("owner", "nation"))
    keys = exported_keys(nodes)
    places = {row.pk: row for row in NodeDetail.objects.visible_to(viewer)}
    costs = {row.pk: row for row in LegDetail.objects.visible_to(viewer)}
    legs = [
        leg
        for leg in Leg.objects.visible_to(viewer).select_related("owner")
        if leg.origin_id in keys and leg.destination_id in keys
    ]
    leg_keys = exported_keys(legs)
    return {
        "nodes": sorted((_node_row(node, keys[node.pk], places.get(node.pk)) for node in nodes), key=_by("node")),
        "legs": sorted((_leg_row(leg, leg_keys, keys, costs.get(leg.pk)) for leg in legs), key=_by("leg")),
    }


def _node_row(node: Node, key: str, place: NodeDetail | None) -> Row:
    return {
        "node": key,
        "name": node.name,
        "nation": node.nation.code,
        "kind": node.kind,
        "latitude": plain_number(place.latitude) if place else "",
        "longitude": plain_number(place.longitude) if place else "",
        "handling_tonnes_per_week": plain_number(node.handling_tonnes_per_week),
    }


def _leg_row(leg: Leg, keys: Mapping[Any, str], nodes: Mapping[Any, str], cost: LegDetail | None) -> Row:
    return {
        "leg": keys[leg.pk],
        "origin": nodes[leg.origin_id],
        "destination": nodes[leg.destination_id],
        "mode": Leg.Mode.RAIL.value if leg.mode == Leg.Mode.GAUGE else leg.mode,
        "days": str(leg.days),
        "tonnes_per_week": plain_number(leg.tonnes_per_week),
        "cost_per_tonne": plain_number(cost.cost_per_tonne) if cost else "",
        "explosives": "yes" if leg.explosives else "no",
        "opens": leg.opens.isoformat() if leg.opens else "",
        "closes": leg.closes.isoformat() if leg.closes else "",
    }


def _by(name: str) -> Callable[[Row], str]:
    return lambda row: row[name]
