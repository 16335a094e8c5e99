"""Events: one hash-chained row for each record that an action wrote; and the signed checkpoints of chains."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from oneroof.journal.chain import canonical_text


class CanonicalField(models.JSONField):
    """JSON kept as the very text that the hash covers: not a blank of it can change unseen.

    On PostgreSQL the type is ``json``, which keeps text as it came; ``jsonb`` would write it anew.
    """

    def db_type(self, connection: Any) -> str:
        """The type of the column."""
        return "json" if connection.vendor == "postgresql" else "text"

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        """The canonical text of a value."""
        return value if hasattr(value, "as_sql") else canonical_text(value)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        """The value of the text; psycopg reads ``json`` itself."""
        return super().from_db_value(value, expression, connection) if isinstance(value, str) else value


class Event(models.Model):
    """One record written by one action; rows are added and never changed, which the database itself enforces.

    Chains are kept for each owner: neither a position nor a checkpoint tells a party how much others write. Of people
    there is a key and never a name, so that a name can be parted from what was done.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    chain = models.UUIDField(_("chain"), help_text="Owner of the record; the house's own records share one chain.")
    position = models.PositiveBigIntegerField(_("position"), help_text="From 1, without holes, in each chain.")
    at = models.DateTimeField(_("when"), help_text="Instant at which the action ended, UTC, to the microsecond.")
    actor = models.UUIDField(_("who"), null=True, help_text="Key of the person; empty for the house itself.")
    party = models.UUIDField(_("for"), null=True, help_text="Party for which the person acted.")
    role = models.CharField(_("role"), max_length=40, blank=True)
    action = models.UUIDField(_("action"), help_text="Joins the events of one action.")
    verb = models.CharField(_("what"), max_length=40)
    kind = models.CharField(_("kind"), max_length=40, help_text="Kind of record.")
    record = models.UUIDField(_("record"))
    before = CanonicalField(
        _("before"), help_text="Fields that changed, with their values before; empty for a new record."
    )
    after = CanonicalField(
        _("after"), help_text="Fields that changed, with their values after; empty for a removed one."
    )
    why = models.TextField(_("why"), blank=True)
    release = CanonicalField(_("release"), help_text="Owner, release set, detail set and embargo at that time.")
    previous = models.CharField(_("previous hash"), max_length=64)
    hash = models.CharField(_("hash"), max_length=64)

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        constraints = (models.UniqueConstraint(fields=("chain", "position"), name="event_position_in_chain"),)
        indexes = (
            models.Index(fields=("record", "position"), name="event_of_record"),
            models.Index(fields=("chain", "at"), name="event_in_time"),
            models.Index(fields=("at",), name="event_at"),
        )

    def __str__(self) -> str:
        return f"{self.verb} {self.kind} {self.record}"


class Checkpoint(models.Model):
    """The hash of a chain at a position, signed: whoever keeps it can show later that nothing before it moved."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    chain = models.UUIDField(_("chain"))
    position = models.PositiveBigIntegerField(_("position"))
    hash = models.CharField(_("hash"), max_length=64, help_text="Of the event at that position.")
    at = models.DateTimeField(_("when"))
    key = models.CharField(_("key"), max_length=16, help_text="First 16 digits of the SHA-256 of the public key.")
    signature = models.CharField(_("signature"), max_length=128, help_text="Ed25519, in hexadecimal digits.")

    class Meta:
        verbose_name = _("checkpoint")
        verbose_name_plural = _("checkpoints")
        constraints = (models.UniqueConstraint(fields=("chain", "position", "key"), name="checkpoint_once"),)

    def __str__(self) -> str:
        return f"{self.chain} {self.position}"


class Job(models.Model):
    """Work that waits for ``oneroof work``: what to do, how often it was tried, who is at it and until when.

    A worker has a job as long as its claim stands in the row and the lease has not run out. Arguments are keys and
    settings, never contents of records: this table has no walls.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(_("kind"), max_length=40)
    arguments = models.JSONField(_("arguments"), default=dict)
    once = models.CharField(
        _("once"), max_length=80, unique=True, null=True, help_text="A second job with the same text is not made."
    )
    asked_at = models.DateTimeField(_("asked"))
    due_at = models.DateTimeField(_("not before"))
    claim = models.UUIDField(_("claim"), null=True, help_text="Random, anew at each claim.")
    lease_until = models.DateTimeField(_("lease until"), null=True, help_text="After it another worker may claim it.")
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    ended_at = models.DateTimeField(_("ended"), null=True)
    failure = models.CharField(_("failure"), max_length=200, blank=True, help_text="Name of the error, no words of it.")

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        indexes = (models.Index(fields=("ended_at", "due_at"), name="job_that_waits"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


class KeptAnswer(models.Model):
    """The answer to a request with an Idempotency-Key, kept for a day, so that a retry gets it again."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.UUIDField()
    party = models.UUIDField(null=True)
    key = models.CharField(max_length=200)
    asked = models.CharField(max_length=64, help_text="SHA-256 of method, path and body.")
    status = models.PositiveSmallIntegerField(default=0)
    body = models.TextField(default="")
    etag = models.CharField(max_length=80, default="", blank=True)
    at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        verbose_name = _("kept answer")
        verbose_name_plural = _("kept answers")
        constraints = (models.UniqueConstraint(fields=("person", "key"), name="kept_answer_once"),)

    def __str__(self) -> str:
        return self.key
