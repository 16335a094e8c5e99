"""The version of a record as it is read and compared: its own number, then those of its details.

A detail counts its own changes, so that nothing which stands on the record moves because of a detail that fewer see.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.db import models

from oneroof.journal.models import Event
from oneroof.journal.walls import kind_of, links_to, walls_of

if TYPE_CHECKING:
    from oneroof.journal.actions import Actor

# A number names the version of the record alone, a text as `version_of` makes it that of its details too.
Version = int | str
WRITTEN = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9}){0,9}")


def details_of(kind: type[models.Model]) -> list[Any]:
    """The kinds of details of which a record of this kind has one row at most, in the order of their words."""
    links = (link for link in links_to(kind) if link.field.primary_key)
    return sorted((link.related_model for link in links if walls_of(link.related_model) is not None), key=kind_of)


def detail_versions(by: Actor, record: models.Model) -> list[int]:
    """The versions of a record's details that an actor sees; 0 for one that is hidden, as for one that is not there.

    One query for each kind of detail; zeros at the end are left out.
    """
    found = []
    for kind in details_of(type(record)):
        rows = walls_of(kind).visible_to(by).filter(pk=record.pk)
        found.append(rows.values_list("version", flat=True).first() or 0)
    while found and not found[-1]:
        found.pop()
    return found


def version_of(by: Actor, record: Any) -> str:
    """The version of a record as an actor knows it: ``3``, with a detail that the actor sees ``3.2``."""
    return ".".join(map(str, [record.version, *detail_versions(by, record)]))


def still(by: Actor, record: models.Model, version: Version) -> bool:
    """Whether a record has the version that was read."""
    return version == (version_of(by, record) if isinstance(version, str) else getattr(record, "version", None))


def read_versions(kind: type[models.Model], version: Version) -> dict[str, int]:
    """What a version says of each kind: of the record and of its details, 0 where none was seen."""
    numbers = [int(part) for part in str(version).split(".")]
    kinds = [kind_of(kind), *map(kind_of, details_of(kind))]
    return dict(zip(kinds, [*numbers, *[0] * len(kinds)], strict=False))


def removed_at(records: Sequence[models.Model]) -> int:
    """The last version of any of these new rows, of one kind, that was there before and was removed; else 0.

    Only the key of a detail comes again: that of its record. Counting on, a version never means two states.
    """
    last = 0
    if records and records[0]._meta.pk is not None and records[0]._meta.pk.is_relation:
        for first in range(0, len(records), 500):
            keys = [record.pk for record in records[first : first + 500]]
            told = Event.objects.filter(record__in=keys, kind=kind_of(records[0])).values_list("before", flat=True)
            last = max([last, *(before.get("version") or 0 for before in told)])
    return last
