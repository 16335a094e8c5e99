"""Pages of the catalogue."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from oneroof.catalogue.models import Item


def items(request: HttpRequest) -> HttpResponse:
    """The items that the viewer sees."""
    return render(request, "catalogue/items.html", {"items": Item.objects.visible_to(request.viewer)})
