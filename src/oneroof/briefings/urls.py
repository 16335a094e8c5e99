"""Addresses of the first page and the plan."""

from __future__ import annotations

from django.urls import path

from oneroof.access.today import needs
from oneroof.briefings import home

needs.append(home.second_factor)

urlpatterns = [
    path("", home.today, name="today"),
    path("plan/", home.plan, name="plan"),
    path("plan/briefing/", home.plan_briefing, name="plan-briefing"),
]
