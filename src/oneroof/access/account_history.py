"""What happened to an account lately, for its person and for who keeps it: nobody signs in as another unseen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from oneroof.access.models import Person
from oneroof.access.viewer import Viewer, looking
from oneroof.journal.actions import HOUSE
from oneroof.journal.models import Event

WORDS: dict[str, Any] = {
    "add": _("account made"),
    "change": _("account changed"),
    "make_link": _("one-time link made"),
    "use_link": _("one-time link used"),
    "take_factors_away": _("second factors taken away"),
    "join_account": _("outside account joined"),
    "ask_recovery": _("asked to open the account anew"),
    "agree_recovery": _("a second person agreed to open the account anew"),
    "refuse_recovery": _("refused to open the account anew"),
    "sign_out_everywhere": _("signed out everywhere"),
    "sign_in": _("signed in"),
    "sign_in_failed": _("sign-in failed"),
    "sign_out": _("signed out"),
    "switch_secondment": _("acted for another party"),
    "add_factor": _("second factor added"),
    "remove_factor": _("second factor removed"),
    "renew_factor": _("recovery codes made anew"),
    "set_password": _("password set"),
    "change_password": _("password changed"),
    "reset_password": _("password reset"),
}
BY = {"person": _("themselves"), "other": _("somebody else"), "house": _("the command line"), "nobody": ""}
MOST = 20


@dataclass(frozen=True)
class Line:
    """One event of an account, in words."""

    at: datetime
    what: Any
    by: Any


def lately(person: Person) -> list[Line]:
    """The last events of an account, newest first."""
    rows = Event.objects.filter(chain=HOUSE, record=person.pk, kind__in=("person", "sign_in"))
    return [
        Line(event.at, WORDS.get(event.verb, event.verb), BY[whose(event, person)])
        for event in rows.order_by("-position")[:MOST]
    ]


def own(person: Person) -> list[Line]:
    """The last events of the own account, whatever role the person has or lacks today."""
    with looking(Viewer(person=person.pk)):
        return lately(person)


def whose(event: Event, person: Person) -> str:
    """Who did it, as a word of `BY`; of a failed sign-in nobody knows."""
    if event.verb == "sign_in_failed":
        return "nobody"
    if event.actor is None:
        return "house"
    return "person" if event.actor == person.pk else "other"
