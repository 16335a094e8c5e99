"""The network as GeoJSON, as far as a viewer may know it: exact places where released, else rounded and said so."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from oneroof.access.viewer import Viewer
from oneroof.logistics.models import Leg, Node, NodeDetail

# A map of more nodes can't be read, and each is a button; the table beside it has them all.
MOST_NODES = 1000
MOST_LEGS = 4000


def features(viewer: Viewer, nodes: Any) -> dict[str, Any]:
    """Points for nodes of a visible queryset, lines for the visible legs between them; coordinates in degrees.

    ``properties`` of a point: name, words, address, approximate. Four queries, whatever there is.
    """
    shown = {node.pk: node for node in nodes[:MOST_NODES]}
    exact = {row.pk: row for row in NodeDetail.objects.visible_to(viewer).filter(record__in=list(shown))}
    places: dict[Any, list[float]] = {}
    for key, node in shown.items():
        if key in exact:
            places[key] = [float(exact[key].longitude), float(exact[key].latitude)]
        elif node.latitude_about is not None:
            places[key] = [node.longitude_about, node.latitude_about]
    points = [_point(node, places[key], approximate=key not in exact) for key, node in shown.items() if key in places]
    return {"type": "FeatureCollection", "features": [*_lines(viewer, places), *points]}


def _point(node: Node, place: list[float], *, approximate: bool) -> dict[str, Any]:
    words = f"{node.code}, {node.get_kind_display()}"
    if approximate:
        words = _("%(words)s; place rounded to whole degrees") % {"words": words}
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": place},
        "properties": {
            "name": str(node),
            "words": words,
            "address": node.get_absolute_url(),
            "approximate": approximate,
        },
    }


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
