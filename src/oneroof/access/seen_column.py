"""A column of a table that shows a reference to a record under the walls."""

from __future__ import annotations

from typing import Any

import django_tables2
from django.utils.html import format_html
from django.utils.translation import gettext as _

from oneroof.access.kinds import seen


class Seen(django_tables2.Column):
    """A reference to a record; where the viewer does not see it, it says so and no more."""

    def __init__(self, *fields: str, **more: Any) -> None:
        super().__init__(**{"accessor": "pk", "orderable": False, **more})
        self.fields = fields

    def found(self, record: Any) -> Any:
        """The record that the first filled of the fields points at, or None."""
        return next((found for field in self.fields if (found := seen(record, field)) is not None), None)

    def render(self, record: Any) -> Any:
        """The record as a link."""
        found = self.found(record)
        if found is None:
            return _("not released to you")
        return format_html('<a href="{}">{}</a>', found.get_absolute_url(), found)

    def value(self, **more: Any) -> str:
        """Its code, for exports."""
        found = self.found(more["record"])
        return _("not released to you") if found is None else str(found.code)
