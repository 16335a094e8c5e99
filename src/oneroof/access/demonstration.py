"""People to try a house with: one for each role, marked as demonstration, who sign in by one-time links alone."""

from __future__ import annotations

from datetime import date

from oneroof.access.actors import House
from oneroof.access.first import headquarters
from oneroof.access.links import make_link
from oneroof.access.models import Person, Secondment
from oneroof.access.people import add_person
from oneroof.access.roles import Role
from oneroof.access.viewer import PUBLIC, looking
from oneroof.nations.models import Party

# The day of the summit's declaration: from it the demonstration runs.
STARTS_ON = date(2024, 7, 11)
OFFICE = ""  # stands for the headquarters

# Role, name, and the parties for which the person acts: the first is where the session begins.
PEOPLE: tuple[tuple[Role, str, tuple[str, ...]], ...] = (
    (Role.ADMINISTRATOR, "Ada Keeper", (OFFICE,)),
    (Role.PLANNER, "Paul Planner", (OFFICE,)),
    (Role.SENIOR_CIVILIAN, "Clara Civil", (OFFICE,)),
    (Role.TRAINING_OFFICER, "Tom Trainer", (OFFICE,)),
    (Role.TRANSPORT_OFFICER, "Tora Transport", (OFFICE,)),
    (Role.DONOR_REPRESENTATIVE, "Mette Jensen", ("DNK",)),
    (Role.DONOR_REPRESENTATIVE, "Jan de Vries", ("NLD",)),
    (Role.COALITION_LEAD, "Emily Carter", ("GBR",)),
    (Role.RECIPIENT_OFFICER, "Оксана Коваль", ("UKR",)),
    (Role.AUDITOR, "Joint Auditor", ("DNK", "NLD")),
    (Role.READER, "Rita Reader", ("DNK",)),
)


def email_of(name: str) -> str:
    """The invented address of a demonstration person; ``.example`` is nobody's (RFC 2606)."""
    number = next(n for n, (_role, known, _parties) in enumerate(PEOPLE, 1) if known == name)
    return f"demonstration-{number}@oneroof.example"


def make_people() -> list[Secondment]:
    """The demonstration people, each made once; parties that are not there are left out. Returns all secondments."""
    with looking(PUBLIC):
        for role, name, codes in PEOPLE:
            for code in codes:
                party = headquarters() if code == OFFICE else Party.objects.filter(code=code).first()
                if party is not None and not held_by(name, party, role):
                    seat(role, name, party)
        return list(Secondment.objects.filter(person__demonstration=True).select_related("person", "party"))


def held_by(name: str, party: Party, role: Role) -> bool:
    """Whether a demonstration person has this secondment already."""
    return Secondment.objects.filter(person__email=email_of(name), party=party, role=role).exists()


def seat(role: Role, name: str, party: Party) -> None:
    """Make a person with a secondment, or add the secondment to the person."""
    add_person(
        House(),
        email=email_of(name),
        name=name,
        party=party,
        role=role,
        starts_on=STARTS_ON,
        language="uk" if party.code == "UKR" else "en",
        demonstration=True,
        why="Demonstration",
    )


def links() -> list[tuple[str, str, str, str]]:
    """For each demonstration person a new one-time link: name, role, parties, address."""
    make_people()
    told = []
    with looking(PUBLIC):
        for person in Person.objects.filter(demonstration=True, is_active=True).order_by("email"):
            held = list(person.secondments.select_related("party"))
            if held:
                codes = " + ".join(s.party.code for s in held)
                told.append((person.name, str(held[0].get_role_display()), codes, make_link(House(), person)))
    return told
