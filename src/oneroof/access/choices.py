"""What a field offers while somebody types in it: visible records of a kind, at most twenty, always as many queries."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse

from oneroof.access.code_field import spelled
from oneroof.access.filters import LONGEST, matching
from oneroof.access.kinds import Named, walled_kinds
from oneroof.access.search import searched

MOST = 20


def choices(request: HttpRequest, kind: str) -> HttpResponse:
    """Codes and words of the visible records of a kind that have the words of ``?q=``, by code."""
    model = walled_kinds().get(kind)
    if model is None or not issubclass(model, Named):
        raise Http404
    text = " ".join(request.GET.get("q", "").replace("\x00", "").split())[:LONGEST]
    rows = model.objects.visible_to(request.viewer).select_related("owner")  # type: ignore[attr-defined]
    found = list(_having(rows, model, text)[:MOST]) if text else []
    return JsonResponse(
        {"choices": [{"code": spelled(row), "words": f"{row.code} · {row} ({row.owner.code})"} for row in found]}
    )


def _having(rows: Any, model: Any, text: str) -> Any:
    """The rows with these words, as search finds them."""
    line = next((line for line in searched if line.kind is model), None)
    if line is not None and line.find is not None:
        return line.find(rows, text)
    return matching(rows, line.fields if line is not None else ("code", "name", "name_uk"), text)
