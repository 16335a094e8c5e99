"""Pages on one's own account: link, welcome, password, second factor, secondments, tokens, sessions."""

from __future__ import annotations

import uuid
from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from allauth.account.signals import password_set
from allauth.account.utils import perform_login
from allauth.account.views import PasswordResetView
from allauth.core import ratelimit
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout, update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.contrib.auth.forms import SetPasswordForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from oneroof.access.account_history import own
from oneroof.access.fresh import asks_again
from oneroof.access.links import use_link
from oneroof.access.markings import Marking
from oneroof.access.middleware import CHOSEN
from oneroof.access.models import ApiToken
from oneroof.access.pages import form_page
from oneroof.access.people import sign_out_everywhere
from oneroof.access.people_forms import TokenForm
from oneroof.access.second_person import answer, asked, colleagues, waiting_people, waiting_secondments
from oneroof.access.secondments import current_secondments
from oneroof.access.sessions import alive
from oneroof.access.sessions import end as end_session
from oneroof.access.sign_in import note
from oneroof.access.tokens import make_token, revoke_token
from oneroof.access.viewer import Viewer
from oneroof.journal.errors import NotYours, Refused

# The marking of pages on one's own account.
MINE = Marking("own", only=gettext_lazy("You"))


def link(request: HttpRequest, key: str) -> HttpResponse:
    """The page of a one-time link: the button signs in, so that a mail scanner that opens the address uses nothing up.

    A link that does not work gets one answer, whatever the reason.
    """
    if request.method != "POST":
        return render(request, "access/link.html", {"title": _("Sign in with a one-time link")})
    if blocked := ratelimit.consume_or_429(request, action="login"):
        return blocked
    person = use_link(key, request)
    if person is None:
        return render(request, "access/link_spent.html", {"title": _("This link does not work")}, status=404)
    if request.user.is_authenticated:
        logout(request)
    record_authentication(request, person, method="link")
    return perform_login(request, person, email_verification="none", redirect_url=reverse("welcome"))


@login_required
def welcome(request: HttpRequest) -> HttpResponse:
    """After a one-time link: set a password or add a passkey, so that the next sign-in needs no link."""
    return render(
        request,
        "access/welcome.html",
        {
            "marking": MINE,
            "title": _("Welcome, {name}").format(name=request.user.name),
            "form": SetPasswordForm(request.user),
            "by_link": came_by_link(request),
            "by_number": by_number(request),
        },
    )


def by_number(request: HttpRequest) -> bool:
    """Whether the server was called by a network number, for which browsers keep no passkeys."""
    return urlsplit(f"//{request.get_host()}").hostname.replace(".", "").replace(":", "").isdecimal()


def came_by_link(request: HttpRequest) -> bool:
    """Whether this session began with a one-time link, which stands for the password that was forgotten."""
    return any(step["method"] == "link" for step in get_authentication_records(request, request.user))


@login_required
@asks_again
def new_password(request: HttpRequest) -> HttpResponse:
    """A new password without the old one: in a session that began with a one-time link, or where there is none yet."""
    if not came_by_link(request) and request.user.has_usable_password():
        return redirect("account_change_password")

    def do(new_password1: str, new_password2: str) -> str:
        get_adapter().set_password(request.user, new_password1)
        update_session_auth_hash(request, request.user)
        password_set.send(sender=type(request.user), request=request, user=request.user)
        return reverse("me")

    return form_page(
        request,
        lambda data, _files, initial: SetPasswordForm(request.user, data),
        title=_("Choose a password"),
        do=do,
        back=reverse("welcome"),
        done=_("Your password is set."),
    )


@login_required
def me(request: HttpRequest) -> HttpResponse:
    """One's own account in one place."""
    return render(
        request,
        "access/me.html",
        {
            "marking": MINE,
            "title": _("Your account"),
            "has_factor": is_mfa_enabled(request.user, types=["totp", "webauthn"]),
            "has_password": request.user.has_usable_password(),
            "held": current_secondments(request.user),
            "by_link": came_by_link(request),
            "lately": own(request.user),
            "asked": asked(request.user),
            "waiting": len(waiting_secondments(request.viewer)) + len(waiting_people(request.viewer)),
        },
    )


@login_required
@asks_again
def waiting(request: HttpRequest) -> HttpResponse:
    """What waits for a second person, with the answers; and who acts for the viewer's party."""
    if request.method == "POST":
        return answered(request)
    if request.viewer.person is None:
        raise Http404
    return render(
        request,
        "access/waiting.html",
        {
            "marking": MINE,
            "title": _("What waits for a second person"),
            "secondments": waiting_secondments(request.viewer),
            "people": waiting_people(request.viewer),
            "colleagues": colleagues(request.viewer),
        },
    )


