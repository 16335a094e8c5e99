"""The first page, what needs the viewer today or what is public; and the briefing of the reference plan."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from allauth.mfa.models import Authenticator
from csp.constants import NONE, UNSAFE_INLINE
from csp.decorators import csp_replace
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from oneroof.access.markings import OPEN, Marking, default_marking
from oneroof.access.pages import Link
from oneroof.access.today import Need, needs_of
from oneroof.access.viewer import Viewer

# The briefing draws with style attributes; it has no script, no font, no picture of its own.
BARE = {
    "script-src": [NONE],
    "style-src": [UNSAFE_INLINE],
    "img-src": ["data:"],
    "font-src": [NONE],
    "connect-src": [NONE],
    "worker-src": [NONE],
    "form-action": [NONE],
}


def today(request: HttpRequest) -> HttpResponse:
    """Cards of what needs the viewer, each leading to something to do; to the public, what is open to it."""
    if request.viewer.person is None:
        return render(request, "briefings/public_home.html")
    found, party = needs_of(request.viewer), request.secondment.party
    # Cards name records of the party's own, and others that it sees: together they are for nobody else.
    marking = Marking("own", (party.code,), str(party)) if found else default_marking(request.viewer)
    return render(request, "briefings/today.html", {"needs": found, "marking": marking})


def second_factor(viewer: Viewer) -> Iterable[Need]:
    """Whoever signs in by a password alone is asked for a second factor."""
    if not Authenticator.objects.filter(user=viewer.person).exists():
        yield Need(
            _("Protect your account"),
            _("You sign in by a password alone. Whoever learns it acts in your name."),
            _("Add a second factor"),
            reverse("mfa_index"),
        )


def briefing_file() -> Path:
    """Where the operator puts the briefing of the reference plan."""
    return Path(settings.HOME) / "plan" / "briefing.html"


def plan(request: HttpRequest) -> HttpResponse:
    """The reference plan's briefing until live plans exist; says so where there is none."""
    place = briefing_file()
    made = datetime.fromtimestamp(place.stat().st_mtime, UTC) if place.is_file() else None
    links = [Link(_("Open the briefing"), reverse("plan-briefing"))] if made else []
    context = {"title": _("Plan"), "made": made, "links": links, "marking": OPEN}
    return render(request, "briefings/plan.html", context)


def plan_briefing(request: HttpRequest) -> HttpResponse:
    """The briefing as its file stands: it runs nothing and loads nothing, its own styles aside."""
    place = briefing_file()
    if not place.is_file():
        raise Http404
    return csp_replace(BARE)(lambda _request: HttpResponse(place.read_bytes()))(request)
