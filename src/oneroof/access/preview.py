"""What another viewer would see of a record of one's own, and nothing of anybody else's."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db import models
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from oneroof.access.tables import short
from oneroof.access.viewer import Viewer
from oneroof.journal.actions import walls_of

# What the release line says already, and what is no content.
ASIDE = frozenset(
    {"id", "owner", "releasable_to", "detail_releasable_to", "embargo_until", "version", "record", "digest"}
)


def seen_as(record: models.Model, owner: Viewer, other: Viewer) -> list[tuple[str, Any]] | None:
    """The fields of an owner's record as another viewer sees them, or None where there is nothing to see.

    The values come from the owner's own view: a reference shows only what both see, so that the owner learns nothing
    of other parties' records by looking through their eyes.
    """
    kind: Any = type(record)
    if not kind.objects.visible_to(owner).filter(pk=record.pk).exists():
        return None
    if not kind.objects.visible_to(other).filter(pk=record.pk).exists():
        return None
    told = []
    for field in record._meta.concrete_fields:
        aside = field.name in ASIDE or field.name in getattr(kind, "derived", ())
        if aside or isinstance(field, models.BinaryField):
            continue
        shown = getattr(record, f"get_{field.name}_display", None)
        value = shown() if shown is not None else getattr(record, field.name)
        walled = walls_of(field.related_model)
        if walled is not None and value is not None and not walled.visible_to(other).filter(pk=value.pk).exists():
            value = None
        if value not in (None, ""):
            told.append((str(field.verbose_name), in_words(kind, field.name, value)))
    return told


def in_words(kind: Any, name: str, value: Any) -> Any:
    """A field's value as pages tell it: yes and no, numbers without needless zeros, words that its kind knows."""
    tell = getattr(kind, "in_words", {}).get(name)
    if tell is not None:
        return tell(value)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return number_format(short(value), use_l10n=True, force_grouping=True) if isinstance(value, Decimal) else value
