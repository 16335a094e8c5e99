"""Pages of points of contact and liaison posts."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from oneroof.access.markings import marking_of_all
from oneroof.access.pages import Link, find, form_page, list_page, record_page
from oneroof.history.reading import history_of
from oneroof.journal.actions import kind_of
from oneroof.sources.actions import citations_of, citing
from oneroof.staffing import actions
from oneroof.staffing.filters import ContactFilter, LiaisonFilter
from oneroof.staffing.forms import ContactForm, LiaisonForm, StepForm
from oneroof.staffing.models import ContactDetail, ContactPoint, LiaisonDetail, LiaisonPost
from oneroof.staffing.tables import Contacts, LiaisonPosts

SHAPES = {"open": "done", "agreed": "part", "shelved": "stopped", "closed": "stopped"}


def contacts(request: HttpRequest) -> HttpResponse:
    """The points of contact that the viewer sees."""
    return list_page(
        request,
        title=_("Points of contact"),
        rows=ContactPoint.objects.visible_to(request.viewer).select_related("party"),
        table=Contacts,
        filters=ContactFilter,
        empty=_("Nobody has named a point of contact to you yet."),
        links=_adding(request, "contact_point", _("Add a point of contact"), "contact_add"),
    )


def contact(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One point of contact, with who holds it where that is released to the viewer."""
    found = find(request, ContactPoint, pk)
    detail = ContactDetail.objects.visible_to(request.viewer).filter(pk=pk).first()
    return _record(
        request,
        found,
        detail,
        facts=[
            (_("code"), found.code),
            (_("party"), found.party),
            (_("from"), found.starts_on),
            (_("until"), found.ends_on),
        ],
        change="contact_change",
        template="staffing/contact.html",
    )


def contact_add(request: HttpRequest) -> HttpResponse:
    """Name a point of contact."""
    _may(request, "contact_point")
    return form_page(
        request,
        ContactForm,
        title=_("Add a point of contact"),
        do=lambda **typed: actions.add_contact(request.viewer, **_with_detail(typed, "name", "phone", "email")),
        back=reverse("contacts"),
        release=True,
        viewer=request.viewer,
    )


def contact_change(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Change a point of contact, or who holds it."""
    found = _own(request, ContactPoint, pk)
    return form_page(
        request,
        ContactForm,
        title=_("Change %(what)s") % {"what": found},
        do=lambda **typed: actions.change_contact(
            request.viewer, found, **_with_detail(typed, "name", "phone", "email")
        ),
        back=found.get_absolute_url(),
        record=found,
        viewer=request.viewer,
        instance=found,
        detail=ContactDetail.objects.visible_to(request.viewer).filter(pk=pk).first(),
        context={"marking": marking_of_all([found], detail=True)},
    )


def liaison_posts(request: HttpRequest) -> HttpResponse:
    """The liaison posts that the viewer sees."""
    return list_page(
        request,
        title=_("Liaison posts"),
        rows=LiaisonPost.objects.visible_to(request.viewer).select_related("host", "sender"),
        table=LiaisonPosts,
        filters=LiaisonFilter,
        empty=_("Nobody has entered a liaison post yet."),
        links=_adding(request, "liaison_post", _("Add a liaison post"), "liaison_post_add"),
    )


def liaison_post(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One liaison post: its status, the steps to it, and its holder where that is released to the viewer."""
    found = find(request, LiaisonPost, pk)
    detail = LiaisonDetail.objects.visible_to(request.viewer).filter(pk=pk).first()
    return _record(
        request,
        found,
        detail,
        state=(found.get_status_display(), SHAPES.get(found.status, "waiting")),
        facts=[
            (_("code"), found.code),
            (_("sent by"), found.sender),
            (_("hosted by"), found.host),
            (_("since"), found.status_on),
        ],
        change="liaison_post_change",
        first=[(_("Take the next step"), "liaison_post_step")] if found.next else [],
        template="staffing/liaison_post.html",
    )


def liaison_post_add(request: HttpRequest) -> HttpResponse:
    """Enter a liaison post."""
    _may(request, "liaison_post")
    return form_page(
        request,
        LiaisonForm,
        title=_("Add a liaison post"),
        do=lambda **typed: actions.add_liaison_post(request.viewer, **_with_detail(typed, "holder")),
        back=reverse("liaison_posts"),
        release=True,
        viewer=request.viewer,
    )


def liaison_post_change(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Change a liaison post, or its holder."""
    found = _own(request, LiaisonPost, pk)
    return form_page(
        request,
        LiaisonForm,
        title=_("Change %(what)s") % {"what": found},
        do=lambda **typed: actions.change_liaison_post(request.viewer, found, **_with_detail(typed, "holder")),
        back=found.get_absolute_url(),
        record=found,
        viewer=request.viewer,
        instance=found,
        detail=LiaisonDetail.objects.visible_to(request.viewer).filter(pk=pk).first(),
        context={"marking": marking_of_all([found], detail=True)},
    )


def liaison_post_step(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Take a liaison post to its next status."""
    found = _own(request, LiaisonPost, pk)
    if not found.next:
        raise Http404
    return form_page(
        request,
        lambda data, _files, initial: StepForm(data, initial=initial, statuses=found.next),
        title=_("The next step of %(what)s") % {"what": found},
        do=lambda **typed: actions.move_liaison_post(request.viewer, found, **typed),
        back=found.get_absolute_url(),
        record=found,
        submit=_("Take this step"),
    )


def _record(
    request: HttpRequest,
    found: Any,
    detail: Any,
    *,
    facts: list[tuple[Any, Any]],
    change: str,
    template: str,
    state: Any = None,
    first: list[tuple[Any, str]] | None = None,
) -> HttpResponse:
    """A record's page with its sources, marked by everything on it."""
    matters = citations_of(request.viewer, found)
    owned = request.viewer.may_write(found)
    ways = [*(first or []), (_("Change"), change)] if owned else []
    links = [Link(words, reverse(name, args=[found.pk])) for words, name in ways]
    if owned:
        links.append(Link(_("Who may see it"), reverse("release", args=[kind_of(found), found.pk])))
    shown = [record for matter in matters for record in matter.records]
    return record_page(
        request,
        found,
        state=state,
        facts=[*facts, (_("owner"), found.owner)],
        links=[*links, Link(_("Look back"), reverse("history", args=[kind_of(found), found.pk]))],
        history=history_of(request.viewer, found).lines,
        sources=matters,
        template=template,
        context={
            "detail": detail,
            "cite": citing(request.viewer, found),
            "marking": marking_of_all([found, *shown], detail=detail is not None),
        },
    )


def _adding(request: HttpRequest, kind: str, words: Any, name: str) -> list[Link]:
    return [Link(words, reverse(name))] if request.viewer.writes(kind) else []


def _may(request: HttpRequest, kind: str) -> None:
    """To whoever does not write this kind there is no such page."""
    if not request.viewer.writes(kind):
        raise Http404


def _own(request: HttpRequest, kind: Any, pk: uuid.UUID) -> Any:
    """A record that the viewer writes; to others there is no such page."""
    found = find(request, kind, pk)
    if not request.viewer.may_write(found):
        raise Http404
    return found


def _with_detail(typed: dict[str, Any], *names: str) -> dict[str, Any]:
    """What was typed, with the fields of the detail put together."""
    detail = {name: typed.pop(name) for name in names}
    return {**typed, "detail": detail}
