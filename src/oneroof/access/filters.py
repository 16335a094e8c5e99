"""Filters of lists: by words, whatever their way of writing, and by yes or no."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import django_filters
from django import forms
from django.db import connection
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

APOSTROPHES = "'’ʼ"
LONGEST = 200
MOST_WORDS = 8


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
    for word in text.replace("\x00", "").split()[:MOST_WORDS]:
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


class YesNoFilter(django_filters.ChoiceFilter):
    """A filter by a flag: any, yes, no."""

    def __init__(self, **more: Any) -> None:
        choices = (("yes", _("Yes")), ("no", _("No")))
        super().__init__(**{"choices": choices, "empty_label": _("Any"), **more})

    def filter(self, rows: Any, value: str) -> Any:
        """Rows whose flag stands as asked."""
        return rows.filter(**{self.field_name: value == "yes"}) if value else rows
