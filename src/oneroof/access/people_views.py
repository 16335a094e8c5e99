"""Pages on which administrators keep people, secondments and links; to everybody else they don't exist."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any

import django_tables2
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from oneroof.access.account_history import lately
from oneroof.access.fresh import asks_again
from oneroof.access.links import make_link
from oneroof.access.lists import list_page
from oneroof.access.markings import Marking
from oneroof.access.models import Person
from oneroof.access.pages import Link, form_page, record_page
from oneroof.access.people import (
    add_person,
    add_secondment,
    ask_to_open,
    change_end,
    change_person,
    join_outside_account,
    keeps_account,
    people_in_reach,
    reach,
    secondments_in_reach,
    take_factors_away,
)
from oneroof.access.people_forms import ChangePersonForm, EndForm, PersonForm, SecondmentForm, SubjectForm, WhyForm
from oneroof.access.second_person import asked, opens_alone
from oneroof.access.tables import RecordTable
from oneroof.journal.errors import NotYours

View = Callable[..., HttpResponse]
# The marking of pages on accounts.
KEPT = Marking("own", only=gettext_lazy("Administrators"))


def for_administrators(view: View) -> View:
    """A view that answers administrators alone; to others there is no such page."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            reach(request.viewer)
        except NotYours as not_yours:
            raise Http404 from not_yours
        return view(request, *args, **kwargs)

    return answer


def person_or_404(request: HttpRequest, pk: uuid.UUID, *, account: bool = False) -> Person:
    """A person in reach; with ``account``, one whose account is in reach."""
    person = people_in_reach(request.viewer).filter(pk=pk).first()
    if person is None or (account and not keeps_account(request.viewer, person)):
        raise Http404
    return person


class PeopleTable(RecordTable):
    """People, with what they do today."""

    name = django_tables2.Column(linkify=lambda record: reverse("person", args=[record.pk]))
    email = django_tables2.Column()
    acts = django_tables2.Column(verbose_name=gettext_lazy("Acts as"), orderable=False, empty_values=())
    is_active = django_tables2.Column()

    class Meta(RecordTable.Meta):
        model = Person
        fields = ("name", "email", "acts", "is_active")

    def render_acts(self, record: Person) -> str:
        """The secondments of today, or nobody's."""
        today = timezone.localdate()
        only = reach(self.request.viewer)
        held = [str(s) for s in record.secondments.all() if s.holds_on(today) and (only is None or s.party_id == only)]
        return "; ".join(held) or _("nobody today")

    def render_is_active(self, value: bool) -> str:
        """A word, not a tick."""
        return _("may sign in") if value else _("may not sign in")


def people(request: HttpRequest) -> HttpResponse:
    """Administrators: the people they keep. Others: their own account. Nobody signed in: the way in."""
    try:
        rows = people_in_reach(request.viewer)
    except NotYours:
        return redirect("me" if request.user.is_authenticated else settings.LOGIN_URL)
    return list_page(
        request,
        title=_("People"),
        rows=rows.prefetch_related("secondments__party"),
        table=PeopleTable,
        links=[Link(_("Add a person"), reverse("person_add"))],
        empty=_("Nobody has an account here yet."),
        context={"marking": KEPT},
    )


