"""Words in place of keys, as a viewer may know them: who acted, what a record named, who is in a release set."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.db.models import Q
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.formats import date_format, number_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from oneroof.access.models import Person, ReleaseSet, ReleaseSetParty
from oneroof.access.parting import PARTED
from oneroof.access.roles import Role
from oneroof.access.viewer import Viewer
from oneroof.history.words import VERBS
from oneroof.journal.actions import open_rows, walls_of
from oneroof.journal.chain import canonical_text
from oneroof.journal.models import Event
from oneroof.journal.plain import NOT_KEPT
from oneroof.nations.models import Party

# Said by other fields of the page, or of use to the machine alone.
UNSAID = {"version", "owner", "record", "digest"}


@dataclass(frozen=True)
class Change:
    """A field, in words, before and after."""

    field: str
    before: str
    after: str


class Names:
    """The words of some events, from a fixed number of queries: one for each kind that their kinds refer to."""

    def __init__(self, viewer: Viewer, events: Iterable[Event], kinds: Mapping[str, Any]) -> None:
        self.viewer, self.kinds = viewer, kinds
        every = list(events)
        wanted: dict[Any, set[uuid.UUID]] = defaultdict(set)
        for event in every:
            for values in (event.before, event.after):
                for name, value in values.items():
                    field = self.field(event.kind, name)
                    if field is not None and field.related_model is not None:
                        wanted[field.related_model].update(keys(value))
        self.release_sets = release_words(wanted.pop(ReleaseSet, set()))
        parties = wanted.pop(Party, set()) | {event.party for event in every if event.party}
        self.parties = dict(Party.objects.filter(pk__in=parties).values_list("pk", "code"))
        self.people = known_people(viewer, wanted.pop(Person, set()) | {event.actor for event in every if event.actor})
        self.others = {kind: seen(viewer, kind, found) for kind, found in wanted.items()}

    def field(self, kind: str, name: str) -> Any:
        """The field of a kind, or None where this version has it no more."""
        try:
            return self.kinds[kind]._meta.get_field(name)
        except (KeyError, FieldDoesNotExist):
            return None

    def who(self, event: Event) -> str:
        """The person, where the viewer may know the name: one's own party's people; else role and party."""
        code = self.parties.get(event.party, "") if event.party else ""
        name = self.people.get(event.actor) if event.actor else None
        if name is None or name == PARTED:
            name = str(dict(Role.choices).get(event.role, _("the house")))
        return f"{name}, {code}" if code else name

    def what(self, event: Event) -> str:
        """The verb, in the reader's language."""
        return str(VERBS.get(event.verb, event.verb.replace("_", " ")))

    def kind(self, event: Event) -> str:
        """The word for the kind of record."""
        model = self.kinds.get(event.kind)
        return str(model._meta.verbose_name) if model is not None else event.kind.replace("_", " ")

    def address(self, event: Event) -> str:
        """Where the record's history is shown; nowhere once this version knows the kind no more."""
        try:
            return reverse("history", args=[event.kind, event.record]) if event.kind in self.kinds else ""
        except NoReverseMatch:
            return ""

    def changes(self, event: Event) -> list[Change]:
        """The fields that changed, as far as the viewer sees something of the change."""
        found = []
        for name in sorted({*event.before, *event.after} - UNSAID):
            before, after = self.value(event.kind, name, event.before.get(name)), ""
            after = self.value(event.kind, name, event.after.get(name))
            if before or after:
                found.append(Change(self.word(event.kind, name), before, after))
        return found

    def facts(self, kind: str, state: Mapping[str, Any]) -> list[tuple[str, str]]:
        """The fields of a state, in the order of the record's fields, without those that are empty."""
        model = self.kinds.get(kind)
        fields = [*model._meta.concrete_fields, *model._meta.many_to_many] if model is not None else []
        order = {field.name: place for place, field in enumerate(fields)}
        names = sorted(set(state) - UNSAID, key=lambda name: (order.get(name, len(order)), name))
        told = ((self.word(kind, name), self.value(kind, name, state[name])) for name in names)
        return [(word, value) for word, value in told if value]

    def word(self, kind: str, name: str) -> str:
        """The field's name in the reader's language."""
        field = self.field(kind, name)
        return capfirst(str(getattr(field, "verbose_name", name.replace("_", " "))))

    def value(self, kind: str, name: str, value: Any) -> str:
        """A value as it is shown; what it names and the viewer does not see is left out."""
        field = self.field(kind, name)
        if value is None or value == "":
            return ""
        if value == NOT_KEPT:
            return _("not kept in the journal")
        if field is not None and field.related_model is not None:
            named = (self._named(field.related_model, key) for key in keys(value))
            return ", ".join(sorted(word for word in named if word))
        if name == "kind" and value in self.kinds:
            return str(self.kinds[value]._meta.verbose_name)
        tell = getattr(self.kinds.get(kind), "in_words", {}).get(name)
        return tell(value) if tell else shown(field, value)

    def _named(self, kind: Any, key: uuid.UUID) -> str:
        if kind is ReleaseSet:
            return self.release_sets.get(key, "")
        if kind is Party:
            return self.parties.get(key, "")
        if kind is Person:
            return self.people.get(key, "")
        return self.others.get(kind, {}).get(key, "")


def keys(value: Any) -> list[uuid.UUID]:
    """The keys of a reference's value: one, or those of a list."""
    found = []
    for part in value if isinstance(value, list) else [value]:
        try:
            found.append(uuid.UUID(str(part)))
        except ValueError:
            continue
    return found


def seen(viewer: Viewer, kind: Any, wanted: set[uuid.UUID]) -> dict[uuid.UUID, str]:
    """The names of the records of a kind that the viewer sees."""
    walled = walls_of(kind)
    rows = walled.visible_to(viewer) if walled is not None else open_rows(kind)
    return {row.pk: str(row) for row in rows.filter(pk__in=wanted)}


def known_people(viewer: Viewer, wanted: set[uuid.UUID]) -> dict[uuid.UUID, str]:
    """The names of those whom a viewer may know: people of the viewer's parties, now or before, and oneself."""
    own = Q(pk=viewer.person) | Q(secondments__party__in=viewer.parties)
    return dict(Person.objects.filter(own, pk__in=wanted).values_list("pk", "name").distinct())


def release_words(wanted: set[uuid.UUID]) -> dict[uuid.UUID, str]:
    """The words of release sets: the codes of their parties, or that they are public."""
    codes: dict[uuid.UUID, list[str]] = {key: [] for key in wanted}
    told = ReleaseSetParty.objects.filter(release_set__in=wanted).values_list("release_set", "party__code")
    for key, code in told:
        codes[key].append(code)
    public = set(ReleaseSet.objects.filter(pk__in=wanted, public=True).values_list("pk", flat=True))
    return {
        key: _("everybody") if key in public else " ".join(sorted(found)) or _("nobody else")
        for key, found in codes.items()
    }


def shown(field: Any, value: Any) -> str:
    """A plain value of the journal for a reader: choices by their words, dates and instants as pages write them."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if field is not None and getattr(field, "choices", None):
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(field, models.DateTimeField) and isinstance(value, str) and (at := parse_datetime(value)):
        return date_format(timezone.localtime(at), "DATETIME_FORMAT")
    if isinstance(field, models.DateField) and isinstance(value, str) and (day := parse_date(value)):
        return date_format(day, "DATE_FORMAT")
    if isinstance(field, models.DecimalField):
        return number_format(value, use_l10n=True, force_grouping=True)
    return canonical_text(value) if isinstance(value, list | dict) else str(value)
