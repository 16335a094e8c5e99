"""What the journal asks of a kind of record: its word, whether it stands under the walls, and who sees its rows."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import models

if TYPE_CHECKING:
    from oneroof.journal.actions import Actor


def kind_of(record: models.Model | type[models.Model]) -> str:
    """The word for a kind of record in events, rights and addresses: ``LiaisonPost`` is ``liaison_post``."""
    name = record._meta.object_name or ""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def walls_of(kind: Any) -> Any:
    """The manager that filters a kind under the walls (it has ``visible_to``), or None for other kinds."""
    manager = getattr(kind, "_default_manager", None)
    return manager if hasattr(manager, "visible_to") else None


def open_rows(kind: Any) -> Any:
    """All rows of a kind without walls; raises TypeError for a kind under the walls, which has but one way in."""
    if walls_of(kind) is not None:
        raise TypeError("Records under the walls are read by visible_to.")
    return kind._default_manager.all()


def seen(walled: Any, by: Actor, key: object) -> bool:
    """Whether an actor sees the record of a key; a key of the wrong form is no key of anything."""
    try:
        return bool(walled.visible_to(by).filter(pk=key).exists())
    except (ValidationError, ValueError):
        return False


def all_seen(walled: Any, by: Actor, keys: set[Any]) -> bool:
    """Whether an actor sees every one of these records; asked in portions that SQLite takes."""
    listed = sorted(keys, key=str)
    portions = [listed[first : first + 500] for first in range(0, len(listed), 500)]
    return all(walled.visible_to(by).filter(pk__in=portion).count() == len(portion) for portion in portions)


def links_to(kind: type[models.Model]) -> list[Any]:
    """The references of other kinds to this one; also those with no way back, which ``related_objects`` leaves out."""
    every = kind._meta.get_fields(include_hidden=True)
    return [link for link in every if link.auto_created and not link.concrete and not link.many_to_many]
