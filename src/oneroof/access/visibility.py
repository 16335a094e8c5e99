"""The one filter: which records a viewer sees, decided where they are loaded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from django.db import models
from django.db.models import F, Q
from django.db.models.lookups import In
from django.utils import timezone

from oneroof.journal.actions import kind_of, walls_of

if TYPE_CHECKING:
    from oneroof.access.viewer import Viewer

Kept = TypeVar("Kept", bound=models.Model)


class Visible(models.QuerySet[Kept]):
    """Records that one viewer sees; what they point at is loaded through the same filter, never behind its back."""

    viewer: Viewer | None = None

    def _clone(self) -> Visible[Kept]:
        copy: Visible[Kept] = super()._clone()
        copy.viewer = self.viewer
        return copy

    def _fetch_all(self) -> None:
        fresh = self._result_cache is None
        super()._fetch_all()
        if fresh and self.viewer is not None:
            self._seal([row for row in self._result_cache if isinstance(row, models.Model)])

    def _seal(self, rows: list[Any]) -> None:
        """Fill each reference to a record under the walls with the visible record, or None: one query a reference."""
        for field in self.model._meta.concrete_fields:
            walled = walls_of(field.related_model)
            if walled is None:
                continue
            keys = {key for row in rows if (key := row.__dict__.get(field.attname)) is not None}
            found = walled.visible_to(self.viewer).in_bulk(keys) if keys else {}
            for row in rows:
                field.set_cached_value(row, found.get(row.__dict__.get(field.attname)))

    def iterator(self, chunk_size: int | None = None) -> NoReturn:
        """Refused: it would go round the sealing of references."""
        raise TypeError("Read records of a viewer as a list or in slices, not by iterator().")

    def update(self, **fields: Any) -> NoReturn:
        """Refused: actions write, one record and one event at a time."""
        raise TypeError("Records under the walls are written by actions alone.")

    delete = bulk_create = bulk_update = update


class Walled(models.Manager[Kept]):
    """The manager of records under the walls: ``visible_to`` is the way in."""

    def visible_to(self, viewer: Viewer) -> Visible[Kept]:
        """The records that a viewer may know of, as docs/walls.md states it.

        The viewer's party owns the record; or it is in the release set, or the set is public, and the embargo is over
        (the headquarters does not wait for it); and the viewer's role reads this kind of record.
        """
        return self.within(viewer, self.wall(viewer))

    def within(self, viewer: Viewer, wall: Q) -> Visible[Kept]:
        """The records behind a wall that the viewer's role reads."""
        rows: Visible[Kept] = Visible(self.model, using=self._db)
        rows.viewer = viewer
        return rows.filter(wall) if viewer.reads(kind_of(self.model)) else rows.none()

    def stands(self, viewer: Viewer, record: models.Model) -> bool:
        """Whether a record, as it is in the database, is visible."""
        return self.visible_to(viewer).filter(pk=record.pk).exists()

    def wall(self, viewer: Viewer) -> Q:
        """The rule as a condition: of a record by its release set, of a detail by its record's detail set."""
        fields = {field.name for field in self.model._meta.concrete_fields}
        if "releasable_to" in fields:
            return sight(viewer, "", "releasable_to")
        return sight(viewer, "record__", "releasable_to") & sight(viewer, "record__", "detail_releasable_to")


def sight(viewer: Viewer, path: str, release: str) -> Q:
    """Owner, or in the release set with the embargo over; ``path`` leads to the record, ``release`` names the set."""
    from oneroof.access.models import ReleaseSet, ReleaseSetParty  # noqa: PLC0415 models need this module's manager

    public = ReleaseSet.objects.filter(public=True).values("pk")
    over = Q(**{f"{path}embargo_until": None}) | Q(**{f"{path}embargo_until__lte": timezone.now()})
    if not viewer.parties:
        return Q(**{f"{path}{release}__in": public}) & over
    named = ReleaseSetParty.objects.filter(party__in=viewer.parties).values("release_set")
    told = Q(**{f"{path}{release}__in": named})
    shared = told if viewer.headquarters else told & over
    own = Q(In(ReadAlong(F(f"{path}owner"), output_field=models.UUIDField()), viewer.parties))
    return own | shared | (Q(**{f"{path}{release}__in": public}) & over)


class ReadAlong(models.Func):
    """A column that SQLite reads with its row and does not look up: the unary plus of its manual, "Query Planning".

    Where much is visible, SQLite without statistics would collect the rows of each owner and of each release set and
    sort them all, when an index holds what a list needs in the order it needs it.
    """

    template = "%(expressions)s"
    arity = 1

    def as_sqlite(self, compiler: Any, connection: Any, **more: Any) -> Any:
        """With the plus."""
        return self.as_sql(compiler, connection, template="+%(expressions)s", **more)
