"""How lists of parties, coalitions and groups are narrowed; all of it stands in the address."""

from __future__ import annotations

from typing import Any

import django_filters
from django.utils.translation import gettext_lazy as _

from oneroof.access.filters import DayFilter, WordFilter
from oneroof.nations.models import Coalition, Group, Partnership, Party, holding


class PartyFilter(django_filters.FilterSet):
    """Parties by word, kind, partnership and coalition; the day says on which they stand so."""

    q = WordFilter(fields=("code", "name", "name_uk"), label=_("Code or name"))
    kind = django_filters.ChoiceFilter(choices=Party.Kind.choices, label=_("Kind"))
    standing = django_filters.ChoiceFilter(
        choices=Partnership.Kind.choices, label=_("Partnership"), method="standing_as"
    )
    on = DayFilter(label=_("On"), method="as_it_was")
    coalition = django_filters.ModelChoiceFilter(
        queryset=Coalition.objects.all(),
        to_field_name="code",
        field_name="coalitions",
        label=_("Coalition"),
        distinct=True,
    )

    class Meta:
        model = Party
        fields = ()

    def standing_as(self, rows: Any, _name: str, kind: str) -> Any:
        """Parties with a partnership of this kind, on the day asked for."""
        found = Partnership.objects.filter(kind=kind)
        if day := self.form.cleaned_data.get("on"):
            found = found.filter(holding(day))
        return rows.filter(pk__in=found.values("party"))

    def as_it_was(self, rows: Any, _name: str, day: Any) -> Any:
        """Parties that were there on a day."""
        return rows.filter(holding(day))


class CoalitionFilter(django_filters.FilterSet):
    """Coalitions by word and party."""

    q = WordFilter(fields=("code", "name", "name_uk"), label=_("Code or name"))
    party = django_filters.ModelChoiceFilter(
        queryset=Party.objects.all(), to_field_name="code", field_name="members", label=_("Party"), distinct=True
    )

    class Meta:
        model = Coalition
        fields = ()


class GroupFilter(django_filters.FilterSet):
    """Groups by word."""

    q = WordFilter(fields=("name", "name_uk"), label=_("Name"))

    class Meta:
        model = Group
        fields = ()
