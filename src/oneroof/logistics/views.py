"""Pages of the network: nodes with their map, legs, closures."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from oneroof.access.import_page import import_page, tables_answer
from oneroof.access.kinds import seen
from oneroof.access.markings import marking_of_all
from oneroof.access.models import Record
from oneroof.access.pages import Link, find, form_page, list_page, release_page
from oneroof.access.pictures import Span, timeline
from oneroof.history.reading import history_of
from oneroof.logistics import actions
from oneroof.logistics.filters import ClosureFilter, LegFilter, NodeFilter
from oneroof.logistics.forms import ClosureForm, LegForm, NodeForm, leg_initial, node_initial
from oneroof.logistics.geojson import features
from oneroof.logistics.importing import TABLES, export_network, import_network
from oneroof.logistics.models import Closure, Leg, LegDetail, Node, NodeDetail
from oneroof.logistics.tables import Closures, Legs, Nodes, about_words
from oneroof.sources.record_pages import sourced_page

MOST_SHOWN = 200
MOST_BARS = 40
FURTHER_NOTICE = timedelta(days=28)  # how long a closure without an end is drawn
KINDS = {"nodes": Node, "legs": Leg, "closures": Closure}


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
            *_adding(request, "node", _("Add a node"), "node_add"),
            Link(_("Legs"), reverse("legs")),
            Link(_("Closures"), reverse("closures")),
            *_adding(request, "node", _("Import tables"), "network_import"),
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
    rows = Leg.objects.visible_to(viewer)
    out, into = list(rows.filter(origin=pk)[:MOST_SHOWN]), list(rows.filter(destination=pk)[:MOST_SHOWN])
    closed = list(Closure.objects.visible_to(viewer).filter(node=pk)[:MOST_SHOWN])
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
        links=_ways(request, found, "nodes"),
        template="logistics/node.html",
        history=history_of(request.viewer, found),
        shown=[record for record in (*out, *into, *closed, *(end for pair in ends for _leg, end in pair)) if record],
        detail=detail is not None,
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
        links=_adding(request, "leg", _("Add a leg"), "leg_add"),
    )


def leg(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One leg: its ends as far as the viewer sees them, its limits, what it costs, its closures."""
    found = find(request, Leg, pk)
    detail = LegDetail.objects.visible_to(request.viewer).filter(pk=pk).first()
    closed = list(Closure.objects.visible_to(request.viewer).filter(leg=pk)[:MOST_SHOWN])
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
        links=_ways(request, found, "legs"),
        template="logistics/leg.html",
        history=history_of(request.viewer, found),
        shown=[record for record in (*closed, *ends) if record is not None],
        detail=detail is not None,
        context={"detail": detail, "origin": ends[0], "destination": ends[1], "closed": closed},
    )


def closures(request: HttpRequest) -> HttpResponse:
    """When nodes and legs take less: drawn over time, and as a table."""
    rows = Closure.objects.visible_to(request.viewer)
    today = timezone.localdate()
    coming = [row for row in rows.order_by("starts_on", "id")[:MOST_SHOWN] if (row.ends_on or today) >= today]
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
        links=_adding(request, "closure", _("Add a closure"), "closure_add"),
        template="logistics/closures.html",
        context={"timeline": timeline(drawn)},
    )


