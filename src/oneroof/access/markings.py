"""Markings: the words that say who may see what stands on a page, from the release sets of what the viewer sees."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from oneroof.access.models import Record, ReleaseSet, ReleaseSetParty
from oneroof.access.viewer import Viewer
from oneroof.nations.models import Party

# A release: owner, release set, detail set where details are shown (else None), end of the embargo.
Release = tuple[uuid.UUID, uuid.UUID, uuid.UUID | None, datetime | None]


@dataclass(frozen=True)
class Marking:
    """What the marking line says; ``kind`` is public, inside, released or own."""

    kind: str
    codes: tuple[str, ...] = ()
    only: str = ""
    embargo_until: datetime | None = None

    @property
    def words(self) -> str:
        """The line itself, in the reader's language."""
        if self.kind == "public":
            told = _("Public")
        elif self.kind == "inside":
            told = _("Open to everybody who is signed in")
        elif self.kind == "own":
            told = _("%(party)s only") % {"party": self.only}
        else:
            told = _("Releasable to %(parties)s") % {"parties": ", ".join(self.codes)}
        if self.embargo_until is None:
            return told
        until = date_format(timezone.localtime(self.embargo_until), "DATETIME_FORMAT")
        return _("%(marking)s; under embargo until %(until)s") % {"marking": told, "until": until}

    def __str__(self) -> str:
        return self.words


OPEN = Marking("public")
INSIDE = Marking("inside")


class Markings:
    """Markings of many releases from two queries: parties of the release sets, owners."""

    def __init__(self, releases: Iterable[Release]) -> None:
        every = list(releases)
        sets = {key for _owner, to, detail, _until in every for key in (to, detail) if key is not None}
        self.public: set[uuid.UUID] = set(
            ReleaseSet.objects.filter(pk__in=sets, public=True).values_list("pk", flat=True)
        )
        self.members: dict[uuid.UUID, set[uuid.UUID]] = {key: set() for key in sets}
        told = ReleaseSetParty.objects.filter(release_set__in=sets).values_list("release_set", "party")
        for key, party in told:
            self.members[key].add(party)
        wanted = {owner for owner, *_rest in every}.union(*self.members.values())
        self.parties: dict[uuid.UUID, Party] = Party.objects.in_bulk(list(wanted))

    def of(self, *releases: Release) -> Marking:
        """One marking for several releases together: those who may see all of it; the last embargo."""
        now = timezone.now()
        until = max((end for *_rest, end in releases if end is not None and end > now), default=None)
        readers: set[uuid.UUID] | None = None
        for owner, to, detail, _end in releases:
            for key in (to, detail):
                if key is None or key in self.public:
                    continue
                told = self.members[key] | {owner}
                readers = told if readers is None else readers & told
        if readers is None:
            return Marking("public", embargo_until=until)
        found = [self.parties[key] for key in readers if key in self.parties]
        codes = tuple(sorted(party.code for party in found))
        if len(found) == 1:
            return Marking("own", codes, str(found[0]), until)
        return Marking("released", codes, embargo_until=until)


def release_of(record: Record, *, detail: bool = False) -> Release:
    """The release of a record; with ``detail``, of the record together with its details."""
    shown = record.detail_releasable_to_id if detail else None
    return (record.owner_id, record.releasable_to_id, shown, record.embargo_until)


def marking_of(record: Record, *, detail: bool = False) -> Marking:
    """The marking of one record that the viewer sees; ``detail`` when its details stand on the page too."""
    return marking_of_all([record], detail=detail)


def marking_of_all(records: Iterable[Record], *, detail: bool = False) -> Marking:
    """The marking of records shown together: the parties that may see every one of them. No record is public."""
    releases = [release_of(record, detail=detail) for record in records]
    return Markings(releases).of(*releases)


def count_and_marking(rows: Any, viewer: Viewer, *, detail: bool = False) -> tuple[int, Marking]:
    """How many rows a visible queryset has, and their marking together, from one pass over them."""
    if rows.viewer != viewer:
        raise ValueError("A list is marked from the rows that its viewer sees: use visible_to(viewer).")
    if rows.query.distinct or any(part.contains_aggregate for part in rows.query.annotations.values()):
        # What is joined to the rows must not be counted with them.
        rows = rows.model.objects.visible_to(viewer).filter(pk__in=rows.order_by().values("pk"))
    names = ["owner", "releasable_to", "detail_releasable_to", "embargo_until"]
    found = rows.order_by().select_related(None).values_list(*names).annotate(rows=Count("*"))
    counted = [tuple(row) for row in found]
    releases = [(owner, to, shown if detail else None, until) for owner, to, shown, until, _rows in counted]
    if detail:
        releases = narrowed(releases, viewer)
    return sum(row[-1] for row in counted), Markings(releases).of(*releases)


def narrowed(releases: list[Release], viewer: Viewer) -> list[Release]:
    """Releases with the detail set only where the viewer is told the details."""
    sets = {detail for *_rest, detail, _until in releases if detail is not None}
    told = set(ReleaseSet.objects.filter(pk__in=sets, public=True).values_list("pk", flat=True))
    named = ReleaseSetParty.objects.filter(release_set__in=sets, party__in=viewer.parties)
    told |= set(named.values_list("release_set", flat=True))
    return [
        (owner, to, detail if detail in told or owner in viewer.parties else None, until)
        for owner, to, detail, until in releases
    ]


def default_marking(viewer: Viewer | None) -> Marking:
    """The marking of a page without records under the walls."""
    return INSIDE if viewer is not None and viewer.person is not None else OPEN
