"""The first page: what needs the viewer today; for the public, what is public."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from oneroof.access.today import needs_of


def today(request: HttpRequest) -> HttpResponse:
    """Cards of what needs the viewer, each leading to something to do; to the public, what is open to it."""
    if request.viewer.person is None:
        return render(request, "briefings/public_home.html")
    return render(request, "briefings/today.html", {"needs": needs_of(request.viewer)})
