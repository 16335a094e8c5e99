"""Two sorts of kinds: records with a code and names, and rows that belong to a record and share its wall."""

from __future__ import annotations

import uuid
from typing import Any, TypeVar

from django.db import migrations, models
from django.db.models import Q

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from oneroof.access.models import Record
from oneroof.access.row_security import OWN, on_postgresql, policies, rule, unwalled
from oneroof.access.viewer import Viewer
from oneroof.access.visibility import Walled, sight

LONGEST_CODE = 64  # characters, as keys of the problem's tables

Kept = TypeVar("Kept", bound=models.Model)


class Named(Record):
    """A record with a code of its owner and a name in two languages."""

    code = models.CharField(_("code"), max_length=LONGEST_CODE, help_text=_("Short, and unique for its owner."))
    name = models.CharField(_("name"), max_length=160, help_text=_("In English."))
    name_uk = models.CharField(_("name in Ukrainian"), max_length=160, blank=True)
    illustrative = models.BooleanField(_("illustrative"), default=False, editable=False)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name_uk if get_language() == "uk" and self.name_uk else self.name


class Following(Walled[Kept]):
    """The manager of rows that follow a record; ``of`` names the field that leads to it."""

    def __init__(self, of: str) -> None:
        super().__init__()
        self.of = of

    def wall(self, viewer: Viewer) -> Q:
        """The wall of the record itself."""
        return sight(viewer, f"{self.of}__", "releasable_to")


class Belonging(models.Model):
    """A row that follows its record; a subclass sets ``of`` and the manager ``objects = Following(of)``."""

    of = "record"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)

    class Meta:
        abstract = True

    @property
    def owner_id(self) -> uuid.UUID:
        """Owner of the record that this belongs to."""
        return getattr(self, self.of).owner_id  # type: ignore[no-any-return]

    def release(self) -> dict[str, Any]:
        """The release of the record that this belongs to, as it stands in an event."""
        return getattr(self, self.of).release()  # type: ignore[no-any-return]


def following(table: str, of: str, column: str) -> migrations.RunPython:
    """A migration step: the wall on a table whose ``column`` names the row of table ``of`` that it follows."""
    inside = f"SELECT 1 FROM {of} r WHERE r.id = {table}.{column}"
    read = f"EXISTS ({inside} AND {rule('releasable_to', 'r.')})"
    return on_postgresql(policies(table, read, f"EXISTS ({inside} AND r.{OWN})"), unwalled(table))
