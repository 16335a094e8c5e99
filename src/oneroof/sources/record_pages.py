"""A record's page with its sources, marked by everything that stands on it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse

from oneroof.access.markings import marking_of_all
from oneroof.access.pages import Link, record_page
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
    matters = citations_of(request.viewer, record)  # type: ignore[attr-defined]
    cited = [cited for matter in matters for cited in matter.records]
    return record_page(
        request,
        record,
        facts=facts,
        links=links,
        sources=matters,
        template=template,
        context={
            "cite": citing(request.viewer, record),  # type: ignore[attr-defined]
            "marking": marking_of_all([record, *shown, *cited], detail=detail),
            **(context or {}),
        },
        **more,
    )
