"""Forms made from the fields of a record; what is typed is judged by the action, so that all faults come at once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.forms.models import ModelChoiceIterator
from django.utils.translation import gettext_lazy as _

from oneroof.access.spelling import alphabetical
from oneroof.access.tables import short
from oneroof.access.viewer import Viewer
from oneroof.journal.actions import walls_of
from oneroof.nations.models import Party


class Listed(ModelChoiceIterator):
    """Choices of records under the walls: read as a list, since their references are sealed on loading."""

    def __iter__(self) -> Iterator[Any]:
        """The empty choice where there is one, then every visible record."""
        if self.field.empty_label is not None:
            yield ("", self.field.empty_label)
        yield from (self.choice(record) for record in self.queryset.all())


class ByName(ModelChoiceIterator):
    """Choices in the order of their names in the reader's language."""

    def __iter__(self) -> Iterator[Any]:
        """The empty choice where there is one, then the others by name."""
        if self.field.empty_label is not None:
            yield ("", self.field.empty_label)
        yield from sorted(map(self.choice, self.queryset.all()), key=lambda choice: alphabetical(choice[1]))


class RecordForm(forms.ModelForm):
    """Fields of a record as a form: days can be picked, and of records under the walls only visible ones chosen."""

    def __init__(self, data: Any = None, files: Any = None, *, viewer: Viewer, **more: Any) -> None:
        super().__init__(data, files, **more)
        for name, field in self.fields.items():
            if isinstance(field, forms.DateField):
                field.widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
            elif isinstance(field, forms.DecimalField) and self.initial.get(name) is not None:
                self.initial[name] = short(self.initial[name])
            elif isinstance(field, forms.TypedChoiceField):
                field.choices = [(key, word if key != "" else "—") for key, word in field.choices]
            queryset = getattr(field, "queryset", None)
            if getattr(field, "empty_label", None) is not None:
                field.empty_label = "—"
            if queryset is not None and (walled := walls_of(queryset.model)) is not None:
                field.iterator = Listed
                field.queryset = walled.visible_to(viewer)
            elif queryset is not None and queryset.model is Party:
                field.iterator = ByName
                field.queryset = queryset
        if self.instance._state.adding is False:
            self.fields["why"] = forms.CharField(
                label=_("Why"), max_length=500, required=False, help_text=_("Stays in the history.")
            )

    def _post_clean(self) -> None:
        """Leave the record as it is: the action writes it, and tells its faults."""
