"""For whom a person acts today, and what the walls make of it."""

from __future__ import annotations

from django.utils import timezone

from oneroof.access.models import Person, Secondment
from oneroof.access.roles import Role
from oneroof.access.viewer import Viewer
from oneroof.nations.models import Party


def current_secondments(person: Person) -> list[Secondment]:
    """The secondments of a person that are in force today, by party and role."""
    if not person.is_active:
        return []
    today = timezone.localdate()
    return [held for held in person.secondments.select_related("party") if held.holds_on(today)]


def viewer_of(secondment: Secondment) -> Viewer:
    """Whoever acts by a secondment.

    An administrator keeps the machine and sees what is public. An auditor whom several parties appointed sees what all
    of them see; where the headquarters is one of several, embargoes are waited for, since those parties wait.
    """
    together = [secondment]
    if secondment.role == Role.AUDITOR:
        held = current_secondments(secondment.person)
        others = {h.party_id: h for h in held if h.role == Role.AUDITOR and h.party_id != secondment.party_id}
        together += others.values()
    blind = secondment.role == Role.ADMINISTRATOR
    return Viewer(
        person=secondment.person_id,
        party=secondment.party_id,
        role=secondment.role,
        parties=() if blind else tuple(sorted(held.party_id for held in together)),
        headquarters=not blind and all(held.party.kind == Party.Kind.HEADQUARTERS for held in together),
    )
