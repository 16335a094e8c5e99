"""Events: one hash-chained row for each record that an action wrote."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _


class Event(models.Model):
    """One record written by one action; rows are added and never changed, which the database itself enforces.

    Chains are kept for each owner: neither a position nor a checkpoint tells a party how much others write. The actor
    is a key that stands in no other column of the journal, so that a name can be parted from what was done.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    chain = models.UUIDField(_("chain"), help_text="Owner of the record; the house's own records share one chain.")
    position = models.PositiveBigIntegerField(_("position"), help_text="From 1, without holes, in each chain.")
    at = models.DateTimeField(_("when"), help_text="Instant of the action, UTC, to the microsecond.")
    actor = models.UUIDField(_("who"), null=True, help_text="Key of the person; empty for the house itself.")
    party = models.UUIDField(_("for"), null=True, help_text="Party for which the person acted.")
    role = models.CharField(_("role"), max_length=40, blank=True)
    action = models.UUIDField(_("action"), help_text="Joins the events of one action.")
    verb = models.CharField(_("what"), max_length=40)
    kind = models.CharField(_("kind"), max_length=40, help_text="Kind of record.")
    record = models.UUIDField(_("record"))
    before = models.JSONField(
        _("before"), help_text="Fields that changed, with their values before; empty for a new record."
    )
    after = models.JSONField(
        _("after"), help_text="Fields that changed, with their values after; empty for a removed one."
    )
    why = models.TextField(_("why"), blank=True)
    release = models.JSONField(_("release"), help_text="Owner, release set, detail set and embargo at that time.")
    previous = models.CharField(_("previous hash"), max_length=64)
    hash = models.CharField(_("hash"), max_length=64)

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        constraints = (models.UniqueConstraint(fields=("chain", "position"), name="event_position_in_chain"),)
        indexes = (
            models.Index(fields=("record", "position"), name="event_of_record"),
            models.Index(fields=("chain", "at"), name="event_in_time"),
        )

    def __str__(self) -> str:
        return f"{self.verb} {self.kind} {self.record}"


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
