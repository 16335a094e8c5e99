"""Pages of sources, and of citing them."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from oneroof.access.cutting import Cut
from oneroof.access.lists import list_page
from oneroof.access.markings import marking_of_all
from oneroof.access.pages import add_page, adding, change_page, find, form_page, own, record_page, ways
from oneroof.history.reading import history_of
from oneroof.sources import actions
from oneroof.sources.filters import SourceFilter
from oneroof.sources.forms import CitationForm, SourceForm
from oneroof.sources.models import Citation, Source, visible
from oneroof.sources.tables import Sources


def sources(request: HttpRequest) -> HttpResponse:
    """The sources that the viewer sees."""
    return list_page(
        request,
        title=_("Register of sources"),
        rows=Source.objects.visible_to(request.viewer),
        table=Sources,
        filters=SourceFilter,
        empty=_("Nobody has entered a source yet."),
        links=adding(request, "source", _("Add a source"), "source_add"),
    )


def source(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One source: its grade, and what it says of which records that the viewer sees."""
    found = find(request, Source, pk)
    cut = Cut()
    citations = cut(Citation.objects.visible_to(request.viewer).filter(source=found))
    return record_page(
        request,
        found,
        title=found.title,
        facts=[
            (_("publisher"), found.publisher),
            (_("date"), found.published_on),
            (_("language"), found.language),
            (_("reliability"), found.get_reliability_display()),
            (_("owner"), found.owner),
        ],
        links=ways(request, found, "source_change"),
        history=history_of(request.viewer, found),
        template="sources/source.html",
        cut=cut,
        context={
            "said": [(citation, record) for citation, record in _with_records(request, citations)],
            "marking": marking_of_all([found, *citations]),
        },
    )


def source_add(request: HttpRequest) -> HttpResponse:
    """Enter a source."""
    return add_page(request, "source", SourceForm, actions.add_source, title=_("Add a source"), back="sources")


def source_change(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Change a source, its grade among it."""
    return change_page(request, own(request, Source, pk), SourceForm, actions.change_source)


def citation_add(request: HttpRequest, kind: str, pk: uuid.UUID) -> HttpResponse:
    """Cite a source of a record that the viewer sees."""
    record = visible(request.viewer, kind).filter(pk=pk).first()
    if record is None or not request.viewer.writes("citation"):
        raise Http404
    back = _address(record)
    return form_page(
        request,
        CitationForm,
        title=_("A source of %(record)s") % {"record": record},
        do=lambda **typed: actions.cite(request.viewer, record, **typed),
        back=back,
        release=True,
        viewer=request.viewer,
    )


def citation_change(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Change what a citation says, or its grade."""
    found = own(request, Citation, pk)
    back = _address(visible(request.viewer, found.kind).get(pk=found.record))
    return change_page(request, found, CitationForm, actions.change_citation, back=back)


def _with_records(request: HttpRequest, citations: list[Citation]) -> list[tuple[Citation, Any]]:
    """Citations with their records: one query a kind."""
    found: dict[tuple[str, uuid.UUID], Any] = {}
    for kind in sorted({citation.kind for citation in citations}):
        rows = visible(request.viewer, kind)
        keys = [citation.record for citation in citations if citation.kind == kind]
        found |= {(kind, record.pk): record for record in rows.filter(pk__in=keys)}
    return [(c, found[c.kind, c.record]) for c in citations if (c.kind, c.record) in found]


def _address(record: Any) -> str:
    return str(record.get_absolute_url()) if hasattr(record, "get_absolute_url") else reverse("sources")