@for_administrators
def person(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One person: secondments, and what an administrator may do."""
    found = person_or_404(request, pk)
    links = [Link(_("Add a secondment"), reverse("secondment_add", args=[pk]))]
    account = keeps_account(request.viewer, found)
    if account:
        links += account_ways(request, found)
    return record_page(
        request,
        found,
        state=(_("may sign in"), "done") if found.is_active else (_("may not sign in"), "stopped"),
        facts=[
            (_("E-mail"), found.email),
            (_("Language"), found.get_language_display()),
            (_("Made for demonstration"), _("yes") if found.demonstration else ""),
            (_("Opening the account anew"), opening(request, found) if account else ""),
        ],
        links=links,
        template="access/person.html",
        context={
            "marking": KEPT,
            "held": secondments_in_reach(request.viewer).filter(person=found),
            "today": timezone.localdate(),
            "account": account,
            "lately": lately(found) if account else [],
        },
    )


def account_ways(request: HttpRequest, found: Person) -> list[Link]:
    """What an administrator may do to an account: alone, or first ask for a second person."""
    pk = found.pk
    change = Link(_("Change"), reverse("person_change", args=[pk]))
    if not opens_alone(request.viewer, found):
        return [change, Link(_("Ask for a second person"), reverse("person_recovery", args=[pk]))]
    links = [Link(_("Make a one-time link"), reverse("person_link", args=[pk])), change]
    links.append(Link(_("Take second factors away"), reverse("person_factors", args=[pk]), danger=True))
    if settings.OIDC_SERVER:
        links.append(Link(_("Join an outside account"), reverse("person_outside", args=[pk])))
    return links


def opening(request: HttpRequest, found: Person) -> str:
    """How far the asking for a second person is, in words."""
    if found.recovery_until is None or found.recovery_until < timezone.now():
        return ""
    until = formats.date_format(timezone.localtime(found.recovery_until), "DATETIME_FORMAT")
    if asked(found):
        return _("waits for a second person until {when}").format(when=until)
    return _("a second person agreed; possible until {when}").format(when=until)


@for_administrators
@asks_again
def person_recovery(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Ask that a second person agrees to open an account that is in use."""
    found = person_or_404(request, pk, account=True)
    return form_page(
        request,
        WhyForm,
        context={"marking": KEPT},
        title=_("Ask to open the account of {name} anew").format(name=found.name),
        do=lambda why: ask_to_open(request.viewer, found, why),
        back=reverse("person", args=[pk]),
        submit=_("Ask"),
        done=_("Asked. Another administrator, or somebody of the person’s party, now opens Your account, What waits."),
        danger=_(
            "This account has been used. Nobody opens it alone: within three days somebody else must agree. "
            "Make sure that it is this person who asks."
        ),
    )


def alone_or_ask(view: View) -> View:
    """A view on an account that nobody opens alone: without a second person it leads to the page that asks for one."""

    @wraps(view)
    def answer(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
        if not opens_alone(request.viewer, person_or_404(request, pk, account=True)):
            return redirect("person_recovery", pk)
        return view(request, pk)

    return answer


@for_administrators
@asks_again
def person_add(request: HttpRequest) -> HttpResponse:
    """A new person with a first secondment."""

    def do(**typed: Any) -> str:
        return reverse("person", args=[add_person(request.viewer, **typed).person_id])

    return form_page(
        request,
        PersonForm,
        context={"marking": KEPT},
        title=_("Add a person"),
        do=do,
        back=reverse("people"),
        by=request.viewer,
        submit=_("Add"),
        done=_(
            "Added. Where it waits for a second person, that is told below. Make a one-time link now, and hand it over "
            "in person or by a way that you trust."
        ),
    )


@for_administrators
@asks_again
def person_change(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Name, language, whether the person may sign in."""
    found = person_or_404(request, pk, account=True)

    def do(version: int | None, **typed: Any) -> None:
        change_person(request.viewer, found, version=version, **typed)

    return form_page(
        request,
        ChangePersonForm,
        context={"marking": KEPT},
        title=_("Change {name}").format(name=found.name),
        do=do,
        back=reverse("person", args=[pk]),
        record=found,
        initial={"name": found.name, "language": found.language, "is_active": found.is_active},
    )


@for_administrators
@asks_again
def secondment_add(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """A further secondment of a person."""
    found = person_or_404(request, pk)
    return form_page(
        request,
        SecondmentForm,
        context={"marking": KEPT},
        title=_("Second {name}").format(name=found.name),
        do=lambda **typed: add_secondment(request.viewer, found, **typed) and None,
        back=reverse("person", args=[pk]),
        by=request.viewer,
        submit=_("Add"),
    )


@for_administrators
@asks_again
def secondment_end(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """End or extend a secondment."""
    held = secondments_in_reach(request.viewer).filter(pk=pk).first()
    if held is None:
        raise Http404
    return form_page(
        request,
        EndForm,
        context={"marking": KEPT},
        title=_("{name}: {secondment}").format(name=held.person.name, secondment=held),
        do=lambda version, **typed: change_end(request.viewer, held, version=version, **typed),
        back=reverse("person", args=[held.person_id]),
        record=held,
        initial={"ends_on": held.ends_on},
        danger=_("When it has ended, its sessions are over at the next page, and its API tokens open nothing."),
    )


@for_administrators
@asks_again
@alone_or_ask
def person_link(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Make a one-time link, and show it once."""
    found = person_or_404(request, pk, account=True)
    address = ""
    if request.method == "POST":
        try:
            address = make_link(request.viewer, found)
        except NotYours as not_yours:
            raise Http404 from not_yours
    return render(
        request,
        "access/person_link.html",
        {
            "marking": KEPT,
            "title": _("One-time link for {name}").format(name=found.name),
            "person": found,
            "address": address,
        },
    )


@for_administrators
@asks_again
@alone_or_ask
def person_factors(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Take away second factors that were lost or stolen."""
    found = person_or_404(request, pk, account=True)
    return form_page(
        request,
        WhyForm,
        context={"marking": KEPT},
        title=_("Take the second factors of {name} away").format(name=found.name),
        do=lambda why: take_factors_away(request.viewer, found, why) and None,
        back=reverse("person", args=[pk]),
        submit=_("Take them away"),
        done=_("Taken away, and every session ended. The person adds a new factor at the next sign-in."),
        danger=_(
            "Passkeys, authenticator application, recovery codes and outside accounts stop working, and the person is "
            "signed out everywhere. Make sure that it is this person who asks."
        ),
    )


@for_administrators
@asks_again
@alone_or_ask
def person_outside(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Join a person to an account of the sign-in server."""
    found = person_or_404(request, pk, account=True)
    if not settings.OIDC_SERVER:
        raise Http404
    provider = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"][0]["provider_id"]
    return form_page(
        request,
        SubjectForm,
        context={"marking": KEPT},
        title=_("Join an outside account to {name}").format(name=found.name),
        do=lambda subject: join_outside_account(request.viewer, found, provider, subject),
        back=reverse("person", args=[pk]),
        submit=_("Join"),
        danger=_("Whoever holds this account at {server} signs in as {name}.").format(
            server=settings.OIDC_SERVER, name=found.name
        ),
    )
