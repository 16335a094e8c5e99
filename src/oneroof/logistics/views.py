"""Pages of the network: nodes with their map, legs, closures."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from django import forms
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from oneroof.access.cutting import Cut
from oneroof.access.import_page import import_page, tables_answer
from oneroof.access.kinds import seen
from oneroof.access.limits import count_export
from oneroof.access.lists import list_page
from oneroof.access.markings import marking_of_all
from oneroof.access.models import Record
from oneroof.access.pages import (
    Link,
    add_page,
    adding,
    change_page,
    find,
    form_page,
    only_writers,
    own,
    ways,
)
from oneroof.access.pictures import Span, timeline
from oneroof.logistics import actions
from oneroof.logistics.filters import ClosureFilter, LegFilter, NodeFilter
from oneroof.logistics.forms import ClosureForm, LegForm, NodeForm, leg_initial, node_initial
from oneroof.logistics.geojson import features
from oneroof.logistics.importing import TABLES, export_network, import_network
from oneroof.logistics.models import Closure, Leg, LegDetail, Node, NodeDetail
from oneroof.logistics.tables import Closures, Legs, Nodes, about_words
from oneroof.sources.record_pages import sourced_page

MOST_BARS = 40
FURTHER_NOTICE = timedelta(days=28)  # how long a closure without an end is drawn


def nodes(request: HttpRequest) -> HttpResponse:
    """The nodes that the viewer sees, on a map and in a table."""
    return list_page(
        request,
        title=_("Network"),
        rows=Node.objects.visible_to(request.viewer).select_related("nation"),
        table=Nodes,
        filters=NodeFilter,
        empty=_("Nobody has shown you a node yet."),
        nodes_url=reverse("nodes_geojson"),
        links=[
            *adding(request, "node", _("Add a node"), "node_add"),
            Link(_("Legs"), reverse("legs")),
            Link(_("Closures"), reverse("closures")),
            *adding(request, "node", _("Import tables"), "network_import"),
            Link(_("Save as tables of a problem"), reverse("network_tables")),
        ],
    )


def nodes_geojson(request: HttpRequest) -> HttpResponse:
    """The nodes of the same filter, and the legs between them, for the map; places as far as the viewer may know."""
    rows = Node.objects.visible_to(request.viewer)
    sieve = NodeFilter(request.GET or None, queryset=rows, request=request)
    fine = not sieve.form.is_bound or sieve.form.is_valid()
    answer = JsonResponse(features(request.viewer, sieve.qs if fine else rows.none()))
    answer["Content-Type"] = "application/geo+json"
    return answer


def node(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One node: where it is, what it handles, its legs and closures."""
    found = find(request, Node, pk)
    viewer = request.viewer
    detail = NodeDetail.objects.visible_to(viewer).filter(pk=pk).first()
    rows, cut = Leg.objects.visible_to(viewer), Cut()
    out, into = cut(rows.filter(origin=pk)), cut(rows.filter(destination=pk))
    closed = cut(Closure.objects.visible_to(viewer).filter(node=pk))
    ends = [(leg, seen(leg, "destination")) for leg in out], [(leg, seen(leg, "origin")) for leg in into]
    return sourced_page(
        request,
        found,
        state=_illustrative(found),
        facts=[
            (_("code"), found.code),
            (_("kind"), found.get_kind_display()),
            (_("nation"), found.nation),
            (_("handling, tonnes per week"), _plain(found.handling_tonnes_per_week)),
            (_("owner"), found.owner),
        ],
        links=ways(request, found, "node_change"),
        template="logistics/node.html",
        shown=[record for record in (*out, *into, *closed, *(end for pair in ends for _leg, end in pair)) if record],
        detail=detail is not None,
        cut=cut,
        context={"detail": detail, "about": about_words(found), "out": ends[0], "into": ends[1], "closed": closed},
    )


def legs(request: HttpRequest) -> HttpResponse:
    """The legs that the viewer sees."""
    return list_page(
        request,
        title=_("Legs"),
        rows=Leg.objects.visible_to(request.viewer),
        table=Legs,
        filters=LegFilter,
        empty=_("Nobody has shown you a leg yet."),
        links=adding(request, "leg", _("Add a leg"), "leg_add"),
    )


