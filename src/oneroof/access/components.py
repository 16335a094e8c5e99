"""The page that shows every part which pages are made of, in each of its states, with made-up content."""

from __future__ import annotations

from datetime import UTC, date, datetime

import django_tables2
from django import forms
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from oneroof.access.markings import INSIDE, OPEN, Marking
from oneroof.access.pages import Link
from oneroof.access.pictures import Span, stages, timeline
from oneroof.access.release_form import ReleaseForm
from oneroof.access.tables import Day, Figure, RecordTable
from oneroof.access.today import Need

EMBARGO = datetime(2024, 7, 11, 9, 0, tzinfo=UTC)
NODES = (("AAR", "Aarhus", 10.2, 56.15), ("RZE", "Rzeszów", 22.0, 50.04), ("KYI", "Київ", 30.52, 50.45))
LEGS = (("AAR", "RZE", 140, 200), ("RZE", "KYI", 97, 100))


class Samples(RecordTable):
    """A table of made-up items."""

    code = django_tables2.Column(gettext_lazy("code"), linkify=lambda record: f"#{record['code']}")
    name = django_tables2.Column(gettext_lazy("name"))
    due = Day(verbose_name=gettext_lazy("due"))
    tonnes = Figure(verbose_name=gettext_lazy("weight"), unit=gettext_lazy("t"))

    class Meta(RecordTable.Meta):
        fields = ("code", "name", "due", "tonnes")
        orderable = False


class SampleForm(forms.Form):
    """Fields of the usual sorts."""

    name = forms.CharField(label=gettext_lazy("Name"), help_text=gettext_lazy("Example: crew course"))
    quantity = forms.IntegerField(label=gettext_lazy("Quantity"), min_value=1)
    due = forms.DateField(label=gettext_lazy("Due"), widget=forms.DateInput(attrs={"type": "date"}), required=False)
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"), choices=[("item", gettext_lazy("item")), ("course", gettext_lazy("course"))]
    )
    note = forms.CharField(label=gettext_lazy("Note"), widget=forms.Textarea(attrs={"rows": 3}), required=False)


class SampleFilter(forms.Form):
    """Fields of a filter bar."""

    word = forms.CharField(label=gettext_lazy("Code or name"), required=False)
    explosives = forms.NullBooleanField(label=gettext_lazy("Explosives"), required=False)


def components(request: HttpRequest) -> HttpResponse:
    """All parts in all states."""
    rows = [
        {"code": "GUN-155", "name": _("howitzer"), "due": date(2025, 3, 1), "tonnes": 25},
        {"code": "ART-155", "name": _("artillery rounds, pallet"), "due": date(2025, 2, 10), "tonnes": 1234.5},
    ]
    markings = [
        OPEN,
        INSIDE,
        Marking("released", ("DNK", "NLD", "UKR")),
        Marking("own", ("DNK",), _("Denmark")),
        Marking("released", ("DNK", "HQ"), embargo_until=EMBARGO),
    ]
    spans = [
        Span(_("guns"), date(2025, 1, 6), date(2025, 1, 30), date(2025, 2, 10)),
        Span(_("crew course"), date(2025, 1, 20), date(2025, 2, 14), date(2025, 2, 10)),
    ]
    return render(
        request,
        "components.html",
        {
            "title": _("Components"),
            "table": Samples(rows),
            "markings": markings,
            "facts": [(_("due"), "1 Mar 2025"), (_("priority"), 1), (_("owner"), "DNK")],
            "links": [
                Link(_("Ask for a pledge"), "#"),
                Link(_("Change it"), "#"),
                Link(_("Withdraw"), "#", danger=True),
            ],
            "form": SampleForm({"quantity": "0"}, auto_id="wrong_%s"),
            "plain_form": SampleForm(auto_id="plain_%s"),
            "release_form": ReleaseForm(viewer=request.viewer, prefix="shown"),
            "filter_form": SampleFilter(auto_id="filter_%s"),
            "timeline": timeline(spans),
            "stages": stages((_("promised"), 48, "48"), (_("committed"), 36, "36"), (_("delivered"), 12, "12")),
            "history": [
                {
                    "at": EMBARGO,
                    "who": _("Denmark, donor’s representative"),
                    "what": _("changed"),
                    "why": _("Counted again in the depot."),
                    "changes": [{"field": _("quantity"), "before": 12, "after": 10}],
                }
            ],
            "need": Need(_("Confirm 2 receipts"), _("They wait since 11 Jul 2024."), _("Confirm"), "#", urgent=True),
            "calm": Need(_("Add a second factor"), _("It protects your account."), _("Add"), "#"),
            "shapes": ["dot", "waiting", "part", "done", "stopped", "urgent"],
        },
    )


def nodes(request: HttpRequest) -> HttpResponse:
    """Made-up nodes and legs as GeoJSON, for the map of the components."""
    place = {code: (longitude, latitude) for code, _name, longitude, latitude in NODES}
    points = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": place[code]},
            "properties": {"name": name, "words": code, "load": 0.97 if code == "RZE" else 0.4, "address": f"#{code}"},
        }
        for code, name, _longitude, _latitude in NODES
    ]
    lines = [
        {
            "type": "Feature",
            "geometry": {"type": "LineString", "coordinates": [place[start], place[end]]},
            "properties": {
                "name": f"{start} → {end}",
                "words": f"{flow} / {limit} t",
                "flow": flow,
                "load": flow / limit,
            },
        }
        for start, end, flow, limit in LEGS
    ]
    return JsonResponse({"type": "FeatureCollection", "features": points + lines})
