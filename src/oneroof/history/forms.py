"""What the log is filtered by, and the date of a look back; both live in the address."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from oneroof.access.kinds import open_kinds, walled_kinds
from oneroof.access.models import Person
from oneroof.access.viewer import Viewer
from oneroof.history.words import VERBS
from oneroof.journal.models import Event

Day = forms.DateInput(attrs={"type": "date"})


class AsOf(forms.Form):
    """The day of a look back: the record as it stood when that day ended."""

    as_of = forms.DateField(label=_("As it stood on"), widget=Day)

    def instant(self) -> datetime:
        """The last instant of the day, in the reader's zone."""
        return end_of(self.cleaned_data["as_of"])


class LogFilter(forms.Form):
    """Kind of record, verb, person, days."""

    kind = forms.ChoiceField(label=_("Kind of record"), required=False)
    verb = forms.ChoiceField(label=_("What was done"), required=False)
    person = forms.ModelChoiceField(
        Person.objects.none(), label=_("Person"), required=False, empty_label=_("everybody"),
        help_text=_("People of your own party."),
    )  # fmt: skip
    since = forms.DateField(label=_("From"), required=False, widget=Day)
    until = forms.DateField(label=_("Until"), required=False, widget=Day)

    def __init__(self, given: Any, *, viewer: Viewer) -> None:
        super().__init__(given)
        kinds = {**walled_kinds(), **open_kinds()}
        words = sorted((capfirst(str(model._meta.verbose_name)), kind) for kind, model in kinds.items())
        self.fields["kind"].choices = [("", _("every kind")), *((kind, word) for word, kind in words)]
        self.fields["verb"].choices = [("", _("everything")), *VERBS.items()]
        known = Person.objects.filter(secondments__party__in=viewer.parties).distinct()
        self.fields["person"].queryset = known.order_by("name", "pk")

    def sift(self, events: QuerySet[Event]) -> QuerySet[Event]:
        """The events that fit a valid form; they are of its kind already."""
        asked = self.cleaned_data
        if asked["verb"]:
            events = events.filter(verb=asked["verb"])
        if asked["person"]:
            events = events.filter(actor=asked["person"].pk)
        if asked["since"]:
            start = timezone.make_aware(datetime.combine(asked["since"], time.min))
            events = events.filter(at__gte=start)
        return events.filter(at__lte=end_of(asked["until"])) if asked["until"] else events


def end_of(day: Any) -> datetime:
    """The last microsecond of a day in the reader's zone."""
    return timezone.make_aware(datetime.combine(day, time.max))
