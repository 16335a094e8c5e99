"""Two sorts of kinds: records with a code and names, and rows that belong to a record and share its wall."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, TypeVar

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import migrations, models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from oneroof.access.actions import check_detail
from oneroof.access.models import Record, ReleaseSet
from oneroof.access.roles import PEOPLE
from oneroof.access.row_security import OWN, on_postgresql, policies, rule, unwalled
from oneroof.access.spelling import tidy
from oneroof.access.viewer import Viewer
from oneroof.access.visibility import Walled, sight
from oneroof.journal.actions import kind_of, walls_of
from oneroof.journal.errors import Refused
from oneroof.nations.models import in_language

LONGEST_CODE = 64  # characters, as keys of the problem's tables

Kept = TypeVar("Kept", bound=models.Model)


class Covering(models.Index):
    """An index that answers a list by itself: what is sorted or filtered by, and all that the wall and marking read.

    The searched text, where it is named, is in it on SQLite alone: PostgreSQL refuses a line of an index above 2.7 kB,
    and under row-level security it looks through texts row by row anyway.
    """

    def create_sql(self, model: Any, schema_editor: Any, using: str = "", **more: Any) -> Any:
        """The statement that makes it."""
        if schema_editor.connection.vendor == "sqlite" or "search" not in self.fields:
            return super().create_sql(model, schema_editor, using, **more)
        kept = [field for field in self.fields if field != "search"]
        return models.Index(fields=kept, name=self.name).create_sql(model, schema_editor, using, **more)


# What the wall and the marking of a list read of each record.
RELEASE = ("owner", "releasable_to", "detail_releasable_to", "embargo_until")


class Named(Record):
    """A record with a code of its owner and a name in two languages."""

    code = models.CharField(_("code"), max_length=LONGEST_CODE, help_text=_("Short, and unique for its owner."))
    name = models.CharField(_("name"), max_length=160, help_text=_("In English."))
    name_uk = models.CharField(_("name in Ukrainian"), max_length=160, blank=True)
    illustrative = models.BooleanField(_("illustrative"), default=False, editable=False)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return in_language(self)


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


def open_kinds() -> dict[str, Any]:
    """Kinds without owner whose events everybody inside reads: parties and what joins them, not people."""
    every = {kind_of(m): m for m in apps.get_app_config("oneroof").get_models() if walls_of(m) is None}
    return {kind: model for kind, model in every.items() if kind not in PEOPLE and hasattr(model, "version")}


def walled_kinds() -> dict[str, Any]:
    """Every kind under the walls by its word: records, their details, and rows that follow a record."""
    every = apps.get_app_config("oneroof").get_models()
    return {kind_of(kind): kind for kind in every if walls_of(kind) is not None}


def record_kinds() -> dict[str, Any]:
    """Every kind of record under the walls, by its word: those that have an owner and a release of their own."""
    return {word: kind for word, kind in walled_kinds().items() if issubclass(kind, Record)}


def seen(record: models.Model, field: str) -> Any:
    """What a reference of a loaded record points at, or None where the viewer does not see it."""
    # A sealed reference that may not be empty raises where it is read; the error is an AttributeError too.
    return getattr(record, field, None)


def seen_id(record: models.Model, field: str) -> Any:
    """The id of what a reference of a loaded record points at, or None where the viewer does not see it."""
    return getattr(seen(record, field), "pk", None)


def faults_of(record: models.Model) -> dict[str, list[str]]:
    """What is wrong with the fields of a record, by field; references and uniqueness are judged when it is written."""
    tidy(record)
    faults: dict[str, list[str]] = {}
    references = {field.name for field in record._meta.concrete_fields if field.is_relation}
    for judge in (lambda: record.clean_fields(exclude=references), record.clean):
        try:
            judge()
        except ValidationError as wrong:
            told = wrong.message_dict if hasattr(wrong, "error_dict") else {"": wrong.messages}
            for field, messages in told.items():
                if field not in faults:
                    faults["" if field == "__all__" else field] = list(messages)
    return faults


def refuse(faults: Mapping[str, Iterable[str]]) -> None:
    """Raises `Refused` where there is a fault."""
    if faults:
        raise Refused({field: list(told) for field, told in faults.items()})


def owned(
    viewer: Viewer, to: ReleaseSet, detail_to: ReleaseSet, embargo_until: datetime | None = None
) -> dict[str, Any]:
    """What stands on every new record: the viewer's party as its owner, and whom it is released to.

    Raises `Refused`: details wider than the record.
    """
    check_detail(to, detail_to)
    return {
        "owner_id": viewer.party,
        "releasable_to": to,
        "detail_releasable_to": detail_to,
        "embargo_until": embargo_until,
    }
