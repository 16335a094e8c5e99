"""The lists of the network."""

from __future__ import annotations

from typing import Any

import django_tables2
from django.utils.html import format_html
from django.utils.translation import gettext as _say
from django.utils.translation import gettext_lazy as _

from oneroof.access.seen_column import Seen
from oneroof.access.tables import Day, Figure, Name, RecordTable, YesNo
from oneroof.logistics.models import Closure, Leg, Node


class Nodes(RecordTable):
    """Nodes that the viewer sees; the place is the rounded one, whoever looks."""

    code = django_tables2.Column(_("code"), linkify=True)
    name = Name()
    nation = django_tables2.Column(_("nation"), accessor="nation__code", order_by=("nation__code",))
    kind = django_tables2.Column(_("kind"))
    handling_tonnes_per_week = Figure(verbose_name=_("handling per week"), unit=_("t"))
    place = django_tables2.Column(
        _("place, about"),
        accessor="pk",
        order_by=("latitude_about", "longitude_about"),
        attrs={"td": {"class": "day"}},
    )
    owner = django_tables2.Column(_("owner"), accessor="owner__code", order_by=("owner__code",))

    class Meta(RecordTable.Meta):
        model = Node
        fields = ("code", "name", "nation", "kind", "handling_tonnes_per_week", "place", "owner")

    def render_place(self, record: Node) -> str:
        """Whole degrees with their quarter."""
        return about_words(record) or "—"

    def value_place(self, record: Node) -> str:
        """The same, for exports."""
        return about_words(record)


class Legs(RecordTable):
    """Legs that the viewer sees."""

    code = django_tables2.Column(_("code"), linkify=True)
    origin = Seen("origin", verbose_name=_("origin"))
    destination = Seen("destination", verbose_name=_("destination"))
    mode = django_tables2.Column(_("mode"))
    days = Figure(verbose_name=_("days"))
    tonnes_per_week = Figure(verbose_name=_("per week"), unit=_("t"))
    explosives = YesNo(verbose_name=_("explosives allowed"))
    opens = Day(verbose_name=_("opens"))
    closes = Day(verbose_name=_("closes"))
    owner = django_tables2.Column(_("owner"), accessor="owner__code", order_by=("owner__code",))

    spare = ("opens", "closes")

    class Meta(RecordTable.Meta):
        model = Leg
        fields = (
            "code", "origin", "destination", "mode", "days", "tonnes_per_week", "explosives", "opens", "closes",
            "owner",
        )  # fmt: skip


class Closures(RecordTable):
    """Closures that the viewer sees."""

    place = Seen("node", "leg", verbose_name=_("node or leg"))
    starts_on = Day(verbose_name=_("from"))
    ends_on = Day(verbose_name=_("until"))
    capacity_left = Figure(verbose_name=_("capacity left"), unit="%")
    reason = django_tables2.Column(_("reason"))
    owner = django_tables2.Column(_("owner"), accessor="owner__code", order_by=("owner__code",))
    more = django_tables2.Column(_("more"), accessor="pk", orderable=False, exclude_from_export=True)

    class Meta(RecordTable.Meta):
        model = Closure
        fields = ("place", "starts_on", "ends_on", "capacity_left", "reason", "owner")

    def render_more(self, record: Closure) -> Any:
        """A link to its page."""
        return format_html('<a href="{}">{}</a>', record.get_absolute_url(), _say("open"))


def about_words(node: Node) -> str:
    """The rounded place of a node: ``50° N, 22° E``; nothing where none is known."""
    if node.latitude_about is None or node.longitude_about is None:
        return ""
    north = _say("N") if node.latitude_about >= 0 else _say("S")
    east = _say("E") if node.longitude_about >= 0 else _say("W")
    return f"{abs(node.latitude_about)}° {north}, {abs(node.longitude_about)}° {east}"
