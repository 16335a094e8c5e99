"""The journal's own forms: canonical text of JSON, signed checkpoints, stronger guards, who reads which events."""

import uuid

from django.db import migrations, models

import oneroof.journal.models
from oneroof.access.event_security import CHECKPOINTS, EVENTS, NO_CHECKPOINTS, NO_EVENTS
from oneroof.access.row_security import on_postgresql, on_sqlite
from oneroof.journal.append_only import (
    postgresql_always,
    postgresql_guards,
    postgresql_unguards,
    sqlite_guards,
    sqlite_replacing_guard,
    sqlite_unguards,
)

EVENT, CHECKPOINT = "oneroof_event", "oneroof_checkpoint"
EVENT_GUARDS = [
    *sqlite_guards(EVENT),
    sqlite_replacing_guard(EVENT, "id = NEW.id", "chain = NEW.chain AND position = NEW.position"),
]
CHECKPOINT_GUARDS = [
    *sqlite_guards(CHECKPOINT),
    sqlite_replacing_guard(
        CHECKPOINT, "id = NEW.id", "chain = NEW.chain AND position = NEW.position AND key = NEW.key"
    ),
]


def canonical(name: str) -> migrations.AlterField:
    field = oneroof.journal.models.Event._meta.get_field(name).clone()
    return migrations.AlterField("event", name, field)


class Migration(migrations.Migration):
    dependencies = (("oneroof", "0007_access"),)
    operations = (
        # SQLite makes the table anew for these, and loses its triggers.
        *(canonical(name) for name in ("before", "after", "release", "at")),
        migrations.AddIndex("event", models.Index(fields=["at"], name="event_at")),
        migrations.CreateModel(
            name="Checkpoint",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("chain", models.UUIDField(verbose_name="chain")),
                ("position", models.PositiveBigIntegerField(verbose_name="position")),
                (
                    "hash",
                    models.CharField(help_text="Of the event at that position.", max_length=64, verbose_name="hash"),
                ),
                ("at", models.DateTimeField(verbose_name="when")),
                (
                    "key",
                    models.CharField(
                        help_text="First 16 digits of the SHA-256 of the public key.",
                        max_length=16,
                        verbose_name="key",
                    ),
                ),
                (
                    "signature",
                    models.CharField(
                        help_text="Ed25519, in hexadecimal digits.", max_length=128, verbose_name="signature"
                    ),
                ),
            ],
            options={
                "verbose_name": "checkpoint",
                "verbose_name_plural": "checkpoints",
                "constraints": [
                    models.UniqueConstraint(fields=("chain", "position", "key"), name="checkpoint_once"),
                ],
            },
        ),
        on_sqlite(EVENT_GUARDS, sqlite_unguards(EVENT)),
        on_sqlite(CHECKPOINT_GUARDS, sqlite_unguards(CHECKPOINT)),
        on_postgresql(postgresql_always(EVENT), ""),
        on_postgresql(postgresql_guards(CHECKPOINT), postgresql_unguards(CHECKPOINT)),
        on_postgresql(postgresql_always(CHECKPOINT), ""),
        on_postgresql(EVENTS, NO_EVENTS),
        on_postgresql(CHECKPOINTS, NO_CHECKPOINTS),
    )
