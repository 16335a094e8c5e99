"""The sessions of a person that are alive: since when, last used when; each can be ended by its person.

They are read off the table of sessions. Nothing else is kept of them, no network address and no browser.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from oneroof.access.middleware import LAST, SINCE
from oneroof.access.models import Person


@dataclass(frozen=True)
class Alive:
    """One session; ``name`` stands for its key, which no page shows."""

    name: str
    since: datetime | None
    last: datetime | None
    this: bool


def alive(person: Person, key: str | None) -> list[Alive]:
    """The sessions of a person, last used first; ``key`` is that of the session which asks."""
    found = [
        Alive(name_of(other), instant(told.get(SINCE)), instant(told.get(LAST)), other == key)
        for other, told in sessions(person)
    ]
    oldest = datetime.min.replace(tzinfo=UTC)
    return sorted(found, key=lambda one: (one.this, one.last or oldest), reverse=True)


def end(person: Person, name: str) -> bool:
    """End the session of a person that has this name; whether there was one."""
    for key, _told in sessions(person):
        if constant_time_compare(name_of(key), name):
            SessionStore(key).flush()
            return True
    return False


def sessions(person: Person) -> Iterator[tuple[str, dict[str, object]]]:
    """Key and contents of each session of a person that still opens something."""
    for row in Session.objects.filter(expire_date__gt=timezone.now()):
        told = row.get_decoded()
        if told.get(SESSION_KEY) == str(person.pk) and constant_time_compare(
            str(told.get(HASH_SESSION_KEY)), person.get_session_auth_hash()
        ):
            yield row.session_key, told


def name_of(key: str) -> str:
    """What stands for a session's key on a page."""
    return salted_hmac("oneroof.access.sessions", key, algorithm="sha256").hexdigest()[:32]


def instant(seconds: object) -> datetime | None:
    """An instant as the session keeps it."""
    return datetime.fromtimestamp(seconds, UTC) if isinstance(seconds, int) else None
