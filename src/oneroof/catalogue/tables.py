"""The lists of the catalogue."""

from __future__ import annotations

from typing import Any

import django_tables2
from django.utils.html import format_html
from django.utils.translation import gettext as _say
from django.utils.translation import gettext_lazy as _

from oneroof.access.seen_column import Seen
from oneroof.access.tables import Figure, Name, RecordTable, YesNo
from oneroof.catalogue.models import Item, Package, Substitute

SIZE = ("volume_per_unit", "whole_units")
HAZARD = ("explosives", "hazard_division", "compatibility_group", "un_number")


class Items(RecordTable):
    """Items that the viewer sees."""

    code = django_tables2.Column(_("code"), linkify=True)
    name = Name()
    owner = django_tables2.Column(_("owner"), accessor="owner__code", order_by=("owner__code",))
    nsn = django_tables2.Column(_("stock number"), accessor="stock_number", order_by=("nsn",))
    supply_class = django_tables2.Column(_("supply class"), accessor="supply_class")
    unit = django_tables2.Column(_("unit"), accessor="unit_word", order_by=("unit",))
    tonnes_per_unit = Figure(verbose_name=_("weight per unit"), unit=_("t"))
    volume_per_unit = Figure(verbose_name=_("volume per unit"), unit=_("m³"))
    whole_units = YesNo(verbose_name=_("whole units only"))
    explosives = YesNo(verbose_name=_("explosives"), no="")
    hazard_division = django_tables2.Column(_("hazard division"))
    compatibility_group = django_tables2.Column(_("compatibility group"))
    un_number = django_tables2.Column(_("UN number"))

    spare = (*SIZE, *HAZARD[1:])

    class Meta(RecordTable.Meta):
        model = Item
        fields = ("code", "name", "owner", "nsn", "supply_class", "unit", "tonnes_per_unit", *SIZE, *HAZARD)


class Packages(RecordTable):
    """Packages that the viewer sees."""

    code = django_tables2.Column(_("code"), linkify=True)
    name = Name()
    owner = django_tables2.Column(_("owner"), accessor="owner__code", order_by=("owner__code",))

    class Meta(RecordTable.Meta):
        model = Package
        fields = ("code", "name", "owner")


class Substitutes(RecordTable):
    """Substitutes that the viewer sees."""

    item = Seen("item", verbose_name=_("item"))
    substitute = Seen("substitute", verbose_name=_("substitute"))
    units_per_unit = Figure(verbose_name=_("units per unit"))
    preference = Figure(verbose_name=_("preference"))
    owner = django_tables2.Column(_("owner"), accessor="owner__code", order_by=("owner__code",))
    more = django_tables2.Column(_("more"), accessor="pk", orderable=False, exclude_from_export=True)

    class Meta(RecordTable.Meta):
        model = Substitute
        fields = ("item", "substitute", "units_per_unit", "preference", "owner")

    def render_more(self, record: Substitute) -> Any:
        """A link to its page."""
        return format_html('<a href="{}">{}</a>', record.get_absolute_url(), _say("open"))
