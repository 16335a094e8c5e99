"""The only way to write records: one transaction, walls checked after the write, one event a record."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from oneroof.journal.chain import START, instant, leaf_hash
from oneroof.journal.checkpoints import key_id, private_key, signed_part, told
from oneroof.journal.errors import NotYours, Refused, Stale, nothing_there
from oneroof.journal.models import Checkpoint, Event, KeptAnswer
from oneroof.journal.plain import difference, instant_or_none, keepable, plain, same, values
from oneroof.journal.versions import Version, removed_at, still
from oneroof.journal.walls import all_seen, kind_of, links_to, open_rows, seen, walls_of

__all__ = ["HOUSE", "Act", "Actor", "acting", "append", "instant_or_none", "kind_of", "open_rows", "plain", "values",
           "walls_of"]  # fmt: skip

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
        self.events: list[Event] = []
        self.refusal: Refused | None = None

    def write(self, record: models.Model, *, version: Version | None = None, more: bool = False) -> None:
        """Insert or update one record; all faults of its fields at once.

        With ``version``, the record must still have the version that was read. Nothing is written where nothing
        changed; ``more`` says that rows change which are read with it. Raises `Refused` (faults by field), `Stale`,
        `NotYours`; the whole action is then undone.
        """
        with self._all_or_nothing():
            old = None if record._state.adding else self._stored(record)
            if old is not None and version is not None and not still(self.by, old, version):
                told = _("Somebody changed this record since you opened it. Open it again and repeat your change.")
                raise Stale(told)
            if old is not None and same(old, record) and not more:
                return
            if hasattr(record, "version"):
                record.version = (old.version if old is not None else removed_at([record])) + 1
            self._check(record)
            self._within_rights(record)  # also before: PostgreSQL's wall would refuse a foreign row in words of its own
            save(record, new=old is None)
            self._permit(record)
            self._note(record, *difference(old, record))

    def add_all(self, records: Sequence[models.Model]) -> None:
        """Insert many new records of one kind: the checks of `write`, asked once for all of them; one event each.

        Raises `Refused` with the faults of the first record that has some, `NotYours`.
        """
        if not records:
            return
        kind = type(records[0])
        relations = {field.name for field in kind._meta.concrete_fields if field.is_relation}
        with self._all_or_nothing():
            for record in records:
                try:
                    record.clean_fields(exclude=relations)
                    record.clean()
                except ValidationError as wrong:
                    raise Refused(dict(wrong.message_dict)) from wrong
                if not all(keepable(field.value_from_object(record)) for field in kind._meta.concrete_fields):
                    raise Refused(_("A record holds a character that no text has. Type it anew."))
                self._within_rights(record)
            self._name_only_what_all_see(kind, records)
            if (last := removed_at(records)) and hasattr(kind, "version"):
                for record in records:
                    record.version = last + 1
            try:
                with transaction.atomic():
                    kind._base_manager.bulk_create(records, batch_size=500)
            except IntegrityError as wrong:
                raise Refused(_("One of the records is there already, or names one that is not there.")) from wrong
            walled = walls_of(kind)
            if walled is not None and not all_seen(walled, self.by, {record.pk for record in records}):
                raise NotYours(_("There is no such record."))
            for record in records:
                self._note(record, {}, values(record))

    def _name_only_what_all_see(self, kind: type[models.Model], records: Sequence[models.Model]) -> None:
        """Records that the writer can't see can't be named; rows that are part of a new record name that one."""
        faults = {}
        for field in kind._meta.concrete_fields:
            walled = walls_of(field.related_model)
            if walled is None:
                continue
            keys = {key for record in records if (key := field.value_from_object(record)) is not None}
            if not all_seen(walled, self.by, keys):
                faults[field.name] = [nothing_there()]
        if faults:
            raise Refused(faults)

    def set_many(self, record: models.Model, field: str, members: Sequence[models.Model]) -> None:
        """Replace the members of a many-to-many field of a record that was just written."""
        with self._all_or_nothing():
            self._permit(record)
            link = getattr(record, field)
            walled = walls_of(link.model)
            keys = {member.pk for member in members}
            if walled is not None and not all_seen(walled, self.by, keys):
                raise Refused({field: [nothing_there()]})
            before = sorted(str(member.pk) for member in link.all())
            after = sorted(str(key) for key in keys)
            if before != after:
                link.set(members)
                self._note(record, {field: before}, {field: after})

    def remove(self, record: models.Model) -> None:
        """Remove one record, and first what falls with it (its detail, its lines); their history stays."""
        with self._all_or_nothing():
            old = self._stored(record)
            for field in falling_with(old):
                for part in field.model._base_manager.filter(**{field.name: old}):
                    self.remove(part)
            self._note(old, values(old), {})
            try:
                old.delete()
            except (models.ProtectedError, models.RestrictedError) as used:
                raise Refused(_("Other records rest on this one. Remove or change those first.")) from used

    @contextmanager
    def _all_or_nothing(self) -> Iterator[None]:
        """An action of which one step was refused is refused as a whole, even where its caller goes on."""
        try:
            yield
        except Refused as refusal:
            self.refusal = self.refusal or refusal
            raise

    def _stored(self, record: models.Model) -> Any:
        """The record as it stands, locked; refused where it is not visible, or not the writer's to change."""
        kept = type(record)._base_manager.filter(pk=record.pk)
        stored = kept.first()
        if stored is None:
            raise NotYours(_("There is no such record."))
        self._permit(stored)
        if connection.features.has_select_for_update:
            stored = kept.select_for_update().first()
            if stored is None:
                raise NotYours(_("There is no such record."))
        return stored

    def _permit(self, record: models.Model) -> None:
        """What is written must be visible to the writer and within the writer's rights, before and after."""
        if not self.by.sees(record):
            raise NotYours(_("There is no such record."))
        self._within_rights(record)

    def _within_rights(self, record: models.Model) -> None:
        """What is written must be the writer's to write."""
        if not self.by.may_write(record):
            raise NotYours(_("Only its owner, in a role that writes this kind of record, may change this."))

    def _check(self, record: models.Model) -> None:
        """All faults by field. Naming a record that the writer can't see is naming nothing, told in the same words."""
        faults: dict[str, list[str]] = {}
        under_walls = {f.name for f in record._meta.concrete_fields if walls_of(f.related_model) is not None}
        for field in record._meta.concrete_fields:
            value = field.value_from_object(record)
            if value is None and not field.null and not field.primary_key:
                if field.blank and field.empty_strings_allowed:
                    setattr(record, field.attname, "")
                else:
                    faults[field.name] = [_("This can’t be empty.")]
            elif value is not None and field.name in under_walls:
                if not seen(walls_of(field.related_model), self.by, value):
                    faults[field.name] = [nothing_there()]
            elif not keepable(value):
                faults[field.name] = [_("This holds a character that no text has. Type it anew.")]
        try:
            record.full_clean(exclude={*under_walls, *faults})
        except ValidationError as wrong:
            told = wrong.message_dict if hasattr(wrong, "error_dict") else {"": wrong.messages}
            for field_name, messages in told.items():
                faults.setdefault("" if field_name == "__all__" else field_name, []).extend(messages)
        if faults:
            raise Refused(faults)

    def _note(self, record: models.Model, before: dict[str, Any], after: dict[str, Any]) -> None:
        self.events.append(
            Event(
                chain=getattr(record, "owner_id", None) or HOUSE,
                actor=self.by.person,
                party=self.by.party,
                role=self.by.role,
                action=self.key,
                verb=self.verb,
                kind=kind_of(record),
                record=record.pk,
                before=before,
                after=after,
                why=self.why,
                release=record.release() if hasattr(record, "release") else {},
            )
        )


