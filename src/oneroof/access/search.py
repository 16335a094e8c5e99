"""Search over what the viewer sees; a way of writing a word does not matter, counts tell of nothing hidden."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import django_filters
from django import forms
from django.db import connection
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from oneroof.access.markings import marking_of_all
from oneroof.access.models import Record

APOSTROPHES = "'’ʼ"
SHOWN = 10
LONGEST = 200


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


def spellings(word: str) -> list[str]:
    """A word with each apostrophe, and on SQLite, which folds the case of a to z alone, in the usual cases."""
    cases = [word]
    if connection.vendor == "sqlite" and not word.isascii():
        cases += [word.lower(), word.upper(), word.capitalize(), word.title()]
    told = dict.fromkeys(cases)
    for sign in APOSTROPHES:
        for case in cases:
            plain = case
            for other in APOSTROPHES:
                plain = plain.replace(other, sign)
            told[plain] = None
    return list(told)


def matching(rows: Any, fields: Sequence[str], text: str) -> Any:
    """The rows in which every word of a text stands in one of the fields."""
    for word in text.replace("\x00", "").split()[:8]:
        found = Q()
        for spelling in spellings(word):
            for field in fields:
                found |= Q(**{f"{field}__icontains": spelling})
        rows = rows.filter(found)
    return rows


class WordFilter(django_filters.CharFilter):
    """A filter by words over several fields: ``q = WordFilter(fields=("code", "name", "name_uk"))``."""

    def __init__(self, *, fields: Sequence[str], **more: Any) -> None:
        super().__init__(**{"widget": forms.TextInput(attrs={"maxlength": LONGEST}), **more})
        self.fields = fields

    def filter(self, rows: Any, text: str) -> Any:
        """Rows with every word in one of the fields."""
        return matching(rows, self.fields, text) if text else rows


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
        count = rows.count()
        if count:
            found = list(rows[:SHOWN])
            shown += [record for record in found if isinstance(record, Record)]
            groups.append({"words": line.words, "count": count, "rows": [(str(r), line.address(r), r) for r in found]})
    context: dict[str, Any] = {"title": _("Search"), "searched": text, "groups": groups}
    if shown:
        context["marking"] = marking_of_all(shown)
    return render(request, "search.html", context)
