"""Sources and citations over the API."""

from typing import Any
from uuid import UUID

from ninja import Field, Router
from ninja.orm import create_schema

from oneroof.access.api import RecordOut, Release, record_routes, removal
from oneroof.access.viewer import Viewer
from oneroof.journal.errors import Refused, nothing_there
from oneroof.sources import actions
from oneroof.sources.models import Citation, Source, visible

router = Router(tags=["sources"])

SOURCE = ["publisher", "title", "published_on", "url", "language", "reliability", "note"]
CITATION = ["about", "claim", "place", "credibility"]
SourceOut = create_schema(Source, name="SourceOut", fields=SOURCE, base_class=RecordOut)
SourceNew = create_schema(Source, name="SourceNew", fields=SOURCE, base_class=Release)
SourceChange = create_schema(Source, name="SourceChange", fields=SOURCE, optional_fields=SOURCE)


class CitationOut(create_schema(Citation, name="CitationFields", fields=CITATION, base_class=RecordOut)):  # type: ignore[misc]
    """What a source says of a record."""

    source: UUID = Field(..., alias="source_id")
    kind: str = Field(..., description="Kind of the cited record: party, coalition, liaison_post, item.")
    record: UUID


class CitationNew(create_schema(Citation, name="CitationNewFields", fields=CITATION, base_class=Release)):  # type: ignore[misc]
    """A new citation of a source by a record that one sees."""

    source: UUID
    kind: str
    record: UUID


class CitationChange(create_schema(Citation, name="CitationChangeFields", fields=CITATION, optional_fields=CITATION)):  # type: ignore[misc]
    """What changes of a citation."""

    source: UUID = None  # type: ignore[assignment]


def _with_source(viewer: Viewer, fields: dict[str, Any]) -> dict[str, Any]:
    """Fields with the source in place of its id; one that is not seen is none."""
    if fields.get("source") is None:
        return fields
    found = Source.objects.visible_to(viewer).filter(pk=fields["source"]).first()
    if found is None:
        raise Refused({"source": [nothing_there()]})
    return {**fields, "source": found}


def add_citation(viewer: Viewer, *, kind: str, record: UUID, **fields: Any) -> Citation:
    """Cite a source of the record with this kind and id."""
    found = visible(viewer, kind).filter(pk=record).first()
    if found is None:
        raise Refused({"record": [nothing_there()]})
    return actions.cite(viewer, found, **_with_source(viewer, fields))


def change_citation(viewer: Viewer, citation: Citation, **fields: Any) -> Citation:
    """Change a citation, its source among it."""
    return actions.change_citation(viewer, citation, **_with_source(viewer, fields))


record_routes(
    router,
    Source,
    "sources",
    shape=SourceOut,
    new=SourceNew,
    changed=SourceChange,
    add=actions.add_source,
    change=actions.change_source,
    order=("publisher", "id"),
)
record_routes(
    router,
    Citation,
    "citations",
    shape=CitationOut,
    new=CitationNew,
    changed=CitationChange,
    add=add_citation,
    change=change_citation,
    order=("about", "id"),
)
removal(router, Citation, "citations", shape=CitationOut, remove=actions.remove_citation)
