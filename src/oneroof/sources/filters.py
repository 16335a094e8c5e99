"""How the list of sources is narrowed; all of it stands in the address."""

from __future__ import annotations

import django_filters
from django import forms
from django.utils.translation import gettext_lazy as _

from oneroof.access.filters import WordFilter
from oneroof.sources.models import Source


class SourceFilter(django_filters.FilterSet):
    """Sources by word and grade."""

    q = WordFilter(fields=("publisher", "title", "url"), label=_("Publisher, title or address"))
    reliability = django_filters.ChoiceFilter(choices=Source.Reliability.choices, label=_("Reliability"))
    language = django_filters.CharFilter(label=_("Language"), widget=forms.TextInput(attrs={"placeholder": "uk"}))

    class Meta:
        model = Source
        fields = ()
