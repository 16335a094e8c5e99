"""Forms of the network."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from oneroof.access.code_field import CodeField
from oneroof.access.kinds import seen
from oneroof.access.record_form import RecordForm
from oneroof.access.viewer import Viewer
from oneroof.logistics.models import Closure, Leg, LegDetail, Node, NodeDetail
from oneroof.nations.models import Party


class NodeForm(RecordForm):
    """A node and its exact place."""

    latitude = forms.DecimalField(
        label=_("Latitude"), required=False, help_text=_("Degrees, south is negative: 50.11. A detail: fewer see it.")
    )
    longitude = forms.DecimalField(
        label=_("Longitude"), required=False, help_text=_("Degrees, west is negative: 22.02. A detail: fewer see it.")
    )

    class Meta:
        model = Node
        fields = ("code", "name", "name_uk", "nation", "kind", "handling_tonnes_per_week")

    def __init__(self, data: Any = None, files: Any = None, **more: Any) -> None:
        super().__init__(data, files, **more)
        self.fields["nation"].queryset = Party.objects.filter(kind=Party.Kind.NATION)

    def clean(self) -> dict[str, Any]:
        """The place in one piece, as the action takes it; empty where there is none."""
        typed: dict[str, Any] = super().clean() or {}
        place = {name: typed.pop(name, None) for name in ("latitude", "longitude")}
        if (place["latitude"] is None) != (place["longitude"] is None) and not self.errors:
            self.add_error("latitude", _("Fill in latitude and longitude, or neither."))
        typed["place"] = place if None not in place.values() else {}
        return typed


class LegForm(RecordForm):
    """A leg and what it costs."""

    origin = CodeField(Node, label=_("Origin"), help_text=_("Code of the node where it begins."))
    destination = CodeField(Node, label=_("Destination"), help_text=_("Code of the node where it ends."))
    cost_per_tonne = forms.DecimalField(
        label=_("Cost per tonne"), required=False, help_text=_("A detail: fewer see it.")
    )
    currency = forms.CharField(label=_("Currency"), required=False, max_length=3, help_text=_("ISO 4217: EUR."))

    class Meta:
        model = Leg
        fields = ("code", "mode", "days", "tonnes_per_week", "explosives", "opens", "closes")

    field_order = ("code", "origin", "destination")

    def __init__(self, data: Any = None, files: Any = None, *, viewer: Viewer, **more: Any) -> None:
        super().__init__(data, files, viewer=viewer, **more)
        for name in ("origin", "destination"):
            self.fields[name].viewer = viewer

    def clean(self) -> dict[str, Any]:
        """The cost in one piece, as the action takes it; empty where there is none."""
        typed: dict[str, Any] = super().clean() or {}
        cost, currency = typed.pop("cost_per_tonne", None), (typed.pop("currency", None) or "").upper()
        typed["cost"] = {} if cost is None else {"cost_per_tonne": cost, "currency": currency}
        return typed


class ClosureForm(RecordForm):
    """When a node or a leg takes less."""

    node = CodeField(Node, label=_("Node"), required=False, help_text=_("Code of a node; or name a leg below."))
    leg = CodeField(Leg, label=_("Leg"), required=False, help_text=_("Code of a leg; or name a node above."))

    class Meta:
        model = Closure
        fields = ("starts_on", "ends_on", "capacity_left", "reason")

    field_order = ("node", "leg")

    def __init__(self, data: Any = None, files: Any = None, *, viewer: Viewer, **more: Any) -> None:
        super().__init__(data, files, viewer=viewer, **more)
        for name in ("node", "leg"):
            self.fields[name].viewer = viewer


def node_initial(viewer: Viewer, node: Node) -> dict[str, Any]:
    """The exact place of a node as its form shows it."""
    detail = NodeDetail.objects.visible_to(viewer).filter(pk=node.pk).first()
    return {"latitude": detail.latitude, "longitude": detail.longitude} if detail else {}


def leg_initial(viewer: Viewer, leg: Leg) -> dict[str, Any]:
    """Ends and cost of a leg as its form shows them."""
    detail = LegDetail.objects.visible_to(viewer).filter(pk=leg.pk).first()
    cost = {"cost_per_tonne": detail.cost_per_tonne, "currency": detail.currency} if detail else {}
    return {"origin": seen(leg, "origin"), "destination": seen(leg, "destination"), **cost}
