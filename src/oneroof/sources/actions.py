"""Entering sources, and citing them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from oneroof.access.kinds import owned
from oneroof.access.models import Record, ReleaseSet
from oneroof.access.viewer import Viewer
from oneroof.journal.actions import acting, kind_of
from oneroof.journal.errors import Refused, nothing_there
from oneroof.journal.versions import Version
from oneroof.sources.models import Citation, Source, citable


def add_source(
    viewer: Viewer,
    *,
    to: ReleaseSet,
    detail_to: ReleaseSet | None = None,
    embargo_until: datetime | None = None,
    why: str = "",
    **fields: Any,
) -> Source:
    """A new source of the viewer's party. Raises `Refused` with all faults: no grade, an address entered before."""
    source = Source(**owned(viewer, to, detail_to or to, embargo_until), **fields)
    with acting(viewer, "add", why) as act:
        act.write(source)
    return source


def change_source(
    viewer: Viewer, source: Source, *, version: Version | None = None, why: str = "", **fields: Any
) -> Source:
    """Change fields of a source, its grade among them. Raises `Refused` with all faults, `Stale`, `NotYours`."""
    for field, value in fields.items():
        setattr(source, field, value)
    with acting(viewer, "change", why) as act:
        act.write(source, version=version)
    return source


def cite(
    viewer: Viewer,
    record: models.Model,
    *,
    to: ReleaseSet,
    detail_to: ReleaseSet | None = None,
    embargo_until: datetime | None = None,
    why: str = "",
    **fields: Any,
) -> Citation:
    """The viewer's party cites a source of a record that the viewer sees, its own or another's.

    Raises `Refused` with all faults; a record or source that the viewer does not see is none.
    """
    kind = kind_of(record)
    if kind not in citable() or not viewer.sees(record):
        raise Refused(_("There is no such record."))
    _see_source(viewer, fields)
    release = owned(viewer, to, detail_to or to, embargo_until)
    citation = Citation(**release, kind=kind, record=record.pk, **fields)
    with acting(viewer, "cite", why) as act:
        act.write(citation)
    return citation


def change_citation(
    viewer: Viewer, citation: Citation, *, version: Version | None = None, why: str = "", **fields: Any
) -> Citation:
    """Change what a citation says, or its grade. Raises `Refused` with all faults, `Stale`, `NotYours`."""
    _see_source(viewer, fields)
    for field, value in fields.items():
        setattr(citation, field, value)
    with acting(viewer, "change", why) as act:
        act.write(citation, version=version)
    return citation


def remove_citation(viewer: Viewer, citation: Citation, *, why: str = "") -> None:
    """Take a citation back; its history stays. Raises `NotYours`."""
    with acting(viewer, "remove", why) as act:
        act.remove(citation)


def _see_source(viewer: Viewer, fields: dict[str, Any]) -> None:
    """A source that is not seen is none: told here, since without its source a citation is not seen either."""
    source = fields.get("source")
    if source is not None and not viewer.sees(source):
        raise Refused({"source": [nothing_there()]})


@dataclass(frozen=True)
class Matter:
    """What the sources say of one matter of a record: alike, or rivals side by side."""

    about: str
    citations: tuple[Citation, ...]

    @property
    def rivals(self) -> bool:
        """Whether the sources differ."""
        return len({citation.claim for citation in self.citations}) > 1

    @property
    def records(self) -> list[Record]:
        """The records under the walls that stand here, for the page's marking."""
        return [record for citation in self.citations for record in (citation, citation.source) if record]


def citations_of(viewer: Viewer, record: models.Model) -> list[Matter]:
    """What the viewer's sources say of a record, matter by matter, most credible first; two queries whatever it has."""
    rows = Citation.objects.visible_to(viewer).filter(kind=kind_of(record), record=record.pk)
    told: dict[str, list[Citation]] = {}
    for citation in rows:
        told.setdefault(citation.about, []).append(citation)
    return [
        Matter(about, tuple(sorted(found, key=lambda c: (c.credibility, c.claim)))) for about, found in told.items()
    ]


def citing(viewer: Viewer, record: models.Model) -> tuple[str, str] | None:
    """Kind and id by which the viewer may cite a source of a record (address ``citation_add``), or None."""
    return (kind_of(record), str(record.pk)) if viewer.writes("citation") else None
