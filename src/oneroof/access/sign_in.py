"""Signing in and out, factors and passwords as events of the house's chain: which account, when, how; never a name.

An event of a failed sign-in to no account stands on the house's own key. Neither e-mail nor network address is kept.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from allauth.account import signals as account
from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa import signals as mfa
from django.contrib.auth import signals as auth
from django.db import connection, transaction
from django.http import HttpRequest
from django.utils import timezone

from oneroof.access.middleware import LAST, SINCE, VOUCHED
from oneroof.access.models import Person
from oneroof.access.viewer import PUBLIC, looking
from oneroof.journal.actions import HOUSE, append


def note(verb: str, person: Person | None, **told: Any) -> None:
    """Add one event about an account; the server's log says the same in running/logs.py."""
    key = person.pk if person is not None else HOUSE
    with somebody_looking(), transaction.atomic():
        append(
            chain=HOUSE,
            at=timezone.now(),
            actor=person.pk if person is not None else None,
            party=None,
            role="",
            action=uuid.uuid4(),
            verb=verb,
            kind="sign_in",
            record=key,
            before={},
            after=told,
            why="",
            release={},
        )


@contextmanager
def somebody_looking() -> Iterator[None]:
    """The journal takes events where somebody's sight is set; before a request has its viewer, that of the public."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT coalesce(current_setting('oneroof.sight', true), '')")
            closed = cursor.fetchone()[0] == ""
        if closed:
            with looking(PUBLIC):
                yield
            return
    yield


def signed_in(sender: object, request: HttpRequest, user: Person, **_more: Any) -> None:
    """Somebody is in: by which steps. The session's age counts from here."""
    request.session.pop(SINCE, None)
    request.session.pop(LAST, None)
    steps = [str(step.get("type") or step["method"]) for step in get_authentication_records(request, user)]
    note("sign_in", user, steps=steps)


def vouched(sender: object, request: HttpRequest, user: Person, **more: Any) -> None:
    """Keep in the session that the sign-in server says it asked for a second factor (``amr`` has ``mfa``)."""
    if outside := more.get("sociallogin"):
        claims = (outside.account.extra_data or {}).get("id_token") or {}
        request.session[VOUCHED] = "mfa" in (claims.get("amr") or ())


def failed(sender: object, credentials: dict[str, Any], **_more: Any) -> None:
    """A password or link that opened nothing."""
    person = Person.objects.filter(email__iexact=str(credentials.get("email", ""))).first()
    note("sign_in_failed", person, step="link" if "sesame" in credentials else "password")


def signed_out(sender: object, request: HttpRequest, user: Person | None, **_more: Any) -> None:
    """Somebody is out, or was put out."""
    if user is not None:
        note("sign_out", user, because=getattr(request, "session_ended", "asked"))


def factor_failed(sender: object, user: Person, authenticator: Any = None, **_more: Any) -> None:
    """A second factor that was wrong."""
    note("sign_in_failed", user, step=str(authenticator.type) if authenticator is not None else "second factor")


def factor(verb: str) -> Any:
    """A receiver that notes a factor added, removed or made anew."""

    def receive(sender: object, user: Person, authenticator: Any, **_more: Any) -> None:
        note(verb, user, factor=str(authenticator.type))

    return receive


def password(verb: str) -> Any:
    """A receiver that notes a password set, changed or reset."""

    def receive(sender: object, user: Person, **_more: Any) -> None:
        note(verb, user)

    return receive


RECEIVERS = (
    (auth.user_logged_in, signed_in),
    (auth.user_login_failed, failed),
    (auth.user_logged_out, signed_out),
    (account.user_logged_in, vouched),
    (mfa.authentication_failed, factor_failed),
    (mfa.authenticator_added, factor("add_factor")),
    (mfa.authenticator_removed, factor("remove_factor")),
    (mfa.authenticator_reset, factor("renew_factor")),
    (account.password_set, password("set_password")),
    (account.password_changed, password("change_password")),
    (account.password_reset, password("reset_password")),
)


def listen() -> None:
    """Connect every receiver once."""
    for signal, receiver in RECEIVERS:
        signal.connect(receiver, weak=False, dispatch_uid=f"oneroof {id(signal)}")
