"""Who sees a record: for its owner, with the change of it, and with what any one party sees of it."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from oneroof.access.kinds import record_kinds, walled_kinds
from oneroof.access.markings import marking_of
from oneroof.access.models import Detail, Record, ReleaseSetParty
from oneroof.access.pages import Link, own, release_page
from oneroof.access.preview import seen_as
from oneroof.access.roles import Role
from oneroof.access.viewer import Viewer
from oneroof.nations.models import Party


def own_of(request: HttpRequest, kind: str, pk: uuid.UUID) -> Record:
    """A record of the viewer's party, in a role that writes it, of the kind that the address names."""
    if kind not in record_kinds():
        raise Http404
    return own(request, record_kinds()[kind], pk)


def release(request: HttpRequest, kind: str, pk: uuid.UUID) -> HttpResponse:
    """Who sees the record and its details now, from when, and the two ways on."""
    record = own_of(request, kind, pk)
    to, detail = record.releasable_to_id, record.detail_releasable_to_id
    told: dict[Any, list[Party]] = {to: [], detail: []}
    for member in ReleaseSetParty.objects.filter(release_set__in=told).select_related("party").order_by("party__code"):
        told[member.release_set_id].append(member.party)
    return render(
        request,
        "access/release.html",
        {
            "title": _("Who sees {record}").format(record=record),
            "record": record,
            "sees": told[to],
            "sees_detail": told[detail],
            "parties": Party.objects.exclude(pk=request.viewer.party),
            "marking": marking_of(record),
            "preview": reverse("release_preview", args=[kind, pk]),
            "links": [
                Link(_("Change who sees it"), reverse("release_change", args=[kind, pk])),
            ],
            "back": record.get_absolute_url() if hasattr(record, "get_absolute_url") else "",
        },
    )


def release_change(request: HttpRequest, kind: str, pk: uuid.UUID) -> HttpResponse:
    """The owner widens or narrows who sees the record, and says why."""
    return release_page(request, own_of(request, kind, pk), back=reverse("release", args=[kind, pk]))


def release_preview(request: HttpRequest, kind: str, pk: uuid.UUID) -> HttpResponse:
    """What one party, or the public, would see of the record today."""
    record = own_of(request, kind, pk)
    code = request.GET.get("party", "")
    party = Party.objects.filter(code=code).first()
    if party is None and code != "public":
        raise Http404
    other = as_party(party)
    return render(
        request,
        "access/preview.html",
        {
            "title": _("What {party} sees").format(party=party or _("the public")),
            "record": record,
            "party": party,
            "seen": seen_as(record, request.viewer, other),
            "details": [
                (model._meta.verbose_name, seen)
                for model in walled_kinds().values()
                if issubclass(model, Detail) and model._meta.get_field("record").related_model is type(record)
                for detail in model.objects.visible_to(request.viewer).filter(record=record.pk)
                if (seen := seen_as(detail, request.viewer, other)) is not None
            ],
            "marking": marking_of(record, detail=True),
            "back": reverse("release", args=[kind, pk]),
        },
    )


def as_party(party: Party | None) -> Viewer:
    """Somebody of a party who reads; None is the public."""
    if party is None:
        return Viewer()
    office = party.kind == Party.Kind.HEADQUARTERS
    return Viewer(party=party.pk, role=Role.READER, parties=(party.pk,), headquarters=office)
