"""Steps that no administrator takes alone: they wait until a second person agrees.

Who could open an account that somebody uses, or give themselves a new one in a party that has people, could act as that
person or party. So these wait: a way into an account that was signed in to before, a secondment to a party whose people
have signed in, and every administrator's secondment. The command line is bound by none of this.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _

from oneroof.access.actors import House
from oneroof.access.models import Person, Secondment
from oneroof.access.roles import Role
from oneroof.access.viewer import Viewer
from oneroof.journal.actions import acting
from oneroof.journal.errors import NotYours, Refused
from oneroof.nations.models import Party

# How long somebody may agree, and how long the administrator may then open the account.
ASKED, AGREED = timedelta(days=3), timedelta(days=1)


@dataclass(frozen=True)
class Colleague:
    """Who agrees or refuses: of the record in question they write this one answer, whatever their role."""

    person: uuid.UUID | None
    party: uuid.UUID | None
    role: str
    on: uuid.UUID

    def may_write(self, record: models.Model) -> bool:
        """The record in question alone."""
        return bool(record.pk == self.on)

    def sees(self, record: models.Model) -> bool:
        """The record in question."""
        return self.may_write(record)


def keeper(viewer: Viewer) -> Callable[[uuid.UUID], bool]:
    """Whether the viewer is an administrator who keeps the people of a party: its own one, or the headquarters'."""
    if viewer.role != Role.ADMINISTRATOR:
        return lambda party: False
    whole = Party.objects.filter(pk=viewer.party, kind=Party.Kind.HEADQUARTERS).exists()
    return lambda party: whole or party == viewer.party


# --- Ways into an account ---------------------------------------------------------------------------------------------


def opens_alone(by: Viewer | House, person: Person) -> bool:
    """Whether a link, factors and outside accounts of this person need nobody else: never used, or somebody agreed."""
    if isinstance(by, House) or person.last_login is None:
        return True
    until = person.recovery_until
    return person.recovery_agreed and person.recovery_by == by.person and until is not None and until > timezone.now()


def check_alone(by: Viewer | House, person: Person) -> None:
    """Refuse to open an account alone. Raises `Refused`."""
    if not opens_alone(by, person):
        raise Refused(_("This account is in use. Ask for a second person first: nobody opens it alone."))


def ask_recovery(by: Viewer, person: Person, why: str) -> None:
    """An administrator asks that somebody agrees to open an account anew; what was asked before is over.

    The caller has looked whether the account is in reach. Raises `Refused` without a reason.
    """
    if not why.strip():
        raise Refused({"why": [_("Say why: it stays in the history.")]})
    person.recovery_by, person.recovery_until = by.person, timezone.now() + ASKED
    person.recovery_agreed = False
    with acting(by, "ask_recovery", why) as act:
        act.write(person)


def asked(person: Person) -> bool:
    """Whether it is asked to open this account anew, and nobody has answered in time."""
    until = person.recovery_until
    return until is not None and until > timezone.now() and not person.recovery_agreed


def agrees_to_recovery(viewer: Viewer, person: Person, keeps: Callable[[uuid.UUID], bool]) -> bool:
    """Whether the viewer may agree: an administrator who keeps the account, or somebody of a party it acts for.

    ``keeps`` is `keeper` of the viewer.
    """
    if viewer.person is None or viewer.person in (person.pk, person.recovery_by) or not asked(person):
        return False
    every, today = person.secondments.all(), timezone.localdate()
    if viewer.party in {held.party_id for held in every if held.holds_on(today)}:
        return True
    return bool(every) and all(keeps(held.party_id) for held in every)


def answer_recovery(viewer: Viewer, person: Person, *, agreed: bool) -> None:
    """Agree or refuse to open an account anew; its own person may refuse. Raises `NotYours`, `Stale`."""
    own = viewer.person == person.pk and asked(person) and not agreed
    if not own and not agrees_to_recovery(viewer, person, keeper(viewer)):
        raise NotYours(_("There is no such record."))
    person.recovery_agreed = agreed
    person.recovery_until = timezone.now() + AGREED if agreed else None
    person.recovery_by = person.recovery_by if agreed else None
    by = Colleague(viewer.person, viewer.party, viewer.role, person.pk)
    with acting(by, "agree_recovery" if agreed else "refuse_recovery") as act:
        act.write(person, version=person.version)


