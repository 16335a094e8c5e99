"""Entering points of contact and liaison posts, and moving a post one step on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from oneroof.access.actions import release_set
from oneroof.access.kinds import owned
from oneroof.access.models import ReleaseSet
from oneroof.access.viewer import Viewer
from oneroof.journal.actions import Act, acting
from oneroof.journal.errors import Refused
from oneroof.journal.versions import Version
from oneroof.staffing.models import MAY_FOLLOW, ContactDetail, ContactPoint, LiaisonDetail, LiaisonPost, Status


def add_contact(
    viewer: Viewer,
    *,
    to: ReleaseSet,
    detail_to: ReleaseSet | None = None,
    embargo_until: datetime | None = None,
    detail: Mapping[str, str] | None = None,
    why: str = "",
    **fields: Any,
) -> ContactPoint:
    """A new point of contact of the viewer's party; ``detail`` (name, phone, email) goes to ``detail_to`` alone.

    Without ``detail_to`` nobody but the owner sees the detail. Raises `Refused` with all faults.
    """
    detail_to = detail_to or release_set()
    contact = ContactPoint(**owned(viewer, to, detail_to, embargo_until), **fields)
    with acting(viewer, "add", why) as act:
        act.write(contact)
        _write_detail(act, ContactDetail, contact, detail)
    return contact


def change_contact(
    viewer: Viewer,
    contact: ContactPoint,
    *,
    detail: Mapping[str, str] | None = None,
    version: Version | None = None,
    why: str = "",
    **fields: Any,
) -> ContactPoint:
    """Change fields of a point of contact, or its detail; an empty ``detail`` takes that away, None leaves it.

    Raises `Refused`, `Stale`, `NotYours`.
    """
    for field, value in fields.items():
        setattr(contact, field, value)
    with acting(viewer, "change", why) as act:
        act.write(contact, version=version)
        _write_detail(act, ContactDetail, contact, detail)
    return contact


def add_liaison_post(
    viewer: Viewer,
    *,
    to: ReleaseSet,
    detail_to: ReleaseSet | None = None,
    embargo_until: datetime | None = None,
    status: str = "proposed",
    on: date,
    note: str = "",
    detail: Mapping[str, str] | None = None,
    why: str = "",
    **fields: Any,
) -> LiaisonPost:
    """A new liaison post. It begins in any status, since a post may be older than its record; then no step is skipped.

    Without ``detail_to`` nobody but the owner sees the holder. Raises `Refused` with all faults.
    """
    detail_to = detail_to or release_set()
    post = LiaisonPost(**owned(viewer, to, detail_to, embargo_until), **fields)
    _step(post, status, on, note)
    with acting(viewer, "add", why) as act:
        act.write(post)
        _write_detail(act, LiaisonDetail, post, detail)
    return post


def change_liaison_post(
    viewer: Viewer,
    post: LiaisonPost,
    *,
    detail: Mapping[str, str] | None = None,
    version: Version | None = None,
    why: str = "",
    **fields: Any,
) -> LiaisonPost:
    """Change fields of a liaison post but its status, or its holder; an empty ``detail`` takes it away, None leaves it.

    Raises `Refused`, `Stale`, `NotYours`.
    """
    for field, value in fields.items():
        setattr(post, field, value)
    with acting(viewer, "change", why) as act:
        act.write(post, version=version)
        _write_detail(act, LiaisonDetail, post, detail)
    return post


def move_liaison_post(
    viewer: Viewer, post: LiaisonPost, status: str, *, on: date, note: str = "", version: Version | None = None
) -> LiaisonPost:
    """Take a post to its next status on a day. Raises `Refused`: a skipped step, a day before the last; `Stale`."""
    faults = {}
    if status not in MAY_FOLLOW[post.status]:
        told = _("A post that is %(now)s can become: %(next)s. Take these steps in turn.") % {
            "now": Status(post.status).label,
            "next": ", ".join(str(step.label) for step in post.next) or _("nothing more; enter a new post"),
        }
        faults["status"] = [told]
    if on < post.status_on:
        told = _("The post is %(now)s since %(since)s, a later day. Write that day or a later one.")
        faults["on"] = [told % {"now": Status(post.status).label, "since": post.status_on}]
    if faults:
        raise Refused(faults)
    _step(post, status, on, note)
    with acting(viewer, str(status), note) as act:
        act.write(post, version=version)
    return post


def _step(post: LiaisonPost, status: str, on: date, note: str) -> None:
    post.status, post.status_on = status, on
    post.steps = [*post.steps, {"status": str(status), "on": on.isoformat(), "note": note}]


def _write_detail(act: Act, kind: Any, record: Any, given: Mapping[str, str] | None) -> None:
    """Write the detail of a record where it differs from what stands there; an empty one takes it away."""
    if given is None:
        return
    there = kind.objects.visible_to(act.by).filter(pk=record.pk).first()
    if not given:
        if there is not None:
            act.remove(there)
        return
    detail = there or kind(record=record)
    if all(getattr(detail, field) == value for field, value in given.items()):
        return
    for field, value in given.items():
        setattr(detail, field, value)
    # Names stay out of the journal: the instant tells that they changed, not to what.
    detail.changed_at = timezone.now()
    act.write(detail)
