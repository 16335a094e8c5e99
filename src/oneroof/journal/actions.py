"""The only way to write records: one transaction, walls checked after the write, one event a record."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Protocol

from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from oneroof.journal.chain import START, instant, leaf_hash
from oneroof.journal.errors import NotYours, Refused, Stale
from oneroof.journal.models import Event, KeptAnswer

# Chain of the records that have no owner: nations, people, release sets.
HOUSE = uuid.UUID(int=0)


class Actor(Protocol):
    """Who acts, for whom; ``access.viewer.Viewer`` is one."""

    @property
    def person(self) -> uuid.UUID | None:
        """Key of the person, or None for the house itself."""

    @property
    def party(self) -> uuid.UUID | None:
        """Party for which the person acts."""

    @property
    def role(self) -> str:
        """Role in which the person acts."""

    def may_write(self, record: models.Model) -> bool:
        """Whether the role writes this kind of record for this owner."""

    def sees(self, record: models.Model) -> bool:
        """Whether the record, as it stands in the database, is visible."""


class Act:
    """One action under way: what it writes becomes events when it ends."""

    def __init__(self, by: Actor, verb: str, why: str) -> None:
        self.by, self.verb, self.why = by, verb, why
        self.key = uuid.uuid4()
        self.at = timezone.now()

    def write(self, record: models.Model, *, version: int | None = None) -> None:
        """Insert or update one record; all faults of its fields at once.

        With ``version``, the record must still have the version that was read. Raises `Refused` (faults by field),
        `Stale`, `NotYours`.
        """
        old = None if record._state.adding else self._stored(record)
        if old is not None and version is not None and getattr(old, "version", None) != version:
            raise Stale(_("Somebody changed this record since you opened it. Open it again and repeat your change."))
        before = values(old) if old is not None else {}
        if old is not None and values(record) == before:
            return
        if hasattr(record, "version"):
            record.version = old.version + 1 if old is not None else 1
        if faults := self._faults(record):
            raise Refused(faults)
        record.save(force_insert=old is None, force_update=old is not None)
        self._permit(record)
        self._note(record, before, values(record))

    def add_all(self, records: Sequence[models.Model]) -> None:
        """Insert many new records of one kind: the checks of `write`, asked once for all of them; one event each.

        Raises `Refused` with the faults of the first record that has some, `NotYours`.
        """
        if not records:
            return
        kind = type(records[0])
        relations = {field.name for field in kind._meta.concrete_fields if field.is_relation}
        for record in records:
            try:
                record.clean_fields(exclude=relations)
                record.clean()
            except ValidationError as wrong:
                raise Refused(dict(wrong.message_dict)) from wrong
            if not self.by.may_write(record):
                raise NotYours(_("Only its owner, in a role that writes this kind of record, may change this."))
        try:
            with transaction.atomic():
                kind._base_manager.bulk_create(records, batch_size=500)
        except IntegrityError as wrong:
            raise Refused(_("One of the records is there already, or names one that is not there.")) from wrong
        self._permit_all(kind, records)
        self._name_only_what_all_see(kind, records)
        append_all([self._event(record, {}, values(record)) for record in records])

    def _permit_all(self, kind: type[models.Model], records: Sequence[models.Model]) -> None:
        walled = walls_of(kind)
        if walled is not None and not _all_seen(walled, self.by, {record.pk for record in records}):
            raise NotYours(_("There is no such record."))

    def _name_only_what_all_see(self, kind: type[models.Model], records: Sequence[models.Model]) -> None:
        faults = {}
        for field in kind._meta.concrete_fields:
            walled = walls_of(field.related_model)
            if walled is None:
                continue
            keys = {key for record in records if (key := field.value_from_object(record)) is not None}
            if not _all_seen(walled, self.by, keys):
                faults[field.name] = [_("There is no such record. Choose one of the list.")]
        if faults:
            raise Refused(faults)

    def set_many(self, record: models.Model, field: str, members: list[models.Model]) -> None:
        """Replace the members of a many-to-many field of a record that was just written."""
        link = getattr(record, field)
        before = sorted(str(member.pk) for member in link.all())
        after = sorted(str(member.pk) for member in members)
        if before != after:
            link.set(members)
            self._note(record, {field: before}, {field: after})

    def remove(self, record: models.Model) -> None:
        """Remove one record; its history stays."""
        old = self._stored(record)
        try:
            old.delete()
        except models.ProtectedError as used:
            raise Refused(_("Other records rest on this one. Remove or change those first.")) from used
        self._note(record, values(old), {})

    def _stored(self, record: models.Model) -> Any:
        """The record as it stands, locked; refused where it is not visible, or not the writer's to change."""
        stored = type(record)._base_manager.filter(pk=record.pk).first()
        if stored is None:
            raise NotYours(_("There is no such record."))
        self._permit(stored)
        if connection.features.has_select_for_update:
            stored = type(record)._base_manager.select_for_update().get(pk=record.pk)
        return stored

    def _permit(self, record: models.Model) -> None:
        """What is written must be visible to the writer and within the writer's rights, before and after."""
        if not self.by.sees(record):
            raise NotYours(_("There is no such record."))
        if not self.by.may_write(record):
            raise NotYours(_("Only its owner, in a role that writes this kind of record, may change this."))

    def _faults(self, record: models.Model) -> dict[str, list[str]]:
        """All faults by field. Naming a record that the writer can't see is naming nothing, told in the same words."""
        faults: dict[str, list[str]] = {}
        for field in record._meta.concrete_fields:
            if field.value_from_object(record) is None and not field.null and not field.primary_key:
                if field.blank and field.empty_strings_allowed:
                    setattr(record, field.attname, "")
                else:
                    faults[field.name] = [_("This can’t be empty.")]
        under_walls = {f.name: f for f in record._meta.concrete_fields if walls_of(f.related_model) is not None}
        for name, field in under_walls.items():
            key = field.value_from_object(record)
            if key is not None and not self._seen(field.related_model, key):
                faults[name] = [_("There is no such record. Choose one of the list.")]
        try:
            record.full_clean(exclude={*under_walls, *faults})
        except ValidationError as wrong:
            told = wrong.message_dict if hasattr(wrong, "error_dict") else {"": wrong.messages}
            faults |= {"" if field == "__all__" else field: list(messages) for field, messages in told.items()}
        return faults

    def _seen(self, kind: Any, key: Any) -> bool:
        try:
            return bool(walls_of(kind).visible_to(self.by).filter(pk=key).exists())
        except ValidationError:  # not even an id
            return False

    def _note(self, record: models.Model, before: dict[str, Any], after: dict[str, Any]) -> None:
        append(**self._event(record, before, after))

    def _event(self, record: models.Model, before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
        """The facts of one event: of the fields only those that changed."""
        fields = sorted(set(before) | set(after))
        changed = [f for f in fields if before.get(f) != after.get(f) or f not in before or f not in after]
        return {
            "chain": getattr(record, "owner_id", None) or HOUSE,
            "at": self.at,
            "actor": self.by.person,
            "party": self.by.party,
            "role": self.by.role,
            "action": self.key,
            "verb": self.verb,
            "kind": kind_of(record),
            "record": record.pk,
            "before": {f: before[f] for f in changed if f in before},
            "after": {f: after[f] for f in changed if f in after},
            "why": self.why,
            "release": record.release() if hasattr(record, "release") else {},
        }


@contextmanager
def acting(by: Actor, verb: str, why: str = "") -> Iterator[Act]:
    """One action in one transaction: everything it writes, with its events, or nothing."""
    with transaction.atomic():
        yield Act(by, verb, why)


def append(**facts: Any) -> Event:
    """Add one event at the end of its chain; called within the action's transaction."""
    return append_all([facts])[0]


def append_all(told: Sequence[Mapping[str, Any]]) -> list[Event]:
    """Add events at the ends of their chains, in order; called within the action's transaction."""
    ends: dict[uuid.UUID, tuple[int, str]] = {}
    events = []
    for facts in told:
        chain = facts["chain"]
        position, previous = ends[chain] if chain in ends else end_of(chain)
        event = Event(position=position + 1, previous=previous, **facts)
        event.hash = leaf_hash(event.previous, leaf_of(event))
        ends[chain] = (event.position, event.hash)
        events.append(event)
    Event.objects.bulk_create(events, batch_size=500)
    return events


def end_of(chain: uuid.UUID) -> tuple[int, str]:
    """Position and hash of the last event of a chain, which is held until the transaction ends."""
    if connection.vendor == "postgresql":
        # Two actions of one owner queue here; those of different owners do not meet.
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"oneroof chain {chain}"])
    return Event.objects.filter(chain=chain).order_by("-position").values_list("position", "hash").first() or (0, START)


