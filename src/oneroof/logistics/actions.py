"""Adding and changing nodes, legs and closures."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from oneroof.access.actions import release_set
from oneroof.access.kinds import faults_of, owned, refuse
from oneroof.access.models import ReleaseSet
from oneroof.access.viewer import Viewer
from oneroof.journal.actions import acting
from oneroof.journal.errors import nothing_there
from oneroof.journal.versions import Version
from oneroof.logistics.models import Closure, Leg, LegDetail, Node, NodeDetail

Facts = Mapping[str, Any]


def add_node(
    viewer: Viewer,
    *,
    to: ReleaseSet,
    detail_to: ReleaseSet | None = None,
    embargo_until: datetime | None = None,
    place: Facts | None = None,
    why: str = "",
    **fields: Any,
) -> Node:
    """A new node of the viewer's party; its exact place goes to nobody else unless ``detail_to`` says so.

    ``place`` has latitude and longitude; on the node itself they are rounded to whole degrees. Raises `Refused`.
    """
    detail_to = detail_to or release_set()
    node = Node(**owned(viewer, to, detail_to, embargo_until), **fields)
    detail = NodeDetail(record=node, **place) if place else None
    _round(node, detail)
    refuse(faults_of(node) | (faults_of(detail) if detail else {}))
    with acting(viewer, "add", why) as act:
        act.write(node)
        if detail:
            act.write(detail)
    return node


def change_node(
    viewer: Viewer,
    node: Node,
    *,
    version: Version | None = None,
    place: Facts | None = None,
    why: str = "",
    **fields: Any,
) -> Node:
    """Change fields of a node, or its place; an empty ``place`` takes that away, None leaves it.

    Raises `Refused`, `Stale`, `NotYours`.
    """
    detail = NodeDetail.objects.visible_to(viewer).filter(pk=node.pk).first()
    for field, fresh in fields.items():
        setattr(node, field, fresh)
    if place:
        detail = detail or NodeDetail(record=node)
        for field, fresh in place.items():
            setattr(detail, field, fresh)
    if place is not None:
        _round(node, detail if place else None)
    refuse(faults_of(node) | (faults_of(detail) if place and detail else {}))
    with acting(viewer, "change", why) as act:
        act.write(node, version=version)
        if place and detail:
            act.write(detail)
        elif place is not None and detail is not None:
            act.remove(detail)
    return node


def add_leg(
    viewer: Viewer,
    *,
    to: ReleaseSet,
    origin: Node | None,
    destination: Node | None,
    detail_to: ReleaseSet | None = None,
    embargo_until: datetime | None = None,
    cost: Facts | None = None,
    why: str = "",
    **fields: Any,
) -> Leg:
    """A new leg of the viewer's party; what it costs goes to nobody else unless ``detail_to`` says so.

    A node that is None stands for one that is unknown or not visible: the words are the same. Raises `Refused`.
    """
    detail_to = detail_to or release_set()
    leg = Leg(**owned(viewer, to, detail_to, embargo_until), origin=origin, destination=destination, **fields)
    detail = LegDetail(record=leg, **cost) if cost else None
    faults = faults_of(leg) | (faults_of(detail) if detail else {})
    refuse(faults | _not_there(origin=origin, destination=destination))
    with acting(viewer, "add", why) as act:
        act.write(leg)
        if detail:
            act.write(detail)
    return leg


def change_leg(
    viewer: Viewer,
    leg: Leg,
    *,
    version: Version | None = None,
    cost: Facts | None = None,
    why: str = "",
    **fields: Any,
) -> Leg:
    """Change fields of a leg, or what it costs; an empty ``cost`` takes that away, None leaves it.

    Raises `Refused`, `Stale`, `NotYours`.
    """
    detail = LegDetail.objects.visible_to(viewer).filter(pk=leg.pk).first()
    for field, fresh in fields.items():
        setattr(leg, field, fresh)
    if cost:
        detail = detail or LegDetail(record=leg)
        for field, fresh in cost.items():
            setattr(detail, field, fresh)
    faults = faults_of(leg) | (faults_of(detail) if cost and detail else {})
    refuse(faults | _not_there(**{name: fields[name] for name in ("origin", "destination") if name in fields}))
    with acting(viewer, "change", why) as act:
        act.write(leg, version=version)
        if cost and detail:
            act.write(detail)
        elif cost is not None and detail is not None:
            act.remove(detail)
    return leg


def add_closure(
    viewer: Viewer,
    *,
    to: ReleaseSet,
    detail_to: ReleaseSet | None = None,
    embargo_until: datetime | None = None,
    why: str = "",
    **fields: Any,
) -> Closure:
    """A new closure of a node or a leg that the viewer sees, own or another party's. Raises `Refused`."""
    closure = Closure(**owned(viewer, to, detail_to or to, embargo_until), **fields)
    refuse(faults_of(closure))
    with acting(viewer, "add", why) as act:
        act.write(closure)
    return closure


def change_closure(
    viewer: Viewer, closure: Closure, *, version: Version | None = None, why: str = "", **fields: Any
) -> Closure:
    """Change fields of a closure. Raises `Refused`, `Stale`, `NotYours`."""
    for field, fresh in fields.items():
        setattr(closure, field, fresh)
    refuse(faults_of(closure))
    with acting(viewer, "change", why) as act:
        act.write(closure, version=version)
    return closure


def remove_closure(viewer: Viewer, closure: Closure, *, why: str = "") -> None:
    """Take a closure away; its history stays. Raises `NotYours`."""
    with acting(viewer, "remove", why) as act:
        act.remove(closure)


def _round(node: Node, detail: NodeDetail | None) -> None:
    """The place of a node as everybody who sees the node may know it: whole degrees."""
    node.latitude_about = about(detail.latitude, 90) if detail else None
    node.longitude_about = about(detail.longitude, 180) if detail else None


def about(degrees: object, most: int) -> int | None:
    """Whole degrees, or None where the text is no number within bounds (another check tells)."""
    try:
        number = Decimal(str(degrees).strip())
    except InvalidOperation:
        return None
    return round(number) if number.is_finite() and abs(number) <= most else None


def _not_there(**named: Node | None) -> dict[str, list[str]]:
    """Faults of references to nothing."""
    return {field: [nothing_there()] for field, node in named.items() if node is None}
