"""Addresses of the frame."""

from __future__ import annotations

from django.urls import path

from oneroof.access import choices, components, look, search

urlpatterns = [
    path("theme/", look.theme, name="theme"),
    path("components/", components.components, name="components"),
    path("components/nodes.json", components.nodes, name="components-nodes"),
    path("search/", search.search, name="search"),
    path("choices/<slug:kind>/", choices.choices, name="choices"),
    path("coming/<slug:name>/", look.coming, name="coming"),
]
