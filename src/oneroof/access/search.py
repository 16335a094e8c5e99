"""Search over what the viewer sees, by kind; counts tell of nothing hidden."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from oneroof.access.filters import LONGEST, matching
from oneroof.access.markings import marking_of_all
from oneroof.access.models import Record

SHOWN = 10


@dataclass(frozen=True)
class Searched:
    """A kind that search looks through: its plural word, fields with names and codes, address of a record's page."""

    kind: Any
    words: Any
    fields: Sequence[str]
    address: Callable[[Any], str]
    # Finds rows by words in another way than by ``fields``: ``spelling.holding`` for kinds with a searched text.
    find: Callable[[Any, str], Any] | None = None


# A feature appends its kinds where its addresses are (`searched.append(...)` in its urls.py).
searched: list[Searched] = []


def search(request: HttpRequest) -> HttpResponse:
    """Everything that the viewer sees and that has the words of ``?q=``, by kind, with counts."""
    text = " ".join(request.GET.get("q", "").replace("\x00", "").split())[:LONGEST]
    groups = []
    shown: list[Any] = []
    for line in searched if text else ():
        rows = line.kind.objects.visible_to(request.viewer) if hasattr(line.kind.objects, "visible_to") else None
        if rows is None and request.viewer.person is not None:
            rows = line.kind.objects.all()
        if rows is None:
            continue
        rows = line.find(rows, text) if line.find else matching(rows, line.fields, text)
        found = list(rows[: SHOWN + 1])
        if found:
            # Where all of them are here, they are counted: the database need not look through everything once more.
            count = len(found) if len(found) <= SHOWN else rows.count()
            found = found[:SHOWN]
            shown += [record for record in found if isinstance(record, Record)]
            groups.append({"words": line.words, "count": count, "rows": [(str(r), line.address(r), r) for r in found]})
    context: dict[str, Any] = {"title": _("Search"), "searched": text, "groups": groups}
    if shown:
        context["marking"] = marking_of_all(shown)
    return render(request, "search.html", context)
