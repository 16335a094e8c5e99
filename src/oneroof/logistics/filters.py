"""How the lists of the network are narrowed; all of it stands in the address."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from oneroof.access.filters import DayFilter, WordFilter, Words, YesNoFilter
from oneroof.logistics.models import Closure, Leg, Node


class NodeFilter(django_filters.FilterSet):
    """Nodes by word, kind, nation, owner."""

    q = Words(label=_("Code or name"))
    kind = django_filters.ChoiceFilter(label=_("Kind"), choices=Node.Kind)
    nation = django_filters.CharFilter(label=_("Nation’s code"), field_name="nation__code", lookup_expr="iexact")
    owner = django_filters.CharFilter(label=_("Owner’s code"), field_name="owner__code", lookup_expr="iexact")

    class Meta:
        model = Node
        fields = ()


class LegFilter(django_filters.FilterSet):
    """Legs by word, mode, an end that the viewer sees, explosives."""

    q = WordFilter(fields=("code",), label=_("Code"))
    mode = django_filters.ChoiceFilter(label=_("Mode"), choices=Leg.Mode)
    node = django_filters.CharFilter(label=_("Code of a node at either end"), method="at")
    explosives = YesNoFilter(label=_("Explosives allowed"))

    class Meta:
        model = Leg
        fields = ()

    def at(self, rows: Any, _name: str, code: str) -> Any:
        """Legs that begin or end at visible nodes with this code."""
        nodes = Node.objects.visible_to(self.request.viewer).filter(code__iexact=code.strip()).values("pk")
        return rows.filter(Q(origin__in=nodes) | Q(destination__in=nodes))


class ClosureFilter(django_filters.FilterSet):
    """Closures by reason and day."""

    q = WordFilter(fields=("reason",), label=_("Reason"))
    on = DayFilter(label=_("In force on"), method="in_force")

    class Meta:
        model = Closure
        fields = ()

    def in_force(self, rows: Any, _name: str, day: Any) -> Any:
        """Closures that hold on a day."""
        return rows.filter(Q(ends_on=None) | Q(ends_on__gte=day), starts_on__lte=day)
