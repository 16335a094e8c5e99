"""The first people of a house: nobody is there until the command line makes an administrator."""

from __future__ import annotations

from django.utils import timezone

from oneroof.access.actors import House
from oneroof.access.links import make_link
from oneroof.access.models import Person, Secondment
from oneroof.access.people import add_person, take_factors_away
from oneroof.access.roles import Role
from oneroof.access.viewer import PUBLIC, looking
from oneroof.journal.actions import acting
from oneroof.journal.errors import Refused
from oneroof.nations.models import Party


def headquarters() -> Party:
    """The headquarters of the house; made where there is none yet. Raises `Refused` where there are several."""
    found = list(Party.objects.filter(kind=Party.Kind.HEADQUARTERS).order_by("code")[:2])
    if len(found) > 1:
        raise Refused("There are several headquarters. Name the party with --party.")
    if found:
        return found[0]
    made = Party(code="HQ", kind=Party.Kind.HEADQUARTERS, name="Headquarters", name_uk="Штаб")
    with acting(House(), "add", "First start") as act:
        act.write(made)
    return made


def make_administrator(email: str, name: str, party_code: str = "") -> tuple[Secondment, str]:
    """An administrator of the headquarters or of a party, with a one-time link. Raises `Refused` with all faults."""
    with looking(PUBLIC):
        party = Party.objects.filter(code=party_code).first() if party_code else headquarters()
        if party is None:
            raise Refused(f"There is no party {party_code}. Name one of the list of parties.")
        person = Person.objects.filter(email__iexact=email.strip()).first()
        held = next((s for s in seconded(person) if s.party_id == party.pk), None)
        if held is not None and held.waits:
            held.waits = False
            with acting(House(), "agree", "By the command line") as act:
                act.write(held)
        if held is None:
            role, today = Role.ADMINISTRATOR, timezone.localdate()
            held = add_person(
                House(), email=email, name=name, party=party, role=role, starts_on=today, why="By the command line"
            )
        return held, make_link(House(), held.person)


def seconded(person: Person | None) -> list[Secondment]:
    """The secondments as administrator that are in force today, or wait for a second person."""
    if person is None:
        return []
    today = timezone.localdate()
    return [s for s in person.secondments.all() if s.role == Role.ADMINISTRATOR and s.within(today)]


def link_for(email: str, take_away: str = "") -> str:
    """A one-time link for whoever has this e-mail address; with a reason, their second factors are taken away first.

    Raises `Refused` where nobody has the address.
    """
    person = Person.objects.filter(email__iexact=email.strip()).first()
    if person is None:
        raise Refused(f"Nobody has the e-mail {email}. Write it as it stands on the page People.")
    with looking(PUBLIC):
        if take_away:
            take_factors_away(House(), person, take_away)
        return make_link(House(), person)
