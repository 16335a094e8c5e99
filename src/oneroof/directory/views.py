"""Pages of parties, coalitions and groups: open to everybody inside, written by planners and administrators."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.db.models import Prefetch, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from oneroof.access.lists import list_page
from oneroof.access.pages import Link, change_page, form_page, past, record_page
from oneroof.directory.filters import CoalitionFilter, GroupFilter, PartyFilter
from oneroof.directory.forms import CoalitionForm, GroupForm, MemberForm, PartnershipForm, PartyForm
from oneroof.directory.tables import Coalitions, Groups, Parties
from oneroof.history.reading import history_of
from oneroof.nations import actions
from oneroof.nations.actions import Place
from oneroof.nations.models import Coalition, CoalitionMember, Group, Partnership, Party, period_text
from oneroof.nations.names import official_name
from oneroof.sources.record_pages import sourced_page
from oneroof.staffing.models import ContactPoint, LiaisonPost

View = Callable[..., HttpResponse]


def inside(view: View) -> View:
    """A page for everybody who is signed in; others are led to signing in, whatever the address names."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.viewer.person is None:
            return redirect_to_login(request.get_full_path())
        return view(request, *args, **kwargs)

    return answer


def writes(kind: str) -> Callable[[View], View]:
    """A page for whoever writes a kind of record; to others there is no such page."""

    def wrap(view: View) -> View:
        @inside
        @wraps(view)
        def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.viewer.writes(kind):
                raise Http404
            return view(request, *args, **kwargs)

        return answer

    return wrap


@inside
def nations(request: HttpRequest) -> HttpResponse:
    """All parties."""
    return list_page(
        request,
        title=_("Nations and organisations"),
        rows=Party.objects.select_related("part_of"),
        table=Parties,
        filters=PartyFilter,
        empty=_("Nobody has entered a nation yet."),
        links=_links(request, "party", (_("Add a party"), "nation_add")),
    )


@inside
def nation(request: HttpRequest, code: str) -> HttpResponse:
    """One party: its partnerships, coalitions and parts, and what the viewer sees of contacts, posts and sources."""
    party = get_object_or_404(Party.objects.select_related("part_of"), code=code)
    viewer = request.viewer
    contacts = list(ContactPoint.objects.visible_to(viewer).filter(party=party))
    posts = LiaisonPost.objects.visible_to(viewer).filter(Q(host=party) | Q(sender=party))
    posts = list(posts.select_related("host", "sender"))
    ways = [(_("Add a partnership"), "partnership_add"), (_("Change"), "nation_change")]
    return sourced_page(
        request,
        party,
        state=(party.get_kind_display(), "dot"),
        facts=[
            (_("code"), party.code),
            (_("official name"), official_name(party.code)),
            (_("part of"), party.part_of),
            (_("time"), period_text(party) if party.starts_on or party.ends_on else ""),
        ],
        links=[*_links(request, "party", *ways, of=party.code), past(party)],
        shown=[*contacts, *posts],
        template="directory/nation.html",
        context={
            "partnerships": party.partnerships.select_related("body"),
            "memberships": party.memberships.select_related("coalition"),
            "parts": party.parts.all(),
            "contacts": contacts,
            "posts": posts,
            "writes": viewer.writes("partnership"),
        },
    )


@writes("party")
def nation_add(request: HttpRequest) -> HttpResponse:
    """Enter a party."""
    return form_page(
        request,
        PartyForm,
        title=_("Add a party"),
        do=lambda **typed: actions.add_party(request.viewer, **typed),
        back=reverse("nations"),
        viewer=request.viewer,
    )


@writes("party")
def nation_change(request: HttpRequest, code: str) -> HttpResponse:
    """Change a party."""
    party = get_object_or_404(Party, code=code)
    return change_page(request, party, PartyForm, actions.change_party)


@writes("partnership")
def partnership_add(request: HttpRequest, code: str) -> HttpResponse:
    """Enter how a party stands to a body."""
    party = get_object_or_404(Party, code=code)
    return form_page(
        request,
        PartnershipForm,
        title=_("A partnership of %(party)s") % {"party": party},
        do=lambda **typed: actions.add_partnership(request.viewer, party=party, **typed),
        back=party.get_absolute_url(),
        viewer=request.viewer,
    )


