"""Which events a viewer sees, the history of a record, and a record as it stood at an instant.

An event is seen where its record is: in the viewer's own chains, of records that the walls show now, and of the house's
reference records. Events of hidden records do not exist, nor do those of details that are not released to the viewer.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Q

from oneroof.access.kinds import open_kinds, walled_kinds
from oneroof.access.viewer import Viewer
from oneroof.history.names import Change, Names
from oneroof.journal.actions import HOUSE, kind_of, walls_of
from oneroof.journal.models import Event
from oneroof.journal.versions import details_of

PER_PAGE = 25
LAST_INSTANT = datetime.max.replace(tzinfo=UTC) - timedelta(days=2)


@dataclass(frozen=True)
class Line:
    """One event as it is shown; ``changes`` are its fields before and after, in words."""

    key: uuid.UUID
    at: datetime
    who: str
    what: str
    kind: str
    record: uuid.UUID
    address: str
    why: str
    changes: Sequence[Change]


@dataclass(frozen=True)
class History:
    """Some events, newest first; ``older`` is the key of the last one where more follow, else None."""

    lines: Sequence[Line]
    older: uuid.UUID | None

    def __iter__(self) -> Any:
        return iter(self.lines)

    def __len__(self) -> int:
        return len(self.lines)


def visible_events(viewer: Viewer, *, of: str = "") -> models.QuerySet[Event]:
    """The events of records that a viewer sees now; with ``of``, those of one kind."""
    # The walls of kinds that nobody asked for would cost more than the page.
    kinds = {kind: model for kind, model in walled_kinds().items() if viewer.reads(kind) and of in ("", kind)}
    rule = Q(chain__in=viewer.parties, kind__in=list(kinds))
    if viewer.person is not None:
        shared = [kind for kind in open_kinds() if viewer.reads(kind) and of in ("", kind)]
        rule |= Q(chain=HOUSE, kind__in=shared)
    for kind, model in kinds.items():
        # Asked for each event in turn, newest first: else a set of all visible records is made to show fifty lines. The
        # second condition says nothing new; with it PostgreSQL can't make that set.
        seen = model.objects.visible_to(viewer).filter(pk=OuterRef("record"), pk__lte=OuterRef("record"))
        rule |= Q(kind=kind) & Q(Exists(seen))
    return Event.objects.filter(rule)


def events_of(viewer: Viewer, record: Any) -> models.QuerySet[Event]:
    """The events of one record and of its details where they are released to the viewer; none of a hidden record."""
    kind = kind_of(record)
    shut = walls_of(type(record)) is None and kind not in open_kinds()
    if shut or not viewer.reads(kind) or not viewer.sees(record):
        return Event.objects.none()
    return Event.objects.filter(record=record.pk, kind__in=[kind, *detail_kinds(viewer, record)])


def detail_kinds(viewer: Viewer, record: Any) -> list[str]:
    """The kinds of details of a record that the viewer is told; the owner is told of those that were removed, too."""
    own = record.owner_id in viewer.parties if hasattr(record, "owner_id") else False
    return [
        kind_of(part)
        for part in details_of(type(record))
        if viewer.reads(kind_of(part)) and (own or part.objects.visible_to(viewer).filter(pk=record.pk).exists())
    ]


def history_of(viewer: Viewer, record: Any, *, older_than: uuid.UUID | None = None, most: int = PER_PAGE) -> History:
    """What happened to a record, newest first, as the viewer may see it; a fixed number of queries."""
    return page(viewer, events_of(viewer, record), older_than, most)


def page(viewer: Viewer, events: models.QuerySet[Event], older_than: uuid.UUID | None, most: int) -> History:
    """The next events of a set, newest first. A place in it is named by an event's random key, never by a position."""
    # Said although it is always so: it has SQLite walk the index of instants and stop, and not sort the whole journal.
    events = events.filter(at__lte=LAST_INSTANT)
    if older_than is not None:
        last = events.filter(pk=older_than).first()
        if last is None:
            return History([], None)
        same = Q(at=last.at) & (Q(chain__gt=last.chain) | Q(chain=last.chain, position__lt=last.position))
        events = events.filter(Q(at__lte=last.at)).filter(Q(at__lt=last.at) | same)
    # At the same instant the chains come one after the other: their positions compared would tell how long each is.
    found = list(events.order_by("-at", "chain", "-position")[: most + 1])
    shown = found[:most]
    names = Names(viewer, shown, {**walled_kinds(), **open_kinds()})
    lines = [
        Line(
            key=event.pk,
            at=event.at,
            who=names.who(event),
            what=names.what(event),
            kind=names.kind(event),
            record=event.record,
            address=names.address(event),
            why=event.why,
            changes=names.changes(event),
        )
        for event in shown
    ]
    return History(lines, shown[-1].pk if len(found) > most else None)


def as_of(viewer: Viewer, record: Any, at: datetime) -> list[tuple[str, str]] | None:
    """A record's fields as they stood at an instant, as (word, value) pairs; None where it did not exist then.

    Details come after the record's own fields, where they are released to the viewer now. What the record named and the
    viewer does not see now is left out.
    """
    events = list(events_of(viewer, record).filter(at__lte=at).order_by("position"))
    states = {
        kind: state_after([e for e in events if e.kind == kind]) for kind in dict.fromkeys(e.kind for e in events)
    }
    own = kind_of(record)
    if states.get(own) is None:
        return None
    names = Names(viewer, events, {**walled_kinds(), **open_kinds()})
    found: list[tuple[str, str]] = []
    for kind in sorted(states, key=lambda kind: (kind != own, kind)):
        found += names.facts(kind, states[kind] or {})
    return found


def state_after(events: Sequence[Event]) -> dict[str, Any] | None:
    """The fields of a record after these events, oldest first; None before its first and after its removal."""
    state: dict[str, Any] | None = None
    for event in events:
        state = {**(state or {}), **event.after} if event.after else None
    return state
