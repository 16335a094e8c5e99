"""Addresses of the frame."""

from __future__ import annotations

from django.urls import path

from oneroof.access import look, search

urlpatterns = [
    path("theme/", look.theme, name="theme"),
    path("search/", search.search, name="search"),
    path("coming/<slug:name>/", look.coming, name="coming"),
]