@contextmanager
def acting(by: Actor, verb: str, why: str = "") -> Iterator[Act]:
    """One action in one transaction: everything it writes, with its events, or nothing."""
    if not keepable(why):
        raise Refused({"why": [_("This holds a character that no text has. Type it anew.")]})
    with transaction.atomic():
        act = Act(by, verb, why)
        yield act
        if act.refusal is not None:
            raise act.refusal
        append_all(act.events)


def append(**facts: Any) -> Event:
    """Add one event that no action writes (somebody signed in); called within a transaction."""
    event = Event(**facts)
    append_all([event])
    return event


def append_all(events: Sequence[Event]) -> None:
    """Add events at the end of their chains, each chain in the order given; called within the action's transaction.

    Chains are locked in the order of their keys, so that two actions on the same chains never wait for each other, and
    as late as may be, so that they wait for a short time. Events of one call share the instant, taken under the lock.
    """
    chains = sorted({event.chain for event in events})
    for chain in chains:
        lock(chain)
    at = timezone.now()
    for chain in chains:
        position, previous = end_of(chain)
        for event in events:
            if event.chain == chain:
                event.at, event.position, event.previous = at, position + 1, previous
                event.hash = leaf_hash(previous, leaf_of(event))
                position, previous = event.position, event.hash
    Event.objects.bulk_create(events, batch_size=500)


def end_of(chain: uuid.UUID) -> tuple[int, str]:
    """Position and hash of the last event of a chain to which one may add; on PostgreSQL not all who add may read."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT place, digest FROM oneroof_end(%s)", [chain])
            return cursor.fetchone() or (0, START)
    heads = Event.objects.filter(chain=chain).order_by("-position")
    return heads.values_list("position", "hash").first() or (0, START)


def lock(chain: uuid.UUID) -> None:
    """Until the transaction ends, nobody else adds to this chain; writers of SQLite queue at BEGIN IMMEDIATE anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"oneroof chain {chain}"])


def checkpoint(chain: uuid.UUID) -> Checkpoint | None:
    """The signed hash of the last event of a chain, kept; the same one as long as nothing is added. None: no event.

    Raises `Refused` where the key can't be used.
    """
    key = private_key()
    name = key_id(key.public_key())
    with transaction.atomic():
        lock(chain)
        head = Event.objects.filter(chain=chain).order_by("-position").first()
        if head is None:
            return None
        last = (
            Checkpoint.objects.filter(chain=chain, key=name, position__gte=head.position).order_by("-position").first()
        )
        if last is not None:
            if (last.position, last.hash) == (head.position, head.hash):
                return last
            raise Refused(
                f"Chain {chain} ends at position {head.position} with another hash than the checkpoint of position "
                f"{last.position} says: it was changed. Nothing was signed. Run `oneroof audit verify`."
            )
        made = Checkpoint(chain=chain, position=head.position, hash=head.hash, at=timezone.now(), key=name)
        made.signature = key.sign(signed_part(told(made))).hex()
        made.save(force_insert=True)
        return made


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


def save(record: models.Model, *, new: bool) -> None:
    """Insert or update; what another action inserted meanwhile is told as a fault, not as a failure."""
    try:
        record.save(force_insert=new, force_update=not new)
    except IntegrityError as taken:
        if getattr(taken.__cause__, "sqlstate", "") == "23505" or str(taken).startswith("UNIQUE"):
            raise Refused(_("Somebody has just saved one like it. Open the list, and change that one.")) from taken
        raise


def falling_with(record: models.Model) -> list[Any]:
    """The references by which records of other kinds fall with this one when it is removed."""
    return [
        link.field
        for link in links_to(type(record))
        if link.on_delete is models.CASCADE and not link.field.model._meta.auto_created and link.field.concrete
    ]


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