def answered(request: HttpRequest) -> HttpResponse:
    """Agree to what waits, or refuse it; one's own account one may always refuse to have opened."""
    agreed = request.POST.get("answer") == "agree"
    viewer = request.viewer if request.viewer.person else Viewer(person=request.user.pk)
    try:
        answer(viewer, request.POST.get("kind", ""), request.POST.get("key", ""), agreed=agreed)
    except NotYours as not_yours:
        raise Http404 from not_yours
    except Refused:
        messages.error(request, _("Somebody changed this meanwhile. Look again."))
    else:
        messages.success(request, _("You agreed. It is in force now.") if agreed else _("You refused. Nothing opens."))
    return redirect("waiting" if request.viewer.person else "me")


@login_required
def second_factor(request: HttpRequest) -> HttpResponse:
    """Why a second factor is needed, and where to add one."""
    if request.viewer.person is not None:
        return redirect("me")
    told = {"title": _("Add a second factor"), "by_number": by_number(request)}
    return render(request, "access/second_factor.html", told)


@login_required
def no_role(request: HttpRequest) -> HttpResponse:
    """Signed in, but seconded to nobody today."""
    if request.secondment is not None:
        return redirect("me")
    return render(request, "access/no_role.html", {"title": _("Nobody has given you a role yet")})


@login_required
def secondments(request: HttpRequest) -> HttpResponse:
    """The secondments of today, and by which of them this session acts."""
    held = current_secondments(request.user)
    if request.method == "POST":
        chosen = next((s for s in held if str(s.pk) == request.POST.get("secondment")), None)
        if chosen is None:
            raise Http404
        request.session[CHOSEN] = str(chosen.pk)
        request.session.cycle_key()
        note("switch_secondment", request.user, secondment=str(chosen.pk))
        messages.success(request, _("You act as {secondment} now.").format(secondment=chosen))
        return redirect("/")
    return render(
        request,
        "access/secondments.html",
        {"marking": MINE, "title": _("For whom you act"), "held": held, "today": timezone.localdate()},
    )


@login_required
@asks_again
def sessions(request: HttpRequest) -> HttpResponse:
    """One's own sessions, each with a button that ends it."""
    if request.method == "POST":
        if not end_session(request.user, request.POST.get("session", "")):
            raise Http404
        note("sign_out", request.user, because="ended by the person")
        messages.success(request, _("The session is ended."))
        return redirect("sessions")
    rows = alive(request.user, request.session.session_key)
    return render(request, "access/sessions.html", {"marking": MINE, "title": _("Your sessions"), "rows": rows})


@require_POST
@login_required
def out_everywhere(request: HttpRequest) -> HttpResponse:
    """End every session of the person, this one too."""
    request.session_ended = "everywhere"
    sign_out_everywhere(request.user.pk)
    logout(request)
    messages.success(request, _("You are signed out everywhere."))
    return redirect(settings.LOGIN_URL)


def own_tokens(request: HttpRequest) -> Any:
    """The tokens of the person's own secondments."""
    return ApiToken.objects.filter(secondment__person=request.user).select_related(
        "secondment__party", "secondment__person"
    )


@login_required
def tokens(request: HttpRequest) -> HttpResponse:
    """One's own API tokens, working ones first."""
    now = timezone.now()
    rows = sorted(own_tokens(request), key=lambda token: not token.works_at(now))
    return render(
        request,
        "access/tokens.html",
        {
            "marking": MINE,
            "title": _("API tokens"),
            "rows": [(token, token.works_at(now)) for token in rows],
        },
    )


@login_required
@asks_again
def token_add(request: HttpRequest) -> HttpResponse:
    """A new token for the secondment that the session acts by; its key is shown once."""
    if request.viewer.person is None:
        raise Http404
    made: list[str] = []

    def do(**typed: Any) -> None:
        made.append(make_token(request.viewer, request.secondment, **typed)[1])

    answer = form_page(
        request,
        TokenForm,
        title=_("Make an API token"),
        do=do,
        back=reverse("tokens"),
        secondment=request.secondment,
        submit=_("Make"),
        done=_("The token works from now on."),
    )
    if made:
        return render(
            request, "access/token_made.html", {"marking": MINE, "title": _("Your new API token"), "key": made[0]}
        )
    return answer


@require_POST
@login_required
def token_revoke(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """End a token at once."""
    token = own_tokens(request).filter(pk=pk, revoked_at=None).first()
    if token is None:
        raise Http404
    revoke_token(request.user, token)
    messages.success(request, _("The token is revoked."))
    return redirect("tokens")


def forgotten(request: HttpRequest) -> HttpResponse:
    """A forgotten password: by e-mail where the house sends some, else by an administrator's one-time link."""
    if not settings.EMAIL_HOST:
        return render(request, "access/no_mail.html", {"title": _("Forgot your password?")})
    return PasswordResetView.as_view()(request)
