"""Roles, and which kinds of record each reads and writes."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What a person does for a party."""

    DONOR_REPRESENTATIVE = "donor_representative", _("donor’s representative")
    RECIPIENT_OFFICER = "recipient_officer", _("recipient’s officer")
    PLANNER = "planner", _("planner")
    COALITION_LEAD = "coalition_lead", _("coalition lead")
    TRAINING_OFFICER = "training_officer", _("training officer")
    TRANSPORT_OFFICER = "transport_officer", _("transport officer")
    SENIOR_CIVILIAN = "senior_civilian", _("senior civilian")
    AUDITOR = "auditor", _("auditor")
    ADMINISTRATOR = "administrator", _("administrator")
    READER = "reader", _("reader")


# Nobody signed in: what is public, and nothing else.
PUBLIC = "public"

# Kinds under the walls that an action may write for its own party. Every role reads every kind of this list, within
# the walls; who reads fewer stands in READS_ONLY.
CATALOGUE = frozenset({"item", "item_detail", "item_image", "item_name", "package", "package_part", "substitute"})
NETWORK = frozenset({"node", "node_detail", "leg", "leg_detail", "closure"})
PRESENCE = frozenset({"contact_point", "contact_detail", "liaison_post", "liaison_detail"})
SOURCES = frozenset({"source", "citation"})
# Reference records without owner, open to all inside.
PARTIES = frozenset({"party", "partnership", "coalition", "coalition_member", "group", "group_member"})
PEOPLE = frozenset({"person", "secondment", "api_token"})

READS_ONLY: dict[str, frozenset[str]] = {}
WRITES: dict[Any, frozenset[str]] = {
    Role.DONOR_REPRESENTATIVE: CATALOGUE | NETWORK | PRESENCE | SOURCES,
    Role.RECIPIENT_OFFICER: CATALOGUE | NETWORK | PRESENCE | SOURCES,
    Role.PLANNER: CATALOGUE | NETWORK | PRESENCE | SOURCES | PARTIES,
    Role.COALITION_LEAD: CATALOGUE | SOURCES,
    Role.TRAINING_OFFICER: SOURCES,
    Role.TRANSPORT_OFFICER: NETWORK | SOURCES,
    Role.SENIOR_CIVILIAN: PRESENCE | SOURCES,
    Role.AUDITOR: frozenset(),
    Role.ADMINISTRATOR: PEOPLE | PARTIES,
    Role.READER: frozenset(),
    PUBLIC: frozenset(),
}


def reads(role: str, kind: str) -> bool:
    """Whether a role reads a kind of record, where the walls let it through."""
    return role not in READS_ONLY or kind in READS_ONLY[role]


def writes(role: str, kind: str) -> bool:
    """Whether a role writes a kind of record."""
    return kind in WRITES.get(role, frozenset())
