"""Every request gets its viewer; the end of a secondment ends the session."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from oneroof.access.models import Person, Secondment
from oneroof.access.roles import Role
from oneroof.access.viewer import PUBLIC, Viewer, looking
from oneroof.nations.models import Party

CHOSEN = "secondment"


class ViewerMiddleware:
    """Sets ``request.secondment`` and ``request.viewer`` and tells the database whose sight the connection has."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer one request as its viewer."""
        request.secondment, request.viewer = None, PUBLIC  # type: ignore[attr-defined]
        request.scopes = None  # type: ignore[attr-defined]
        if isinstance(request.user, Person):
            held = current_secondments(request.user)
            chosen = next((s for s in held if str(s.pk) == request.session.get(CHOSEN)), None)
            if chosen is None and request.session.get(CHOSEN):
                # The secondment of this session has ended: so does the session.
                logout(request)
            elif chosen or held:
                request.secondment = chosen or held[0]  # type: ignore[attr-defined]
                if chosen is None:
                    request.session[CHOSEN] = str(held[0].pk)
                request.viewer = viewer_of(request.secondment)  # type: ignore[attr-defined]
        with looking(request.viewer):  # type: ignore[attr-defined]
            return self.answer(request)


def current_secondments(person: Person) -> list[Secondment]:
    """The secondments of a person that are in force today, by party and role."""
    if not person.is_active:
        return []
    today = timezone.localdate()
    return [s for s in person.secondments.select_related("party") if s.holds_on(today)]


def viewer_of(secondment: Secondment) -> Viewer:
    """Whoever acts by a secondment. An administrator keeps the machine and sees what is public."""
    blind = secondment.role == Role.ADMINISTRATOR
    return Viewer(
        person=secondment.person_id,
        party=secondment.party_id,
        role=secondment.role,
        parties=() if blind else (secondment.party_id,),
        headquarters=not blind and secondment.party.kind == Party.Kind.HEADQUARTERS,
    )