def closure(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One closure."""
    found = find(request, Closure, pk)
    place = seen(found, "node") or seen(found, "leg")
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
            *_ways(request, found, "closures"),
            *(
                [Link(_("Remove"), reverse("closure_remove", args=[pk]), danger=True)]
                if _writes(request, found)
                else []
            ),
        ],
        template="logistics/closure.html",
        history=history_of(request.viewer, found),
        shown=[place] if place is not None else [],
        context={"place": place},
    )


def node_add(request: HttpRequest) -> HttpResponse:
    """Add a node."""
    return _add(request, "node", NodeForm, _("Add a node"), actions.add_node, "nodes")


def leg_add(request: HttpRequest) -> HttpResponse:
    """Add a leg."""
    return _add(request, "leg", LegForm, _("Add a leg"), actions.add_leg, "legs")


def closure_add(request: HttpRequest) -> HttpResponse:
    """Add a closure."""
    return _add(request, "closure", ClosureForm, _("Add a closure"), actions.add_closure, "closures")


def node_change(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Change a node or its place."""
    return _change(request, Node, pk, NodeForm, actions.change_node, node_initial)


def leg_change(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Change a leg or what it costs."""
    return _change(request, Leg, pk, LegForm, actions.change_leg, leg_initial)


def closure_change(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Change a closure."""
    return _change(request, Closure, pk, ClosureForm, actions.change_closure, _closure_initial)


def closure_remove(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Take a closure away; its history stays."""
    found = _own(request, Closure, pk)

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


def release(request: HttpRequest, kind: str, pk: uuid.UUID) -> HttpResponse:
    """Say who may see a record of the network."""
    if kind not in KINDS:
        raise Http404
    found = _own(request, KINDS[kind], pk)
    return release_page(request, found, back=found.get_absolute_url())


def import_tables(request: HttpRequest) -> HttpResponse:
    """Send nodes and legs as tables."""
    if not request.viewer.writes("node"):
        raise Http404
    names = [table.name for table in TABLES]
    return import_page(request, import_network, title=_("Import the network"), names=names, back=reverse("nodes"))


def tables(request: HttpRequest) -> HttpResponse:
    """The visible network as tables of a problem."""
    shown: list[Record] = [record for kind in (Node, Leg) for record in kind.objects.visible_to(request.viewer)]
    return tables_answer("network", export_network(request.viewer), marking_of_all(shown, detail=True))


def _add(request: HttpRequest, kind: str, form: Any, title: Any, action: Any, back: str) -> HttpResponse:
    if not request.viewer.writes(kind):
        raise Http404
    return form_page(
        request,
        form,
        title=title,
        do=lambda **typed: action(request.viewer, **typed),
        back=reverse(back),
        release=True,
        viewer=request.viewer,
    )


def _change(request: HttpRequest, kind: Any, pk: uuid.UUID, form: Any, action: Any, initial: Any) -> HttpResponse:
    found = _own(request, kind, pk)
    return form_page(
        request,
        form,
        title=_("Change %(what)s") % {"what": found},
        do=lambda **typed: action(request.viewer, found, **typed),
        back=found.get_absolute_url(),
        record=found,
        initial=initial(request.viewer, found),
        viewer=request.viewer,
        instance=found,
    )


def _closure_initial(viewer: Any, found: Closure) -> dict[str, Any]:
    return {"node": seen(found, "node"), "leg": seen(found, "leg")}


def _where(found: Closure) -> str:
    place = seen(found, "node") or seen(found, "leg")
    return str(place) if place is not None else _("not released to you")


def _plain(number: Any) -> Any:
    return None if number is None else number.normalize()


def _illustrative(record: Any) -> Any:
    return (_("illustrative"), "waiting") if record.illustrative else None


def _ways(request: HttpRequest, record: Any, kind: str) -> list[Link]:
    """What the owner may do with a record."""
    if not _writes(request, record):
        return []
    return [
        Link(_("Change"), reverse(f"{kind.removesuffix('s')}_change", args=[record.pk])),
        Link(_("Who may see it"), reverse("network_release", args=[kind, record.pk])),
    ]


def _writes(request: HttpRequest, record: Any) -> bool:
    return bool(request.viewer.may_write(record))


def _adding(request: HttpRequest, kind: str, words: Any, name: str) -> list[Link]:
    return [Link(words, reverse(name))] if request.viewer.writes(kind) else []


def _own(request: HttpRequest, kind: Any, pk: uuid.UUID) -> Any:
    """A record that the viewer writes; to others there is no such page."""
    found = find(request, kind, pk)
    if not _writes(request, found):
        raise Http404
    return found
