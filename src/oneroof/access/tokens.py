"""API tokens: keys with which programs act for a secondment."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import uuid
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from oneroof.access import roles
from oneroof.access.actions import note_use
from oneroof.access.actors import Oneself
from oneroof.access.models import ApiToken, Person, Secondment
from oneroof.access.secondments import viewer_of
from oneroof.access.viewer import Viewer
from oneroof.journal.actions import acting
from oneroof.journal.errors import NotYours, Refused

LONGEST = timedelta(days=365)
MOST = 20  # working tokens of one person
PREFIX = "oneroof_"
SCOPES = {ApiToken.Scope.READ: frozenset({"read"}), ApiToken.Scope.WRITE: frozenset({"read", "write"})}


def make_token(
    viewer: Viewer, secondment: Secondment, *, label: str, scope: str, expires_at: datetime
) -> tuple[ApiToken, str]:
    """A token of one's own secondment, and its key, which is shown once and not kept.

    Raises `Refused` with all faults: an end in the past or after 365 days, writing in a role that only reads, too many.
    """
    if secondment.person_id != viewer.person:
        raise NotYours(_("A token acts for its maker's own secondment."))
    token = ApiToken(secondment=secondment, label=label, scope=scope, expires_at=expires_at)
    secret = secrets.token_urlsafe(32)
    token.hash = digest(secret)
    faults = faults_of(token)
    if faults:
        raise Refused(faults)
    with acting(Oneself.of(viewer), "make_token") as act:
        act.write(token)
    return token, f"{PREFIX}{token.pk.hex}_{secret}"


def faults_of(token: ApiToken) -> dict[str, list[str]]:
    """What is wrong with a new token, by field."""
    now, faults = timezone.now(), {}
    if not now < token.expires_at <= now + LONGEST + timedelta(days=1):
        faults["expires_at"] = [_("A token works for 1 to 365 days. Choose a day within a year.")]
    if token.scope == ApiToken.Scope.WRITE and not roles.WRITES.get(token.secondment.role):
        faults["scope"] = [_("Your role reads and does not write. Choose a token that reads.")]
    working = ApiToken.objects.filter(
        secondment__person=token.secondment.person_id, revoked_at=None, expires_at__gt=now
    )
    if working.count() >= MOST:
        faults[""] = [_("You have {count} working tokens. Revoke one that is not needed.").format(count=MOST)]
    return faults


def revoke_token(person: Person, token: ApiToken) -> None:
    """End a token of one's own, at once and for good."""
    token.revoked_at = timezone.now()
    with acting(Oneself(person.pk), "revoke_token") as act:
        act.write(token)


def viewer_for_token(raw: str) -> tuple[Viewer, frozenset[str]] | None:
    """Whoever a token acts for, and its scopes (``read``, ``write``); None for one that opens nothing.

    The secret is compared in constant time, and a key that names no token costs the same work as one that does.
    """
    key, secret = parts(raw)
    token = ApiToken.objects.select_related("secondment__person", "secondment__party").filter(pk=key).first()
    right = hmac.compare_digest(digest(secret), token.hash if token else digest(""))
    if token is None or not right or not token.works_at(timezone.now()):
        return None
    note_use(token)
    return viewer_of(token.secondment), SCOPES[ApiToken.Scope(token.scope)]


def parts(raw: str) -> tuple[uuid.UUID, str]:
    """The id and the secret in a key; for anything else an id that no token has, and no secret."""
    key, _line, secret = raw.removeprefix(PREFIX).partition("_")
    if not raw.startswith(PREFIX) or len(key) != 32 or not secret:
        return uuid.UUID(int=0), "none"
    try:
        return uuid.UUID(hex=key), secret
    except ValueError:
        return uuid.UUID(int=0), "none"


def digest(secret: str) -> str:
    """SHA-256 of a secret of 256 random bits, in hexadecimal digits; such a secret needs no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()
