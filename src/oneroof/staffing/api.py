"""Points of contact and liaison posts over the API; names of people stand apart, under the wall of details."""

from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Field, Router, Schema
from ninja.decorators import decorate_view
from ninja.orm import create_schema

from oneroof.access.api import (
    ERRORS,
    RecordOut,
    Release,
    detail_routes,
    etag,
    loaded,
    matched,
    one,
    record_routes,
    with_parties,
)
from oneroof.access.retries import once
from oneroof.staffing import actions
from oneroof.staffing.models import ContactDetail, ContactPoint, LiaisonDetail, LiaisonPost

router = Router(tags=["staffing"])

CONTACT = ["code", "function", "function_uk", "starts_on", "ends_on"]
LIAISON = ["code", "function", "function_uk", "place", "place_uk"]
PARTY = "Code of the party."


class Holder(Schema):
    """Who holds a function and how they are reached."""

    name: str = Field("", max_length=160)
    phone: str = Field("", max_length=40)
    email: str = Field("", max_length=254)


class PostHolder(Schema):
    """Who holds a liaison post."""

    holder: str = Field("", max_length=160)


class ContactOut(create_schema(ContactPoint, name="ContactFields", fields=CONTACT, base_class=RecordOut)):  # type: ignore[misc]
    """A point of contact."""

    party: str = Field(..., description=PARTY)

    @staticmethod
    def resolve_party(record: ContactPoint) -> str:
        """The party's code."""
        return record.party.code


class ContactNew(create_schema(ContactPoint, name="ContactNewFields", fields=CONTACT, base_class=Release)):  # type: ignore[misc]
    """A new point of contact; its detail goes to ``detail_releasable_to``."""

    party: str = Field(..., description=PARTY)
    detail: Holder | None = None


class ContactChange(create_schema(ContactPoint, name="ContactChangeFields", fields=CONTACT, optional_fields=CONTACT)):  # type: ignore[misc]
    """What changes of a point of contact."""

    party: str = Field(None, description=PARTY)
    detail: Holder | None = None


class Step(Schema):
    """A status of a liaison post, since when, with a note."""

    status: str = Field(..., description="proposed, discussed, agreed, open, shelved or closed.")
    on: date
    note: str = Field("", max_length=200)


class LiaisonOut(create_schema(LiaisonPost, name="LiaisonFields", fields=LIAISON, base_class=RecordOut)):  # type: ignore[misc]
    """A liaison post with the steps to its status."""

    sender: str = Field(..., description=PARTY)
    host: str = Field(..., description=PARTY)
    status: str
    status_on: date
    steps: list[Step]

    @staticmethod
    def resolve_sender(record: LiaisonPost) -> str:
        """The code of the party that sends."""
        return record.sender.code

    @staticmethod
    def resolve_host(record: LiaisonPost) -> str:
        """The code of the party that hosts."""
        return record.host.code


class LiaisonNew(create_schema(LiaisonPost, name="LiaisonNewFields", fields=LIAISON, base_class=Release)):  # type: ignore[misc]
    """A new liaison post in the status in which it begins."""

    sender: str = Field(..., description=PARTY)
    host: str = Field(..., description=PARTY)
    status: str = "proposed"
    on: date
    note: str = Field("", max_length=200)
    detail: PostHolder | None = None


class LiaisonChange(create_schema(LiaisonPost, name="LiaisonChangeFields", fields=LIAISON, optional_fields=LIAISON)):  # type: ignore[misc]
    """What changes of a liaison post but its status."""

    sender: str = Field(None, description=PARTY)
    host: str = Field(None, description=PARTY)
    detail: PostHolder | None = None


def told_by_code(action: Any, *names: str) -> Any:
    """An action that takes codes of parties where it names parties; a detail of which nothing is said stays."""

    def act(*given: Any, **fields: Any) -> Any:
        fields["detail"] = fields.get("detail") or None
        return action(*given, **with_parties(fields, *names))

    return act


record_routes(
    router,
    ContactPoint,
    "contact-points",
    shape=ContactOut,
    new=ContactNew,
    changed=ContactChange,
    add=told_by_code(actions.add_contact, "party"),
    change=told_by_code(actions.change_contact, "party"),
)
record_routes(
    router,
    LiaisonPost,
    "liaison-posts",
    shape=LiaisonOut,
    new=LiaisonNew,
    changed=LiaisonChange,
    add=told_by_code(actions.add_liaison_post, "sender", "host"),
    change=told_by_code(actions.change_liaison_post, "sender", "host"),
)


detail_routes(
    router,
    ContactPoint,
    ContactDetail,
    "contact-points",
    "detail",
    shape=Holder,
    change=actions.change_contact,
    word="who it is, and how they are reached",
)
detail_routes(
    router,
    LiaisonPost,
    LiaisonDetail,
    "liaison-posts",
    "detail",
    shape=PostHolder,
    change=actions.change_liaison_post,
    word="who holds it",
)


@router.post("/liaison-posts/{uuid:key}/steps", response={200: LiaisonOut, **ERRORS}, summary="Take the next step")
@decorate_view(once)
def step(request: HttpRequest, response: HttpResponse, key: UUID, body: Step) -> Any:
    """Take a liaison post to its next status."""
    post = one(loaded(request.viewer, LiaisonPost), key)
    version = matched(request, post, lambda: etag(LiaisonOut, post, request.viewer))
    actions.move_liaison_post(request.viewer, post, body.status, on=body.on, note=body.note, version=version)
    post = one(loaded(request.viewer, LiaisonPost), key)
    response["ETag"] = etag(LiaisonOut, post, request.viewer)
    return post