@writes("partnership")
def partnership_change(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Change a partnership, its end among it."""
    partnership = get_object_or_404(Partnership.objects.select_related("party", "body"), pk=pk)
    party = partnership.party
    return change_page(request, partnership, PartnershipForm, actions.change_partnership, back=party.get_absolute_url())


@inside
def coalitions(request: HttpRequest) -> HttpResponse:
    """All coalitions."""
    members = Prefetch("memberships", CoalitionMember.objects.select_related("party"))
    return list_page(
        request,
        title=_("Coalitions"),
        rows=Coalition.objects.prefetch_related(members),
        table=Coalitions,
        filters=CoalitionFilter,
        empty=_("Nobody has entered a coalition yet."),
        links=_links(request, "coalition", (_("Add a coalition"), "coalition_add")),
    )


@inside
def coalition(request: HttpRequest, code: str) -> HttpResponse:
    """One coalition: who leads it, who is in it, from when until when."""
    found = get_object_or_404(Coalition, code=code)
    ways = [(_("Add a member"), "member_add"), (_("Change"), "coalition_change")]
    return sourced_page(
        request,
        found,
        facts=[
            (_("code"), found.code),
            (_("time"), period_text(found) if found.starts_on or found.ends_on else ""),
        ],
        links=[*_links(request, "coalition", *ways, of=found.code), past(found)],
        template="directory/coalition.html",
        context={
            "memberships": found.memberships.select_related("party"),
            "writes": request.viewer.writes("coalition_member"),
        },
    )


@writes("coalition")
def coalition_add(request: HttpRequest) -> HttpResponse:
    """Enter a coalition with its first leads and members."""

    def do(leads: Any, others: Any, **typed: Any) -> Coalition:
        led = set(leads)
        members = [*(Place(party, lead=True) for party in leads), *(Place(p) for p in others if p not in led)]
        return actions.add_coalition(request.viewer, members=members, **typed)

    return form_page(
        request, CoalitionForm, title=_("Add a coalition"), do=do, back=reverse("coalitions"), viewer=request.viewer
    )


@writes("coalition")
def coalition_change(request: HttpRequest, code: str) -> HttpResponse:
    """Change a coalition's names and dates."""
    found = get_object_or_404(Coalition, code=code)
    return change_page(request, found, CoalitionForm, actions.change_coalition)


@writes("coalition_member")
def member_add(request: HttpRequest, code: str) -> HttpResponse:
    """A party joins a coalition."""
    found = get_object_or_404(Coalition, code=code)
    return form_page(
        request,
        MemberForm,
        title=_("A member of %(coalition)s") % {"coalition": found},
        do=lambda **typed: actions.add_member(request.viewer, found, **typed),
        back=found.get_absolute_url(),
        viewer=request.viewer,
    )


@writes("coalition_member")
def member_change(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Change a member's dates, or whether it leads."""
    member = get_object_or_404(CoalitionMember.objects.select_related("coalition", "party"), pk=pk)
    found = member.coalition
    return change_page(request, member, MemberForm, actions.change_member, back=found.get_absolute_url())


@inside
def groups(request: HttpRequest) -> HttpResponse:
    """All groups."""
    return list_page(
        request,
        title=_("Groups of parties"),
        rows=Group.objects.prefetch_related("members"),
        table=Groups,
        filters=GroupFilter,
        empty=_("Nobody has named a group of parties yet."),
        links=_links(request, "group", (_("Add a group"), "group_add")),
    )


@inside
def group(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One group: the parties in it today, and what choosing it does."""
    found = get_object_or_404(Group, pk=pk)
    return record_page(
        request,
        found,
        facts=[(_("list changed at"), found.changed_at)],
        links=[*_links(request, "group", (_("Change"), "group_change"), of=found.pk), past(found)],
        history=history_of(request.viewer, found),
        template="directory/group.html",
        context={"members": found.members.all()},
    )


@writes("group")
def group_add(request: HttpRequest) -> HttpResponse:
    """Name parties together."""
    return form_page(
        request,
        GroupForm,
        title=_("Add a group"),
        do=lambda **typed: actions.add_group(request.viewer, **typed),
        back=reverse("groups"),
        viewer=request.viewer,
    )


@writes("group")
def group_change(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Change a group's list; what was released to it before stays as it was."""
    found = get_object_or_404(Group, pk=pk)
    return change_page(request, found, GroupForm, actions.change_group)


def _links(request: HttpRequest, kind: str, *ways: tuple[Any, str], of: Any = None) -> list[Link]:
    """Ways on for whoever writes a kind of record."""
    if not request.viewer.writes(kind):
        return []
    return [Link(words, reverse(name, args=[of] if of is not None else [])) for words, name in ways]