def end_recovery(person: Person) -> None:
    """What was agreed is used up: the person is in."""
    person.recovery_by = person.recovery_until = None
    person.recovery_agreed = False


# --- Secondments ------------------------------------------------------------------------------------------------------


def must_wait(by: Viewer | House, held: Secondment) -> bool:
    """Whether a secondment waits: an administrator's, and one to a party of which others have ever signed in.

    "Ever", not "today": else an administrator could end the others' secondments first.
    """
    if isinstance(by, House):
        return False
    if held.role == Role.ADMINISTRATOR:
        return True
    others = Secondment.objects.filter(party=held.party_id, waits=False, person__last_login__isnull=False)
    return others.exclude(person__in=[by.person, held.person_id]).exists()


def give(by: Viewer | House, held: Secondment) -> None:
    """Note who gives a secondment, and whether it waits."""
    held.given_by, held.waits = by.person, must_wait(by, held)


def agrees_to_secondment(viewer: Viewer, held: Secondment, keeps: Callable[[uuid.UUID], bool]) -> bool:
    """Whether the viewer may agree: another administrator, or somebody of the party unless it makes an administrator.

    ``keeps`` is `keeper` of the viewer.
    """
    if viewer.person is None or viewer.person in (held.person_id, held.given_by) or not held.waits:
        return False
    of_party = viewer.party == held.party_id and held.role != Role.ADMINISTRATOR
    return of_party or keeps(held.party_id)


def answer_secondment(viewer: Viewer, held: Secondment, *, agreed: bool) -> None:
    """Agree to a secondment that waits, which is then in force; or refuse, which removes it. Raises `NotYours`."""
    if not agrees_to_secondment(viewer, held, keeper(viewer)):
        raise NotYours(_("There is no such record."))
    by = Colleague(viewer.person, viewer.party, viewer.role, held.pk)
    with acting(by, "agree" if agreed else "refuse") as act:
        if not agreed:
            act.remove(held)
            return
        held.waits = False
        act.write(held, version=held.version)


# --- What waits -------------------------------------------------------------------------------------------------------


def waiting_secondments(viewer: Viewer) -> list[Secondment]:
    """The secondments to which the viewer may agree."""
    rows = Secondment.objects.filter(waits=True).select_related("person", "party")
    keeps = keeper(viewer)
    return [held for held in rows if agrees_to_secondment(viewer, held, keeps)]


def waiting_people(viewer: Viewer) -> list[Person]:
    """The people whose accounts the viewer may agree to open anew."""
    rows = Person.objects.filter(recovery_until__gt=timezone.now(), recovery_agreed=False)
    keeps = keeper(viewer)
    return [person for person in rows.prefetch_related("secondments") if agrees_to_recovery(viewer, person, keeps)]


def answer(viewer: Viewer, kind: str, key: str, *, agreed: bool) -> None:
    """Agree to or refuse what waits, named by its kind and key. Raises `NotYours` for what does not wait."""
    try:
        number = uuid.UUID(key)
    except ValueError as wrong:
        raise NotYours(_("There is no such record.")) from wrong
    if kind == "secondment" and (held := Secondment.objects.filter(pk=number).first()) is not None:
        answer_secondment(viewer, held, agreed=agreed)
    elif kind == "person" and (person := Person.objects.filter(pk=number).first()) is not None:
        answer_recovery(viewer, person, agreed=agreed)
    else:
        raise NotYours(_("There is no such record."))


def colleagues(viewer: Viewer) -> list[Secondment]:
    """Who acts for the viewer's party today: somebody who was put there unasked is seen."""
    today = timezone.localdate()
    rows = Secondment.objects.filter(party=viewer.party, person__is_active=True).select_related("person", "party")
    return [held for held in rows.order_by("person__name", "role") if held.holds_on(today)]
