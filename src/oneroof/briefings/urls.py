"""Addresses of home, plan and public page."""

from __future__ import annotations

from django.urls import path

from oneroof.briefings import home

urlpatterns = [
    path("", home.today, name="today"),
]
