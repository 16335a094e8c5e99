"""Addresses of the network; what search finds of it."""

from __future__ import annotations

from django.urls import path
from django.utils.translation import gettext_lazy as _

from oneroof.access.search import Searched, searched
from oneroof.access.shell import REFERENCE
from oneroof.access.spelling import holding
from oneroof.access.today import needs
from oneroof.logistics import today, views
from oneroof.logistics.models import Leg, Node

urlpatterns = [
    path("network/", views.nodes, name="nodes"),
    path("network/nodes.geojson", views.nodes_geojson, name="nodes_geojson"),
    path("network/import/", views.import_tables, name="network_import"),
    path("network/tables.zip", views.tables, name="network_tables"),
    path("nodes/add/", views.node_add, name="node_add"),
    path("nodes/<uuid:pk>/", views.node, name="node"),
    path("nodes/<uuid:pk>/change/", views.node_change, name="node_change"),
    path("legs/", views.legs, name="legs"),
    path("legs/add/", views.leg_add, name="leg_add"),
    path("legs/<uuid:pk>/", views.leg, name="leg"),
    path("legs/<uuid:pk>/change/", views.leg_change, name="leg_change"),
    path("closures/", views.closures, name="closures"),
    path("closures/add/", views.closure_add, name="closure_add"),
    path("closures/<uuid:pk>/", views.closure, name="closure"),
    path("closures/<uuid:pk>/change/", views.closure_change, name="closure_change"),
    path("closures/<uuid:pk>/remove/", views.closure_remove, name="closure_remove"),
]

searched.append(Searched(Node, _("Nodes"), ("search",), Node.get_absolute_url, holding))
searched.append(Searched(Leg, _("Legs"), ("code",), Leg.get_absolute_url))
REFERENCE.append(("nodes", _("Network")))
needs += [today.closures, today.blind_legs]
