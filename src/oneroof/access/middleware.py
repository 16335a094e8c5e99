"""Every request gets its viewer; the end of a secondment, of the working day or of patience ends the session."""

from __future__ import annotations

import time
from collections.abc import Callable

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.cache import patch_cache_control

from oneroof.access import roles
from oneroof.access.models import Person, Secondment
from oneroof.access.secondments import current_secondments, viewer_of
from oneroof.access.tokens import viewer_for_token
from oneroof.access.viewer import PUBLIC, looking

__all__ = ["CHOSEN", "ViewerMiddleware", "current_secondments", "viewer_of"]

# Keys in the session: the secondment acted by, when the session began, when it was last used, and whether the sign-in
# server vouched for a second factor.
CHOSEN, SINCE, LAST, VOUCHED = "secondment", "since", "last", "vouched"
# How often the last use is noted: once a minute at most, so that pages don't write at each request.
MINUTE = 60
# Pages about one's own account, which no browser keeps.
OWN_PATHS = ("/accounts/", "/me/", "/link/")
# Where somebody without a role, or who must add a second factor, may go besides.
OPEN_PATHS = (*OWN_PATHS, "/i18n/", "/theme/", "/api/", "/healthz", "/metrics")


class ViewerMiddleware:
    """Sets ``request.secondment``, ``request.viewer``, ``request.scopes``, and whose sight the database has."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer one request as its viewer."""
        request.secondment, request.viewer = None, PUBLIC  # type: ignore[attr-defined]
        request.scopes = None  # type: ignore[attr-defined]
        if key := bearer(request):
            if found := viewer_for_token(key):
                request.viewer, request.scopes = found  # type: ignore[attr-defined]
        elif isinstance(request.user, Person):
            self.seat(request, request.user)
        with looking(request.viewer):  # type: ignore[attr-defined]
            response = self.detour(request) or self.answer(request)
        if request.user.is_authenticated or key or request.path.startswith(OWN_PATHS):
            patch_cache_control(response, no_store=True, private=True)
        return response

    def seat(self, request: HttpRequest, person: Person) -> None:
        """The secondment by which a signed-in person acts, or the end of the session."""
        held = current_secondments(person)
        asked = request.session.get(CHOSEN)
        chosen = next((s for s in held if str(s.pk) == asked), None)
        if reason := over(request) or ("secondment ended" if asked and chosen is None else ""):
            request.session_ended = reason  # type: ignore[attr-defined]
            logout(request)
        elif held:
            request.secondment = chosen or held[0]  # type: ignore[attr-defined]
            if chosen is None:
                request.session[CHOSEN] = str(held[0].pk)
            if not lacks_factor(request, person, request.secondment):  # type: ignore[attr-defined]
                request.viewer = viewer_of(request.secondment)  # type: ignore[attr-defined]

    def detour(self, request: HttpRequest) -> HttpResponse | None:
        """Where a signed-in person must go first: to a second factor, or to the page that says they have no role."""
        if not isinstance(request.user, Person) or request.viewer is not PUBLIC:  # type: ignore[attr-defined]
            return None
        if request.path.startswith(OPEN_PATHS):
            return None
        waiting = request.secondment is not None  # type: ignore[attr-defined]
        return redirect(reverse("second_factor") if waiting else reverse("no_role"))


def bearer(request: HttpRequest) -> str:
    """The token that a program sends to the API; pages take none."""
    scheme, _blank, key = request.headers.get("Authorization", "").partition(" ")
    return key.strip() if scheme.lower() == "bearer" and request.path.startswith("/api/") else ""


def over(request: HttpRequest) -> str:
    """Why a session is over by its age, or nothing; notes its last use."""
    now = int(time.time())
    since, last = request.session.setdefault(SINCE, now), request.session.get(LAST, now)
    if now - since > settings.SESSION_COOKIE_AGE:
        return "session too old"
    if now - last > settings.SESSION_IDLE:
        return "session unused"
    if now - last > MINUTE or LAST not in request.session:
        request.session[LAST] = now
    return ""


def lacks_factor(request: HttpRequest, person: Person, secondment: Secondment) -> bool:
    """Whether the role writes, the house asks for a second factor, and this person has none."""
    if not settings.SECOND_FACTOR or person.demonstration or not roles.WRITES.get(secondment.role):
        return False
    return not request.session.get(VOUCHED) and not is_mfa_enabled(person, types=["totp", "webauthn"])
