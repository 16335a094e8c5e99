"""People and their secondments: what administrators do, within their reach.

The headquarters' administrators reach everybody. A nation's administrator reaches that nation's secondments, and the
account of a person only where every secondment of it is in reach: who could sign in as somebody of another nation
would read that nation's records.
"""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from oneroof.access.actions import drop_factors, join_account, part_accounts
from oneroof.access.actors import House, Oneself
from oneroof.access.models import Person, Secondment
from oneroof.access.roles import Role
from oneroof.access.second_person import ask_recovery, check_alone, end_recovery, give
from oneroof.access.viewer import Viewer
from oneroof.journal.actions import acting
from oneroof.journal.errors import NotYours, Refused
from oneroof.journal.versions import Version
from oneroof.nations.models import Party

Administrator = Viewer | House


def reach(by: Administrator) -> uuid.UUID | None:
    """The one party whose people an administrator keeps, or None for everybody's.

    Raises `NotYours` for whoever keeps no accounts.
    """
    if isinstance(by, House):
        return None
    if by.role != Role.ADMINISTRATOR or by.party is None:
        raise NotYours(_("Administrators keep accounts. Ask one of them."))
    whole = Party.objects.filter(pk=by.party, kind=Party.Kind.HEADQUARTERS).exists()
    return None if whole else by.party


def parties_in_reach(by: Administrator) -> QuerySet[Party]:
    """The parties to which an administrator may second people."""
    only = reach(by)
    return Party.objects.all() if only is None else Party.objects.filter(pk=only)


def people_in_reach(by: Administrator) -> QuerySet[Person]:
    """The people whom an administrator knows of: those with a secondment in reach."""
    only = reach(by)
    return Person.objects.all() if only is None else Person.objects.filter(secondments__party=only).distinct()


def secondments_in_reach(by: Administrator) -> QuerySet[Secondment]:
    """The secondments that an administrator may end or extend."""
    only = reach(by)
    held = Secondment.objects.select_related("party", "person")
    return held if only is None else held.filter(party=only)


def keeps_account(by: Administrator, person: Person) -> bool:
    """Whether the account itself (links, factors, sign-in) is in an administrator's reach, and not the own one."""
    if not isinstance(by, House) and by.person == person.pk:
        return False
    only = reach(by)
    return only is None or not Secondment.objects.filter(person=person).exclude(party=only).exists()


def add_person(
    by: Administrator,
    *,
    email: str,
    name: str,
    party: Party,
    role: str,
    starts_on: date,
    ends_on: date | None = None,
    language: str = "en",
    demonstration: bool = False,
    why: str = "",
) -> Secondment:
    """A person with a first secondment; whoever has an account with this address gets the secondment alone.

    The secondment may wait for a second person (`second_person.must_wait`).

    Raises `Refused` with the faults of all fields.
    """
    held = Secondment(party=party, role=role, starts_on=starts_on, ends_on=ends_on)
    with acting(by, "add", why) as act:
        queue()
        person = Person.objects.filter(email__iexact=email.strip()).first()
        if person is None:
            person = Person(email=email, name=name, language=language, demonstration=demonstration)
            act.write(person)
        held.person = person
        check_secondment(by, held)
        give(by, held)
        act.write(held)
    return held


def change_person(
    by: Administrator, person: Person, *, version: Version | None = None, why: str = "", **fields: Any
) -> None:
    """Change name, language or whether a person may sign in; not signing in any more ends sessions and tokens."""
    if not keeps_account(by, person):
        raise NotYours(_("This account is kept by another administrator."))
    for field, value in fields.items():
        setattr(person, field, value)
    with acting(by, "change", why) as act:
        act.write(person, version=version)


def add_secondment(
    by: Administrator,
    person: Person,
    *,
    party: Party,
    role: str,
    starts_on: date,
    ends_on: date | None = None,
    why: str = "",
) -> Secondment:
    """A further secondment of a person, which may wait for a second person.

    Raises `Refused` with the faults of all fields.
    """
    held = Secondment(person=person, party=party, role=role, starts_on=starts_on, ends_on=ends_on)
    check_secondment(by, held)
    with acting(by, "second", why) as act:
        queue()
        give(by, held)
        act.write(held)
    return held


def change_end(
    by: Administrator, held: Secondment, *, ends_on: date | None, version: Version | None = None, why: str = ""
) -> None:
    """End or extend a secondment; sessions and tokens of one that is over end at once.

    One that was over, or waits, is given anew by who extends it, and may wait for a second person.
    """
    check_secondment(by, held)
    if ends_on is not None and ends_on < held.starts_on:
        told = _("A secondment can't end before it starts ({day}). Choose a later day.").format(day=held.starts_on)
        raise Refused({"ends_on": [told]})
    over = held.ends_on is not None and held.ends_on < timezone.localdate()
    held.ends_on = ends_on
    with acting(by, "change_end", why) as act:
        queue()
        if over or (isinstance(by, House) and held.waits):
            give(by, held)
        act.write(held, version=version)


def check_secondment(by: Administrator, held: Secondment) -> None:
    """Refuse secondments out of reach, and those that administrators would give themselves."""
    if not parties_in_reach(by).filter(pk=held.party_id).exists():
        raise NotYours({"party": [_("Choose a party whose people you keep.")]})
    if not isinstance(by, House) and by.person == held.person_id:
        told = _("Nobody changes their own secondments. Ask another administrator, or use the command line.")
        raise Refused({"": [told]})


def queue() -> None:
    """Within the transaction: changes of secondments go one after the other, so that checks of overlap hold."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('oneroof secondments', 0))")


def take_factors_away(by: Administrator, person: Person, why: str) -> int:
    """Take a person's second factors and outside accounts away, and end their sessions; how many there were."""
    if not why.strip():
        raise Refused({"why": [_("Say why: it stays in the history.")]})
    if not keeps_account(by, person):
        raise NotYours(_("This account is kept by another administrator."))
    check_alone(by, person)
    person.sign_outs += 1
    with acting(by, "take_factors_away", why) as act:
        act.write(person)
        return drop_factors(person) + part_accounts(person)


def ask_to_open(by: Viewer, person: Person, why: str) -> None:
    """Ask that a second person agrees to open an account in use anew. Raises `NotYours`, `Refused`."""
    if not keeps_account(by, person):
        raise NotYours(_("This account is kept by another administrator."))
    ask_recovery(by, person, why)


def join_outside_account(by: Administrator, person: Person, provider: str, subject: str) -> None:
    """Join a person to an account of the sign-in server by its subject, never by e-mail. Raises `Refused`."""
    if not subject.strip():
        raise Refused({"subject": [_("Write the subject that the sign-in server gives this account.")]})
    if not keeps_account(by, person):
        raise NotYours(_("This account is kept by another administrator."))
    check_alone(by, person)
    with acting(by, "join_account") as act:
        join_account(person, provider, subject.strip())
        end_recovery(person)
        person.sign_outs += 1
        act.write(person)


def sign_out_everywhere(key: uuid.UUID) -> None:
    """End every session of oneself."""
    person = Person.objects.get(pk=key)
    person.sign_outs += 1
    with acting(Oneself(person.pk), "sign_out_everywhere") as act:
        act.write(person)
