"""Filters of the lists of the catalogue; they stand in the address."""

from __future__ import annotations

from typing import TypeVar

from django.db import models

from oneroof.access.spelling import fold

Kept = TypeVar("Kept", bound=models.Model)


def search(rows: models.QuerySet[Kept], words: str) -> models.QuerySet[Kept]:
    """The rows whose searched text holds every word; apostrophes, case and Latin accents do not matter."""
    for word in fold(words).split():
        rows = rows.filter(search__contains=word)
    return rows
