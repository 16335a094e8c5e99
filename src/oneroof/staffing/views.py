"""Pages of points of contact and liaison posts."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from oneroof.access.lists import list_page
from oneroof.access.markings import marking_of
from oneroof.access.pages import add_page, adding, change_page, find, form_page, own, ways
from oneroof.sources.record_pages import sourced_page
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
        links=adding(request, "contact_point", _("Add a point of contact"), "contact_add"),
    )


def contact(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One point of contact, with who holds it where that is released to the viewer."""
    found = find(request, ContactPoint, pk)
    detail = ContactDetail.objects.visible_to(request.viewer).filter(pk=pk).first()
    return sourced_page(
        request,
        found,
        facts=[
            (_("code"), found.code),
            (_("party"), found.party),
            (_("from"), found.starts_on),
            (_("until"), found.ends_on),
            (_("owner"), found.owner),
        ],
        links=ways(request, found, "contact_change"),
        template="staffing/contact.html",
        detail=detail is not None,
        context={"detail": detail},
    )


def contact_add(request: HttpRequest) -> HttpResponse:
    """Name a point of contact."""
    action = _with_detail(actions.add_contact, "name", "phone", "email")
    return add_page(request, "contact_point", ContactForm, action, title=_("Add a point of contact"), back="contacts")


def contact_change(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Change a point of contact, or who holds it."""
    found = own(request, ContactPoint, pk)
    action = _with_detail(actions.change_contact, "name", "phone", "email")
    return change_page(request, found, ContactForm, action, **_own_detail(request, found, ContactDetail))


def liaison_posts(request: HttpRequest) -> HttpResponse:
    """The liaison posts that the viewer sees."""
    return list_page(
        request,
        title=_("Liaison posts"),
        rows=LiaisonPost.objects.visible_to(request.viewer).select_related("host", "sender"),
        table=LiaisonPosts,
        filters=LiaisonFilter,
        empty=_("Nobody has entered a liaison post yet."),
        links=adding(request, "liaison_post", _("Add a liaison post"), "liaison_post_add"),
    )


def liaison_post(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One liaison post: its status, the steps to it, and its holder where that is released to the viewer."""
    found = find(request, LiaisonPost, pk)
    detail = LiaisonDetail.objects.visible_to(request.viewer).filter(pk=pk).first()
    step = [(_("Take the next step"), "liaison_post_step")] if found.next else []
    return sourced_page(
        request,
        found,
        state=(found.get_status_display(), SHAPES.get(found.status, "waiting")),
        facts=[
            (_("code"), found.code),
            (_("sent by"), found.sender),
            (_("hosted by"), found.host),
            (_("since"), found.status_on),
            (_("owner"), found.owner),
        ],
        links=ways(request, found, "liaison_post_change", *step),
        template="staffing/liaison_post.html",
        detail=detail is not None,
        context={"detail": detail},
    )


def liaison_post_add(request: HttpRequest) -> HttpResponse:
    """Enter a liaison post."""
    action = _with_detail(actions.add_liaison_post, "holder")
    return add_page(request, "liaison_post", LiaisonForm, action, title=_("Add a liaison post"), back="liaison_posts")


def liaison_post_change(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Change a liaison post, or its holder."""
    found = own(request, LiaisonPost, pk)
    action = _with_detail(actions.change_liaison_post, "holder")
    return change_page(request, found, LiaisonForm, action, **_own_detail(request, found, LiaisonDetail))


def liaison_post_step(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Take a liaison post to its next status."""
    found = own(request, LiaisonPost, pk)
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


def _own_detail(request: HttpRequest, found: Any, kind: Any) -> dict[str, Any]:
    """What the form of a record with its detail needs besides: the detail, and the marking of both."""
    detail = kind.objects.visible_to(request.viewer).filter(pk=found.pk).first()
    return {"detail": detail, "context": {"marking": marking_of(found, detail=True)}}


def _with_detail(action: Callable[..., Any], *names: str) -> Callable[..., Any]:
    """The action with those fields put together as the detail."""

    def act(*given: Any, **typed: Any) -> Any:
        return action(*given, detail={name: typed.pop(name) for name in names}, **typed)

    return act
