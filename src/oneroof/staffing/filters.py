"""How lists of contacts and liaison posts are narrowed; all of it stands in the address."""

from __future__ import annotations

from typing import Any

import django_filters
from django.utils.translation import gettext_lazy as _

from oneroof.access.filters import DayFilter, WordFilter
from oneroof.nations.models import Party, holding
from oneroof.staffing.models import ContactPoint, LiaisonPost, Status


class ContactFilter(django_filters.FilterSet):
    """Points of contact by word, party and day."""

    q = WordFilter(fields=("code", "function", "function_uk"), label=_("Code or function"))
    party = django_filters.ModelChoiceFilter(queryset=Party.objects.all(), to_field_name="code", label=_("Party"))
    on = DayFilter(label=_("In force on"), method="in_force")

    class Meta:
        model = ContactPoint
        fields = ()

    def in_force(self, rows: Any, _name: str, day: Any) -> Any:
        """Points of contact that hold on a day."""
        return rows.filter(holding(day))


class LiaisonFilter(django_filters.FilterSet):
    """Liaison posts by word, host, sender and status."""

    q = WordFilter(fields=("code", "function", "function_uk", "place", "place_uk"), label=_("Code, function or place"))
    host = django_filters.ModelChoiceFilter(queryset=Party.objects.all(), to_field_name="code", label=_("Hosted by"))
    sender = django_filters.ModelChoiceFilter(queryset=Party.objects.all(), to_field_name="code", label=_("Sent by"))
    status = django_filters.ChoiceFilter(choices=Status.choices, label=_("Status"))

    class Meta:
        model = LiaisonPost
        fields = ()
