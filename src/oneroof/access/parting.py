"""A person's name parted from what they did: events stay and verify, and nobody can tell whose they are."""

from __future__ import annotations

from django.utils.translation import gettext as _

from oneroof.access.actions import drop_factors, forget_addresses, part_accounts
from oneroof.access.models import Person
from oneroof.access.people import Administrator, keeps_account
from oneroof.journal.actions import acting
from oneroof.journal.errors import NotYours, Refused

# Stands in place of a name; a name that a page shows is translated by `oneroof.history.names`.
PARTED = "—"


def part_name(by: Administrator, person: Person, why: str) -> None:
    """Remove a person's name and e-mail for good, and all ways to sign in; the key in events stays.

    Raises `Refused` without a reason, `NotYours` where the account is another administrator's.
    """
    if not why.strip():
        raise Refused({"why": [_("Say why: it stays in the history.")]})
    if not keeps_account(by, person):
        raise NotYours(_("This account is kept by another administrator."))
    person.name, person.email, person.is_active = PARTED, f"{person.pk.hex}@parted.invalid", False
    person.sign_outs += 1
    person.set_unusable_password()
    with acting(by, "part_name", why) as act:
        act.write(person)
        drop_factors(person)
        part_accounts(person)
        forget_addresses(person)