def _all_seen(walled: Any, by: Actor, keys: set[Any]) -> bool:
    """Whether every one of these records is visible; asked in portions that SQLite takes."""
    listed = sorted(keys, key=str)
    return all(
        walled.visible_to(by).filter(pk__in=listed[first : first + 500]).count() == len(listed[first : first + 500])
        for first in range(0, len(listed), 500)
    )


def leaf_of(event: Event) -> dict[str, object]:
    """What the hash of an event covers: every column but the hashes."""
    return {
        "id": str(event.id),
        "chain": str(event.chain),
        "position": event.position,
        "at": instant(event.at),
        "actor": str(event.actor) if event.actor else None,
        "party": str(event.party) if event.party else None,
        "role": event.role,
        "action": str(event.action),
        "verb": event.verb,
        "kind": event.kind,
        "record": str(event.record),
        "before": event.before,
        "after": event.after,
        "why": event.why,
        "release": event.release,
    }


def kind_of(record: models.Model | type[models.Model]) -> str:
    """The word for a kind of record in events, rights and addresses: ``LiaisonPost`` is ``liaison_post``."""
    name = record._meta.object_name or ""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def walls_of(kind: Any) -> Any:
    """The manager that filters a kind under the walls (it has ``visible_to``), or None for other kinds."""
    manager = getattr(kind, "_default_manager", None)
    return manager if hasattr(manager, "visible_to") else None


