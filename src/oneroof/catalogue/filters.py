"""How the lists of the catalogue are narrowed; all of it stands in the address."""

from __future__ import annotations

from typing import Any

import django_filters
from django.utils.translation import gettext_lazy as _

from oneroof.access.filters import WordFilter, Words, YesNoFilter
from oneroof.catalogue.codes import SUPPLY_CLASSES, plain_stock_number
from oneroof.catalogue.models import Item, Package


class ItemFilter(django_filters.FilterSet):
    """Items by word, class of supply, stock number, explosives, owner."""

    q = Words(label=_("Code, stock number or name"))
    supply_class = django_filters.ChoiceFilter(label=_("Supply class"), choices=SUPPLY_CLASSES)
    nsn = django_filters.CharFilter(label=_("Stock number begins with"), method="begins")
    explosives = YesNoFilter(label=_("Explosives"))
    owner = django_filters.CharFilter(label=_("Owner’s code"), field_name="owner__code", lookup_expr="iexact")

    class Meta:
        model = Item
        fields = ()

    def begins(self, rows: Any, _name: str, text: str) -> Any:
        """Items whose stock number begins with these digits: group, class, or more."""
        digits = plain_stock_number(text)[:13]
        return (
            rows.filter(nsn__gte=digits, nsn__lt=f"{digits}:") if digits.isascii() and digits.isdigit() else rows.none()
        )


class PackageFilter(django_filters.FilterSet):
    """Packages by word and owner."""

    q = WordFilter(fields=("code", "name", "name_uk"), label=_("Code or name"))
    owner = django_filters.CharFilter(label=_("Owner’s code"), field_name="owner__code", lookup_expr="iexact")

    class Meta:
        model = Package
        fields = ()
