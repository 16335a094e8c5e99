"""One-time links: signed by django-sesame, good once, for a day, for one number of a person's link."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.signals import user_login_failed
from django.http import HttpRequest
from django.utils.translation import gettext as _
from sesame.utils import get_token, get_user

from oneroof.access.actors import Oneself
from oneroof.access.models import Person
from oneroof.access.people import Administrator, keeps_account
from oneroof.access.second_person import check_alone, end_recovery
from oneroof.journal.actions import acting
from oneroof.journal.errors import NotYours, Stale


def make_link(by: Administrator, person: Person) -> str:
    """The address that signs a person in once within a day; links made before stop working.

    Raises `NotYours` where the account is not in the administrator's reach, or the person may not sign in; `Refused`
    where the account is in use and no second person agreed.
    """
    if not keeps_account(by, person):
        raise NotYours(_("This account is kept by another administrator."))
    if not person.is_active:
        raise NotYours(_("This person may not sign in. Let them sign in first."))
    check_alone(by, person)
    person.link += 1
    with acting(by, "make_link") as act:
        act.write(person)
    return f"{settings.ADDRESS.rstrip('/')}/link/{key_of(person)}/"


def key_of(person: Person) -> str:
    """The key in the address of the link in force: its number and its signature."""
    return f"{person.link}.{get_token(person, scope=f'link {person.link}')}"


def use_link(key: str, request: HttpRequest | None = None) -> Person | None:
    """The person whom a link signs in, the link being used up; None for every other, without a word why.

    Of two who use a link at the same time one wins: the number changes under the version of the person.
    """
    number, _dot, token = key.partition(".")
    if not number.isdecimal() or not token:
        return None
    person = get_user(token, scope=f"link {number}", update_last_login=False)
    if person is None:
        return None
    if str(person.link) != number:
        # A link of before gets the answer of a forged one, for the same work: the failed try is noted as well.
        user_login_failed.send(sender=use_link, credentials={"sesame": ""}, request=request)
        return None
    person.link += 1
    end_recovery(person)
    try:
        with acting(Oneself(person.pk), "use_link") as act:
            act.write(person, version=person.version)
    except Stale:
        return None
    return person