def values(record: models.Model) -> dict[str, Any]:
    """The fields of a record as they stand in events: text, whole numbers, booleans, null; floats and decimals as text.

    Fields that a kind lists in ``unjournaled`` (names of persons, secrets) stay out of the journal.
    """
    told: dict[str, Any] = {}
    for field in record._meta.concrete_fields:
        if field.primary_key or field.name in getattr(type(record), "unjournaled", ()):
            continue
        told[field.name] = plain(field.value_from_object(record))
    return told


def instant_or_none(at: datetime | None) -> str | None:
    """An instant as in events, or None."""
    return None if at is None else instant(at)


def plain(value: Any) -> Any:
    """A value as JSON without floats."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, list | tuple):
        return [plain(part) for part in value]
    if isinstance(value, dict):
        return {str(key): plain(part) for key, part in value.items()}
    return str(value)


def claim_key(by: Actor, key: str, asked: str) -> tuple[KeptAnswer, KeptAnswer | None]:
    """Claim an Idempotency-Key for a request of this digest, within its transaction: ours, and the first claim if any.

    A second request with the key waits for the first one's transaction and then gets its answer.
    """
    kept = KeptAnswer(person=by.person, party=by.party, key=key, asked=asked)
    try:
        with transaction.atomic():
            kept.save(force_insert=True)
    except IntegrityError:
        return kept, KeptAnswer.objects.get(person=by.person, key=key)
    return kept, None


def keep_answer(kept: KeptAnswer, status: int, body: str, etag: str) -> None:
    """Keep what was answered, in the transaction of the write."""
    kept.status, kept.body, kept.etag = status, body, etag
    kept.save(force_update=True)
