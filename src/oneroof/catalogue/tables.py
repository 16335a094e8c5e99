"""The list of items."""

from __future__ import annotations

import django_tables2
from django.utils.translation import gettext_lazy as _

from oneroof.access.tables import Figure, Name, RecordTable
from oneroof.catalogue.models import Item


class Items(RecordTable):
    """Items that the viewer sees."""

    code = django_tables2.Column(_("code"))
    name = Name()
    owner = django_tables2.Column(_("owner"), accessor="owner__code", order_by=("owner__code",))
    unit = django_tables2.Column(_("unit"))
    tonnes_per_unit = Figure(verbose_name=_("tonnes per unit"), unit=_("t"))

    class Meta(RecordTable.Meta):
        model = Item
        fields = ("code", "name", "owner", "unit", "tonnes_per_unit")