def leg(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One leg: its ends as far as the viewer sees them, its limits, what it costs, its closures."""
    found = find(request, Leg, pk)
    detail = LegDetail.objects.visible_to(request.viewer).filter(pk=pk).first()
    cut = Cut()
    closed = cut(Closure.objects.visible_to(request.viewer).filter(leg=pk))
    ends = [seen(found, "origin"), seen(found, "destination")]
    return sourced_page(
        request,
        found,
        state=_illustrative(found),
        facts=[
            (_("mode"), found.get_mode_display()),
            (_("days"), found.days),
            (_("tonnes per week"), _plain(found.tonnes_per_week)),
            (_("opens"), found.opens),
            (_("closes"), found.closes),
            (_("explosives allowed"), _("yes") if found.explosives else _("no")),
            (_("owner"), found.owner),
        ],
        links=ways(request, found, "leg_change"),
        template="logistics/leg.html",
        shown=[record for record in (*closed, *ends) if record is not None],
        detail=detail is not None,
        cut=cut,
        context={"detail": detail, "origin": ends[0], "destination": ends[1], "closed": closed},
    )


def closures(request: HttpRequest) -> HttpResponse:
    """When nodes and legs take less: drawn over time, and as a table."""
    rows = Closure.objects.visible_to(request.viewer)
    today = timezone.localdate()
    coming = rows.filter(Q(ends_on=None) | Q(ends_on__gte=today)).order_by("starts_on", "id")
    drawn = [
        Span(_where(row), row.starts_on, row.ends_on or max(row.starts_on, today) + FURTHER_NOTICE)
        for row in coming[:MOST_BARS]
    ]
    return list_page(
        request,
        title=_("Closures"),
        rows=rows,
        table=Closures,
        filters=ClosureFilter,
        empty=_("Nobody has told you of a closure yet."),
        links=adding(request, "closure", _("Add a closure"), "closure_add"),
        template="logistics/closures.html",
        context={"timeline": timeline(drawn)},
    )


def closure(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One closure."""
    found = find(request, Closure, pk)
    place, writes = seen(found, "node") or seen(found, "leg"), request.viewer.may_write(found)
    return sourced_page(
        request,
        found,
        facts=[
            (_("from"), found.starts_on),
            (_("until"), found.ends_on or _("further notice")),
            (_("capacity left, %"), _plain(found.capacity_left)),
            (_("owner"), found.owner),
        ],
        links=[
            *ways(request, found, "closure_change"),
            *([Link(_("Remove"), reverse("closure_remove", args=[pk]), danger=True)] if writes else []),
        ],
        template="logistics/closure.html",
        shown=[place] if place is not None else [],
        context={"place": place},
    )


def node_add(request: HttpRequest) -> HttpResponse:
    """Add a node."""
    return add_page(request, "node", NodeForm, actions.add_node, title=_("Add a node"), back="nodes")


def leg_add(request: HttpRequest) -> HttpResponse:
    """Add a leg."""
    return add_page(request, "leg", LegForm, actions.add_leg, title=_("Add a leg"), back="legs")


def closure_add(request: HttpRequest) -> HttpResponse:
    """Add a closure."""
    return add_page(request, "closure", ClosureForm, actions.add_closure, title=_("Add a closure"), back="closures")


def node_change(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Change a node or its place."""
    found = own(request, Node, pk)
    return change_page(request, found, NodeForm, actions.change_node, initial=node_initial(request.viewer, found))


def leg_change(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Change a leg or what it costs."""
    found = own(request, Leg, pk)
    return change_page(request, found, LegForm, actions.change_leg, initial=leg_initial(request.viewer, found))


def closure_change(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Change a closure."""
    found = own(request, Closure, pk)
    ends = {"node": seen(found, "node"), "leg": seen(found, "leg")}
    return change_page(request, found, ClosureForm, actions.change_closure, initial=ends)


def closure_remove(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Take a closure away; its history stays."""
    found = own(request, Closure, pk)

    def do(version: int | None = None) -> str:
        actions.remove_closure(request.viewer, found)
        return reverse("closures")

    return form_page(
        request,
        lambda data, _files, initial: forms.Form(data),
        title=_("Remove a closure"),
        do=do,
        back=found.get_absolute_url(),
        record=found,
        submit=_("Remove it"),
        done=_("The closure is removed."),
        danger=_("The closure goes from every list. Its history stays with you."),
    )


def import_tables(request: HttpRequest) -> HttpResponse:
    """Send nodes and legs as tables."""
    only_writers(request, "node")
    names = [table.name for table in TABLES]
    return import_page(request, import_network, title=_("Import the network"), names=names, back=reverse("nodes"))


def tables(request: HttpRequest) -> HttpResponse:
    """The visible network as tables of a problem."""
    count_export(request)
    shown: list[Record] = [record for kind in (Node, Leg) for record in kind.objects.visible_to(request.viewer)]
    return tables_answer("network", export_network(request.viewer), marking_of_all(shown, detail=True))


def _where(found: Closure) -> str:
    place = seen(found, "node") or seen(found, "leg")
    return str(place) if place is not None else _("not released to you")


def _plain(number: Any) -> Any:
    return None if number is None else number.normalize()


def _illustrative(record: Any) -> Any:
    return (_("illustrative"), "waiting") if record.illustrative else None
