"""Parties, partnerships, coalitions and groups over the API: for everybody inside, written by planners."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Field, Router, Schema, Status
from ninja.decorators import decorate_view
from ninja.errors import HttpError
from ninja.orm import create_schema

from oneroof.access.api import ERRORS, check_match, etag, one, parties_named, routes, with_parties
from oneroof.access.retries import once
from oneroof.access.viewer import Viewer
from oneroof.nations import actions
from oneroof.nations.models import Coalition, CoalitionMember, Group, Partnership, Party

router = Router(tags=["parties"])

PARTY = ["code", "kind", "name", "name_uk", "starts_on", "ends_on"]
PARTNERSHIP = ["kind", "starts_on", "ends_on", "note"]
COALITION = ["code", "name", "name_uk", "starts_on", "ends_on"]
GROUP = ["name", "name_uk"]
CODE = "Code of the party."


class PartyOut(create_schema(Party, name="PartyFields", fields=["id", *PARTY])):  # type: ignore[misc]
    """A party."""

    part_of: str | None = Field(None, description=CODE)

    @staticmethod
    def resolve_part_of(record: Party) -> str | None:
        """The code of the party that it is part of."""
        return record.part_of.code if record.part_of else None


class PartyNew(create_schema(Party, name="PartyNewFields", fields=PARTY)):  # type: ignore[misc]
    """A new party."""

    part_of: str | None = Field(None, description=CODE)


class PartyChange(create_schema(Party, name="PartyChangeFields", fields=PARTY, optional_fields=PARTY)):  # type: ignore[misc]
    """What changes of a party."""

    part_of: str | None = Field(None, description=CODE)


class PartnershipOut(create_schema(Partnership, name="PartnershipFields", fields=["id", *PARTNERSHIP])):  # type: ignore[misc]
    """How a party stands to a body."""

    party: str = Field(..., description=CODE)
    body: str = Field(..., description=CODE)

    @staticmethod
    def resolve_party(record: Partnership) -> str:
        """The party's code."""
        return record.party.code

    @staticmethod
    def resolve_body(record: Partnership) -> str:
        """The body's code."""
        return record.body.code


class PartnershipNew(create_schema(Partnership, name="PartnershipNewFields", fields=PARTNERSHIP)):  # type: ignore[misc]
    """A new partnership."""

    party: str = Field(..., description=CODE)
    body: str = Field(..., description=CODE)


class PartnershipChange(
    create_schema(Partnership, name="PartnershipChangeFields", fields=PARTNERSHIP, optional_fields=PARTNERSHIP)  # type: ignore[misc]
):
    """What changes of a partnership."""

    body: str = Field(None, description=CODE)


class Member(Schema):
    """A party's place in a coalition."""

    party: str = Field(..., description=CODE)
    lead: bool = False
    starts_on: date | None = None
    ends_on: date | None = None


class MemberOut(Member):
    """A party's place in a coalition, with its id."""

    id: UUID

    @staticmethod
    def resolve_party(record: CoalitionMember) -> str:
        """The party's code."""
        return record.party.code


class MemberChange(Schema):
    """What changes of a party's place in a coalition."""

    lead: bool = None  # type: ignore[assignment]
    starts_on: date | None = None
    ends_on: date | None = None


class CoalitionOut(create_schema(Coalition, name="CoalitionFields", fields=["id", *COALITION])):  # type: ignore[misc]
    """A coalition with its leads and members."""

    members: list[MemberOut] = Field(..., alias="memberships")


class CoalitionNew(create_schema(Coalition, name="CoalitionNewFields", fields=COALITION)):  # type: ignore[misc]
    """A new coalition with its first leads and members."""

    members: list[Member]


CoalitionChange = create_schema(Coalition, name="CoalitionChange", fields=COALITION, optional_fields=COALITION)


class GroupOut(create_schema(Group, name="GroupFields", fields=["id", *GROUP])):  # type: ignore[misc]
    """A group with the parties in it today."""

    members: list[str]

    @staticmethod
    def resolve_members(record: Group) -> list[str]:
        """Codes of the parties."""
        return sorted(party.code for party in record.members.all())


