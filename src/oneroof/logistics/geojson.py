"""The network as GeoJSON, as far as a viewer may know it: exact places where released, else rounded and said so."""

from __future__ import annotations

import uuid
from collections.abc import Container
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from oneroof.access.viewer import Viewer
from oneroof.logistics.models import Leg, Node, NodeDetail

# A map of more nodes can't be read, and each is a button; the table beside it has them all.
MOST_NODES = 1000
MOST_LEGS = 4000
NO_KEY = uuid.UUID(int=0)


def features(viewer: Viewer, nodes: Any) -> dict[str, Any]:
    """Points for nodes of a visible queryset, lines for the visible legs between them; coordinates in degrees.

    ``properties`` of a point: name, words, address, approximate. Four queries, whatever there is.
    """
    shown = {node.pk: node for node in nodes[:MOST_NODES]}
    # Columns, not records: to seal the reference of each would load every node a second time.
    columns = ("pk", "longitude", "latitude")
    told = NodeDetail.objects.visible_to(viewer).filter(record__in=list(shown)).values_list(*columns)
    exact = {key: [float(longitude), float(latitude)] for key, longitude, latitude in told}
    places: dict[Any, list[float]] = {}
    for key, node in shown.items():
        if key in exact:
            places[key] = exact[key]
        elif node.latitude_about is not None:
            places[key] = [node.longitude_about, node.latitude_about]
    points = _points([node for key, node in shown.items() if key in places], places, exact)
    return {"type": "FeatureCollection", "features": [*_lines(viewer, places), *points]}


def _points(nodes: list[Node], places: dict[Any, list[float]], exact: Container[Any]) -> list[dict[str, Any]]:
    """Points of nodes; what they have in common, words and the form of an address, is made once."""
    kinds = {kind.value: str(kind.label) for kind in Node.Kind}
    address = reverse("node", args=[NO_KEY])
    points = []
    for node in nodes:
        words = f"{node.code}, {kinds.get(node.kind, node.kind)}"
        if node.pk not in exact:
            words = _("%(words)s; place rounded to whole degrees") % {"words": words}
        properties = {
            "name": str(node),
            "words": words,
            "address": address.replace(str(NO_KEY), str(node.pk)),
            "approximate": node.pk not in exact,
        }
        place = {"type": "Point", "coordinates": places[node.pk]}
        points.append({"type": "Feature", "geometry": place, "properties": properties})
    return points


def _lines(viewer: Viewer, places: dict[Any, list[float]]) -> list[dict[str, Any]]:
    """Lines of the visible legs whose two ends are on the map."""
    ends = list(places)
    rows = Leg.objects.visible_to(viewer).filter(origin__in=ends, destination__in=ends)
    columns = ("code", "mode", "days", "tonnes_per_week", "origin_id", "destination_id")
    lines = []
    for code, mode, days, tonnes, origin, destination in rows.values_list(*columns)[:MOST_LEGS]:
        words = _("%(mode)s, %(days)s days") % {"mode": Leg.Mode(mode).label, "days": days}
        lines.append(
            {
                "type": "Feature",
                "geometry": {"type": "LineString", "coordinates": [places[origin], places[destination]]},
                "properties": {"name": code, "words": words, "flow": float(tonnes or 0)},
            }
        )
    return lines
