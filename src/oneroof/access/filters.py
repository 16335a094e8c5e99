"""Filters of lists: by words, whatever their way of writing, and by yes or no."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import or_
from typing import Any

import django_filters
from django import forms
from django.db.models import F, Func, Q, TextField, Value
from django.db.models.functions import Concat
from django.utils.translation import gettext_lazy as _

from oneroof.access.spelling import holding

LONGEST = 200
MOST_WORDS = 8


def fold(text: str | None) -> str:
    """A text in small letters of any alphabet, with one sign for the apostrophe."""
    return (text or "").lower().replace("’", "'").replace("ʼ", "'")


class Folded(Func):
    """Text as `fold` has it, worked out by the database."""

    function = "oneroof_fold"
    output_field = TextField()

    def as_postgresql(self, compiler: Any, connection: Any, **more: Any) -> Any:
        """PostgreSQL knows the letters of all alphabets itself."""
        template = "replace(replace(lower(%(expressions)s), '’', ''''), 'ʼ', '''')"
        return self.as_sql(compiler, connection, template=template, **more)


def teach(sender: Any, connection: Any, **more: Any) -> None:
    """SQLite folds a to z alone: each new connection learns `fold`."""
    if connection.vendor == "sqlite":
        connection.connection.create_function("oneroof_fold", 1, fold, deterministic=True)


def matching(rows: Any, fields: Sequence[str], text: str) -> Any:
    """The rows in which every word of a text stands in one of the fields, in any case, with any apostrophe."""
    parts = [part for field in fields for part in (F(field), Value("\n"))]
    for number, word in enumerate(fold(text.replace("\x00", "")).split()[:MOST_WORDS]):
        if word.isascii() and "'" not in word:
            # Both databases know the case of a to z, and are quicker without folding.
            rows = rows.filter(reduce(or_, (Q(**{f"{field}__icontains": word}) for field in fields)))
        else:
            name = f"folded_{number}"
            rows = rows.alias(**{name: Folded(Concat(*parts, output_field=TextField()))})
            rows = rows.filter(**{f"{name}__contains": word})
    return rows


class WordFilter(django_filters.CharFilter):
    """A filter by words over several fields: ``q = WordFilter(fields=("code", "name", "name_uk"))``."""

    def __init__(self, *, fields: Sequence[str], **more: Any) -> None:
        super().__init__(**{"widget": forms.TextInput(attrs={"maxlength": LONGEST}), **more})
        self.fields = fields

    def filter(self, rows: Any, text: str) -> Any:
        """Rows with every word in one of the fields."""
        return matching(rows, self.fields, text) if text else rows


class Words(django_filters.CharFilter):
    """A filter by words in the searched text of a kind, its column ``search``."""

    def __init__(self, **more: Any) -> None:
        super().__init__(**{"widget": forms.TextInput(attrs={"maxlength": LONGEST}), **more})

    def filter(self, rows: Any, text: str) -> Any:
        """Rows whose searched text holds every word."""
        return holding(rows, text)


class DayFilter(django_filters.DateFilter):
    """A filter by a day, which can be picked."""

    def __init__(self, **more: Any) -> None:
        super().__init__(**{"widget": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **more})


class YesNoFilter(django_filters.ChoiceFilter):
    """A filter by a flag: any, yes, no."""

    def __init__(self, **more: Any) -> None:
        choices = (("yes", _("Yes")), ("no", _("No")))
        super().__init__(**{"choices": choices, "empty_label": _("Any"), **more})

    def filter(self, rows: Any, value: str) -> Any:
        """Rows whose flag stands as asked."""
        return rows.filter(**{self.field_name: value == "yes"}) if value else rows
