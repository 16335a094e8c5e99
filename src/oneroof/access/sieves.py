"""Filters that lists of several features share."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms

from oneroof.access.spelling import holding

LONGEST = 200  # characters of what is searched


class Words(django_filters.CharFilter):
    """A filter by words in the searched text of a kind, its column ``search``."""

    def __init__(self, **more: Any) -> None:
        super().__init__(**{"widget": forms.TextInput(attrs={"maxlength": LONGEST}), **more})

    def filter(self, rows: Any, text: str) -> Any:
        """Rows whose searched text holds every word."""
        return holding(rows, text)
