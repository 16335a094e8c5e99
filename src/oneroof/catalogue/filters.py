"""How the list of items is narrowed; all of it stands in the address."""

from __future__ import annotations

import django_filters
from django.utils.translation import gettext_lazy as _

from oneroof.access.search import WordFilter
from oneroof.catalogue.models import Item


class ItemFilter(django_filters.FilterSet):
    """Items by word, explosives, whole units."""

    q = WordFilter(fields=("code", "nsn", "name", "name_uk"), label=_("Code, stock number or name"))
    explosives = django_filters.BooleanFilter(label=_("Explosives"))

    class Meta:
        model = Item
        fields = ()
