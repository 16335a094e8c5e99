"""Pages of what happened: a record's history and its state on a day, the log, one's own chain and its checkpoint."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from oneroof.access import pages
from oneroof.access.kinds import open_kinds, walled_kinds
from oneroof.access.limits import count_export
from oneroof.access.markings import Marking, default_marking, marking_of
from oneroof.access.models import Record
from oneroof.access.roles import READS_ONLY
from oneroof.access.viewer import Viewer, looking
from oneroof.history.forms import AsOf, LogFilter
from oneroof.history.reading import as_of, detail_kinds, history_of, page, visible_events
from oneroof.journal.actions import checkpoint, open_rows
from oneroof.journal.checkpoints import as_line, private_key, public_pem
from oneroof.journal.rows import exported
from oneroof.nations.models import Party


def find(request: HttpRequest, kind: str, pk: uuid.UUID) -> Any:
    """The record of a kind with this id where the viewer sees it; else 404, in the same words."""
    if kind in walled_kinds():
        return pages.find(request, walled_kinds()[kind], pk)
    found = open_rows(open_kinds()[kind]).filter(pk=pk).first() if kind in open_kinds() else None
    if found is None or not request.viewer.sees(found):  # type: ignore[attr-defined]
        raise Http404
    return found


def key_asked(request: HttpRequest) -> uuid.UUID | None:
    """The event after which older ones are asked for."""
    try:
        return uuid.UUID(request.GET["older_than"]) if request.GET.get("older_than") else None
    except ValueError as wrong:
        raise Http404 from wrong


def history(request: HttpRequest, kind: str, pk: uuid.UUID) -> HttpResponse:
    """What happened to a record; with ``?as_of=2026-11-01`` also how it stood when that day ended.

    Asked for by htmx it is the part alone, to stand on the record's own page.
    """
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    record = find(request, kind, pk)
    form = AsOf(request.GET if "as_of" in request.GET else None)
    asked = form.is_bound and form.is_valid()
    context = {
        "title": _("History of %(record)s") % {"record": record},
        "record": record,
        "kind": kind,
        "address": record.get_absolute_url() if hasattr(record, "get_absolute_url") else "",
        "history": history_of(viewer, record, older_than=key_asked(request)),
        "form": form,
        "asked": asked,
        "day": form.cleaned_data["as_of"] if asked else None,
        "facts": as_of(viewer, record, form.instant()) if asked else None,
        "marking": marking_of(record, detail=bool(detail_kinds(viewer, record)))
        if isinstance(record, Record)
        else default_marking(viewer),
    }
    part = request.headers.get("HX-Request") == "true"
    template = "history/part.html" if part else "history/page.html"
    return render(request, template, context, status=400 if form.is_bound and not asked else 200)


def log(request: HttpRequest) -> HttpResponse:
    """The events of every record that the viewer sees, newest first, filtered by what stands in the address."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    form = LogFilter(request.GET, viewer=viewer)
    fine = form.is_valid()
    events = visible_events(viewer, of=form.cleaned_data["kind"] if fine else "")
    found = page(viewer, form.sift(events) if fine else events.none(), key_asked(request), 50)
    kept = {name: value for name, value in request.GET.items() if value and name in form.fields}
    context = {
        "title": _("Log"),
        "form": form,
        "lines": found,
        "asked": bool(kept),
        "older": f"?{urlencode({**kept, 'older_than': found.older})}" if found.older else "",
        "chain": own_chain(viewer) is not None,
        "marking": marking_of_log(viewer),
    }
    return render(request, "history/log.html", context, status=200 if fine else 400)


def marking_of_log(viewer: Viewer) -> Marking:
    """The log shows together what each record shows alone: it is for the viewer's own party."""
    party = Party.objects.filter(pk__in=viewer.parties).first() if len(viewer.parties) == 1 else None
    return Marking("own", (party.code,), str(party)) if party else default_marking(viewer)


def own_chain(viewer: Viewer) -> uuid.UUID | None:
    """The chain that the viewer may take home: that of the party acted for, in a role that reads every kind."""
    whole = viewer.party in viewer.parties and viewer.role not in READS_ONLY
    return viewer.party if whole else None


def chain(request: HttpRequest) -> StreamingHttpResponse:
    """The viewer's own chain, one line of JSON for each event; for whoever has none the same 404 as for nothing."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    key = own_chain(viewer)
    if key is None:
        raise Http404
    count_export(request)
    code = Party.objects.values_list("code", flat=True).get(pk=key)

    def lines() -> Iterator[bytes]:
        yield from exported(key, lambda: looking(viewer))

    return attached(StreamingHttpResponse(lines(), content_type="application/jsonl"), f"{code}.jsonl")


def own_checkpoint(request: HttpRequest) -> HttpResponse:
    """The signed checkpoint of the viewer's own chain."""
    key = own_chain(request.viewer)  # type: ignore[attr-defined]
    made = checkpoint(key) if key is not None else None
    if made is None:
        raise Http404
    code = Party.objects.values_list("code", flat=True).get(pk=key)
    return attached(HttpResponse(as_line(made), content_type="application/json"), f"{code}-{made.position}.checkpoint")


def public_key(request: HttpRequest) -> HttpResponse:
    """The public key that verifies checkpoints, for everybody."""
    text = public_pem(private_key().public_key())
    return attached(HttpResponse(text, content_type="application/x-pem-file"), "oneroof-key.pem")


def attached(answer: Any, name: str) -> Any:
    """An answer that a browser saves under a name."""
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Cache-Control"] = "no-store"
    return answer
