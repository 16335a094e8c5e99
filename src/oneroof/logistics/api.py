"""The network over the API; exact places and costs are details, with addresses of their own."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from ninja import Field, Router, Schema
from ninja.orm import create_schema

from oneroof.access.api import RecordOut, Release, detail_routes, record_routes, with_parties
from oneroof.access.kinds import seen_id
from oneroof.logistics import actions
from oneroof.logistics.models import Closure, Leg, LegDetail, Node, NodeDetail

router = Router(tags=["network"])

FIELDS = ["code", "name", "name_uk", "kind", "handling_tonnes_per_week"]
ABOUT = ["latitude_about", "longitude_about", "illustrative"]
NodeFields = create_schema(Node, name="NodeFields", fields=[*FIELDS, *ABOUT], base_class=RecordOut)
NodeNewFields = create_schema(Node, name="NodeNewFields", fields=FIELDS, base_class=Release)
NodeChangeFields = create_schema(Node, name="NodeChangeFields", fields=FIELDS, optional_fields=FIELDS)


class Place(Schema):
    """Where a node is exactly, in degrees of WGS 84."""

    latitude: Decimal = Field(..., ge=-90, le=90, decimal_places=6)
    longitude: Decimal = Field(..., ge=-180, le=180, decimal_places=6)


class NodeOut(NodeFields):  # type: ignore[misc, valid-type]
    """A node with its place in whole degrees."""

    nation: str = Field(..., description="Code of the nation in which it lies.")

    @staticmethod
    def resolve_nation(record: Node) -> str:
        """The nation's code."""
        return record.nation.code


class NodeNew(NodeNewFields):  # type: ignore[misc, valid-type]
    """A new node."""

    nation: str
    place: Place | None = None


class NodeChange(NodeChangeFields):  # type: ignore[misc, valid-type]
    """What changes of a node."""

    nation: str | None = None
    place: Place | None = None


def add_node(viewer: Any, **fields: Any) -> Any:
    """Adds a node."""
    return actions.add_node(viewer, **with_parties(fields, "nation"))


def change_node(viewer: Any, node: Node, **fields: Any) -> Any:
    """Changes a node."""
    return actions.change_node(viewer, node, **with_parties(fields, "nation"))


record_routes(router, Node, "nodes", shape=NodeOut, new=NodeNew, changed=NodeChange, add=add_node, change=change_node)
detail_routes(
    router, Node, NodeDetail, "nodes", "place", shape=Place, change=actions.change_node, word="exact place of a node"
)

LEG = ["code", "mode", "days", "tonnes_per_week", "explosives", "opens", "closes"]
LegFields = create_schema(Leg, name="LegFields", fields=[*LEG, "illustrative"], base_class=RecordOut)
LegNewFields = create_schema(Leg, name="LegNewFields", fields=LEG, base_class=Release)
LegChangeFields = create_schema(Leg, name="LegChangeFields", fields=LEG, optional_fields=LEG)


class Cost(Schema):
    """What carrying one tonne costs."""

    cost_per_tonne: Decimal = Field(..., ge=0, max_digits=14, decimal_places=2)
    currency: str = Field(..., min_length=3, max_length=3)


class LegOut(LegFields):  # type: ignore[misc, valid-type]
    """A leg; an end that is not released to the reader is null."""

    origin: UUID | None
    destination: UUID | None

    @staticmethod
    def resolve_origin(record: Leg) -> UUID | None:
        """Where it begins, where that is seen."""
        return seen_id(record, "origin")

    @staticmethod
    def resolve_destination(record: Leg) -> UUID | None:
        """Where it ends, where that is seen."""
        return seen_id(record, "destination")


class LegNew(LegNewFields):  # type: ignore[misc, valid-type]
    """A new leg between two nodes that the writer sees."""

    origin: UUID
    destination: UUID
    cost: Cost | None = None


class LegChange(LegChangeFields):  # type: ignore[misc, valid-type]
    """What changes of a leg."""

    origin: UUID | None = None
    destination: UUID | None = None
    cost: Cost | None = None


def with_seen(viewer: Any, fields: dict[str, Any], **kinds: Any) -> dict[str, Any]:
    """Records by their ids, None where the viewer does not see them."""
    for name, kind in kinds.items():
        if fields.get(name) is not None:
            fields[name] = kind.objects.visible_to(viewer).filter(pk=fields[name]).first()
    return fields


def add_leg(viewer: Any, **fields: Any) -> Any:
    """Adds a leg."""
    return actions.add_leg(viewer, **with_seen(viewer, fields, origin=Node, destination=Node))


def change_leg(viewer: Any, leg: Leg, **fields: Any) -> Any:
    """Changes a leg."""
    return actions.change_leg(viewer, leg, **with_seen(viewer, fields, origin=Node, destination=Node))


record_routes(router, Leg, "legs", shape=LegOut, new=LegNew, changed=LegChange, add=add_leg, change=change_leg)
detail_routes(router, Leg, LegDetail, "legs", "cost", shape=Cost, change=actions.change_leg, word="cost of a leg")

CLOSURE = ["starts_on", "ends_on", "capacity_left", "reason"]
ClosureFields = create_schema(Closure, name="ClosureFields", fields=CLOSURE, base_class=RecordOut)
ClosureNewFields = create_schema(Closure, name="ClosureNewFields", fields=CLOSURE, base_class=Release)
ClosureChange = create_schema(Closure, name="ClosureChange", fields=CLOSURE, optional_fields=CLOSURE)


class ClosureOut(ClosureFields):  # type: ignore[misc, valid-type]
    """A closure of a node or a leg; what is not released to the reader is null."""

    node: UUID | None
    leg: UUID | None

    @staticmethod
    def resolve_node(record: Closure) -> UUID | None:
        """The node, where it is seen."""
        return seen_id(record, "node")

    @staticmethod
    def resolve_leg(record: Closure) -> UUID | None:
        """The leg, where it is seen."""
        return seen_id(record, "leg")


class ClosureNew(ClosureNewFields):  # type: ignore[misc, valid-type]
    """A new closure of a node or a leg that the writer sees."""

    node: UUID | None = None
    leg: UUID | None = None


def add_closure(viewer: Any, **fields: Any) -> Any:
    """Adds a closure."""
    return actions.add_closure(viewer, **with_seen(viewer, fields, node=Node, leg=Leg))


record_routes(
    router,
    Closure,
    "closures",
    shape=ClosureOut,
    new=ClosureNew,
    changed=ClosureChange,
    add=add_closure,
    change=actions.change_closure,
    order=("starts_on", "id"),
)
