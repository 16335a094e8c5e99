"""Addresses of the catalogue."""

from __future__ import annotations

from django.urls import path

from oneroof.catalogue import views

urlpatterns = [
    path("items/", views.items, name="items"),
]
