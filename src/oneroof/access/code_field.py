"""A form's field by which a record is named by its code: nobody loads a list of a hundred thousand."""

from __future__ import annotations

from typing import Any

from django import forms
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from oneroof.access.kinds import LONGEST_CODE
from oneroof.access.viewer import Viewer
from oneroof.journal.actions import kind_of


class CodeField(forms.CharField):
    """The code of a record of ``kind`` that the viewer sees; ``CODE@DNK`` where several parties use one code.

    With scripts, records are offered while one types (frontend/picker.js); without them the code is typed.

    What is hidden is refused in the words of what is not there.
    """

    def __init__(self, kind: Any, **more: Any) -> None:
        super().__init__(**{"max_length": LONGEST_CODE + 20, **more})
        self.kind = kind
        self.viewer: Viewer | None = None
        self.widget.attrs |= {"data-choices": reverse_lazy("choices", args=[kind_of(kind)]), "autocomplete": "off"}

    def clean(self, value: Any) -> Any:
        """The record, or None for an empty field that may be empty. Raises ValidationError."""
        text = super().clean(value)
        if not text:
            return None
        found = named(self.viewer, self.kind, text)
        if found is None:
            raise forms.ValidationError(_("There is no such record. Type the code of one that you see."))
        return found

    def prepare_value(self, value: Any) -> Any:
        """The code of a record; typed text as it is."""
        return spelled(value) if hasattr(value, "code") else value


def named(viewer: Any, kind: Any, text: str) -> Any:
    """The visible record with this code: the viewer's own first, else the only one; or None."""
    rows = list(kind.objects.visible_to(viewer).filter(code=text.strip())[:20])
    if not rows and "@" in text:
        code, _at, owner = text.strip().rpartition("@")
        rows = list(kind.objects.visible_to(viewer).filter(code=code, owner__code=owner)[:1])
    own = [row for row in rows if row.owner_id == viewer.party]
    chosen = own or rows
    return chosen[0] if len(chosen) == 1 else None


def spelled(record: Any) -> str:
    """A record's code with its owner's, as the field reads it back."""
    return f"{record.code}@{record.owner.code}"
