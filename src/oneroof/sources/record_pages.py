"""A record's page with its sources and history, marked by everything that stands on it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse

from oneroof.access.markings import Marking, default_marking, marking_of_all
from oneroof.access.models import Record
from oneroof.access.pages import Link, record_page
from oneroof.access.viewer import Viewer
from oneroof.history.reading import history_of
from oneroof.sources.actions import citations_of, citing


def sourced_page(
    request: HttpRequest,
    record: Any,
    *,
    facts: Sequence[tuple[Any, Any]],
    links: Sequence[Link],
    template: str,
    shown: Iterable[Any] = (),
    detail: bool = False,
    context: Mapping[str, Any] | None = None,
    **more: Any,
) -> HttpResponse:
    """The page of a record; ``shown`` are further records under the walls on it, ``detail`` whether details are."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    matters = citations_of(viewer, record)
    cited = [cited for matter in matters for cited in matter.records]
    return record_page(
        request,
        record,
        facts=facts,
        links=links,
        sources=matters,
        history=history_of(viewer, record),
        template=template,
        context={
            "cite": citing(viewer, record),
            "marking": marking_with(viewer, record, [*shown, *cited], detail=detail),
            **(context or {}),
        },
        **more,
    )


def marking_with(viewer: Viewer, record: Any, shown: Iterable[Any], *, detail: bool) -> Marking:
    """The marking of a record and of what is shown with it; of a kind without walls never wider than open inside."""
    walled = [record] if isinstance(record, Record) else []
    told = marking_of_all([*walled, *shown], detail=detail)
    return default_marking(viewer) if told.kind == "public" and not walled else told
