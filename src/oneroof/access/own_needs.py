"""What runs out for a viewer: embargoes of own records, secondments, tokens. Each a fixed number of queries."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from oneroof.access.kinds import record_kinds
from oneroof.access.models import ApiToken, Secondment
from oneroof.access.people import reach
from oneroof.access.roles import Role
from oneroof.access.today import MOST, Need
from oneroof.access.viewer import Viewer

EMBARGO = timedelta(days=7)
SECONDMENT = timedelta(days=30)
TOKEN = timedelta(days=14)


def embargoes(viewer: Viewer) -> Iterable[Need]:
    """Own records whose embargo ends within a week: whoever is named sees them then. One query a kind."""
    now = timezone.now()
    found = []
    for word, kind in record_kinds().items():
        if viewer.party is None or not viewer.writes(word):
            continue
        rows = kind.objects.visible_to(viewer).filter(
            owner=viewer.party, embargo_until__gt=now, embargo_until__lte=now + EMBARGO
        )
        named = "code" if any(field.name == "code" for field in kind._meta.concrete_fields) else "pk"
        ends = rows.order_by("embargo_until", "pk").values_list("embargo_until", "pk", named)[:MOST]
        found += [(end, pk, word, kind, code if named == "code" else "") for end, pk, code in ends]
    for end, pk, word, kind, code in sorted(found, key=lambda row: row[:2])[:MOST]:
        yield Need(
            _("The embargo on your record ends: %(record)s")
            % {"record": f"{capfirst(str(kind._meta.verbose_name))} {code}".strip()},
            _("From %(when)s those see it who are named.")
            % {"when": date_format(timezone.localtime(end), "DATETIME_FORMAT")},
            _("Who may see it"),
            reverse("release", args=[word, pk]),
        )


def secondments(viewer: Viewer) -> Iterable[Need]:
    """One's own secondments that end within a month, and, for an administrator, those of the people in reach."""
    if viewer.person is None:
        return
    today = timezone.localdate()
    whose, keeps = Q(person=viewer.person), viewer.role == Role.ADMINISTRATOR
    if keeps:
        only = reach(viewer)
        whose = Q() if only is None else whose | Q(party=only)
    rows = Secondment.objects.filter(whose, ends_on__gte=today, ends_on__lte=today + SECONDMENT)
    for held in rows.select_related("party", "person").order_by("ends_on", "pk")[:MOST]:
        mine = held.person_id == viewer.person
        told = {"who": held.person.name, "what": str(held)}
        yield Need(
            (_("Your secondment ends: %(what)s") if mine else _("The secondment of %(who)s ends: %(what)s")) % told,
            _("Its last day is %(day)s. Sign-ins and tokens end with it.")
            % {"day": date_format(held.ends_on, "DATE_FORMAT")},
            _("Look at it"),
            reverse("person", args=[held.person_id]) if keeps else reverse("me"),
        )


def tokens(viewer: Viewer) -> Iterable[Need]:
    """One's own tokens that expire within two weeks."""
    now = timezone.now()
    rows = ApiToken.objects.filter(
        secondment__person=viewer.person, revoked_at=None, expires_at__gt=now, expires_at__lte=now + TOKEN
    )
    for token in rows.order_by("expires_at", "pk")[:MOST]:
        yield Need(
            _("An API token expires: %(label)s") % {"label": token.label},
            _("After %(when)s the program that uses it is refused.")
            % {"when": date_format(timezone.localtime(token.expires_at), "DATETIME_FORMAT")},
            _("Make a new token"),
            reverse("tokens"),
        )


def _day(day: date) -> str:
    return date_format(day, "DATE_FORMAT")