class GroupNew(create_schema(Group, name="GroupNewFields", fields=GROUP)):  # type: ignore[misc]
    """A new group."""

    members: list[str] = Field(..., description="Codes of parties.")


class GroupChange(create_schema(Group, name="GroupChangeFields", fields=GROUP, optional_fields=GROUP)):  # type: ignore[misc]
    """What changes of a group; no record released to it before changes."""

    members: list[str] = Field(None, description="Codes of parties.")


def open_routes(rows: Callable[[], Any], path: str, word: str, *, add: Callable[..., Any], **more: Any) -> None:
    """List, read, add and change one kind that everybody inside reads; to others it answers 401."""

    def inside(viewer: Viewer) -> Any:
        if viewer.person is None:
            raise HttpError(401, _("Send a valid token with the scope for this."))
        return rows()

    def added(viewer: Viewer, body: Any) -> Any:
        return add(viewer, **body.model_dump(exclude_unset=True))

    routes(router, inside, path, word, add=added, **more)


def _coalitions() -> Any:
    return Coalition.objects.prefetch_related(Prefetch("memberships", CoalitionMember.objects.select_related("party")))


def _add_coalition(viewer: Any, members: list[dict[str, Any]], **fields: Any) -> Coalition:
    places = [actions.Place(**with_parties(member, "party")) for member in members]
    return actions.add_coalition(viewer, members=places, **fields)


def _change_group(viewer: Any, group: Group, members: list[str] | None = None, **fields: Any) -> Group:
    chosen = list(group.members.all()) if members is None else parties_named(members, "members")
    return actions.change_group(viewer, group, members=chosen, **fields)


open_routes(
    lambda: Party.objects.select_related("part_of"),
    "parties",
    "party",
    shape=PartyOut,
    new=PartyNew,
    changed=PartyChange,
    add=lambda viewer, **fields: actions.add_party(viewer, **with_parties(fields, "part_of")),
    change=lambda viewer, party, **fields: actions.change_party(viewer, party, **with_parties(fields, "part_of")),
    order=("code", "id"),
)
open_routes(
    lambda: Partnership.objects.select_related("party", "body"),
    "partnerships",
    "partnership",
    shape=PartnershipOut,
    new=PartnershipNew,
    changed=PartnershipChange,
    add=lambda viewer, **fields: actions.add_partnership(viewer, **with_parties(fields, "party", "body")),
    change=lambda viewer, row, **fields: actions.change_partnership(viewer, row, **with_parties(fields, "body")),
    order=("kind", "id"),
)
open_routes(
    _coalitions,
    "coalitions",
    "coalition",
    shape=CoalitionOut,
    new=CoalitionNew,
    changed=CoalitionChange,
    add=_add_coalition,
    change=actions.change_coalition,
    order=("code", "id"),
)
open_routes(
    lambda: Group.objects.prefetch_related("members"),
    "groups",
    "group",
    shape=GroupOut,
    new=GroupNew,
    changed=GroupChange,
    add=lambda viewer, members, **fields: actions.add_group(
        viewer, members=parties_named(members, "members"), **fields
    ),
    change=_change_group,
    order=("name", "id"),
)


@router.post("/coalitions/{uuid:key}/members", response={201: MemberOut, **ERRORS}, summary="A party joins")
@decorate_view(once)
def join(request: HttpRequest, key: UUID, body: Member) -> Any:
    """A party joins a coalition."""
    found = one(Coalition.objects.all(), key)
    return Status(201, actions.add_member(request.viewer, found, **with_parties(body.model_dump(), "party")))


@router.patch("/coalition-members/{uuid:key}", response={200: MemberOut, **ERRORS}, summary="Change a membership")
@decorate_view(once)
def change_member(request: HttpRequest, response: HttpResponse, key: UUID, body: MemberChange) -> Any:
    """Change a member's dates, or whether it leads."""
    found = one(CoalitionMember.objects.select_related("party", "coalition"), key)
    check_match(request, etag(MemberOut, found))
    fields = body.model_dump(exclude_unset=True)
    changed = actions.change_member(request.viewer, found, version=found.version, **fields)
    response["ETag"] = etag(MemberOut, changed)
    return changed
