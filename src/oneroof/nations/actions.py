"""Parties, partnerships, coalitions and groups: what planners and administrators write."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _

from oneroof.journal.actions import Actor, acting
from oneroof.journal.errors import Refused
from oneroof.journal.versions import Version
from oneroof.nations.models import Coalition, CoalitionMember, Group, Partnership, Party


def add_party(by: Actor, *, why: str = "", **fields: Any) -> Party:
    """A new party. Raises `Refused` with all faults: code unknown or taken, end before start, part of nothing."""
    return _added(by, Party(**fields), why)


def change_party(by: Actor, party: Party, *, version: Version | None = None, why: str = "", **fields: Any) -> Party:
    """Change fields of a party. Raises `Refused` with all faults, a ring of parts among them, `Stale`, `NotYours`."""
    return _changed(by, party, version, why, fields)


def add_partnership(by: Actor, *, why: str = "", **fields: Any) -> Partnership:
    """A party stands with a body. Raises `Refused`: end before start, or the same standing twice at a time."""
    return _added(by, Partnership(**fields), why)


def change_partnership(
    by: Actor, partnership: Partnership, *, version: Version | None = None, why: str = "", **fields: Any
) -> Partnership:
    """Change fields of a partnership, its end among them. Raises `Refused`, `Stale`, `NotYours`."""
    return _changed(by, partnership, version, why, fields)


@dataclass(frozen=True)
class Place:
    """A party's place in a coalition that is about to be made."""

    party: Party
    lead: bool = False
    starts_on: date | None = None
    ends_on: date | None = None


def add_coalition(by: Actor, *, members: Sequence[Place], why: str = "", **fields: Any) -> Coalition:
    """A new coalition with its leads and members. Raises `Refused` with all faults, the lack of a lead among them."""
    coalition = Coalition(**fields)
    with acting(by, "add", why) as act:
        act.write(coalition)
        for place in members:
            act.write(CoalitionMember(coalition=coalition, **vars(place)))
        _keep_a_lead(coalition)
    return coalition


def change_coalition(
    by: Actor, coalition: Coalition, *, version: Version | None = None, why: str = "", **fields: Any
) -> Coalition:
    """Change names or dates of a coalition. Raises `Refused` (nobody leads it to its last day), `Stale`."""
    with acting(by, "change", why) as act:
        _set(coalition, fields)
        act.write(coalition, version=version)
        _keep_a_lead(coalition)
    return coalition


def add_member(by: Actor, coalition: Coalition, *, why: str = "", **fields: Any) -> CoalitionMember:
    """A party joins a coalition. Raises `Refused`: end before start, or already in it at that time."""
    return _added(by, CoalitionMember(coalition=coalition, **fields), why)


def change_member(
    by: Actor, member: CoalitionMember, *, version: Version | None = None, why: str = "", **fields: Any
) -> CoalitionMember:
    """Change a member's dates, or whether it leads. Raises `Refused`: the last lead may not go; `Stale`."""
    with acting(by, "change", why) as act:
        _set(member, fields)
        act.write(member, version=version)
        _again(member)
        _keep_a_lead(member.coalition)
    return member


def add_group(by: Actor, *, members: Iterable[Party], why: str = "", **fields: Any) -> Group:
    """A new group of parties. Raises `Refused`: a name that is taken, nobody in it."""
    return _write_group(by, "add", Group(**fields), list(members), None, why)


def change_group(
    by: Actor,
    group: Group,
    *,
    members: Iterable[Party],
    version: Version | None = None,
    why: str = "",
    **fields: Any,
) -> Group:
    """Change a group's names or list; no record released to it before changes. Raises `Refused`, `Stale`."""
    _set(group, fields)
    return _write_group(by, "change", group, list(members), version, why)


def _write_group(by: Actor, verb: str, group: Group, members: list[Party], version: Version | None, why: str) -> Group:
    if not members:
        raise Refused({"members": [_("A group names at least one party. Choose its members.")]})
    with acting(by, verb, why) as act:
        before = set(group.members.all()) if not group._state.adding else set()
        if before != set(members):
            # The list stands in a table of its own: this field carries the group's version with it.
            group.changed_at = act.at
        act.write(group, version=version)
        act.set_many(group, "members", list(members))
    return group


def _added(by: Actor, record: Any, why: str) -> Any:
    with acting(by, "add", why) as act:
        act.write(record)
        _again(record)
    return record


def _changed(by: Actor, record: Any, version: Version | None, why: str, fields: dict[str, Any]) -> Any:
    with acting(by, "change", why) as act:
        _set(record, fields)
        act.write(record, version=version)
        _again(record)
    return record


def _set(record: models.Model, fields: dict[str, Any]) -> None:
    for field, value in fields.items():
        setattr(record, field, value)


def _again(record: models.Model) -> None:
    """Look once more for rings and overlaps now that the house's chain is locked: two actions can't slip past."""
    try:
        record.clean()
    except ValidationError as wrong:
        raise Refused({field: list(told) for field, told in wrong.message_dict.items()}) from wrong


def _keep_a_lead(coalition: Coalition) -> None:
    """Refuse a coalition that nobody leads on its last day, or, where it has no end, for good."""
    last = Q(ends_on=None) if coalition.ends_on is None else Q(ends_on=None) | Q(ends_on__gte=coalition.ends_on)
    if not CoalitionMember.objects.filter(last, coalition=coalition, lead=True).exists():
        told = _("Nobody would lead the coalition %(name)s. Name another lead first, or end the coalition.")
        raise Refused({"lead": [told % {"name": coalition}]})
